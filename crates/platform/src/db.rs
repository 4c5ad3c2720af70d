//! How the database is opened, and the only way to write to it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, SqlxError, SqlxSqliteConnector, Statement, TransactionOptions, Value,
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::append::{Gathered, Target};
use crate::jobs::Promise;
use crate::pool::{Pool, WAIT};
use crate::{Clock, outbox, statements};

/// A statement with `$1`-style parameters, which both databases read.
pub fn sql(db: &impl ConnectionTrait, text: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), text, values)
}

/// How long SQLite waits for a writer in another process; PostgreSQL waits as long for a lock.
const LOCKED: Duration = Duration::from_secs(5);

/// How long PostgreSQL waits for a lock, works at one statement, and bears with a transaction that says nothing: whoever
/// died in it holds its locks no longer.
const LIMITS: [(&str, &str); 3] =
    [("lock_timeout", "5s"), ("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")];

/// The database, its clock, and the bell that wakes the workers of this process.
#[derive(Clone, Debug)]
pub struct Db {
    conn: Pool,
    /// One more connection, on PostgreSQL, that no command holds.
    apart: Option<DatabaseConnection>,
    clock: Clock,
    bell: Arc<Notify>,
    /// SQLite has one writer: those of this process queue here in order, instead of racing for its lock.
    writers: Option<Arc<Semaphore>>,
}

impl Db {
    /// Opens `sqlite://path` (created when absent) or `postgres://…`.
    pub async fn connect(url: &str, n_connections: u32, clock: Clock) -> anyhow::Result<Self> {
        Self::open(url, n_connections, clock, &LIMITS).await
    }

    /// The same for work that may take as long as it takes, such as a change of the schema.
    pub async fn connect_patiently(url: &str, n_connections: u32, clock: Clock) -> anyhow::Result<Self> {
        Self::open(url, n_connections, clock, &[]).await
    }

    async fn open(
        url: &str,
        n_connections: u32,
        clock: Clock,
        limits: &'static [(&str, &str)],
    ) -> anyhow::Result<Self> {
        let (mut conn, mut apart, writers) = if url.starts_with("sqlite:") {
            (open_sqlite(url, n_connections).await?, None, Some(Arc::new(Semaphore::new(1))))
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(n_connections)
                .acquire_timeout(WAIT)
                // A connection in use is not asked first whether it still is: that would be a round trip each time.
                .test_before_acquire_if_idle_for(Duration::from_secs(5))
                .sqlx_logging(false)
                .map_sqlx_postgres_opts(move |options| options.options(limits.iter().copied()));
            let conn = Database::connect(options.clone()).await.context("connecting to PostgreSQL")?;
            options.max_connections(1).min_connections(0).connect_lazy(true);
            let apart = Database::connect(options).await.context("connecting to PostgreSQL apart")?;
            (conn, Some(apart), None)
        };
        if clock.is_movable() {
            statements::watch(&mut conn);
            apart.iter_mut().for_each(statements::watch);
        }
        Ok(Self { conn: Pool::new(conn), apart, clock, bell: Arc::default(), writers })
    }

    /// The connection for reads outside a transaction.
    pub fn conn(&self) -> &Pool {
        &self.conn
    }

    /// For a statement that stands whatever becomes of the transaction that asks for it. Its connection is none of the
    /// commands', which may hold all of theirs while they wait for it. SQLite has one writer, so none there.
    pub fn apart(&self) -> Option<&DatabaseConnection> {
        self.apart.as_ref()
    }

    /// The clock that rules use.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time that rules use, in UTC.
    pub async fn now(&self) -> anyhow::Result<DateTime<Utc>> {
        Ok(self.clock.now(&self.conn).await?)
    }

    /// Does the database answer, soon enough to serve with?
    pub async fn check(&self) -> anyhow::Result<()> {
        let asked = self.conn.query_one_raw(sql(&self.conn, "SELECT 1", []));
        tokio::time::timeout(Duration::from_secs(2), asked)
            .await
            .context("the database takes too long")??;
        Ok(())
    }

    /// True on PostgreSQL, false on SQLite.
    pub fn is_postgres(&self) -> bool {
        self.conn.get_database_backend() == DbBackend::Postgres
    }

    /// Begins a writing transaction: immediate on SQLite, so that a read inside it still holds when it writes.
    pub async fn begin(&self) -> anyhow::Result<Tx> {
        let tx = self.begin_unclocked().await?;
        let now = self.clock.now(tx.db()).await?;
        Ok(tx.at(now))
    }

    /// The same at the real time, for a database that may not have its tables yet.
    pub async fn begin_unclocked(&self) -> anyhow::Result<Tx> {
        let permit = match &self.writers {
            Some(writers) => Some(writers.clone().acquire_owned().await.context("queueing to write")?),
            None => None,
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.conn.begin(options).await.context("beginning a transaction")?;
        Ok(Tx {
            inner,
            now: Clock::real(),
            bell: self.bell.clone(),
            has_promised: AtomicBool::new(false),
            gathered: Gathered::default(),
            _permit: permit,
        })
    }

    /// Wakes the workers of this process.
    pub fn ring(&self) {
        self.bell.notify_waiters();
    }

    pub(crate) fn bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    /// Waits for the bell, or for `at_most`.
    pub async fn listen(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.bell.notified()).await;
    }
}

async fn open_sqlite(url: &str, n_connections: u32) -> anyhow::Result<DatabaseConnection> {
    let options: SqliteConnectOptions = url.parse().context("reading the SQLite url")?;
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(LOCKED);
    if let Some(folder) = options.get_filename().parent().filter(|it| !it.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let since = Instant::now();
    loop {
        let pool = SqlitePoolOptions::new().max_connections(n_connections).acquire_timeout(WAIT);
        match pool.connect_with(options.clone()).await {
            Ok(pool) => return Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)),
            // Whoever opens a new file switches it to its journal, and SQLite lets nobody wait for that.
            Err(SqlxError::Database(fault))
                if fault.code().as_deref() == Some("5") && since.elapsed() < LOCKED =>
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(fault) => return Err(fault).context("opening the SQLite file"),
        }
    }
}

/// One command's transaction: its rows, the jobs it promises, and the one instant it happens at.
///
/// Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    now: DateTime<Utc>,
    bell: Arc<Notify>,
    has_promised: AtomicBool,
    gathered: Gathered,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Tx {
    /// The connection to read and write through.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// The instant of the command, in UTC.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The same transaction at another instant: a sweep acts at the instant that was due.
    pub fn at(mut self, instant: DateTime<Utc>) -> Self {
        self.now = instant;
        self
    }

    /// Promises a job. It runs after the commit, at least once, or not at all when this rolls back.
    pub async fn send<J: Promise>(&self, job: &J) -> anyhow::Result<()> {
        self.send_all(std::slice::from_ref(job), self.now).await
    }

    /// Promises jobs not to be run before `due_at`.
    pub async fn send_all<J: Promise>(&self, jobs: &[J], due_at: DateTime<Utc>) -> anyhow::Result<()> {
        self.has_promised.store(true, Ordering::Relaxed);
        if jobs.len() > outbox::CHUNK {
            return outbox::insert(&self.inner, jobs, due_at).await;
        }
        let (into, rows) = outbox::added(jobs, due_at)?;
        self.append(into, rows);
        Ok(())
    }

    /// Adds rows at the end of the command, together with all others that were added so. Until then no statement of the
    /// command sees them.
    pub fn append(&self, into: Target, rows: Vec<Vec<Value>>) {
        self.gathered.add(into, rows);
    }

    /// Writes what was added until now, for a command that reads it after all.
    pub async fn flush(&self) -> anyhow::Result<()> {
        self.gathered.write(&self.inner).await
    }

    /// Commits without waking anybody: for the workers' own bookkeeping.
    pub(crate) async fn commit_quietly(self) -> anyhow::Result<()> {
        self.gathered.write(&self.inner).await?;
        self.inner.commit().await.context("committing")
    }

    /// Makes everything true at once, and wakes the workers where something was promised: what a sweep has to do by the
    /// clock it finds within a second by itself.
    pub async fn commit(self) -> anyhow::Result<()> {
        self.gathered.write(&self.inner).await?;
        self.inner.commit().await.context("committing")?;
        if self.has_promised.into_inner() {
            self.bell.notify_waiters();
        }
        Ok(())
    }
}

/// Reads `count(*)`-like rows of `(name, n)`.
pub(crate) async fn counts(
    db: &impl ConnectionTrait,
    statement: Statement,
) -> anyhow::Result<BTreeMap<String, i64>> {
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get("", "n")?))).collect()
}
