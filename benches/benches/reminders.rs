//! A morning of reminders, through the real queue: the sweep of 07:45 puts them into the outbox, then two workers
//! send them. On SQLite and in process, and on PostgreSQL and Redis where `GUGAN_TEST_DATABASE_URL` and
//! `GUGAN_TEST_REDIS_URL` name throw-away servers; beside them the limit, a bare stream worker in the same run.
//! `BENCH_REMINDERS` says how many (100,000).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use api::App;
use api::config::Config;
use benches::{Meter, Used, fresh_database};
use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};
use platform::sweeps::Turn;
use platform::{new_id, sql};
use redis::AsyncCommands;
use redis::streams::{StreamReadOptions, StreamReadReply};
use sea_orm::{ConnectionTrait, Value};
use tokio::sync::watch;
use tokio::task::JoinSet;
use wechat::simulated::{Setup, Simulator};
use wechat::{Config as Accounts, Credentials, InMemory, SubscribeMessage, WeChat};

const TEMPLATE: &str = "sim-action-list-reminder";
/// What is written or read by one statement of the preparation, and taken at once by the limit.
const CHUNK: u64 = 500;

/// Each scenario is a process of its own, so that its memory is its own.
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let n_reminders: u64 = match std::env::var("BENCH_REMINDERS") {
        Ok(n_reminders) => n_reminders.parse()?,
        Err(_) => 100_000,
    };
    match std::env::var("BENCH_SCENARIO").as_deref() {
        Ok("limit") => limit(n_reminders).await,
        Ok(name) => morning(n_reminders, name == "production").await,
        Err(_) => {
            for name in ["limit", "production", "embedded"] {
                if name != "embedded" && std::env::var("GUGAN_TEST_REDIS_URL").is_err() {
                    println!("{name}: left out, no GUGAN_TEST_DATABASE_URL and GUGAN_TEST_REDIS_URL");
                    continue;
                }
                let mut scenario = tokio::process::Command::new(std::env::current_exe()?);
                let status = scenario.env("BENCH_SCENARIO", name).status().await?;
                anyhow::ensure!(status.success(), "{name} did not work");
            }
            Ok(())
        }
    }
}

/// Everybody is due at 07:45; enqueue, then drain.
async fn morning(n_reminders: u64, is_production: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let metrics = platform::telemetry::start_metrics()?;
    let app = api::open_migrated(config(folder.path(), is_production).await?).await?;
    let noon = "2026-11-15T19:00:00+08:00".parse::<DateTime<Utc>>()?;
    app.db.clock().move_to(app.db.conn(), noon).await?;
    app.sweeper().introduce().await?;
    people(&app, n_reminders).await?;
    println!(
        "\n{}: {n_reminders} reminders",
        if is_production { "PostgreSQL and Redis" } else { "SQLite, in process" }
    );

    let before = stored_bytes(&app).await?;
    let monday = "2026-11-16T07:45:00+08:00".parse::<DateTime<Utc>>()?;
    app.db.clock().move_to(app.db.conn(), monday).await?;
    let meter = Meter::start()?;
    while let Turn::Ran(_) = app.sweeper().turn().await? {}
    let (n_due, _) = platform::n_waiting(&app.db).await?;
    anyhow::ensure!(n_due == n_reminders, "{n_due} are due");
    say("enqueue", n_reminders, &meter.used()?);

    let meter = Meter::start()?;
    drain(&app).await?;
    let used = meter.used()?;
    say("drain", n_reminders, &used);
    let dead = platform::dead_jobs(&app.db).await?;
    anyhow::ensure!(dead.is_empty(), "{} gave up", dead.len());
    let simulated = app.simulated.as_ref().context("WeChat is simulated")?;
    let n_sent = simulated.sent().await?.len();
    anyhow::ensure!(u64::try_from(n_sent)? == n_reminders, "{n_sent} were sent");
    let stored = stored_bytes(&app).await?.saturating_sub(before);
    println!(
        "  database: {} bytes a reminder, its notice, delivery and index entries included",
        stored / n_reminders
    );
    steps(&metrics.render(), used.wall * u32::try_from(app.config.workers.n)?);
    Ok(())
}

/// The settings of an installation in `folder`: embedded, or with a database of its own and the shared Redis.
async fn config(folder: &Path, is_production: bool) -> anyhow::Result<Config> {
    let mut text = format!("data_dir = {folder:?}\ndev.enabled = true\nlog.filter = \"warn\"\n");
    if is_production {
        let database = fresh_database().await?;
        let redis = std::env::var("GUGAN_TEST_REDIS_URL").context("GUGAN_TEST_REDIS_URL")?;
        text.push_str(&format!("database.url = {database:?}\nredis.url = {redis:?}\n"));
    }
    let file = folder.join("gugan.toml");
    std::fs::write(&file, text)?;
    Config::load(Some(&file))
}

/// Works as `gugan serve` does until nothing is due.
async fn drain(app: &App) -> anyhow::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let mut background = JoinSet::new();
    for _ in 0..app.config.workers.n {
        let (worker, stopped) = (app.worker(), stopped.clone());
        background.spawn(async move { worker.run(stopped).await });
    }
    let (queue, db) = (app.queue.clone(), app.db.clone());
    background.spawn(async move { queue.relay(&db, stopped).await });
    while platform::n_waiting(&app.db).await?.0 > 0 {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    stop.send(true)?;
    while background.join_next().await.is_some() {}
    Ok(())
}

/// Writes reps with an identity and credits, as an import and their first logins would leave them.
async fn people(app: &App, n_people: u64) -> anyhow::Result<()> {
    for first in (0..n_people).step_by(usize::try_from(CHUNK)?) {
        let numbers = first..n_people.min(first + CHUNK);
        let users: Vec<(uuid::Uuid, u64)> = numbers.map(|number| (new_id(), number)).collect();
        let tx = app.db.begin().await?;
        let now: Value = tx.now().into();
        let rows = users.iter().map(|(id, number)| {
            let name = Value::from(format!("crew-{number}"));
            [(*id).into(), name.clone(), name, "rep".into(), now.clone(), now.clone(), 1.into()]
        });
        let into = "people_users (id, username, name, role, created_at, updated_at, version)";
        insert(tx.db(), into, rows).await?;
        let rows = users.iter().map(|(id, number)| {
            [Value::from(format!("sim-openid-crew-{number}")), (*id).into(), now.clone()]
        });
        insert(tx.db(), "people_identities (openid, user_id, bound_at)", rows).await?;
        let rows = users.iter().map(|(id, _)| [(*id).into(), TEMPLATE.into(), 20.into()]);
        insert(tx.db(), "notices_credits (user_id, template_id, balance)", rows).await?;
        tx.commit().await?;
    }
    if app.db.is_postgres() {
        app.db.conn().execute_unprepared("VACUUM ANALYZE").await?;
    }
    Ok(())
}

async fn insert<const N: usize>(
    db: &impl ConnectionTrait,
    into: &str,
    rows: impl Iterator<Item = [Value; N]>,
) -> anyhow::Result<()> {
    let mut values = Vec::new();
    let mut places = Vec::new();
    for row in rows {
        let row_places: Vec<String> = (1..=N).map(|place| format!("${}", values.len() + place)).collect();
        places.push(format!("({})", row_places.join(", ")));
        values.extend(row);
    }
    let text = format!("INSERT INTO {into} VALUES {}", places.join(", "));
    db.execute_raw(sql(db, &text, values)).await?;
    Ok(())
}

async fn stored_bytes(app: &App) -> anyhow::Result<u64> {
    let text = match app.db.is_postgres() {
        true => "SELECT pg_database_size(current_database()) AS n",
        false => "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()",
    };
    let row = app.db.conn().query_one_raw(sql(app.db.conn(), text, [])).await?;
    let n_bytes: i64 = row.context("asking for the size")?.try_get("", "n")?;
    Ok(n_bytes.unsigned_abs())
}

fn say(what: &str, n: u64, used: &Used) {
    let grown = used.rss_peak_kb.saturating_sub(used.rss_before_kb);
    println!(
        "  {what}: {} a second ({:.1} s), {} us of our processor time each; memory {} MB at most, {} MB before, {} bytes each",
        used.per_second(n),
        used.wall.as_secs_f64(),
        used.cpu_ms * 1_000 / n,
        used.rss_peak_kb / 1024,
        used.rss_before_kb / 1024,
        grown * 1024 / n,
    );
}

/// Where the workers' time went, from the counters that a server shows too.
fn steps(metrics: &str, wall_of_all: Duration) {
    println!("  where the time of the workers went, of {:.1} s:", wall_of_all.as_secs_f64());
    for line in metrics.lines().filter(|line| line.contains("_step_seconds_sum")) {
        let Some((name, seconds)) = line.rsplit_once(' ') else { continue };
        println!("    {:<55} {seconds:.6}", name.replace("_seconds_sum", ""));
    }
}

/// A bare stream worker: takes ids, does nothing or has them sent by the simulated WeChat, and acknowledges each.
async fn limit(n_jobs: u64) -> anyhow::Result<()> {
    println!("the limit: a bare stream worker, one XACK a job, {n_jobs} jobs");
    for is_sending in [false, true] {
        let folder = tempfile::tempdir()?;
        let wechat = simulated_wechat(folder.path())?;
        let url = std::env::var("GUGAN_TEST_REDIS_URL").context("GUGAN_TEST_REDIS_URL")?;
        let mut redis = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
        let stream = format!("bench:{}", new_id());
        fill(&mut redis, &stream, n_jobs).await?;
        let meter = Meter::start()?;
        let options = StreamReadOptions::default().group("workers", "one").count(200);
        let mut n_done = 0;
        while n_done < n_jobs {
            let reply: StreamReadReply = redis.xread_options(&[&stream], &[">"], &options).await?;
            let entries: Vec<_> = reply.keys.into_iter().flat_map(|key| key.ids).collect();
            anyhow::ensure!(!entries.is_empty(), "entries are missing");
            if is_sending {
                let sends = entries.iter().map(|entry| send(&wechat, &entry.id));
                let sent: Vec<_> = stream::iter(sends).buffer_unordered(32).collect().await;
                sent.into_iter().collect::<anyhow::Result<()>>()?;
            }
            let mut acks = redis::pipe();
            for entry in &entries {
                acks.xack(&stream, "workers", &[&entry.id]).ignore();
            }
            let () = acks.query_async(&mut redis).await?;
            n_done += entries.len() as u64;
        }
        say(if is_sending { "with sending" } else { "without work" }, n_jobs, &meter.used()?);
        let () = redis.del(&stream).await?;
    }
    Ok(())
}

fn platform_now() -> DateTime<Utc> {
    platform::Clock::real()
}

/// As `gugan` reaches it where it is simulated.
fn simulated_wechat(folder: &Path) -> anyhow::Result<WeChat> {
    let setup = Setup { initial_credits: 20, ..Setup::default() };
    let simulator = Simulator::open(folder, setup, platform_now)?;
    let mini_program = Credentials { id: "wx-bench".to_owned(), secret: String::new().into() };
    let accounts = Accounts { mini_program, official: None, wecom: None, robots: [].into() };
    Ok(WeChat::new(accounts, Arc::new(simulator), Arc::new(InMemory::default()), platform_now))
}

async fn send(wechat: &WeChat, id: &str) -> anyhow::Result<()> {
    let message = SubscribeMessage {
        openid: format!("sim-openid-{id}"),
        template_id: TEMPLATE.to_owned(),
        page: Some("pages/list".to_owned()),
        data: [("thing1".to_owned(), "清单还没交".to_owned())].into(),
    };
    wechat.send_subscribe(&message).await?;
    Ok(())
}

async fn fill(
    redis: &mut redis::aio::MultiplexedConnection,
    stream: &str,
    n_jobs: u64,
) -> anyhow::Result<()> {
    let () = redis.xgroup_create_mkstream(stream, "workers", "0").await?;
    for _ in (0..n_jobs).step_by(usize::try_from(CHUNK)?) {
        let mut adds = redis::pipe();
        for _ in 0..CHUNK {
            adds.xadd(stream, "*", &[("id", new_id().to_string())]).ignore();
        }
        let () = adds.query_async(redis).await?;
    }
    Ok(())
}
