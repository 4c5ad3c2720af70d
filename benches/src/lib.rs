//! What the load scenarios share: a database of their own, the program that is measured, the load, and what was used.

mod load;
mod postgres;
mod server;

use std::time::{Duration, Instant};

use anyhow::Context;

pub use load::{Load, closed, paced};
pub use postgres::PostgresMeter;
pub use server::{Server, gugan};

/// Makes a database on the throw-away server and returns its address.
pub async fn fresh_database() -> anyhow::Result<String> {
    use sea_orm::{ConnectionTrait, Database};
    let url = std::env::var("GUGAN_TEST_DATABASE_URL").context("GUGAN_TEST_DATABASE_URL")?;
    let (server, _) = url.rsplit_once('/').context("GUGAN_TEST_DATABASE_URL")?;
    let name = format!("bench_{}", platform::new_id().simple());
    let conn = Database::connect(&url).await?;
    conn.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    conn.close().await?;
    Ok(format!("{server}/{name}"))
}

/// What this process has used since [`Meter::start`].
pub struct Meter {
    started: Instant,
    cpu_ms: u64,
    rss_kb: u64,
}

/// Wall and processor time, and the resident memory before and at its highest.
pub struct Used {
    pub wall: Duration,
    pub cpu_ms: u64,
    pub rss_before_kb: u64,
    pub rss_peak_kb: u64,
}

impl Meter {
    pub fn start() -> anyhow::Result<Self> {
        // Lets the highest mark start from what is resident now.
        std::fs::write("/proc/self/clear_refs", "5")?;
        Ok(Self { started: Instant::now(), cpu_ms: cpu_ms("self")?, rss_kb: memory_kb("self", "VmRSS:")? })
    }

    pub fn used(&self) -> anyhow::Result<Used> {
        Ok(Used {
            wall: self.started.elapsed(),
            cpu_ms: cpu_ms("self")? - self.cpu_ms,
            rss_before_kb: self.rss_kb,
            rss_peak_kb: memory_kb("self", "VmHWM:")?,
        })
    }
}

impl Used {
    pub fn per_second(&self, n: u64) -> u64 {
        n * 1_000 / u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX).max(1)
    }
}

/// Processor time of a process so far.
pub fn cpu_ms(process: &str) -> anyhow::Result<u64> {
    // User and system time in hundredths of a second.
    Ok((stat(process, 11)? + stat(process, 12)?) * 10)
}

/// One of the numbers after the name in `/proc/…/stat`.
fn stat(process: &str, place: usize) -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("reading the state of a process")?;
    let field = fields.split_whitespace().nth(place);
    Ok(field.context("reading the state of a process")?.parse()?)
}

/// `VmRSS:` or `VmHWM:` of a process.
pub fn memory_kb(process: &str, name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.context("reading the memory")?.trim().trim_end_matches(" kB").parse()?)
}
