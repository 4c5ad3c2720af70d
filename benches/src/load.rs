//! Load: as fast as a few clients can, or at a fixed pace.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::future::try_join_all;

/// How long each took, shortest first.
#[derive(Default)]
pub struct Load {
    pub took: Vec<Duration>,
    pub wall: Duration,
}

impl Load {
    pub fn new(mut took: Vec<Duration>, wall: Duration) -> Self {
        took.sort_unstable();
        Self { took, wall }
    }

    pub fn n(&self) -> u64 {
        self.took.len() as u64
    }

    /// What so many in a thousand took at most.
    pub fn at(&self, per_mille: usize) -> Duration {
        let last = self.took.len().saturating_sub(1);
        self.took.get(last * per_mille / 1_000).copied().unwrap_or_default()
    }
}

/// So many clients, each asking again as soon as it was answered; `ask` gets the number of the request.
pub async fn closed<F>(n_clients: usize, wall: Duration, ask: impl Fn(u64) -> F) -> anyhow::Result<Load>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let (started, numbers) = (Instant::now(), AtomicU64::new(0));
    let client = async || {
        let mut took = Vec::new();
        while started.elapsed() < wall {
            let asked = Instant::now();
            ask(numbers.fetch_add(1, Ordering::Relaxed)).await?;
            took.push(asked.elapsed());
        }
        anyhow::Ok(took)
    };
    let took = try_join_all((0..n_clients).map(|_| client())).await?;
    Ok(Load::new(took.into_iter().flatten().collect(), started.elapsed()))
}

/// So many requests at a fixed pace, whether earlier ones were answered or not; counted from when each was due.
pub async fn paced<F>(a_second: u32, n: u32, ask: impl Fn(u64) -> F) -> anyhow::Result<Load>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let started = Instant::now();
    let one = async |number: u32| {
        let due = started + Duration::from_secs(1) / a_second * number;
        tokio::time::sleep_until(due.into()).await;
        ask(number.into()).await?;
        anyhow::Ok(due.elapsed())
    };
    let took = try_join_all((0..n).map(one)).await?;
    Ok(Load::new(took, started.elapsed()))
}
