//! The limit: what `gugan` sends for an order, by pgbench, in one call or statement by statement.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use benches::Load;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::company::Company;

const STANDING: &str = "SELECT c.id, c.name, payer.id AS bill_to_id, c.region_id, \
    payer.region_id AS bill_to_region_id, c.owner_id, c.kind, payer.credit_limit_fen, \
    CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM customers_temporary_credits \
    WHERE customer_id = payer.id AND valid_from <= now() AND valid_until > now()) AS bigint) AS temporary_fen, \
    payer.payment_terms, payer.price_tier, payer.return_rate_limit_ppm, \
    (c.is_blacklisted OR payer.is_blacklisted) AS is_blacklisted{into} \
    FROM customers c JOIN customers payer ON payer.id = COALESCE(c.bill_to_id, c.id) \
    WHERE c.id = CAST({customer} AS uuid) AND c.owner_id = '{actor}' FOR NO KEY UPDATE OF payer";

/// How it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    AtOnce,
    OneByOne,
}

/// The statements of one company, written to files that pgbench reads.
pub(crate) struct Limit<'a> {
    company: &'a Company,
    folder: &'a Path,
    answer: String,
    n_runs: u32,
}

impl<'a> Limit<'a> {
    /// Writes the statements for orders that are answered as `answer` was.
    pub(crate) async fn write(
        company: &'a Company,
        folder: &'a Path,
        answer: String,
    ) -> anyhow::Result<Self> {
        let one_by_one = filled(company, include_str!("statements.sql"), (":customer", ":o"));
        std::fs::write(folder.join("statements.sql"), one_by_one?)?;
        let function = filled(company, include_str!("once.sql"), ("buyer", "o"))?;
        company.conn.execute_unprepared(&function).await?;
        let call = "\\set k :k + 1\n\\set c random(1, 2000)\n\
                    SELECT place(:run, :client_id, CAST(:k AS int), CAST(:c AS int), :body);\n";
        std::fs::write(folder.join("once.sql"), call)?;
        Ok(Self { company, folder, answer, n_runs: 0 })
    }

    /// Runs it with so many clients for so many seconds, as fast as it goes or at a pace.
    pub(crate) fn run(
        &mut self,
        sent: Sent,
        n_clients: u32,
        seconds: u32,
        pace: Option<u32>,
    ) -> anyhow::Result<Load> {
        self.n_runs += 1;
        let file = if sent == Sent::AtOnce { "once.sql" } else { "statements.sql" };
        let mut command = Command::new("pgbench");
        command.current_dir(self.folder).args(["-n", "-M", "prepared", "-l", "--random-seed=1"]);
        command.args(["-f", file, "-c", &n_clients.to_string(), "-j", "1", "-T", &seconds.to_string()]);
        command.args([
            "-D",
            "k=0",
            "-D",
            &format!("run={}", self.n_runs),
            "-D",
            &format!("body={}", self.answer),
        ]);
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

/// Puts the company's own into the statements; `customer` and `order` are how they say whose order and which.
fn filled(company: &Company, text: &str, (customer, order): (&str, &str)) -> anyhow::Result<String> {
    let lines = company.lines.as_array().context("lines")?;
    let product = |line: &Value| format!("'{}'", line["product_id"].as_str().unwrap_or_default());
    let products: Vec<String> = lines.iter().map(product).collect();
    let row = |(line, number): (&Value, usize)| {
        let (product, unit) = (product(line), line["unit"].as_str().unwrap_or_default());
        format!(
            "(CAST(replace(CAST({order} AS text), '-7000-', '-700{number}-') AS uuid), CAST({order} AS uuid), {number}, \
             {product}, '{unit}', 5000, 20000, 1458, 0, 0, 0, 0)"
        )
    };
    let rows: Vec<String> = lines.iter().zip(1..).map(row).collect();
    Ok(text
        .replace("{standing}", &STANDING.replace("{into}", ""))
        .replace("{standing_into}", &STANDING.replace("{into}", " INTO told"))
        .replace("{facts}", include_str!("facts.sql").trim_end())
        .replace("{lines}", &rows.join(", "))
        .replace("{products}", &products.join(", "))
        .replace("{customer}", customer)
        .replace("{region}", &company.region)
        .replace("{tier}", &company.tier)
        .replace("{actor}", &company.actor)
        .replace("{digest}", &platform::secret::sha256(&company.token))
        .replace("{title}", "下单 72.91 元")
        .replace("{total}", "7291"))
}
