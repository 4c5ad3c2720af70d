//! What `gugan` can be told to do.

mod doctor;
mod health;
mod person;
mod serve;
mod simulate_wechat;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use platform::telemetry;

pub use serve::answer;

pub use crate::approvals::{DUE_CLOCKS, audit};

use crate::config::Config;
use crate::{App, start};

/// 骨干 Gugan: the backend of a field sales team's mini-program.
#[derive(Debug, Parser)]
#[command(name = "gugan", version, about)]
pub struct Arguments {
    /// A configuration file, laid over the defaults; the environment (GUGAN__…) is laid over both.
    #[arg(long, env = "GUGAN_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests, and do the background work unless workers.in_serve is off.
    Serve,
    /// Do the background work only.
    Work,
    /// Bring the database's schema up to date.
    Migrate,
    /// Load the demo company into an empty database.
    Demo,
    /// Add an employee on the server: the first admin, before anybody can log in.
    AddPerson(person::NewPerson),
    /// Print the API's description as JSON.
    Openapi,
    /// Check the configuration and everything it names, and say what to fix.
    Doctor {
        /// Also read every stored file and compare it with its digest.
        #[arg(long)]
        blobs: bool,
        /// Also verify the chain of events of every decision.
        #[arg(long)]
        audit: bool,
    },
    /// Play WeChat over HTTP, for a gugan whose wechat.base_url points here: the platform's calls and /sim.
    SimulateWechat(simulate_wechat::Listen),
    /// Ask a running server on this machine whether it is up; for container health checks.
    Healthcheck,
}

/// Runs the command; false when it found something wrong.
pub async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    if matches!(arguments.command, Command::Openapi) {
        println!("{}", crate::openapi().to_pretty_json().context("writing the description")?);
        return Ok(true);
    }
    let loaded = Config::load(arguments.config.as_deref());
    if let Command::Doctor { blobs, audit } = arguments.command {
        return doctor::doctor(loaded, doctor::Deep { reads_blobs: blobs, audits: audit }).await;
    }
    let config = loaded?;
    telemetry::start_logs(config.log.format, &config.log.filter)?;
    match arguments.command {
        Command::Serve => serve::serve(config).await?,
        Command::Work => serve::work(config).await?,
        Command::Migrate => {
            start::open_migrated(config).await?;
            println!("the schema is up to date");
        }
        Command::Demo => serve::demo(config).await?,
        Command::AddPerson(person) => person::add(config, &person).await?,
        Command::SimulateWechat(listen) => simulate_wechat::simulate(config, &listen).await?,
        Command::Healthcheck => return health::is_up(&config).await,
        Command::Openapi | Command::Doctor { .. } => {}
    }
    Ok(true)
}

/// The one-tap link of a message that calls somebody to a decision, where the installation is reached from outside.
pub async fn link_of(app: &App, matter: &str, user: uuid::Uuid) -> Option<String> {
    let now = app.db.now().await.ok()?;
    crate::approvals::link_of(app, matter, domain::ids::UserId(user), now).await.ok().flatten()
}
