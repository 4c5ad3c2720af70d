//! Reads a file that was taken in: judges its rows, then stores them chunk by chunk.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::imports::{CustomerRow, Kind, LeadRow, ProductRow, RegionRow, UserRow};
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::Tx;
use platform::jobs::{Job, Promise};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::judge::{Judged, Sheet, without_repeats};
use super::rows::{self, import};
use super::{Finding, file, kept};
use crate::select::Connection;
use crate::settings::{self, Event};
use crate::{App, people, texts};

/// Rows stored by one transaction.
const CHUNK: usize = 200;
/// Chunks stored in one turn. A file of tens of thousands of rows takes many turns, and whatever was promised meanwhile
/// goes first.
const N_CHUNKS: usize = 5;
/// Who may import, looked up again when the rows are stored: a file waits, and people change.
const REQUESTERS: [Role; 2] = [Role::Operations, Role::Admin];
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
        let Some(requester) = requester(app.db.conn(), &import, app.db.now().await?).await? else {
            return fail(app, import.id, "import_not_allowed").await;
        };
        match Kind::by_name(&import.kind) {
            Some(Kind::Regions) => go_on::<RegionRow>(app, &import, requester).await,
            Some(Kind::Users) => go_on::<UserRow>(app, &import, requester).await,
            Some(Kind::Customers) => go_on::<CustomerRow>(app, &import, requester).await,
            Some(Kind::Products) => go_on::<ProductRow>(app, &import, requester).await,
            Some(Kind::Leads) => go_on::<LeadRow>(app, &import, requester).await,
            None => fail(app, import.id, "import_kind_unknown").await,
        }
    }
}

/// What whoever asked is now. None when he has left, or may no longer import.
async fn requester(
    db: &impl Connection,
    import: &import::Model,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<Role>> {
    let user = people::rows::user(db, UserId(import.requested_by)).await?;
    let today = local_date(now);
    let user = user.filter(|user| is_active(user.active_from, user.active_to, today));
    Ok(user.map(|user| user.role).filter(|role| REQUESTERS.contains(role)))
}

/// One turn: some chunks, and the promise of the next turn with the last of them.
async fn go_on<T: Sheet>(app: &App, import: &import::Model, requester: Role) -> anyhow::Result<()> {
    let judged = match kept::take::<T>(import.id, requester) {
        Some(judged) => Some(judged),
        None => judge(app, import, requester).await?,
    };
    let Some(mut judged) = judged else { return Ok(()) };
    for n_chunks in 1..=N_CHUNKS {
        if !next_chunk(app, import.id, &mut judged, n_chunks == N_CHUNKS).await? {
            kept::forget(import.id);
            return Ok(());
        }
    }
    kept::keep(import.id, requester, judged);
    Ok(())
}

/// Fetches the file and judges its rows. None when nothing of it can be processed.
async fn judge<T: Sheet>(
    app: &App,
    import: &import::Model,
    requester: Role,
) -> anyhow::Result<Option<Vec<Judged<T>>>> {
    let bytes = match app.blobs.get(&import.file_sha256).await {
        Ok(bytes) => bytes,
        Err(fault) if is_over(import.created_at, app.db.now().await?) => {
            tracing::error!(import.id = %import.id, error = format!("{fault:#}"), "an import's file is lost");
            fail(app, import.id, "import_file_lost").await?;
            return Ok(None);
        }
        Err(fault) => return Err(fault),
    };
    let lines = tokio::task::spawn_blocking(move || file::lines(&bytes, T::of)).await?;
    let Some(lines) = lines else {
        fail(app, import.id, "import_unreadable").await?;
        return Ok(None);
    };
    Ok(Some(T::judge(app, requester, without_repeats(lines)).await?))
}

fn is_over(created_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - created_at > TimeDelta::minutes(FETCH_MINUTES)
}

/// Stores the next chunk, or in a dry run passes over it, with the progress in the same transaction; the last chunk of
/// a turn promises the next turn there too. False when there is nothing left to do.
async fn next_chunk<T: Sheet>(
    app: &App,
    id: Uuid,
    judged: &mut [Judged<T>],
    ends_turn: bool,
) -> anyhow::Result<bool> {
    let tx = app.db.begin().await?;
    let Some(mut import) = rows::locked(tx.db(), id).await? else {
        return Ok(false);
    };
    let Some(requester) = requester(tx.db(), &import, tx.now()).await? else {
        drop(tx);
        fail(app, id, "import_not_allowed").await?;
        return Ok(false);
    };
    let n_rows = judged.len();
    let from = usize::try_from(import.n_done)?.min(n_rows);
    let to = n_rows.min(from + CHUNK);
    let chunk = &mut judged[from..to];
    if !import.dry_run {
        let doing = || format!("storing rows {from} to {to} of import {id}");
        T::recheck(&tx, requester, chunk).await.with_context(doing)?;
        T::store(&tx, &good(chunk)).await.with_context(doing)?;
    }
    let n_good = good(chunk).len();
    import.n_rows = i32::try_from(n_rows)?;
    import.n_done = i32::try_from(to)?;
    import.n_stored += i32::try_from(n_good)?;
    import.n_failed += i32::try_from(chunk.len() - n_good)?;
    note(&mut import, chunk)?;
    let is_last = to == n_rows;
    if is_last {
        import = finish(&tx, import, "done").await?;
    } else {
        import.status = "running".to_owned();
    }
    rows::keep(tx.db(), import).await?;
    if ends_turn && !is_last {
        tx.send(&Run { import: id }).await?;
    }
    tx.commit().await?;
    Ok(!is_last)
}

fn good<T>(chunk: &[Judged<T>]) -> Vec<&T> {
    chunk.iter().filter_map(|it| it.outcome.as_ref().ok()).collect()
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
