//! Answers kept for a retry. The key is taken first thing in the command's own transaction: a second command with
//! the same key waits for the first to end and then reads its answer.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};
use uuid::Uuid;

use crate::{Clock, sql};

/// Who asks, by which key, for what.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Keys are each person's own.
    pub actor: Uuid,
    /// What the phone made up.
    pub key: String,
    /// Digest of route and body: the same key for something else is a mistake.
    pub digest: String,
}

/// What was answered the first time.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Kept {
    /// Digest of the first request.
    pub digest: String,
    /// HTTP status.
    pub status: i32,
    /// JSON body.
    pub body: String,
}

/// Takes the key. The kept answer when somebody had it before.
pub async fn claim(db: &DatabaseTransaction, claim: &Claim) -> anyhow::Result<Option<Kept>> {
    let text = "INSERT INTO idempotency_keys (actor, key, digest, status, body, created_at) \
                VALUES ($1, $2, $3, 0, '', $4) ON CONFLICT (actor, key) DO NOTHING";
    let values =
        [claim.actor.into(), claim.key.as_str().into(), claim.digest.as_str().into(), Clock::real().into()];
    if db.execute_raw(sql(db, text, values)).await?.rows_affected() == 1 {
        return Ok(None);
    }
    let text = "SELECT digest, status, body FROM idempotency_keys WHERE actor = $1 AND key = $2";
    let found = sql(db, text, [claim.actor.into(), claim.key.as_str().into()]);
    let kept = Kept::find_by_statement(found).one(db).await?;
    Ok(Some(kept.context("reading a kept answer")?))
}

/// Keeps the answer for the claimed key.
pub async fn keep(db: &DatabaseTransaction, claim: &Claim, status: u16, body: &str) -> anyhow::Result<()> {
    let text = "UPDATE idempotency_keys SET status = $1, body = $2 WHERE actor = $3 AND key = $4";
    let values = [i32::from(status).into(), body.into(), claim.actor.into(), claim.key.as_str().into()];
    db.execute_raw(sql(db, text, values)).await?;
    Ok(())
}

/// Forgets answers given before `before` (real time). Returns how many.
pub async fn forget(db: &impl ConnectionTrait, before: DateTime<Utc>) -> anyhow::Result<u64> {
    let gone = sql(db, "DELETE FROM idempotency_keys WHERE created_at < $1", [before.into()]);
    Ok(db.execute_raw(gone).await?.rows_affected())
}
