//! The embedded default: the table is the queue.

use std::time::Duration;

use uuid::Uuid;

use crate::{Db, outbox};

const POLL: Duration = Duration::from_millis(500);

/// Registers for the bell before looking, so that a job promised in between is not slept over.
pub(super) async fn take(db: &Db, n_most: u64) -> anyhow::Result<Vec<Uuid>> {
    let bell = db.bell();
    let rung = bell.notified();
    tokio::pin!(rung);
    rung.as_mut().enable();
    let ids = outbox::due_ids(db, n_most).await?;
    if ids.is_empty() {
        let _ = tokio::time::timeout(POLL, rung).await;
    }
    Ok(ids)
}
