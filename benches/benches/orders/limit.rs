//! The limit: an order checked whole and written in one call to the database, by pgbench.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use benches::Load;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::company::Company;

/// The function of one company, and the call that pgbench reads.
pub(crate) struct Limit<'a> {
    company: &'a Company,
    folder: &'a Path,
    n_runs: u32,
}

impl<'a> Limit<'a> {
    /// Makes the function, and the table of to-dos that it shares with the lean peer.
    pub(crate) async fn write(company: &'a Company, folder: &'a Path) -> anyhow::Result<Self> {
        company.conn.execute_unprepared(&filled(company, include_str!("once.sql"))?).await?;
        let call = "\\set k :k + 1\n\\set c random(1, 2000)\n\
                    SELECT place(:run, :client_id, CAST(:k AS int), CAST(:c AS int));\n";
        std::fs::write(folder.join("once.sql"), call)?;
        Ok(Self { company, folder, n_runs: 0 })
    }

    /// Runs it with so many clients for so many seconds, as fast as it goes or at a pace.
    pub(crate) fn run(&mut self, n_clients: u32, seconds: u32, pace: Option<u32>) -> anyhow::Result<Load> {
        self.n_runs += 1;
        let mut command = Command::new("pgbench");
        command.current_dir(self.folder).args(["-n", "-M", "prepared", "-l", "--random-seed=1"]);
        command.args(["-f", "once.sql", "-c", &n_clients.to_string(), "-j", "1", "-T", &seconds.to_string()]);
        command.args(["-D", "k=0", "-D", &format!("run={}", self.n_runs)]);
        command.args(["--log-prefix", &format!("run{}", self.n_runs)]);
        if let Some(pace) = pace {
            command.args(["-R", &pace.to_string()]);
        }
        let run = command.arg(&self.company.database).output().context("starting pgbench")?;
        ensure!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        self.logged(Duration::from_secs(seconds.into()))
    }

    /// What pgbench wrote down of each transaction.
    fn logged(&self, wall: Duration) -> anyhow::Result<Load> {
        let mut took = Vec::new();
        let prefix = format!("run{}.", self.n_runs);
        for entry in std::fs::read_dir(self.folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                for line in std::fs::read_to_string(entry.path())?.lines() {
                    let microseconds = line.split(' ').nth(2).context("reading the log of pgbench")?;
                    took.push(Duration::from_micros(microseconds.parse()?));
                }
            }
        }
        Ok(Load::new(took, wall))
    }
}

/// Puts the company's own lines into the function.
fn filled(company: &Company, text: &str) -> anyhow::Result<String> {
    let lines = company.lines.as_array().context("lines")?;
    let quoted = |name: &str, kind: &str| {
        let one = |line: &Value| format!("'{}'::{kind}", line[name].as_str().unwrap_or_default());
        lines.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let prices: Vec<i64> = lines.iter().map(price).collect::<anyhow::Result<_>>()?;
    // Five of each; a fen is a hundred ten-thousandths.
    let total: i64 = prices.iter().map(|price| price * 5 / 100).sum();
    let prices: Vec<String> = prices.iter().map(i64::to_string).collect();
    Ok(text
        .replace("{products}", &quoted("product_id", "uuid"))
        .replace("{units}", &quoted("unit", "text"))
        .replace("{prices}", &prices.join(", "))
        .replace("{total}", &total.to_string()))
}

/// A unit price in ten-thousandths of a yuan.
fn price(line: &Value) -> anyhow::Result<i64> {
    let text = line["unit_price"].as_str().context("a price")?;
    let (yuan, parts) = text.split_once('.').unwrap_or((text, ""));
    Ok(format!("{yuan}{parts:0<4}").parse()?)
}
