//! Everything goes.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::select::execute;

/// What a wipe leaves: how far the clock was moved, the installation's id, the platform's access tokens, and how far
/// numbers were drawn, since a process may hold a block of a day that comes again.
const KEPT: [&str; 4] = ["clock", "installation", "notices_wechat_tokens", "settings_counters"];

/// Deletes every row of all other tables. Nobody writes meanwhile: a row that arrived in between would refer to nothing.
pub async fn wipe(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let tables: Vec<_> = migrations::tables().filter(|it| !KEPT.contains(it)).collect();
    if db.get_database_backend() == DbBackend::Postgres {
        let lock = format!("LOCK TABLE {} IN EXCLUSIVE MODE", tables.join(", "));
        execute(db, &lock, []).await?;
    }
    for table in tables {
        execute(db, &format!("DELETE FROM {table}"), []).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use migrations::{Migrator, MigratorTrait};
    use platform::{Clock, Db, sql};

    use super::*;

    #[tokio::test]
    async fn a_wipe_forgets_no_table() {
        let db = Db::connect("sqlite::memory:", 1, Clock::system()).await.unwrap();
        Migrator::up(db.conn().inner(), None).await.unwrap();
        wipe(db.conn()).await.unwrap();
        let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let rows = db.conn().query_all_raw(sql(db.conn(), text, [])).await.unwrap();
        let mut left: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        left.retain(|table| !migrations::tables().any(|known| known == table));
        assert_eq!(left, BTreeSet::from(["seaql_migrations".to_owned()]));
    }
}
