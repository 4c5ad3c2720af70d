//! Personal numbers, hashed, with the wrong tries of late.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::people::Tries;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{self, Select, execute};

/// Somebody's personal number.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Pin {
    pub hash: String,
    pub n_wrong: i32,
    pub first_wrong_at: Option<DateTime<Utc>>,
    pub locked_until: Option<DateTime<Utc>>,
}

/// Somebody's personal number, locked: tries are counted one after the other.
pub async fn pin(db: &impl ConnectionTrait, user: UserId) -> Result<Option<Pin>, DbErr> {
    let text = "SELECT hash, n_wrong, first_wrong_at, locked_until FROM people_pins";
    select::locked(db, Select::new(text).and("user_id = ?", [user.0.into()])).one(db).await
}

pub async fn put_pin(
    db: &impl ConnectionTrait,
    user: UserId,
    hash: &str,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO people_pins (user_id, hash, n_wrong, set_by, set_at) VALUES (?, ?, 0, ?, ?) \
                ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, n_wrong = 0, first_wrong_at = NULL, \
                locked_until = NULL, set_by = excluded.set_by, set_at = excluded.set_at";
    execute(db, text, [user.0.into(), hash.into(), by.0.into(), at.into()]).await?;
    Ok(())
}

pub async fn count_wrong(db: &impl ConnectionTrait, user: UserId, tries: Tries) -> Result<(), DbErr> {
    let text = "UPDATE people_pins SET n_wrong = ?, first_wrong_at = ?, locked_until = ? WHERE user_id = ?";
    let values =
        [tries.n_wrong.into(), tries.first_wrong_at.into(), tries.locked_until.into(), user.0.into()];
    execute(db, text, values).await?;
    Ok(())
}

/// It was right: nothing wrong is remembered.
pub async fn put_right(db: &impl ConnectionTrait, user: UserId) -> Result<(), DbErr> {
    count_wrong(db, user, Tries::default()).await
}
