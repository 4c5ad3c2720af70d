//! The program put together.

use base::{App, Parts, StartUp};

use crate::config::Config;
use crate::demo;
use crate::subjects::Product;

/// What the capabilities bring.
pub const PARTS: Parts = Parts { jobs: crate::jobs, sweeps: crate::sweeps, subjects: &Product };

/// Opens everything the configuration names. The database must have been migrated for anything to work.
pub async fn open(config: Config) -> anyhow::Result<App> {
    App::open(config, PARTS).await
}

/// Opens everything, and brings the schema up to date first.
pub async fn open_migrated(config: Config) -> anyhow::Result<App> {
    App::open_migrated(config, PARTS).await
}

/// Loads the demo company where nobody works yet, and lets every sweep start from now.
pub async fn prepare(app: &App) -> anyhow::Result<()> {
    let _turn = StartUp::wait(&app.config, &app.db).await?;
    if app.config.dev.enabled && demo::is_empty(app).await? {
        demo::load(app).await?;
    }
    app.sweeper().introduce().await
}
