//! Work after a commit.
//!
//! A job carries ids, looks at what is true when it runs, then makes it so. It may run twice. A lease, not a held
//! transaction, keeps two workers apart; a worker that dies loses its lease after eight seconds and another
//! takes over.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::{FutureExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::outbox::{self, Leased};
use crate::queue::Queue;
use crate::{Clock, Db};

/// Something promised inside a transaction: a name and what it carries.
pub trait Promise: Serialize + Send + Sync {
    /// `capability.verb`, stable for as long as a row may carry it.
    const NAME: &'static str;
}

/// A promise that can be kept, one at a time.
pub trait Job<C>: Promise + DeserializeOwned + 'static {
    /// Does it. An error is retried with back-off until the attempts run out.
    fn run(self, app: &C) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// A promise that is kept many at a time, because one round trip a job would cost too much.
pub trait BatchJob<C>: Promise + DeserializeOwned + 'static {
    /// Does them all; the results stand in the order of the jobs.
    fn run_all(app: &C, jobs: Vec<Self>) -> impl Future<Output = Vec<anyhow::Result<()>>> + Send;
}

/// An error that says when trying again makes sense, without counting as a failed attempt.
#[derive(Debug)]
pub struct NotBefore(pub DateTime<Utc>);

impl std::fmt::Display for NotBefore {
    fn fmt(&self, it: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(it, "not before {}", self.0)
    }
}

impl std::error::Error for NotBefore {}

type Results<'a> = Pin<Box<dyn Future<Output = Vec<anyhow::Result<()>>> + Send + 'a>>;
type Runner<C> = Box<dyn for<'a> Fn(&'a C, Vec<String>) -> Results<'a> + Send + Sync>;

/// How many plain jobs of one batch run side by side.
const SIDE_BY_SIDE: usize = 8;

/// Which job runs what.
pub struct Jobs<C> {
    runners: HashMap<&'static str, Runner<C>>,
}

impl<C> Default for Jobs<C> {
    fn default() -> Self {
        Self { runners: HashMap::new() }
    }
}

impl<C: Send + Sync + 'static> Jobs<C> {
    /// Registers a job that runs one at a time.
    pub fn job<J: Job<C>>(mut self) -> Self {
        self.runners.insert(J::NAME, Box::new(|app, payloads| Box::pin(one_by_one::<C, J>(app, payloads))));
        self
    }

    /// Registers a job that runs in batches.
    pub fn batch<J: BatchJob<C>>(mut self) -> Self {
        self.runners.insert(J::NAME, Box::new(|app, payloads| Box::pin(together::<C, J>(app, payloads))));
        self
    }

    async fn run(&self, app: &C, name: &str, payloads: Vec<String>) -> Vec<anyhow::Result<()>> {
        let n_jobs = payloads.len();
        match self.runners.get(name) {
            // A panic counts as a failed attempt of them all; it must not end the worker.
            Some(run) => AssertUnwindSafe(run(app, payloads))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| (0..n_jobs).map(|_| Err(anyhow::anyhow!("{name} panicked"))).collect()),
            None => payloads.iter().map(|_| Err(anyhow::anyhow!("nobody runs {name}"))).collect(),
        }
    }
}

async fn one_by_one<C: Sync, J: Job<C>>(app: &C, payloads: Vec<String>) -> Vec<anyhow::Result<()>> {
    let runs = payloads.into_iter().map(async |payload| serde_json::from_str::<J>(&payload)?.run(app).await);
    futures::stream::iter(runs).buffered(SIDE_BY_SIDE).collect().await
}

async fn together<C: Sync, J: BatchJob<C>>(app: &C, payloads: Vec<String>) -> Vec<anyhow::Result<()>> {
    let parsed: Result<Vec<J>, _> = payloads.iter().map(|it| serde_json::from_str(it)).collect();
    match parsed {
        Ok(jobs) => J::run_all(app, jobs).await,
        // One unreadable row must not spoil its neighbours: read them again one by one.
        Err(_) => {
            let mut results = Vec::new();
            for payload in payloads {
                results.extend(match serde_json::from_str::<J>(&payload) {
                    Ok(job) => J::run_all(app, vec![job]).await,
                    Err(fault) => vec![Err(fault.into())],
                });
            }
            results
        }
    }
}

/// Keeps promises: takes leases, runs, and settles rows, until told to stop.
pub struct Worker<C> {
    /// What the jobs are run with.
    pub app: Arc<C>,
    /// Where the promises are.
    pub db: Db,
    /// What carries their ids.
    pub queue: Queue,
    /// Who runs what.
    pub jobs: Arc<Jobs<C>>,
    /// How many rows are leased at once.
    pub n_batch: u64,
}

/// What one batch did: a name, the earliest instant it was due, and how many.
#[derive(Clone, Debug, Serialize)]
pub struct Ran {
    /// The job's or sweep's name.
    pub name: String,
    /// The instant it was due, in UTC.
    pub at: DateTime<Utc>,
    /// How many rows it handled.
    pub n: u64,
}

impl<C: Send + Sync + 'static> Worker<C> {
    /// Works until `stop` turns true; what is in hand then is finished first.
    pub async fn run(&self, mut stop: tokio::sync::watch::Receiver<bool>) {
        let me = crate::new_id();
        while !*stop.borrow() {
            let taken = tokio::select! {
                taken = self.queue.take(&self.db, self.n_batch) => taken,
                _ = stop.changed() => break,
            };
            let done = match taken {
                Ok(ids) if ids.is_empty() => Ok(0),
                Ok(ids) => self.work_on(me, &ids).await,
                Err(fault) => Err(fault),
            };
            if let Err(fault) = done {
                tracing::warn!(error = format!("{fault:#}"), "a turn of the worker failed");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }

    /// Runs one batch of what is due now, whoever carries it. Empty when nothing is due.
    pub async fn turn(&self) -> anyhow::Result<Vec<Ran>> {
        let now = self.db.now().await?;
        let leased = outbox::lease_due(&self.db, crate::new_id(), now, self.n_batch).await?;
        self.run_leased(leased).await
    }

    async fn work_on(&self, me: Uuid, ids: &[Uuid]) -> anyhow::Result<usize> {
        let now = self.db.now().await?;
        let started = Instant::now();
        let leased = outbox::lease_ids(&self.db, me, now, ids).await?;
        took("lease", started);
        let ran = self.run_leased(leased).await?;
        self.queue.done(ids).await;
        Ok(ran.len())
    }

    async fn run_leased(&self, leased: Vec<Leased>) -> anyhow::Result<Vec<Ran>> {
        let ids: Vec<Uuid> = leased.iter().map(|job| job.id).collect();
        let keep = outbox::keep_leases(&self.db, ids);
        tokio::pin!(keep);
        let work = self.run_by_name(leased);
        tokio::pin!(work);
        tokio::select! {
            ran = &mut work => ran,
            () = &mut keep => work.await,
        }
    }

    async fn run_by_name(&self, leased: Vec<Leased>) -> anyhow::Result<Vec<Ran>> {
        let mut by_name: HashMap<String, Vec<Leased>> = HashMap::new();
        for job in leased {
            by_name.entry(job.name.clone()).or_default().push(job);
        }
        let runs = by_name.into_iter().map(|(name, jobs)| self.run_named(name, jobs));
        futures::future::join_all(runs).await.into_iter().collect()
    }

    async fn run_named(&self, name: String, jobs: Vec<Leased>) -> anyhow::Result<Ran> {
        let at = jobs.iter().map(|job| job.due_at).min().unwrap_or_else(Clock::real);
        let payloads = jobs.iter().map(|job| job.payload.clone()).collect();
        let started = Instant::now();
        let results = self.jobs.run(&self.app, &name, payloads).await;
        metrics::histogram!("jobs_batch_seconds", "job" => name.clone()).record(started.elapsed());
        metrics::counter!("jobs_run_total", "job" => name.clone()).increment(jobs.len() as u64);
        let ran = Ran { n: jobs.len() as u64, at, name };
        let started = Instant::now();
        self.settle(jobs, results).await?;
        took("settle", started);
        Ok(ran)
    }

    async fn settle(&self, jobs: Vec<Leased>, results: Vec<anyhow::Result<()>>) -> anyhow::Result<()> {
        let now = self.db.now().await?;
        let mut done = Vec::new();
        let mut failed = Vec::new();
        for (job, result) in jobs.into_iter().zip(results) {
            match result {
                Ok(()) => done.push(job.id),
                Err(fault) => failed.push((job, fault)),
            }
        }
        outbox::finish(&self.db, &done).await?;
        for (job, fault) in failed {
            let (due_at, counts) = match fault.downcast_ref::<NotBefore>() {
                Some(NotBefore(at)) => (*at, false),
                None => (now + back_off(job.attempts, job.id), true),
            };
            tracing::warn!(job.name, job.id = %job.id, job.attempts, error = format!("{fault:#}"), "a job failed");
            metrics::counter!("jobs_failed_total", "job" => job.name.clone()).increment(1);
            outbox::retry(&self.db, &job, due_at, counts, &format!("{fault:#}")).await?;
        }
        Ok(())
    }
}

/// Counts what the worker itself costs, beside what its jobs do.
fn took(step: &'static str, started: Instant) {
    metrics::histogram!("jobs_step_seconds", "step" => step).record(started.elapsed());
}

/// 2 s doubling to at most an hour, plus up to a quarter of jitter drawn from the id, so that a crowd spreads out.
fn back_off(attempts: i32, id: Uuid) -> TimeDelta {
    let seconds = (2_i64 << attempts.clamp(0, 11)).min(3600);
    let jitter_ms = i64::from(id.as_bytes()[15]) * seconds * 1000 / 4 / 255;
    TimeDelta::seconds(seconds) + TimeDelta::milliseconds(jitter_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_and_stops_at_an_hour_and_a_quarter() {
        let id = Uuid::nil();
        assert_eq!(back_off(0, id).num_seconds(), 2);
        assert_eq!(back_off(3, id).num_seconds(), 16);
        assert_eq!(back_off(40, id).num_seconds(), 3600);
        assert_eq!(back_off(40, Uuid::max()).num_seconds(), 4500);
    }
}
