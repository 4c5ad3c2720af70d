//! One-tap links, known only by their digests.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{Select, execute};

/// Whose link it is, to what.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Link {
    pub approval_id: Uuid,
    pub user_id: Uuid,
    pub task: i32,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

/// Keeps a link. Nothing happens to one that is kept already.
pub async fn keep(db: &impl ConnectionTrait, digest: &str, link: &Link) -> Result<(), DbErr> {
    let text = "INSERT INTO approvals_links (digest, approval_id, user_id, task, expires_at) VALUES (?, ?, ?, ?, ?) \
                ON CONFLICT (digest) DO NOTHING";
    let values = [
        digest.into(),
        link.approval_id.into(),
        link.user_id.into(),
        link.task.into(),
        link.expires_at.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// The link by its digest.
pub async fn link(db: &impl ConnectionTrait, digest: &str) -> Result<Option<Link>, DbErr> {
    Select::new("SELECT * FROM approvals_links").and("digest = ?", [digest.into()]).one(db).await
}

/// Uses the link up. False where it was, or is too old.
pub async fn take(db: &impl ConnectionTrait, digest: &str, at: DateTime<Utc>) -> Result<bool, DbErr> {
    let text =
        "UPDATE approvals_links SET used_at = ? WHERE digest = ? AND used_at IS NULL AND expires_at > ?";
    Ok(execute(db, text, [at.into(), digest.into(), at.into()]).await? == 1)
}
