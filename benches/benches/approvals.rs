//! Decisions, to the built `gugan` named by `GUGAN_BIN` on PostgreSQL: twenty a second while five thousand others are
//! open, beside the same while fifty are; then one sweep over two hundred thousand clocks of which twenty are due.
//!
//! `BENCH_OPEN` (5,000) and `BENCH_CLOCKS` (200,000) say how many instead.
#![expect(clippy::float_arithmetic, reason = "milliseconds")]

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use benches::{Load, Server, fresh_database, gugan, paced};
use futures::{StreamExt, TryStreamExt, stream};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

/// Decisions a second, each about something else.
const PACE: u32 = 20;
/// So many are open when nothing is in the way, and so often they are made anew.
const N_FEW: u32 = 50;
const N_ROUNDS: u32 = 8;
const N_DUE: u32 = 20;
/// The first of them decides; whoever comes next finds the flow at its second node.
const DECIDERS: [&str; 4] = ["supervisor-01", "supervisor-02", "director-east", "director-north"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (Some(program), Ok(_)) = (std::env::var_os("GUGAN_BIN"), std::env::var("GUGAN_TEST_REDIS_URL"))
    else {
        println!("approvals: left out, no GUGAN_BIN, GUGAN_TEST_DATABASE_URL and GUGAN_TEST_REDIS_URL");
        return Ok(());
    };
    let (n_open, n_clocks) = (number("BENCH_OPEN", 5_000)?, number("BENCH_CLOCKS", 200_000)?);
    let folder = tempfile::tempdir()?;
    let office = Office::open(&program, folder.path(), true).await?;
    let mut took = Vec::new();
    let started = Instant::now();
    for _ in 0..N_ROUNDS {
        let few = office.ask(N_FEW).await?;
        office.calm().await?;
        took.extend(office.decide(few).await?.took);
    }
    let few = Load::new(took, started.elapsed());
    println!("{PACE} decisions a second, each about something else");
    say(&format!("{N_FEW} open"), &few);
    let mut many = office.ask(n_open).await?;
    office.calm().await?;
    many.truncate(few.took.len());
    say(&format!("{n_open} open"), &office.decide(many).await?);
    drop(office);
    // The sweep is started by hand here, so nobody else works.
    let office = Office::open(&program, folder.path(), false).await?;
    println!("\none sweep, {N_DUE} clocks due, their messages sent");
    office.sweep().await?;
    office.copy_clocks(n_clocks).await?;
    office.sweep().await
}

fn number(name: &str, otherwise: u32) -> anyhow::Result<u32> {
    Ok(std::env::var(name).map_or(Ok(otherwise), |text| text.parse())?)
}

fn say(what: &str, load: &Load) {
    let at = |per_mille: usize| load.at(per_mille).as_secs_f64() * 1_000.0;
    println!(
        "  {what}: p50 {:.1} ms, p99 {:.1} ms, {:.1} ms at most, {} decided",
        at(500),
        at(990),
        at(1_000),
        load.n()
    );
}

/// A running installation with its people's sessions.
struct Office {
    server: Server,
    conn: DatabaseConnection,
    client: reqwest::Client,
    rep: String,
    deciders: Vec<String>,
}

impl Office {
    /// Opens it with the flow published.
    async fn open(program: &OsStr, folder: &Path, works: bool) -> anyhow::Result<Self> {
        let database = fresh_database().await?;
        let server = gugan(
            program,
            &[
                ("GUGAN__DATA_DIR", folder.display().to_string()),
                ("GUGAN__DATABASE__URL", database.clone()),
                ("GUGAN__REDIS__URL", std::env::var("GUGAN_TEST_REDIS_URL")?),
                ("GUGAN__DEV__ENABLED", "true".to_owned()),
                ("GUGAN__WORKERS__IN_SERVE", works.to_string()),
            ],
        )
        .await?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let conn = Database::connect(&database).await?;
        let mut office = Self { server, conn, client, rep: String::new(), deciders: Vec::new() };
        office.rep = office.login("rep-01").await?;
        for username in DECIDERS {
            office.deciders.push(office.login(username).await?);
        }
        office.publish().await?;
        Ok(office)
    }

    async fn call(
        &self,
        method: reqwest::Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let asked =
            self.client.request(method, format!("{}/api/v1{path}", self.server.base)).bearer_auth(token);
        let answer =
            asked.header("Idempotency-Key", platform::new_id().to_string()).json(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path}: {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(reqwest::Method::POST, path, token, body).await
    }

    async fn login(&self, username: &str) -> anyhow::Result<String> {
        let answer = self.post("/auth/wechat/login", "", &json!({"code": format!("sim:{username}")})).await?;
        Ok(answer["token"].as_str().context("a token")?.to_owned())
    }

    /// Any of four first, then two of whom all have to agree.
    async fn publish(&self) -> anyhow::Result<()> {
        let operations = self.login("operations-01").await?;
        let known =
            self.call(reqwest::Method::GET, "/config/approval_flows", &operations, &json!({})).await?;
        let mut flows = known["published"]["body"].clone();
        let asks = |people: &[&str]| -> Vec<Value> {
            people.iter().map(|name| json!({"who": {"type": "person", "username": name}})).collect()
        };
        let flow = json!({"key": "bench", "name": "测量", "kind": "request", "start": "a",
            "when": {"field": "category", "op": "equal", "value": "bench"},
            "nodes": [
                {"type": "approval", "key": "a", "name": "任一", "approvers": asks(&DECIDERS), "next": "b",
                    "rule": {"type": "any_of"}},
                {"type": "approval", "key": "b", "name": "全部", "approvers": asks(&["finance-01", "sales-director"]),
                    "rule": {"type": "all"}}]});
        flows["flows"].as_array_mut().context("flows")?.insert(0, flow);
        let draft =
            self.call(reqwest::Method::PUT, "/config/approval_flows/draft", &operations, &flows).await?;
        ensure!(draft["faults"] == json!([]), "{draft}");
        self.post("/config/approval_flows/publish", &operations, &json!({})).await?;
        Ok(())
    }

    /// Asks for so many decisions.
    async fn ask(&self, n: u32) -> anyhow::Result<Vec<String>> {
        let one = async |_| {
            let body = json!({"title": "样品申请", "summary": "给大润发送两箱样品", "category": "bench", "amount": "88.00"});
            let asked = self.post("/approvals", &self.rep, &body).await?;
            anyhow::Ok(asked["id"].as_str().context("an id")?.to_owned())
        };
        stream::iter(0..n).map(one).buffer_unordered(8).try_collect().await
    }

    /// Waits until everybody was told.
    async fn calm(&self) -> anyhow::Result<()> {
        while self.count("SELECT count(*) FROM jobs WHERE due_at <= now()").await? > 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.conn.execute_unprepared("ANALYZE").await?;
        Ok(())
    }

    async fn rows(&self, text: &str) -> anyhow::Result<Vec<sea_orm::QueryResult>> {
        Ok(self.conn.query_all_raw(Statement::from_string(DbBackend::Postgres, text)).await?)
    }

    async fn count(&self, text: &str) -> anyhow::Result<i64> {
        Ok(self.rows(text).await?.first().context("a count")?.try_get_by_index(0)?)
    }

    async fn decide(&self, approvals: Vec<String>) -> anyhow::Result<Load> {
        let n = u32::try_from(approvals.len())?;
        let left = Mutex::new(approvals);
        let one = async |number: u64| {
            let id = left.lock().ok().and_then(|mut left| left.pop()).context("a decision")?;
            let decider = &self.deciders[usize::try_from(number)? % self.deciders.len()];
            let path = format!("/approvals/{id}/decide");
            self.post(&path, decider, &json!({"decision": "approve"})).await.map(drop)
        };
        paced(PACE, n, one).await
    }

    async fn settle(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        self.post("/dev/settle", &self.rep, &json!({})).await?;
        Ok(started.elapsed())
    }

    /// Decisions like the newest, each with a clock that is not due for a month.
    async fn copy_clocks(&self, n: u32) -> anyhow::Result<()> {
        self.conn.execute_unprepared(&format!("{DECISIONS} generate_series(1, {n}) n")).await?;
        self.conn.execute_unprepared(&format!("{CLOCKS} generate_series(1, {n}) n) copy")).await?;
        self.conn.execute_unprepared("VACUUM ANALYZE").await?;
        Ok(())
    }

    /// Lets the clocks of new decisions be due, and settles.
    async fn sweep(&self) -> anyhow::Result<()> {
        let ids = self.ask(N_DUE).await?;
        self.settle().await?;
        let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
        let due = format!(
            "UPDATE approvals_timers SET next_rung_at = now() - interval '1 second' WHERE approval_id IN ({})",
            ids.join(", ")
        );
        self.conn.execute_unprepared(&due).await?;
        let n_running = self.count("SELECT count(*) FROM approvals_timers WHERE status = 'running'").await?;
        let plan = self.rows(DUE).await?;
        let before = self.touched().await?;
        let took = self.settle().await?;
        let touched = self.touched().await?;
        println!(
            "  {n_running} clocks: {:.1} ms, {} rows of clocks read and {} written",
            took.as_secs_f64() * 1_000.0,
            touched.0 - before.0,
            touched.1 - before.1
        );
        for line in plan {
            println!("    {}", line.try_get_by_index::<String>(0)?);
        }
        Ok(())
    }

    /// How many rows of clocks were read and written so far.
    async fn touched(&self) -> anyhow::Result<(i64, i64)> {
        // A connection that has nothing to do tells what it did within ten seconds.
        tokio::time::sleep(Duration::from_secs(11)).await;
        let of = "FROM pg_stat_user_tables WHERE relname = 'approvals_timers'";
        let read = self.count(&format!("SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) {of}")).await?;
        Ok((read, self.count(&format!("SELECT n_tup_ins + n_tup_upd {of}")).await?))
    }
}

/// What the sweep finds the due ones by.
const DUE: &str = "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM approvals_timers \
    WHERE status = 'running' AND next_rung_at <= now() ORDER BY next_rung_at, id LIMIT 200";

const DECISIONS: &str = "INSERT INTO approvals (id, kind, subject_type, subject_id, region_id, initiator_id, title, \
    summary, facts, status, budget_minutes, due_at, rung, created_at, version, owner_id, content_hash, flow_key, \
    flow_version, flow_digest, state, round, n_events, last_hash) \
    SELECT CAST('00000000-0002-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid), kind, subject_type, \
    gen_random_uuid(), region_id, initiator_id, title, summary, facts, status, budget_minutes, due_at, rung, \
    created_at, version, owner_id, content_hash, flow_key, flow_version, flow_digest, state, round, n_events, \
    last_hash FROM (SELECT * FROM approvals WHERE flow_key = 'bench' ORDER BY id DESC LIMIT 1) one,";

const CLOCKS: &str = "INSERT INTO approvals_timers (id, approval_id, task, region_id, level, consumed_seconds, \
    running_since, rung, due_at, next_rung_at, status) \
    SELECT copy.id, copy.id, task, timer.region_id, level, consumed_seconds, running_since, 0, \
    now() + interval '60 days', now() + interval '30 days' + n * interval '1 second', 'running' \
    FROM (SELECT timer.* FROM approvals_timers timer JOIN approvals ON approvals.id = approval_id \
    WHERE flow_key = 'bench' ORDER BY approvals.id DESC LIMIT 1) timer, \
    (SELECT CAST('00000000-0002-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid) AS id, n FROM";
