//! The rows behind [`crate::jobs`]: promised, leased, settled. A finished job's row is deleted; a dead one stays
//! until somebody replays it.

use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};
use serde::Serialize;
use uuid::Uuid;

use crate::append::Target;
use crate::db::counts;
use crate::jobs::Promise;
use crate::{Clock, Db, Tx, sql};

/// How long a lease lasts unless it is renewed (real time). A dead worker's jobs are taken over after it.
pub(crate) const LEASE: Duration = Duration::from_secs(8);
/// After this many failed attempts a job is dead.
const ATTEMPTS: i32 = 12;
/// Rows written by one statement.
pub(crate) const CHUNK: usize = 500;

/// A job in hand.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Leased {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) payload: String,
    pub(crate) attempts: i32,
    pub(crate) due_at: DateTime<Utc>,
}

/// A job that gave up.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct DeadJob {
    /// The row.
    pub id: Uuid,
    /// The job's name.
    pub name: String,
    /// What it carries.
    pub payload: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// A few jobs as rows that are written with whatever else a command adds.
pub(crate) fn added<J: Promise>(
    jobs: &[J],
    due_at: DateTime<Utc>,
) -> anyhow::Result<(Target, Vec<Vec<Value>>)> {
    let columns = vec!["id", "name", "payload", "due_at", "state", "attempts", "created_at"];
    let row = |job: &J| -> anyhow::Result<Vec<Value>> {
        Ok(vec![
            crate::new_id().into(),
            J::NAME.into(),
            serde_json::to_string(job).context("writing a job")?.into(),
            due_at.into(),
            "ready".into(),
            0.into(),
            Clock::real().into(),
        ])
    };
    let rows = jobs.iter().map(row).collect::<anyhow::Result<_>>()?;
    Ok((Target { table: "jobs", columns, conflict: "" }, rows))
}

/// Writes many jobs at once.
pub(crate) async fn insert<J: Promise>(
    db: &DatabaseTransaction,
    jobs: &[J],
    due_at: DateTime<Utc>,
) -> anyhow::Result<()> {
    for chunk in jobs.chunks(CHUNK) {
        let mut values: Vec<Value> = vec![J::NAME.into(), due_at.into(), Clock::real().into()];
        let mut rows = Vec::with_capacity(chunk.len());
        for job in chunk {
            values.push(crate::new_id().into());
            values.push(serde_json::to_string(job).context("writing a job")?.into());
            rows.push(format!("(${}, $1, ${}, $2, 'ready', 0, $3)", values.len() - 1, values.len()));
        }
        let text = format!(
            "INSERT INTO jobs (id, name, payload, due_at, state, attempts, created_at) VALUES {}",
            rows.join(", ")
        );
        db.execute_raw(sql(db, &text, values)).await.context("promising jobs")?;
    }
    Ok(())
}

/// Leases what is due and free, oldest first.
pub(crate) async fn lease_due(
    db: &Db,
    me: Uuid,
    now: DateTime<Utc>,
    n_most: u64,
) -> anyhow::Result<Vec<Leased>> {
    let real = Clock::real();
    let values = [lease_end(real), me.into(), now.into(), real.into(), n_most.into()];
    let which = format!(
        "SELECT id FROM jobs WHERE state = 'ready' AND due_at <= $3 \
         AND (leased_until IS NULL OR leased_until < $4) ORDER BY due_at, id LIMIT $5{}",
        skipping(db)
    );
    lease(db, &which, values.into()).await
}

/// Leases those of `ids` that are due and free.
pub(crate) async fn lease_ids(
    db: &Db,
    me: Uuid,
    now: DateTime<Utc>,
    ids: &[Uuid],
) -> anyhow::Result<Vec<Leased>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let real = Clock::real();
    let mut values = vec![lease_end(real), me.into(), now.into(), real.into()];
    // The ids alone find the rows. Asked for what is due in the same breath, a planner that believes the table to be
    // nearly empty, as it is most of the day, would look through all that is due instead.
    let which = format!(
        "WITH wanted AS MATERIALIZED (SELECT id, state, due_at, leased_until FROM jobs WHERE id IN ({}){}) \
         SELECT id FROM wanted WHERE state = 'ready' AND due_at <= $3 \
         AND (leased_until IS NULL OR leased_until < $4)",
        places(&mut values, ids),
        skipping(db)
    );
    lease(db, &which, values).await
}

async fn lease(db: &Db, which: &str, values: Vec<Value>) -> anyhow::Result<Vec<Leased>> {
    let text = format!(
        "UPDATE jobs SET leased_until = $1, leased_by = $2 WHERE {} \
         RETURNING id, name, payload, attempts, due_at",
        is_one_of(db, which)
    );
    let tx = begin_in_order(db).await?;
    let rows = tx.db().query_all_raw(sql(tx.db(), &text, values)).await.context("leasing jobs")?;
    let mut leased = rows
        .iter()
        .map(|row| Leased::from_query_result(row, ""))
        .collect::<Result<Vec<_>, _>>()
        .context("reading leased jobs")?;
    tx.commit_quietly().await?;
    leased.sort_by_key(|job| (job.due_at, job.id));
    Ok(leased)
}

/// What keeps two workers from waiting for each other's rows.
fn skipping(db: &Db) -> &'static str {
    if db.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" }
}

/// The condition that a row is one of those, written so that PostgreSQL looks each of them up.
fn is_one_of(db: &Db, which: &str) -> String {
    if db.is_postgres() { format!("id = ANY(ARRAY({which}))") } else { format!("id IN ({which})") }
}

/// Begins a transaction that reads due rows in the order of their index. PostgreSQL would rather sort them, all of
/// them for the first few, while its statistics are from when hardly any were due.
async fn begin_in_order(db: &Db) -> anyhow::Result<Tx> {
    let tx = db.begin().await?;
    if db.is_postgres() {
        tx.db().execute_unprepared("SET LOCAL enable_sort = off").await.context("reading in order")?;
    }
    Ok(tx)
}

fn lease_end(real: DateTime<Utc>) -> Value {
    (real + LEASE).into()
}

/// `$n` places for ids that are appended to `values`.
fn places(values: &mut Vec<Value>, ids: &[Uuid]) -> String {
    let first = values.len() + 1;
    values.extend(ids.iter().map(|id| Value::from(*id)));
    (first..=values.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// Renews the leases of `ids` for as long as it is polled.
pub(crate) async fn keep_leases(db: &Db, ids: Vec<Uuid>) {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        let mut values = vec![lease_end(Clock::real())];
        let places = places(&mut values, &ids);
        let text = format!("UPDATE jobs SET leased_until = $1 WHERE id IN ({places})");
        if let Err(fault) = db.conn().execute_raw(sql(db.conn(), &text, values)).await {
            tracing::warn!(error = %fault, "renewing leases failed");
        }
    }
}

/// Forgets finished jobs.
pub(crate) async fn finish(db: &Db, ids: &[Uuid]) -> anyhow::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    for chunk in ids.chunks(CHUNK) {
        let mut values = Vec::new();
        let text = format!("DELETE FROM jobs WHERE id IN ({})", places(&mut values, chunk));
        tx.db().execute_raw(sql(tx.db(), &text, values)).await.context("finishing jobs")?;
    }
    tx.commit_quietly().await
}

/// Gives a failed job back for later, or buries it.
pub(crate) async fn retry(
    db: &Db,
    job: &Leased,
    due_at: DateTime<Utc>,
    counts: bool,
    error: &str,
) -> anyhow::Result<()> {
    let attempts = job.attempts + i32::from(counts);
    let state = if attempts >= ATTEMPTS { "dead" } else { "ready" };
    if state == "dead" {
        tracing::error!(job.name, job.id = %job.id, error, "a job is dead; replay it after mending the cause");
    }
    let tx = db.begin().await?;
    let text = "UPDATE jobs SET state = $1, attempts = $2, due_at = $3, last_error = $4, leased_until = NULL, \
                published_at = NULL WHERE id = $5";
    let values = [state.into(), attempts.into(), due_at.into(), error.into(), job.id.into()];
    tx.db().execute_raw(sql(tx.db(), text, values)).await.context("giving a job back")?;
    tx.commit_quietly().await
}

/// Ids due now that nobody holds, oldest first, without leasing them.
pub(crate) async fn due_ids(db: &Db, n_most: u64) -> anyhow::Result<Vec<Uuid>> {
    let now = db.now().await?;
    let text = "SELECT id FROM jobs WHERE state = 'ready' AND due_at <= $1 \
                AND (leased_until IS NULL OR leased_until < $2) ORDER BY due_at, id LIMIT $3";
    let values = [now.into(), Clock::real().into(), n_most.into()];
    // A writing transaction would queue behind SQLite's writer, which only PostgreSQL's planner is worth.
    let rows = if db.is_postgres() {
        let tx = begin_in_order(db).await?;
        tx.db().query_all_raw(sql(tx.db(), text, values)).await?
    } else {
        db.conn().query_all_raw(sql(db.conn(), text, values)).await?
    };
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// Marks due rows as handed to the transport and returns their ids. A row that was handed over longer than
/// `again_after` ago and is still there and free is handed over again.
pub(crate) async fn publishable(db: &Db, n_most: u64, again_after: TimeDelta) -> anyhow::Result<Vec<Uuid>> {
    let tx = begin_in_order(db).await?;
    let real = Clock::real();
    let which = format!(
        "SELECT id FROM jobs WHERE state = 'ready' AND due_at <= $2 \
         AND (leased_until IS NULL OR leased_until < $1) AND (published_at IS NULL OR published_at < $3) \
         ORDER BY due_at, id LIMIT $4{}",
        skipping(db)
    );
    let text = format!("UPDATE jobs SET published_at = $1 WHERE {} RETURNING id", is_one_of(db, &which));
    let values = [real.into(), tx.now().into(), (real - again_after).into(), n_most.into()];
    let rows = tx.db().query_all_raw(sql(tx.db(), &text, values)).await.context("handing jobs over")?;
    let ids = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<_>, _>>()?;
    tx.commit_quietly().await?;
    Ok(ids)
}

/// Takes back what could not be handed over.
pub(crate) async fn unpublish(db: &Db, ids: &[Uuid]) -> anyhow::Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let mut values = Vec::new();
        let text =
            format!("UPDATE jobs SET published_at = NULL WHERE id IN ({})", places(&mut values, chunk));
        db.conn().execute_raw(sql(db.conn(), &text, values)).await?;
    }
    Ok(())
}

/// How many jobs are due and not finished, held or not; and per name how many wait at all.
pub async fn n_waiting(db: &Db) -> anyhow::Result<(u64, Vec<(String, i64)>)> {
    let now = db.now().await?;
    let text = "SELECT count(*) AS n FROM jobs WHERE state = 'ready' AND due_at <= $1";
    let row = db.conn().query_one_raw(sql(db.conn(), text, [now.into()])).await?.context("counting jobs")?;
    let n_due: i64 = row.try_get("", "n")?;
    let by_name = "SELECT name, count(*) AS n FROM jobs WHERE state = 'ready' GROUP BY name";
    let waiting = counts(db.conn(), sql(db.conn(), by_name, [])).await?;
    Ok((n_due.unsigned_abs(), waiting.into_iter().collect()))
}

/// The jobs that gave up, oldest first, at most a hundred.
pub async fn dead_jobs(db: &Db) -> anyhow::Result<Vec<DeadJob>> {
    let text =
        "SELECT id, name, payload, attempts, last_error FROM jobs WHERE state = 'dead' ORDER BY id LIMIT 100";
    Ok(DeadJob::find_by_statement(sql(db.conn(), text, [])).all(db.conn()).await?)
}

/// Gives a dead job a fresh start. False when there is none by that id.
pub async fn replay_dead(tx: &crate::Tx, id: Uuid) -> anyhow::Result<bool> {
    let text = "UPDATE jobs SET state = 'ready', attempts = 0, due_at = $1, published_at = NULL \
                WHERE id = $2 AND state = 'dead'";
    let done = tx.db().execute_raw(sql(tx.db(), text, [tx.now().into(), id.into()])).await?;
    Ok(done.rows_affected() == 1)
}
