//! What the platform pushed to us, kept before it is answered.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{Select, execute};

#[derive(Clone, Debug, FromQueryResult)]
pub struct Callback {
    /// Which of our accounts it came to.
    pub account: String,
    pub body: String,
    pub processed_at: Option<DateTime<Utc>>,
}

/// Marks a signed request as seen. False when it was seen before.
pub async fn see(db: &impl ConnectionTrait, digest: &str, at: DateTime<Utc>) -> Result<bool, DbErr> {
    let text = "INSERT INTO notices_replays (digest, seen_at) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING";
    Ok(execute(db, text, [digest.into(), at.into()]).await? == 1)
}

/// Keeps what came. False when the same thing came before.
pub async fn keep(
    db: &impl ConnectionTrait,
    id: Uuid,
    (account, dedupe_key, event, body): (&str, &str, &str, &str),
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "INSERT INTO notices_callbacks (id, account, dedupe_key, event, body, received_at) \
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (dedupe_key) DO NOTHING";
    let values = [id.into(), account.into(), dedupe_key.into(), event.into(), body.into(), at.into()];
    Ok(execute(db, text, values).await? == 1)
}

pub async fn kept(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Callback>, DbErr> {
    Select::new("SELECT account, body, processed_at FROM notices_callbacks")
        .and("id = ?", [id.into()])
        .one(db)
        .await
}

/// Marks it as processed. False when somebody did so before.
pub async fn processed(db: &impl ConnectionTrait, id: Uuid, at: DateTime<Utc>) -> Result<bool, DbErr> {
    let text = "UPDATE notices_callbacks SET processed_at = ? WHERE id = ? AND processed_at IS NULL";
    Ok(execute(db, text, [at.into(), id.into()]).await? == 1)
}

/// Forgets what nobody needs any more: signatures older than a day, processed events and reports older than a month.
pub async fn forget(
    db: &impl ConnectionTrait,
    day: DateTime<Utc>,
    month: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let replays = execute(db, "DELETE FROM notices_replays WHERE seen_at < ?", [day.into()]).await?;
    let events = "DELETE FROM notices_callbacks WHERE processed_at < ?";
    let events = execute(db, events, [month.into()]).await?;
    let grants = execute(db, "DELETE FROM notices_grants WHERE tapped_at < ?", [month.into()]).await?;
    Ok(replays + events + grants)
}
