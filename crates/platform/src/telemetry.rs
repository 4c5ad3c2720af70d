//! Logs and metrics.

use std::io::IsTerminal;

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusBuilder;
/// What was counted so far, ready to be rendered as Prometheus text.
pub use metrics_exporter_prometheus::PrometheusHandle as Metrics;
use tracing_subscriber::EnvFilter;

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For machines: one JSON object a line.
    Json,
    /// For a reader.
    Pretty,
}

/// Starts logging to standard error. `filter` is a `tracing` directive list such as `info,sqlx=warn`.
pub fn start_logs(format: LogFormat, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("reading log.filter")?;
    // A request that cannot be read is its sender's mistake, and was answered so.
    let filter = filter.add_directive("actix_http::h1::dispatcher=off".parse().context("naming the reader")?);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Pretty => builder.try_init(),
    };
    started.map_err(|fault| anyhow::anyhow!("starting the logs: {fault}"))
}

/// Starts counting. The handle renders the Prometheus text format.
pub fn start_metrics() -> anyhow::Result<Metrics> {
    PrometheusBuilder::new().install_recorder().context("starting the metrics")
}

/// Folds what was sampled, every few seconds: without it samples pile up until somebody reads them.
pub async fn keep_up(metrics: Metrics) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        metrics.run_upkeep();
    }
}

/// Counts nothing and belongs to nobody: for a server started beside another in one process.
pub fn detached_metrics() -> Metrics {
    PrometheusBuilder::new().build_recorder().handle()
}
