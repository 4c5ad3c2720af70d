//! The built `gugan` named by `GUGAN_BIN`: how long until it answers, on a new and on an existing database, and what
//! it holds in memory when nobody asks.

use std::ffi::OsStr;
use std::time::Duration;

use benches::{fresh_database, gugan};

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
    program: &OsStr,
    name: &str,
    mut settings: Vec<(&'static str, String)>,
) -> anyhow::Result<()> {
    settings.push(("GUGAN__DEV__ENABLED", "true".to_owned()));
    let first = gugan(program, &settings).await?.took;
    println!("{name}: {first:?} to the first answer with the schema and the demo company made on the way");
    let mut starts = Vec::new();
    for _ in 0..N_STARTS {
        starts.push(gugan(program, &settings).await?.took);
    }
    starts.sort_unstable();
    println!("  {:?} on an existing database ({:?} at worst)", starts[N_STARTS / 2], starts[N_STARTS - 1]);
    let server = gugan(program, &settings).await?;
    // Sweeps have looked at the clock a few times by then.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (now, most) = server.memory_mb()?;
    println!("  {now} MB idle, {most} MB at most");
    Ok(())
}
