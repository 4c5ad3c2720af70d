//! Reads a file that was taken in: judges its rows, then stores them chunk by chunk.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::imports::{CustomerRow, Kind, ProductRow, RegionRow, UserRow};
use platform::Tx;
use platform::jobs::{Job, Promise};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::judge::{Judged, Sheet, without_repeats};
use super::rows::{self, import};
use super::{Finding, file};
use crate::settings::{self, Event};
use crate::{App, texts};

/// Rows stored by one transaction.
const CHUNK: usize = 200;
/// Errors that are kept, and warnings.
const N_FINDINGS: usize = 500;
/// A file that cannot be fetched for so long is lost.
const FETCH_MINUTES: i64 = 60;

/// Runs an import.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    pub import: Uuid,
}

impl Promise for Run {
    const NAME: &'static str = "imports.run";
}

impl Job<App> for Run {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let Some(import) = rows::unfinished(app.db.conn(), self.import).await? else {
            return Ok(());
        };
        let bytes = match app.blobs.get(&import.file_sha256).await {
            Ok(bytes) => bytes,
            Err(fault) if is_over(import.created_at, app.db.now().await?) => {
                tracing::error!(import.id = %import.id, error = format!("{fault:#}"), "an import's file is lost");
                return fail(app, import.id, "import_file_lost").await;
            }
            Err(fault) => return Err(fault),
        };
        match Kind::by_name(&import.kind) {
            Some(Kind::Regions) => read::<RegionRow>(app, import.id, bytes).await,
            Some(Kind::Users) => read::<UserRow>(app, import.id, bytes).await,
            Some(Kind::Customers) => read::<CustomerRow>(app, import.id, bytes).await,
            Some(Kind::Products) => read::<ProductRow>(app, import.id, bytes).await,
            None => fail(app, import.id, "import_kind_unknown").await,
        }
    }
}

fn is_over(created_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - created_at > TimeDelta::minutes(FETCH_MINUTES)
}

async fn read<T: Sheet>(app: &App, id: Uuid, bytes: Vec<u8>) -> anyhow::Result<()> {
    let lines = tokio::task::spawn_blocking(move || file::lines(&bytes, T::of)).await?;
    let Some(lines) = lines else {
        return fail(app, id, "import_unreadable").await;
    };
    let judged = T::judge(app, without_repeats(lines)).await?;
    while next_chunk(app, id, &judged).await? {}
    Ok(())
}

/// Stores the next chunk, or in a dry run passes over it, with the progress in the same transaction. False after the
/// last one.
async fn next_chunk<T: Sheet>(app: &App, id: Uuid, judged: &[Judged<T>]) -> anyhow::Result<bool> {
    let tx = app.db.begin().await?;
    let Some(mut import) = rows::locked(tx.db(), id).await? else {
        return Ok(false);
    };
    let from = usize::try_from(import.n_done)?.min(judged.len());
    let to = judged.len().min(from + CHUNK);
    let chunk = &judged[from..to];
    let good: Vec<&T> = chunk.iter().filter_map(|it| it.outcome.as_ref().ok()).collect();
    if !import.dry_run {
        T::store(&tx, &good).await.with_context(|| format!("storing rows {from} to {to} of import {id}"))?;
    }
    import.n_rows = i32::try_from(judged.len())?;
    import.n_done = i32::try_from(to)?;
    import.n_stored += i32::try_from(good.len())?;
    import.n_failed += i32::try_from(chunk.len() - good.len())?;
    note(&mut import, chunk)?;
    let is_last = to == judged.len();
    if is_last {
        import = finish(&tx, import, "done").await?;
    } else {
        import.status = "running".to_owned();
    }
    rows::keep(tx.db(), import).await?;
    tx.commit().await?;
    Ok(!is_last)
}

/// Adds what is to be said about the rows, in the order of the file.
fn note<T>(import: &mut import::Model, chunk: &[Judged<T>]) -> anyhow::Result<()> {
    let mut errors: Vec<Finding> = serde_json::from_value(import.errors.take())?;
    let mut warnings: Vec<Finding> = serde_json::from_value(import.warnings.take())?;
    for judged in chunk {
        let faults = judged.outcome.as_ref().err();
        errors.extend(faults.into_iter().flatten().map(|it| Finding::new(judged.row, it)));
        warnings.extend(judged.warnings.iter().map(|it| Finding::new(judged.row, it)));
    }
    for findings in [&mut errors, &mut warnings] {
        findings.truncate(N_FINDINGS);
        findings.sort_by_key(|finding| finding.row);
    }
    import.errors = json!(errors);
    import.warnings = json!(warnings);
    Ok(())
}

async fn finish(tx: &Tx, import: import::Model, status: &str) -> anyhow::Result<import::Model> {
    let event = Event::about("imports.finished", Some(UserId(import.requested_by)), ("import", import.id));
    let facts = json!({
        "kind": import.kind, "status": status, "dry_run": import.dry_run, "n_rows": import.n_rows,
        "n_stored": import.n_stored, "n_failed": import.n_failed,
    });
    settings::record(tx, event.with(facts)).await?;
    tracing::info!(
        import.id = %import.id, import.kind, status, import.dry_run, import.n_stored, import.n_failed,
        "an import is finished"
    );
    Ok(import::Model { status: status.to_owned(), finished_at: Some(tx.now()), ..import })
}

/// Nothing of the file can be processed.
async fn fail(app: &App, id: Uuid, code: &str) -> anyhow::Result<()> {
    let tx = app.db.begin().await?;
    if let Some(import) = rows::locked(tx.db(), id).await? {
        let mut import = finish(&tx, import, "failed").await?;
        import.failure = Some(texts::detail(code).to_owned());
        rows::keep(tx.db(), import).await?;
        tx.commit().await?;
    }
    Ok(())
}
