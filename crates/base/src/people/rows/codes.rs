//! Login codes that WeChat has taken once: a phone that did not get our answer sends the same code again.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use super::Waiting;
use crate::select::{Select, execute};

pub async fn remember(
    db: &impl ConnectionTrait,
    digest: &str,
    identity: &Waiting,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO people_codes (digest, openid, unionid, used_at) VALUES (?, ?, ?, ?) \
                ON CONFLICT (digest) DO NOTHING";
    let values =
        [digest.into(), identity.openid.as_str().into(), identity.unionid.as_deref().into(), at.into()];
    execute(db, text, values).await?;
    Ok(())
}

/// Whose code it was, if it was used after `since`.
pub async fn behind(
    db: &impl ConnectionTrait,
    digest: &str,
    since: DateTime<Utc>,
) -> Result<Option<Waiting>, DbErr> {
    Select::new("SELECT openid, unionid FROM people_codes")
        .and("digest = ?", [digest.into()])
        .and("used_at > ?", [since.into()])
        .one(db)
        .await
}

pub async fn forget(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64, DbErr> {
    execute(db, "DELETE FROM people_codes WHERE used_at < ?", [before.into()]).await
}
