//! Redis Streams: a relay XADDs ids of due rows, workers read them in a consumer group, and what a dead worker had
//! taken is claimed by another. The lease on the row, not the stream, keeps two workers apart.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::streams::{
    StreamAutoClaimOptions, StreamAutoClaimReply, StreamId, StreamReadOptions, StreamReadReply,
};
use redis::{AsyncCommands, RedisResult};
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

use super::Health;
use crate::{Db, outbox, sql};

const GROUP: &str = "workers";
/// How long a read waits for entries; the connection's own time-out stays above it.
const BLOCK: Duration = Duration::from_millis(800);
/// Entries a consumer left unanswered for this long belong to whoever asks.
const ABANDONED: Duration = Duration::from_secs(10);
/// A handed-over row that nobody took is handed over again after this.
const AGAIN_SECONDS: i64 = 10;
/// The relay stops adding while this many entries wait, so that the stream stays short.
const N_MOST_WAITING: usize = 5_000;
/// Rows the relay moves at once.
const N_RELAYED: u64 = 1_000;

/// One installation's stream, named by an id kept in its database: installations may share a Redis.
#[derive(Clone)]
pub struct RedisStreams {
    stream: Arc<str>,
    writer: ConnectionManager,
    /// Reading blocks its connection, so it has one of its own, one reader at a time.
    reader: Arc<Mutex<ConnectionManager>>,
    consumer: Arc<str>,
    /// Which stream entry carries which job, for what this process has taken.
    taken: Arc<Mutex<HashMap<Uuid, Vec<String>>>>,
    away: Arc<AtomicBool>,
}

impl RedisStreams {
    /// Opens without waiting for Redis to be there.
    pub(super) async fn open(url: &str, db: &Db) -> anyhow::Result<Self> {
        let client = redis::Client::open(url).context("reading the Redis url")?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(Duration::from_secs(3)))
            .set_number_of_retries(1)
            .set_max_delay(Duration::from_millis(500));
        let writer = ConnectionManager::new_lazy_with_config(client.clone(), config.clone())?;
        let reader = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self {
            stream: format!("gugan:{{{}}}:jobs", installation(db).await?).into(),
            writer,
            reader: Arc::new(Mutex::new(reader)),
            consumer: crate::new_id().to_string().into(),
            taken: Arc::default(),
            away: Arc::default(),
        })
    }

    pub(super) async fn take(&self, db: &Db, n_most: u64) -> anyhow::Result<Vec<Uuid>> {
        match self.read(n_most).await {
            Ok(entries) => {
                self.away.store(false, Ordering::Relaxed);
                Ok(self.remember(entries).await)
            }
            Err(fault) => {
                if !self.away.swap(true, Ordering::Relaxed) {
                    tracing::warn!(error = %fault, "Redis is away; the table is polled instead");
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
                outbox::due_ids(db, n_most).await
            }
        }
    }

    async fn read(&self, n_most: u64) -> RedisResult<Vec<StreamId>> {
        let mut reader = self.reader.lock().await;
        let n_most = usize::try_from(n_most).unwrap_or(usize::MAX);
        let options = StreamAutoClaimOptions::default().count(n_most);
        let abandoned: RedisResult<StreamAutoClaimReply> = reader
            .xautoclaim_options(&*self.stream, GROUP, &*self.consumer, ABANDONED.as_millis(), "0", options)
            .await;
        match abandoned {
            Ok(reply) if !reply.claimed.is_empty() => return Ok(reply.claimed),
            Ok(_) => {}
            Err(fault) if fault.code() == Some("NOGROUP") => {
                let () = reader.xgroup_create_mkstream(&*self.stream, GROUP, "0").await?;
            }
            Err(fault) => return Err(fault),
        }
        let options = StreamReadOptions::default()
            .group(GROUP, &*self.consumer)
            .count(n_most)
            .block(usize::try_from(BLOCK.as_millis()).unwrap_or(0));
        let reply: Option<StreamReadReply> = reader.xread_options(&[&*self.stream], &[">"], &options).await?;
        Ok(reply.map(|it| it.keys.into_iter().flat_map(|key| key.ids).collect()).unwrap_or_default())
    }

    async fn remember(&self, entries: Vec<StreamId>) -> Vec<Uuid> {
        let mut taken = self.taken.lock().await;
        let mut ids = Vec::with_capacity(entries.len());
        for entry in entries {
            let id = entry.get::<String>("id").and_then(|text| text.parse::<Uuid>().ok());
            let Some(id) = id else { continue };
            taken.entry(id).or_default().push(entry.id);
            ids.push(id);
        }
        ids
    }

    pub(super) async fn done(&self, ids: &[Uuid]) {
        let entries: Vec<String> = {
            let mut taken = self.taken.lock().await;
            ids.iter().filter_map(|id| taken.remove(id)).flatten().collect()
        };
        if entries.is_empty() {
            return;
        }
        let mut pipe = redis::pipe();
        pipe.xack(&*self.stream, GROUP, &entries).ignore().xdel(&*self.stream, &entries).ignore();
        let answered: RedisResult<()> = pipe.query_async(&mut self.writer.clone()).await;
        if let Err(fault) = answered {
            tracing::debug!(error = %fault, "entries stay in the stream; their rows are settled");
        }
    }

    pub(super) async fn relay(&self, db: &Db, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let bell = db.bell();
            let rung = bell.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            let n_moved = match self.move_due(db).await {
                Ok(n_moved) => n_moved,
                Err(fault) => {
                    tracing::debug!(error = format!("{fault:#}"), "relaying failed");
                    0
                }
            };
            if n_moved == 0 {
                tokio::select! {
                    _ = tokio::time::timeout(Duration::from_millis(500), rung) => {}
                    _ = stop.changed() => break,
                }
            }
        }
    }

    async fn move_due(&self, db: &Db) -> anyhow::Result<usize> {
        let mut writer = self.writer.clone();
        let n_waiting: usize = writer.xlen(&*self.stream).await?;
        if n_waiting >= N_MOST_WAITING {
            tokio::time::sleep(Duration::from_millis(50)).await;
            return Ok(0);
        }
        let ids = outbox::publishable(db, N_RELAYED, TimeDelta::seconds(AGAIN_SECONDS)).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let mut pipe = redis::pipe();
        for id in &ids {
            pipe.xadd(&*self.stream, "*", &[("id", id.to_string())]).ignore();
        }
        let added: RedisResult<()> = pipe.query_async(&mut writer).await;
        if let Err(fault) = added {
            outbox::unpublish(db, &ids).await?;
            return Err(fault.into());
        }
        Ok(ids.len())
    }

    pub(super) async fn health(&self) -> Health {
        let pong: RedisResult<String> = redis::cmd("PING").query_async(&mut self.writer.clone()).await;
        if pong.is_ok() { Health::Ok } else { Health::Degraded }
    }
}

/// The installation's own id, made when first asked for.
async fn installation(db: &Db) -> anyhow::Result<Uuid> {
    let tx = db.begin().await?;
    let made = sql(
        tx.db(),
        "INSERT INTO installation (id, number) VALUES ($1, 1) ON CONFLICT (number) DO NOTHING",
        [crate::new_id().into()],
    );
    use sea_orm::ConnectionTrait;
    tx.db().execute_raw(made).await?;
    let row = tx.db().query_one_raw(sql(tx.db(), "SELECT id FROM installation", [])).await?;
    let id = row.context("reading the installation's id")?.try_get("", "id")?;
    tx.commit().await?;
    Ok(id)
}
