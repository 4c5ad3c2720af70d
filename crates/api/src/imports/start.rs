//! Takes a file in and promises to read it.

use domain::imports::Kind;
use platform::Tx;
use serde_json::json;

use super::Run;
use super::rows::{self, import};
use crate::actor::Actor;
use crate::error::Result;

/// A file that can be read, stored under its digest.
#[derive(Debug)]
pub struct Request {
    pub kind: Kind,
    pub dry_run: bool,
    pub file_sha256: String,
}

/// Writes the import down and promises the job, in one transaction.
pub async fn start(tx: &Tx, actor: &Actor, request: Request) -> Result<import::Model> {
    let import = import::Model {
        id: platform::new_id(),
        kind: request.kind.name().to_owned(),
        status: "queued".to_owned(),
        dry_run: request.dry_run,
        requested_by: actor.id.0,
        file_sha256: request.file_sha256,
        n_rows: 0,
        n_done: 0,
        n_stored: 0,
        n_failed: 0,
        errors: json!([]),
        warnings: json!([]),
        failure: None,
        created_at: tx.now(),
        finished_at: None,
    };
    rows::insert(tx.db(), import.clone()).await?;
    tx.send(&Run { import: import.id }).await?;
    Ok(import)
}
