//! Answers kept for a retry. The key is taken first thing in the command's own transaction, by a lock that ends with
//! it: a second command with the same key waits for the first to end and then reads its answer, which is written once.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult};
use uuid::Uuid;

use crate::append::Target;
use crate::{Clock, Tx, sql};

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

/// Takes the key. The kept answer when somebody had it before. Two keys that share a lock wait for one another and are
/// answered each for itself.
pub async fn claim(db: &DatabaseTransaction, claim: &Claim) -> anyhow::Result<Option<Kept>> {
    let values = [claim.actor.into(), claim.key.as_str().into()];
    let text = match db.get_database_backend() {
        // One round trip that reads after it has waited: a statement of ours would read as of before.
        DbBackend::Postgres => "SELECT digest, status, body FROM idempotency_claim($1, $2)",
        // The writer is alone, and has been since the transaction began.
        _ => "SELECT digest, status, body FROM idempotency_keys WHERE actor = $1 AND key = $2",
    };
    let kept = Kept::find_by_statement(sql(db, text, values)).one(db).await;
    kept.context("claiming a key")
}

/// Keeps the answer for the claimed key, written with whatever else the command adds.
pub fn keep(tx: &Tx, claim: &Claim, status: u16, body: &str) {
    let columns = vec!["actor", "key", "digest", "status", "body", "created_at"];
    let values = vec![
        claim.actor.into(),
        claim.key.as_str().into(),
        claim.digest.as_str().into(),
        i32::from(status).into(),
        body.into(),
        Clock::real().into(),
    ];
    tx.append(Target { table: "idempotency_keys", columns, conflict: "" }, vec![values]);
}

/// Forgets answers given before `before` (real time). Returns how many.
pub async fn forget(db: &impl ConnectionTrait, before: DateTime<Utc>) -> anyhow::Result<u64> {
    let gone = sql(db, "DELETE FROM idempotency_keys WHERE created_at < $1", [before.into()]);
    Ok(db.execute_raw(gone).await?.rows_affected())
}
