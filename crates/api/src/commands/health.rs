//! Is the server of this machine up? For container health checks.

use std::time::Duration;

use crate::config::Config;

/// Asks `/healthz` on the configured port, over loopback.
pub async fn is_up(config: &Config) -> anyhow::Result<bool> {
    let port = config.http.listen.rsplit(':').next().unwrap_or("8080");
    let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
    let answer = client.get(format!("http://127.0.0.1:{port}/healthz")).send().await;
    Ok(answer.is_ok_and(|answer| answer.status().is_success()))
}
