//! A turn at what takes memory: reading a whole file and decoding it.

use std::time::Duration;

use anyhow::Context;
use tokio::time::timeout;

use crate::App;
use crate::error::{Error, Result};

/// How many files are worked on at the same time.
pub const N_TURNS: usize = 2;
/// How long a file waits for its turn: it has arrived, which may have taken a phone minutes.
const WAIT: Duration = Duration::from_secs(60);

/// Runs off the async threads, a few at a time, so that memory stays bounded. Who waits too long is asked to come
/// back.
pub async fn blocking<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let turn = timeout(WAIT, app.turns.acquire()).await.map_err(|_| Error::Unavailable("too_busy", 5))?;
    let _turn = turn.map_err(anyhow::Error::from)?;
    Ok(tokio::task::spawn_blocking(work).await.context("working on a file")?)
}
