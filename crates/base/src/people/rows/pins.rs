//! Personal numbers, hashed.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{Select, execute};

/// What is kept of somebody's personal number.
pub async fn pin(db: &impl ConnectionTrait, user: UserId) -> Result<Option<String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Kept {
        hash: String,
    }
    let select = Select::new("SELECT hash FROM people_pins").and("user_id = ?", [user.0.into()]);
    Ok(select.one::<Kept>(db).await?.map(|kept| kept.hash))
}

pub async fn put_pin(
    db: &impl ConnectionTrait,
    user: UserId,
    hash: &str,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO people_pins (user_id, hash, set_by, set_at) VALUES (?, ?, ?, ?) \
                ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, set_by = excluded.set_by, \
                set_at = excluded.set_at";
    execute(db, text, [user.0.into(), hash.into(), by.0.into(), at.into()]).await?;
    Ok(())
}
