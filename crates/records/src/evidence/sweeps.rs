//! Once a night: stored files that no row names go, and so do looks too old to be compared.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::working_time::{at_local, local_date};
use platform::Clock;
use platform::sweeps::Sweep;

use super::rows::{self, blobs, looks};
use crate::{App, settings};

/// At 03:40: forgets what pictures looked like that are too old to be compared.
pub struct ForgetLooks;

/// At 04:00: removes files that were stored and then never filed, as when a request broke off in between.
pub struct SweepOrphans;

/// Younger files may still be on their way into a row.
const RIPE: TimeDelta = TimeDelta::days(1);

#[async_trait::async_trait]
impl Sweep<App> for ForgetLooks {
    fn name(&self) -> &'static str {
        "evidence.forget_looks"
    }

    async fn next_due(&self, _: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(Some(nightly(after, 3, 40)))
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let tx = app.db.begin().await?;
        let limits = settings::documents::evidence_thresholds(app, tx.db()).await;
        let limits = limits.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let before = local_date(at) - TimeDelta::days(limits.similar_days);
        let n_forgotten = looks::forget(tx.db(), before).await?;
        tx.commit().await?;
        Ok(n_forgotten)
    }
}

#[async_trait::async_trait]
impl Sweep<App> for SweepOrphans {
    fn name(&self) -> &'static str {
        "evidence.sweep_orphans"
    }

    async fn next_due(&self, _: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(Some(nightly(after, 4, 0)))
    }

    /// By the real time, which files are stored in.
    async fn run(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<u64> {
        clear_incoming(app).await?;
        let mut n_removed = 0;
        for shard in 0..=u8::MAX {
            for digest in orphans(app, shard).await? {
                n_removed += u64::from(remove(app, &digest).await?);
            }
        }
        Ok(n_removed)
    }
}

/// The next time of day after an instant.
fn nightly(after: DateTime<Utc>, hour: u32, minute: u32) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let today = at_local(local_date(after), time);
    if today > after { today } else { today + TimeDelta::days(1) }
}

/// The files of one 256th that no row names.
pub async fn orphans(app: &App, shard: u8) -> anyhow::Result<Vec<String>> {
    let mut digests = app.blobs.names(shard).await?;
    if !digests.is_empty() {
        let named = blobs::named(app.db.conn(), &digests).await?;
        digests.retain(|digest| !named.contains(digest));
    }
    Ok(digests)
}

/// Removes a file if it is ripe and still nobody's. Whoever takes the same bytes in holds them too, and stores them
/// again when they are gone by then.
async fn remove(app: &App, digest: &str) -> anyhow::Result<bool> {
    let is_ripe = |stored_at: DateTime<Utc>| stored_at < Clock::real() - RIPE;
    if !app.blobs.stored_at(digest).await?.is_some_and(is_ripe) {
        return Ok(false);
    }
    let tx = app.db.begin().await?;
    rows::hold_bytes(tx.db(), digest).await?;
    let is_orphan = blobs::named(tx.db(), &[digest.to_owned()]).await?.is_empty();
    if is_orphan {
        app.blobs.delete(digest).await?;
    }
    tx.commit().await?;
    Ok(is_orphan)
}

/// What arrived at a process that was killed meanwhile.
async fn clear_incoming(app: &App) -> anyhow::Result<()> {
    let folder = app.config.data_dir.join("incoming");
    let Ok(mut entries) = tokio::fs::read_dir(&folder).await else {
        return Ok(());
    };
    while let Some(entry) = entries.next_entry().await? {
        let changed = entry.metadata().await.and_then(|it| it.modified());
        if changed.is_ok_and(|at| DateTime::<Utc>::from(at) < Clock::real() - RIPE) {
            tokio::fs::remove_file(entry.path()).await.ok();
        }
    }
    Ok(())
}
