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
