//! What carries the ids of promised jobs to the workers. The rows are the truth: losing the transport delays work
//! and loses none.

mod in_process;
mod redis_streams;

use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use crate::Db;
pub use redis_streams::RedisStreams;

/// The transport of this process.
#[derive(Clone)]
pub enum Queue {
    /// Workers look into the table themselves, woken by the bell.
    InProcess,
    /// A relay writes ids into a Redis stream, and workers of any process read them.
    Redis(RedisStreams),
}

/// How the transport is doing, for the readiness probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// There is nothing that could fail.
    InProcess,
    /// It answers.
    Ok,
    /// It is away; work goes on by polling the table, more slowly.
    Degraded,
}

impl Queue {
    /// `redis_url` absent: in process.
    pub async fn connect(redis_url: Option<&str>, db: &Db) -> anyhow::Result<Self> {
        match redis_url {
            None => Ok(Self::InProcess),
            Some(url) => Ok(Self::Redis(RedisStreams::open(url, db).await?)),
        }
    }

    /// Ids to work on, after waiting a moment at most. May be empty; may name jobs that somebody else holds.
    pub(crate) async fn take(&self, db: &Db, n_most: u64) -> anyhow::Result<Vec<Uuid>> {
        match self {
            Self::InProcess => in_process::take(db, n_most).await,
            Self::Redis(streams) => streams.take(db, n_most).await,
        }
    }

    /// These were dealt with, one way or the other.
    pub(crate) async fn done(&self, ids: &[Uuid]) {
        if let Self::Redis(streams) = self {
            streams.done(ids).await;
        }
    }

    /// Moves due rows to the transport until told to stop. Nothing to do in process.
    pub async fn relay(&self, db: &Db, stop: watch::Receiver<bool>) {
        if let Self::Redis(streams) = self {
            streams.relay(db, stop).await;
        }
    }

    /// How it is doing now.
    pub async fn health(&self) -> Health {
        match self {
            Self::InProcess => Health::InProcess,
            Self::Redis(streams) => streams.health().await,
        }
    }
}
