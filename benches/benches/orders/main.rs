//! Orders of five lines over HTTP, to the built `gugan` named by `GUGAN_BIN` on PostgreSQL: session, idempotency key,
//! all checks under the customer's lock, reservation, event, number. Beside it in the same run, on the same tables: the
//! limit (one lean call by pgbench), a Fastify server that does less and a FastAPI server that does the same. Then the
//! pace of a working day among more and more orders that are stored already.
//!
//! `BENCH_SECONDS` says how long each part takes (15), `BENCH_ORDERS` how many orders are stored at most (1,000,000).
#![expect(clippy::float_arithmetic, reason = "milliseconds and shares")]

mod company;
mod flat;
mod limit;
mod peer;

use std::time::Duration;

use benches::{Load, PostgresMeter, Server, closed};
use company::Company;
use limit::Limit;

const N_CLIENTS: usize = 8;
const WARM_UP: u64 = 3;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let servers = ["GUGAN_TEST_DATABASE_URL", "GUGAN_TEST_REDIS_URL"];
    let (Some(program), true) =
        (std::env::var_os("GUGAN_BIN"), servers.iter().all(|name| std::env::var_os(name).is_some()))
    else {
        println!("orders: left out, no GUGAN_BIN, GUGAN_TEST_DATABASE_URL and GUGAN_TEST_REDIS_URL");
        return Ok(());
    };
    let seconds = number("BENCH_SECONDS", 15)?;
    let folder = tempfile::tempdir()?;
    let company = Company::found(&program, folder.path()).await?;
    let server = company.serve(&program, folder.path(), true).await?;
    company.order(&server, 0).await?;
    let mut limit = Limit::write(&company, folder.path()).await?;
    println!(
        "orders of five lines, {N_CLIENTS} clients, {} customers, {seconds} s each",
        company::N_CUSTOMERS
    );
    println!(
        "{:<36}{:>8}{:>8}{:>10}{:>10}{:>12}{:>12}{:>9}{:>9}",
        "", "req/s", "share", "p50 ms", "p99 ms", "own CPU ms", "all CPU ms", "multiple", "at most"
    );
    let at_once = of_limit(&company, &mut limit, seconds).await?;
    at_once.say("limit: one call, by pgbench", &at_once);
    of_server(&company, &server, seconds).await?.say("gugan", &at_once);
    drop(server);
    let server = company.serve(&program, folder.path(), false).await?;
    of_server(&company, &server, seconds).await?.say("gugan, background work elsewhere", &at_once);
    drop(server);
    for peer in peer::ALL {
        match peer.start(&company.database).await {
            Ok(server) => of_server(&company, &server, seconds).await?.say(peer.name, &at_once),
            Err(why) => println!("LEFT OUT: {}, {why:#}; {}", peer.name, peer.how),
        }
    }
    flat::stored(&program, number("BENCH_ORDERS", 1_000_000)?, seconds).await
}

fn number(name: &str, otherwise: u64) -> anyhow::Result<u64> {
    Ok(std::env::var(name).map_or(Ok(otherwise), |text| text.parse())?)
}

/// What one part took and used.
pub(crate) struct Measured {
    pub(crate) load: Load,
    /// Processor time of the server that was asked; pgbench is the load itself.
    own_ms: Option<u64>,
    postgres_ms: u64,
    /// Resident now and at most.
    pub(crate) memory_mb: Option<(u64, u64)>,
}

impl Measured {
    pub(crate) fn all_cpu_ms(&self) -> f64 {
        (self.own_ms.unwrap_or(0) + self.postgres_ms) as f64 / self.load.n() as f64
    }

    fn per_second(&self) -> f64 {
        self.load.n() as f64 / self.load.wall.as_secs_f64()
    }

    fn say(&self, what: &str, limit: &Self) {
        let own =
            self.own_ms.map_or("–".to_owned(), |ms| format!("{:.2}", ms as f64 / self.load.n() as f64));
        let memory = self.memory_mb.map_or("–".to_owned(), |(_, most)| format!("{most} MB"));
        println!(
            "{what:<36}{:>8.0}{:>8.3}{:>10.1}{:>10.1}{own:>12}{:>12.2}{:>9.2}{memory:>9}",
            self.per_second(),
            self.per_second() / limit.per_second(),
            milliseconds(self.load.at(500)),
            milliseconds(self.load.at(990)),
            self.all_cpu_ms(),
            self.all_cpu_ms() / limit.all_cpu_ms(),
        );
    }
}

pub(crate) fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

async fn of_limit(company: &Company, limit: &mut Limit<'_>, seconds: u64) -> anyhow::Result<Measured> {
    company.rest().await?;
    let n_clients = u32::try_from(N_CLIENTS)?;
    limit.run(n_clients, u32::try_from(WARM_UP)?, None)?;
    let postgres = PostgresMeter::start(&company.conn).await?;
    let load = limit.run(n_clients, u32::try_from(seconds)?, None)?;
    Ok(Measured { load, own_ms: None, postgres_ms: postgres.cpu_ms()?, memory_mb: None })
}

async fn of_server(company: &Company, server: &Server, seconds: u64) -> anyhow::Result<Measured> {
    let order = async |number: u64| company.order(server, number).await.map(drop);
    company.rest().await?;
    closed(N_CLIENTS, Duration::from_secs(WARM_UP), order).await?;
    let postgres = PostgresMeter::start(&company.conn).await?;
    measured(server, postgres, async || closed(N_CLIENTS, Duration::from_secs(seconds), order).await).await
}

/// What a server and its database use meanwhile.
pub(crate) async fn measured(
    server: &Server,
    postgres: PostgresMeter,
    load: impl AsyncFnOnce() -> anyhow::Result<Load>,
) -> anyhow::Result<Measured> {
    let before = server.cpu_ms()?;
    let load = load().await?;
    Ok(Measured {
        load,
        own_ms: Some(server.cpu_ms()? - before),
        postgres_ms: postgres.cpu_ms()?,
        memory_mb: Some(server.memory_mb()?),
    })
}
