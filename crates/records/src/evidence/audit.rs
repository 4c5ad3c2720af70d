//! Is every file there that a row names, and is it still what it was?

use super::rows::blobs;
use super::sweeps::orphans;
use crate::App;

/// What a walk over all files found.
#[derive(Debug, Default)]
pub struct Audit {
    pub n_whole: u64,
    /// Named by a row and not there.
    pub missing: Vec<String>,
    /// There, and not what it was.
    pub corrupt: Vec<String>,
    /// There, and named by no row; young ones may be on their way into one.
    pub n_orphans: usize,
}

/// Reads every file. Takes as long as that takes; changes nothing.
pub async fn audit(app: &App) -> anyhow::Result<Audit> {
    let mut found = Audit::default();
    let mut last = String::new();
    loop {
        let digests = blobs::after(app.db.conn(), &last).await?;
        let Some(furthest) = digests.last() else {
            break;
        };
        last.clone_from(furthest);
        for digest in digests {
            if !app.blobs.exists(&digest).await? {
                found.missing.push(digest);
            } else if app.blobs.get(&digest).await.is_err() {
                found.corrupt.push(digest);
            } else {
                found.n_whole += 1;
            }
        }
    }
    for shard in 0..=u8::MAX {
        found.n_orphans += orphans(app, shard).await?.len();
    }
    Ok(found)
}
