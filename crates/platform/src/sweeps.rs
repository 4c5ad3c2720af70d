//! Work by the clock, over date columns.
//!
//! A sweep has no input but the instant it acts at. It may run twice for the same instant, so what it writes is
//! keyed. Instants are handled oldest first and each with its own time: after an outage the past is caught up in
//! order. One replica at a time holds a sweep's lease.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Utc};
use futures::FutureExt;
use sea_orm::ConnectionTrait;
use tokio::sync::watch;
use uuid::Uuid;

use crate::jobs::Ran;
use crate::{Again, Clock, Db, sql};

/// Something to do when its time has come.
#[async_trait::async_trait]
pub trait Sweep<C>: Send + Sync {
    /// `capability.verb`, stable: the row that remembers how far it got is named so.
    fn name(&self) -> &'static str;

    /// The earliest instant after `handled_until` (UTC) at which there is something to do, whether past or to come.
    async fn next_due(&self, app: &C, handled_until: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>>;

    /// Does what is due at `at`. Returns how many rows it handled.
    async fn run(&self, app: &C, at: DateTime<Utc>) -> anyhow::Result<u64>;
}

/// How long a lease lasts (real time): longer than one instant's work takes.
const LEASE: Duration = Duration::from_secs(60);
/// How long a sweep that failed is left out (real time).
const REST: Duration = Duration::from_secs(30);
/// How often the clock is looked at.
const POLL: Duration = Duration::from_secs(1);

/// What came of looking at the clock.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Nothing is due.
    Nothing,
    /// Something is due and another replica is at it.
    Busy,
    /// One instant was handled.
    Ran(Ran),
}

/// Runs sweeps in order.
pub struct Sweeper<C> {
    /// What the sweeps are run with.
    app: Arc<C>,
    /// Where it is kept how far they got.
    db: Db,
    /// All of them.
    sweeps: Arc<Vec<Box<dyn Sweep<C>>>>,
    /// Who holds the leases.
    me: Uuid,
    resting: Mutex<HashMap<&'static str, Instant>>,
}

impl<C: Send + Sync + 'static> Sweeper<C> {
    /// A sweeper of its own name.
    pub fn new(app: Arc<C>, db: Db, sweeps: Arc<Vec<Box<dyn Sweep<C>>>>) -> Self {
        Self { app, db, sweeps, me: crate::new_id(), resting: Mutex::default() }
    }

    /// Remembers sweeps that are new: each starts from now. Call before anybody may move the clock.
    pub async fn introduce(&self) -> anyhow::Result<()> {
        let now = self.db.now().await?;
        let tx = self.db.begin().await?;
        let text = "INSERT INTO sweeps (name, handled_until) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        for sweep in self.sweeps.iter() {
            tx.db().execute_raw(sql(tx.db(), text, [sweep.name().into(), now.into()])).await?;
        }
        tx.commit().await
    }

    /// Handles due instants as they come, until told to stop.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.turn().await {
                Ok(Turn::Ran(_)) => continue,
                Ok(Turn::Nothing | Turn::Busy) => {}
                Err(fault) => {
                    tracing::error!(error = format!("{fault:#}"), "a sweep failed; it is tried again")
                }
            }
            tokio::select! {
                () = self.db.listen(POLL) => tokio::time::sleep(Duration::from_millis(50)).await,
                _ = stop.changed() => break,
            }
        }
    }

    /// Handles the one instant that has been due longest. A sweep that fails rests a while, so that it does not keep
    /// the others from their turn.
    pub async fn turn(&self) -> anyhow::Result<Turn> {
        let now = self.db.now().await?;
        let mut earliest: Option<(DateTime<Utc>, &dyn Sweep<C>)> = None;
        for sweep in self.sweeps.iter().filter(|sweep| !self.is_resting(sweep.name())) {
            let due = self.guarded(sweep.name(), self.next_due(sweep.as_ref())).await?;
            if let Some(at) = due.filter(|at| *at <= now && earliest.is_none_or(|(first, _)| *at < first)) {
                earliest = Some((at, sweep.as_ref()));
            }
        }
        let Some((at, sweep)) = earliest else {
            return Ok(Turn::Nothing);
        };
        if !self.lease(sweep.name()).await? {
            return Ok(Turn::Busy);
        }
        let result = self.guarded(sweep.name(), self.handle_again(sweep, at)).await;
        self.release(sweep.name()).await?;
        result
    }

    /// Turns a panic into an error, and sends a sweep that failed to rest.
    async fn guarded<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        let result = AssertUnwindSafe(work).catch_unwind().await;
        let result = result.unwrap_or_else(|_| Err(anyhow::anyhow!("{name} panicked")));
        if result.is_err() {
            self.resting().insert(name, Instant::now() + REST);
        }
        result.with_context(|| name)
    }

    fn is_resting(&self, name: &str) -> bool {
        self.resting().get(name).is_some_and(|until| Instant::now() < *until)
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Instant>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing for a sweep that nobody has introduced, as in the middle of a reset.
    async fn next_due(&self, sweep: &dyn Sweep<C>) -> anyhow::Result<Option<DateTime<Utc>>> {
        match self.handled_until(sweep.name()).await? {
            Some(handled_until) => sweep.next_due(&self.app, handled_until).await,
            None => Ok(None),
        }
    }

    /// Handles it anew where it lost a race to a command.
    async fn handle_again(&self, sweep: &dyn Sweep<C>, at: DateTime<Utc>) -> anyhow::Result<Turn> {
        let mut again = Again::default();
        loop {
            match self.handle(sweep, at).await {
                Err(fault) if again.helps(&fault).await => {}
                done => return done,
            }
        }
    }

    /// Looks again under the lease: another replica may have handled the instant just before.
    async fn handle(&self, sweep: &dyn Sweep<C>, at: DateTime<Utc>) -> anyhow::Result<Turn> {
        if self.next_due(sweep).await? != Some(at) {
            return Ok(Turn::Busy);
        }
        let n = sweep.run(&self.app, at).await.with_context(|| format!("at {at}"))?;
        let tx = self.db.begin().await?;
        let text =
            "UPDATE sweeps SET handled_until = $1 WHERE name = $2 AND handled_until < $1 AND leased_by = $3";
        let values = [at.into(), sweep.name().into(), self.me.into()];
        tx.db().execute_raw(sql(tx.db(), text, values)).await?;
        tx.commit().await?;
        tracing::info!(sweep = sweep.name(), %at, n, "swept");
        Ok(Turn::Ran(Ran { name: sweep.name().to_owned(), at, n }))
    }

    async fn handled_until(&self, name: &str) -> anyhow::Result<Option<DateTime<Utc>>> {
        let conn = self.db.conn();
        let text = "SELECT handled_until FROM sweeps WHERE name = $1";
        let row = conn.query_one_raw(sql(conn, text, [name.into()])).await?;
        Ok(row.map(|row| row.try_get("", "handled_until")).transpose()?)
    }

    async fn lease(&self, name: &str) -> anyhow::Result<bool> {
        let real = Clock::real();
        let tx = self.db.begin().await?;
        let text = "UPDATE sweeps SET leased_by = $1, leased_until = $2 \
                    WHERE name = $3 AND (leased_until IS NULL OR leased_until < $4)";
        let values = [self.me.into(), (real + LEASE).into(), name.into(), real.into()];
        let won = tx.db().execute_raw(sql(tx.db(), text, values)).await?.rows_affected() == 1;
        tx.commit_quietly().await?;
        Ok(won)
    }

    async fn release(&self, name: &str) -> anyhow::Result<()> {
        let tx = self.db.begin().await?;
        let text = "UPDATE sweeps SET leased_until = NULL WHERE name = $1 AND leased_by = $2";
        tx.db().execute_raw(sql(tx.db(), text, [name.into(), self.me.into()])).await?;
        tx.commit_quietly().await
    }
}
