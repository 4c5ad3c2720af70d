//! Serving and working, until told to stop.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use anyhow::Context;
use futures::FutureExt;
use platform::queue::Queue;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::{Config, Mode};
use crate::{App, demo, http, notices, start};

/// Answers requests; also works unless told not to.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let metrics = platform::telemetry::start_metrics()?;
    tokio::spawn(platform::telemetry::keep_up(metrics.clone()));
    let app = start::open_migrated(config).await?;
    start::prepare(&app).await?;
    let (stop, stopped) = watch::channel(false);
    let background = if app.config.workers.in_serve { start_work(&app, &stopped) } else { JoinSet::new() };
    let (server, address) = http::serve(app.clone(), metrics)
        .with_context(|| format!("listening on {}", app.config.http.listen))?;
    if app.config.lets_anybody_in() {
        tracing::error!(
            "WeChat is simulated: whoever reaches {address} logs in as anybody. Set GUGAN__WECHAT__MODE=live before \
             anybody else can reach it"
        );
    } else if app.config.dev.enabled {
        tracing::warn!(
            "development switches are on: whoever reaches {address} logs in as anybody and moves the clock"
        );
    }
    where_to_look(&app, address);
    server.await.context("serving")?;
    finish(stop, background).await;
    Ok(())
}

/// Answers requests beside whatever else the process does, without background work: for tests and benches, which
/// run what is due when they say so.
pub fn answer(app: &App) -> anyhow::Result<(ServerHandle, SocketAddr)> {
    let (server, address) = http::serve(app.clone(), platform::telemetry::detached_metrics())?;
    let handle = server.handle();
    tokio::spawn(server);
    Ok((handle, address))
}

/// Only works.
pub async fn work(config: Config) -> anyhow::Result<()> {
    let app = start::open_migrated(config).await?;
    app.sweeper().introduce().await?;
    let (stop, stopped) = watch::channel(false);
    let background = start_work(&app, &stopped);
    tracing::info!("working");
    wait_for_a_signal().await?;
    finish(stop, background).await;
    Ok(())
}

/// Loads the demo company into an empty database.
pub async fn demo(config: Config) -> anyhow::Result<()> {
    let app = start::open_migrated(config).await?;
    anyhow::ensure!(
        demo::is_empty(&app).await?,
        "the database is not empty; the demo goes into an empty one"
    );
    demo::load(&app).await?;
    app.sweeper().introduce().await?;
    println!("the demo company is loaded");
    Ok(())
}

fn start_work(app: &App, stopped: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut background = JoinSet::new();
    if app.config.wechat.mode == Mode::Live {
        background.spawn(look_at_templates(app.clone()));
    }
    for _ in 0..app.config.workers.n {
        let (worker, stopped) = (Arc::new(app.worker()), stopped.clone());
        background.spawn(for_good("worker", stopped, move |stopped| {
            let worker = worker.clone();
            async move { worker.run(stopped).await }
        }));
    }
    let sweeper = Arc::new(app.sweeper());
    background.spawn(for_good("sweeper", stopped.clone(), move |stopped| {
        let sweeper = sweeper.clone();
        async move { sweeper.run(stopped).await }
    }));
    if let Queue::Redis(_) = app.queue {
        let (queue, db) = (app.queue.clone(), app.db.clone());
        background.spawn(for_good("relay", stopped.clone(), move |stopped| {
            let (queue, db) = (queue.clone(), db.clone());
            async move { queue.relay(&db, stopped).await }
        }));
    }
    background
}

/// Says at once what the platform would refuse later, message by message.
async fn look_at_templates(app: App) {
    match app.wechat.templates().await {
        Ok(theirs) => {
            for fault in notices::template_faults(&app.config.wechat.templates, &theirs) {
                tracing::error!(fault, "a template does not fit");
            }
        }
        Err(fault) => tracing::warn!(%fault, "WeChat does not list its templates"),
    }
}

/// Runs a loop until it ends by itself; after a panic it is started again.
async fn for_good<F: Future<Output = ()>>(
    name: &str,
    stopped: watch::Receiver<bool>,
    run: impl Fn(watch::Receiver<bool>) -> F,
) {
    while AssertUnwindSafe(run(stopped.clone())).catch_unwind().await.is_err() {
        tracing::error!(name, "a background loop panicked and is started again");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What is in hand is finished; nothing new is taken.
async fn finish(stop: watch::Sender<bool>, mut background: JoinSet<()>) {
    let _ = stop.send(true);
    while background.join_next().await.is_some() {}
    tracing::info!("stopped");
}

async fn wait_for_a_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    Ok(())
}

fn where_to_look(app: &App, address: SocketAddr) {
    let at = format!("http://{address}");
    let mut lines = vec![format!("骨干 Gugan is answering on {at}")];
    if app.config.client_folder().is_some() {
        lines.push(format!("  the mini-program    {at}/app/   (in a browser)"));
    }
    lines.extend([
        format!("  API description     {at}/docs/   ({at}/openapi.json)"),
        format!("  health              {at}/readyz   {at}/metrics"),
    ]);
    if app.config.dev.enabled {
        lines.push(format!("  demo people         {at}/api/v1/dev/people"));
        lines.push(
            "    log in            POST /api/v1/auth/wechat/login {\"code\": \"sim:rep-01\"}".to_owned(),
        );
        lines.push(
            "    or                POST /api/v1/auth/console/login, password demo-<username>".to_owned(),
        );
        lines.push(
            "  move the clock      POST /api/v1/dev/clock {\"advance\": \"PT24H\"}, then /api/v1/dev/settle"
                .to_owned(),
        );
    }
    if app.config.dev.enabled && app.config.wechat.mode == Mode::Simulated {
        lines.push(format!("  simulated WeChat    {at}/api/v1/dev/wechat/sent"));
    }
    println!("{}", lines.join("\n"));
}
