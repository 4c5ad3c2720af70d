//! Customers around a place, over HTTP, with 18,000 and 200,000 of them in eleven crowded towns. On SQLite, and on
//! PostgreSQL where `GUGAN_TEST_DATABASE_URL` names a throw-away server. `BENCH_CUSTOMERS` says how many instead.
#![expect(clippy::float_arithmetic, reason = "places and milliseconds")]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use api::App;
use api::config::Config;
use benches::fresh_database;
use platform::sql;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

const N_ASKED: u32 = 100;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let numbers = match std::env::var("BENCH_CUSTOMERS") {
        Ok(number) => vec![number.parse()?],
        Err(_) => vec![18_000, 200_000],
    };
    for number in numbers {
        around(number, false).await?;
        if std::env::var("GUGAN_TEST_DATABASE_URL").is_ok() {
            around(number, true).await?;
        }
    }
    Ok(())
}

async fn around(n_customers: u32, is_postgres: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let app = api::open_migrated(config(folder.path(), is_postgres).await?).await?;
    api::prepare(&app).await?;
    customers(&app, n_customers).await?;
    let (server, address) = api::commands::answer(&app)?;
    let base = format!("http://{address}/api/v1");
    let client = reqwest::Client::builder().no_proxy().build()?;
    println!("\n{}: {n_customers} customers", if is_postgres { "PostgreSQL" } else { "SQLite" });
    for (username, radius_m) in
        [("sales-director", 500), ("sales-director", 5_000), ("sales-director", 20_000), ("rep-01", 20_000)]
    {
        let body = json!({"code": format!("sim:{username}")});
        let login: Value =
            client.post(format!("{base}/auth/wechat/login")).json(&body).send().await?.json().await?;
        let token = login["token"].as_str().context("a token")?;
        let (mut took, mut n_found) = (Vec::new(), 0);
        for number in 0..N_ASKED {
            let lat = 30.0 + f64::from(number % 40) / 400.0;
            let path =
                format!("{base}/customers/nearby?lat={lat}&lng=120.05&system=gcj02&radius_m={radius_m}");
            let started = Instant::now();
            let page: Value = client.get(path).bearer_auth(token).send().await?.json().await?;
            took.push(started.elapsed());
            n_found += page["items"].as_array().context("a page")?.len();
        }
        say(&format!("{username}, {radius_m} m"), took, n_found);
    }
    server.stop(false).await;
    Ok(())
}

async fn config(folder: &Path, is_postgres: bool) -> anyhow::Result<Config> {
    let mut text = format!(
        "data_dir = {folder:?}\ndev.enabled = true\nlog.filter = \"warn\"\nhttp.listen = \"127.0.0.1:0\"\n\
         workers.in_serve = false\n"
    );
    if is_postgres {
        text.push_str(&format!("database.url = {:?}\n", fresh_database().await?));
    }
    let file = folder.join("gugan.toml");
    std::fs::write(&file, text)?;
    Config::load(Some(&file))
}

/// Copies the first customer all over towns of 20 by 20 km, one after the other along a parallel.
async fn customers(app: &App, n_customers: u32) -> anyhow::Result<()> {
    let (id, random) = match app.db.is_postgres() {
        true => ("gen_random_uuid()", "random()"),
        false => ("randomblob(16)", "(random() / 18446744073709551616.0 + 0.5)"),
    };
    let text = format!(
        "INSERT INTO customers (id, name, normal_name, kind, region_id, lat, lng, system, location_confirmed, \
         fence_radius_m, price_tier, credit_limit_fen, payment_terms, contacts, decision_chain, needs, stage, \
         confirmed_at, created_at, updated_at, version) \
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {n_customers}) \
         SELECT {id}, 'x', 'x', 'store', one.region_id, 29.95 + 0.2 * {random}, 120.0 + n % 11 + 0.2 * {random}, \
         'gcj02', one.location_confirmed, 150, 'C', 0, 'monthly', one.contacts, one.decision_chain, one.needs, \
         'regular', one.confirmed_at, one.created_at, one.updated_at, 1 \
         FROM numbers, (SELECT * FROM customers ORDER BY id LIMIT 1) AS one"
    );
    app.db.conn().execute_raw(sql(app.db.conn(), &text, [])).await?;
    if app.db.is_postgres() {
        app.db.conn().execute_unprepared("ANALYZE customers").await?;
    }
    Ok(())
}

fn say(what: &str, mut took: Vec<Duration>, n_found: usize) {
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
    println!(
        "  {what}: {:.1} ms in the middle, {:.1} ms of 99 in 100, {} found each",
        at(50),
        at(99),
        n_found / took.len()
    );
}
