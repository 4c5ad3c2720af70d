//! How often secrets were guessed at lately, by a digest of what was guessed.

use chrono::{DateTime, Utc};
use domain::people::Tries;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{self, Select, execute};

#[derive(FromQueryResult)]
struct Row {
    n_wrong: i32,
    first_wrong_at: Option<DateTime<Utc>>,
    locked_until: Option<DateTime<Utc>>,
}

/// What was tried, locked: tries are counted one after the other.
pub async fn tries(db: &impl ConnectionTrait, key: &str) -> Result<Tries, DbErr> {
    let text = "INSERT INTO people_tries (key, n_wrong) VALUES (?, 0) ON CONFLICT (key) DO NOTHING";
    execute(db, text, [key.into()]).await?;
    let text = "SELECT n_wrong, first_wrong_at, locked_until FROM people_tries";
    let row: Option<Row> = select::locked(db, Select::new(text).and("key = ?", [key.into()])).one(db).await?;
    Ok(row.map_or_else(Tries::default, |row| Tries {
        n_wrong: row.n_wrong,
        first_wrong_at: row.first_wrong_at,
        locked_until: row.locked_until,
    }))
}

pub async fn put_tries(db: &impl ConnectionTrait, key: &str, tries: Tries) -> Result<(), DbErr> {
    let text = "UPDATE people_tries SET n_wrong = ?, first_wrong_at = ?, locked_until = ? WHERE key = ?";
    let values = [tries.n_wrong.into(), tries.first_wrong_at.into(), tries.locked_until.into(), key.into()];
    execute(db, text, values).await?;
    Ok(())
}

/// Forgets what was tried under a key.
pub async fn forgive(db: &impl ConnectionTrait, key: &str) -> Result<(), DbErr> {
    execute(db, "DELETE FROM people_tries WHERE key = ?", [key.into()]).await?;
    Ok(())
}

/// Forgets what was last wrong before `before`.
pub async fn forget_tries(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let text = "DELETE FROM people_tries WHERE first_wrong_at IS NULL OR first_wrong_at < ?";
    execute(db, text, [before.into()]).await
}
