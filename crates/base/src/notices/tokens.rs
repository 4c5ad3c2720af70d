//! WeChat's access tokens, shared by the processes of the installation.

use async_trait::async_trait;
use platform::Db;
use wechat::{Record, TokenStore};

use super::rows::tokens as rows;

/// Keeps them in the database, on connections of its own: never within a caller's transaction, for which SQLite would
/// make it wait.
#[derive(Debug)]
pub struct SharedTokens(Db);

impl SharedTokens {
    pub fn of(db: &Db) -> Self {
        Self(db.clone())
    }
}

#[async_trait]
impl TokenStore for SharedTokens {
    async fn read(&self, key: &str) -> anyhow::Result<Record> {
        Ok(rows::record(self.0.conn(), key).await?.unwrap_or_default())
    }

    async fn swap(&self, key: &str, from: i64, to: &Record) -> anyhow::Result<bool> {
        let tx = self.0.begin_unclocked().await?;
        let has_won = rows::swap(tx.db(), key, from, to).await?;
        tx.commit().await?;
        Ok(has_won)
    }
}

#[cfg(test)]
mod tests {
    use migrations::{Migrator, MigratorTrait};
    use platform::Clock;

    use super::*;

    #[tokio::test]
    async fn of_two_who_saw_the_same_version_one_wins() {
        let db = Db::connect("sqlite::memory:", 1, Clock::system()).await.unwrap();
        Migrator::up(db.conn().inner(), None).await.unwrap();
        let (ours, theirs) = (SharedTokens::of(&db), SharedTokens::of(&db));
        assert_eq!(ours.read("stable:wx").await.unwrap().version, 0);
        let now = Some(Clock::real());
        let first = Record {
            token: Some("a".into()),
            fresh_until: now,
            n_forced: 3,
            version: 1,
            ..Record::default()
        };
        assert!(ours.swap("stable:wx", 0, &first).await.unwrap());
        assert!(!theirs.swap("stable:wx", 0, &first).await.unwrap());
        let kept = theirs.read("stable:wx").await.unwrap();
        assert_eq!((kept.version, kept.n_forced, kept.fresh_until), (1, 3, now));
        assert!(theirs.swap("stable:wx", 1, &Record { version: 2, ..Record::default() }).await.unwrap());
        assert!(!ours.swap("stable:wx", 1, &first).await.unwrap());
        assert!(ours.read("stable:wx").await.unwrap().token.is_none());
        assert_eq!(ours.read("wecom:corp").await.unwrap().version, 0, "accounts are apart");
    }
}
