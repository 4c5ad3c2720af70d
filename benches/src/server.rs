//! A built program that answers HTTP, as a process of its own.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::{cpu_ms, memory_kb};

/// Ends with the value.
pub struct Server {
    child: Child,
    pub base: String,
    /// From the start of the process to its first answer.
    pub took: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts what `command` makes of a free port and waits until `ready` is answered with success.
    pub async fn start(ready: &str, command: impl FnOnce(u16) -> Command) -> anyhow::Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut command = command(port);
        let started = Instant::now();
        let child = command.stdout(Stdio::null()).spawn().context("starting the program")?;
        let mut server = Self { child, base: format!("http://127.0.0.1:{port}"), took: Duration::ZERO };
        loop {
            let asked = client.get(format!("{}{ready}", server.base)).send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) {
                server.took = started.elapsed();
                return Ok(server);
            }
            ensure!(server.child.try_wait()?.is_none(), "the program has ended");
            ensure!(started.elapsed() < Duration::from_secs(60), "the program does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// Processor time so far.
    pub fn cpu_ms(&self) -> anyhow::Result<u64> {
        cpu_ms(&self.process())
    }

    /// What is resident now, and what was at most, in megabytes.
    pub fn memory_mb(&self) -> anyhow::Result<(u64, u64)> {
        let process = self.process();
        Ok((memory_kb(&process, "VmRSS:")? / 1024, memory_kb(&process, "VmHWM:")? / 1024))
    }
}

/// Starts the built `gugan` with these settings and nothing else.
pub async fn gugan(program: &std::ffi::OsStr, settings: &[(&str, String)]) -> anyhow::Result<Server> {
    Server::start("/readyz", |port| {
        let mut command = Command::new(program);
        command.arg("serve").env_clear().envs(settings.iter().map(|(name, value)| (name, value)));
        command.env("GUGAN__LOG__FILTER", "error").env("GUGAN__HTTP__LISTEN", format!("127.0.0.1:{port}"));
        command
    })
    .await
}
