//! What every use case has at hand, and how it is put together.

use std::sync::Arc;

use anyhow::Context;
use migrations::{Migrator, MigratorTrait};
use platform::blob::Blobs;
use platform::jobs::{Jobs, Worker};
use platform::queue::Queue;
use platform::sweeps::{Sweep, Sweeper};
use platform::{Clock, Db, sql};
use sea_orm::ConnectionTrait;
use tokio::sync::{Mutex, Semaphore};
use wechat::WeChat;
use wechat::simulated::Simulator;

use crate::config::Config;
use crate::settings::Cache;
use crate::subjects::Subjects;
use crate::uploads::{self, Places};
use crate::wechat_access;

/// The installation as one process sees it. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub db: Db,
    pub queue: Queue,
    pub blobs: Blobs,
    pub wechat: WeChat,
    /// The embedded platform's controls, where it is simulated.
    pub simulated: Option<Simulator>,
    /// The documents in force.
    pub settings: Arc<Cache>,
    /// Files that arrive at the same time.
    pub places: Arc<Places>,
    /// Files that are read and decoded at the same time.
    pub turns: Arc<Semaphore>,
    /// Held while one batch of pushes is with WeChat.
    pub pushing: Arc<Mutex<()>>,
    /// The flows that decisions began with.
    pub flows: Arc<crate::approvals::Flows>,
    /// What slices further up answer for.
    pub subjects: &'static dyn Subjects,
    jobs: Arc<Jobs<App>>,
    sweeps: Arc<Vec<Box<dyn Sweep<App>>>>,
}

/// What the capabilities bring, joined by the program.
#[derive(Clone, Copy)]
pub struct Parts {
    pub jobs: fn() -> Jobs<App>,
    pub sweeps: fn() -> Vec<Box<dyn Sweep<App>>>,
    pub subjects: &'static dyn Subjects,
}

impl App {
    /// Opens everything the configuration names. The database must have been migrated for anything to work.
    pub async fn open(config: Config, parts: Parts) -> anyhow::Result<Self> {
        let clock = if config.dev.enabled { Clock::movable() } else { Clock::system() };
        let db = Db::connect(&config.database_url(), config.database.connections, clock.clone()).await?;
        Self::with_db(config, db, parts).await
    }

    /// Opens everything, and brings the schema up to date first.
    pub async fn open_migrated(config: Config, parts: Parts) -> anyhow::Result<Self> {
        let clock = if config.dev.enabled { Clock::movable() } else { Clock::system() };
        let db = Db::connect(&config.database_url(), config.database.connections, clock.clone()).await?;
        migrate(&config, &db).await?;
        Self::with_db(config, db, parts).await
    }

    pub async fn with_db(config: Config, db: Db, parts: Parts) -> anyhow::Result<Self> {
        let queue = Queue::connect(config.redis_url(), &db).await?;
        let blobs = Blobs::open(&config.blobs_url()?)?;
        let (wechat, simulated) = wechat_access::open(&config, &db)?;
        Ok(Self {
            settings: Arc::default(),
            flows: Arc::default(),
            places: Arc::new(Places::new(config.uploads.at_once, config.uploads.at_once_each)),
            turns: Arc::new(Semaphore::new(uploads::N_TURNS)),
            pushing: Arc::default(),
            config: Arc::new(config),
            db,
            queue,
            blobs,
            wechat,
            simulated,
            subjects: parts.subjects,
            jobs: Arc::new((parts.jobs)()),
            sweeps: Arc::new((parts.sweeps)()),
        })
    }

    /// What keeps promises.
    pub fn worker(&self) -> Worker<Self> {
        Worker {
            app: Arc::new(self.clone()),
            db: self.db.clone(),
            queue: self.queue.clone(),
            jobs: self.jobs.clone(),
            n_batch: self.config.workers.batch,
        }
    }

    /// What acts by the clock.
    pub fn sweeper(&self) -> Sweeper<Self> {
        Sweeper::new(Arc::new(self.clone()), self.db.clone(), self.sweeps.clone())
    }
}

/// Brings the schema up to date. Replicas that start together wait for one another.
pub async fn migrate(config: &Config, db: &Db) -> anyhow::Result<()> {
    // On PostgreSQL one connection waits for its turn and another changes the schema, however long it takes.
    let patient = match db.is_postgres() {
        true => Db::connect_patiently(&config.database_url(), 2, db.clock().clone()).await?,
        false => db.clone(),
    };
    let db = &patient;
    let _turn = StartUp::wait(config, db).await?;
    Migrator::up(db.conn().inner(), None).await.context("migrating the database")
}

/// One process at a time starts up: on PostgreSQL by an advisory lock, which ends with its transaction; on SQLite by
/// a locked file beside the data, which ends with its handle.
pub struct StartUp {
    _postgres: Option<platform::Tx>,
    _sqlite: Option<std::fs::File>,
}

impl StartUp {
    /// Any number that nothing else in the database locks.
    const KEY: i64 = 0x0067_7567_616e;

    /// Waits for this process's turn.
    pub async fn wait(config: &Config, db: &Db) -> anyhow::Result<Self> {
        if db.is_postgres() {
            let tx = db.begin_unclocked().await?;
            // Whoever is before may take as long as a change of the schema takes.
            let patiently = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; \
                             SET LOCAL idle_in_transaction_session_timeout = 0";
            tx.db().execute_unprepared(patiently).await?;
            let lock = sql(tx.db(), "SELECT pg_advisory_xact_lock($1)", [Self::KEY.into()]);
            tx.db().execute_raw(lock).await.context("waiting to start up")?;
            return Ok(Self { _postgres: Some(tx), _sqlite: None });
        }
        let folder = config.data_dir.clone();
        let file = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let file = std::fs::File::create(folder.join(".start-up.lock"))?;
            file.lock()?;
            std::io::Result::Ok(file)
        })
        .await?
        .context("waiting to start up")?;
        Ok(Self { _postgres: None, _sqlite: Some(file) })
    }
}
