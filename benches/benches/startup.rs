//! The built `gugan` named by `GUGAN_BIN`: how long until it answers, on a new and on an existing database, and what
//! it holds in memory when nobody asks.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use benches::{fresh_database, memory_kb};

const N_STARTS: usize = 5;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(program) = std::env::var_os("GUGAN_BIN") else {
        println!("start-up: left out, GUGAN_BIN names no program");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().display().to_string();
    let embedded = vec![("GUGAN__DATA_DIR", data_dir.clone())];
    scenario(&program, "SQLite, in process", embedded).await?;
    if std::env::var("GUGAN_TEST_REDIS_URL").is_ok() {
        let production = vec![
            ("GUGAN__DATA_DIR", data_dir),
            ("GUGAN__DATABASE__URL", fresh_database().await?),
            ("GUGAN__REDIS__URL", std::env::var("GUGAN_TEST_REDIS_URL")?),
        ];
        scenario(&program, "PostgreSQL and Redis", production).await?;
    }
    Ok(())
}

async fn scenario(
    program: &std::ffi::OsStr,
    name: &str,
    mut settings: Vec<(&'static str, String)>,
) -> anyhow::Result<()> {
    settings.extend([("GUGAN__DEV__ENABLED", "true".to_owned()), ("GUGAN__LOG__FILTER", "warn".to_owned())]);
    let (first, server) = start(program, &settings).await?;
    println!("{name}: {first:?} to the first answer with the schema and the demo company made on the way");
    drop(server);
    let mut starts = Vec::new();
    for _ in 0..N_STARTS {
        starts.push(start(program, &settings).await?.0);
    }
    starts.sort_unstable();
    println!("  {:?} on an existing database ({:?} at worst)", starts[N_STARTS / 2], starts[N_STARTS - 1]);
    let (_, server) = start(program, &settings).await?;
    // Sweeps have looked at the clock a few times by then.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let process = server.0.id().to_string();
    println!(
        "  {} MB idle, {} MB at most",
        memory_kb(&process, "VmRSS:")? / 1024,
        memory_kb(&process, "VmHWM:")? / 1024
    );
    Ok(())
}

/// Ends with the value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it and waits until it is ready.
async fn start(
    program: &std::ffi::OsStr,
    settings: &[(&'static str, String)],
) -> anyhow::Result<(Duration, Server)> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let mut command = Command::new(program);
    command.arg("serve").env_clear().envs(settings.iter().map(|(name, value)| (name, value)));
    command.env("GUGAN__HTTP__LISTEN", format!("127.0.0.1:{port}")).stdout(Stdio::null());
    let started = Instant::now();
    let mut server = Server(command.spawn().context("starting gugan")?);
    loop {
        let asked = client.get(format!("http://127.0.0.1:{port}/readyz")).send().await;
        if asked.is_ok_and(|answer| answer.status().is_success()) {
            return Ok((started.elapsed(), server));
        }
        ensure!(server.0.try_wait()?.is_none(), "gugan has ended");
        ensure!(started.elapsed() < Duration::from_secs(60), "gugan does not answer");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
