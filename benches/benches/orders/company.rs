//! The demo company with two thousand customers more, all of one rep and with room for their orders.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, ensure};
use benches::{Server, fresh_database, gugan};
use platform::new_id;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

pub(crate) const N_CUSTOMERS: u64 = 2_000;

pub(crate) struct Company {
    pub(crate) database: String,
    pub(crate) conn: DatabaseConnection,
    /// The rep's session, which outlives the process that began it.
    pub(crate) token: String,
    pub(crate) actor: String,
    pub(crate) region: String,
    /// Five lines at the customers' own prices.
    pub(crate) lines: Value,
    client: reqwest::Client,
}

const CUSTOMERS: &str = "INSERT INTO customers (id, name, normal_name, kind, region_id, owner_id, location_confirmed, \
    fence_radius_m, price_tier, credit_limit_fen, payment_terms, contacts, decision_chain, needs, stage, \
    confirmed_at, created_at, updated_at, version) \
    SELECT CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid), name, normal_name, kind, \
    region_id, owner_id, location_confirmed, fence_radius_m, price_tier, 100000000000000, 'monthly', contacts, \
    decision_chain, needs, stage, confirmed_at, created_at, updated_at, 1 \
    FROM customers, generate_series(1, 2000) n WHERE external_id = 'DC011'";

const LINES: &str = "SELECT CAST(json_agg(json_build_object('product_id', product_id, 'unit', unit, 'quantity', '5', \
    'unit_price', CAST(CAST(list_price_e4 / 10000.0 AS numeric(10, 4)) AS text))) AS text) \
    FROM (SELECT price.* FROM orders_prices price JOIN customers ON customers.external_id = 'DC011' \
    AND price.region_id = customers.region_id AND price.price_tier = customers.price_tier \
    ORDER BY price.external_id LIMIT 5) AS five";

impl Company {
    /// Has it made by the program itself, on a database of its own.
    pub(crate) async fn found(program: &OsStr, folder: &Path) -> anyhow::Result<Self> {
        let database = fresh_database().await?;
        let settings = [
            ("GUGAN__DATA_DIR", folder.display().to_string()),
            ("GUGAN__DATABASE__URL", database.clone()),
            ("GUGAN__DEV__ENABLED", "true".to_owned()),
        ];
        let server = gugan(program, &settings).await?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let login = client.post(format!("{}/api/v1/auth/wechat/login", server.base));
        let login: Value = login.json(&json!({"code": "sim:rep-01"})).send().await?.json().await?;
        let conn = Database::connect(&database).await?;
        conn.execute_unprepared(CUSTOMERS).await?;
        let of_them = "FROM customers WHERE external_id = 'DC011'";
        let lines = serde_json::from_str(&text(&conn, LINES).await?)?;
        Ok(Self {
            token: login["token"].as_str().context("a token")?.to_owned(),
            actor: text(&conn, &format!("SELECT CAST(owner_id AS text) {of_them}")).await?,
            region: text(&conn, &format!("SELECT CAST(region_id AS text) {of_them}")).await?,
            lines,
            database,
            conn,
            client,
        })
    }

    /// The program as in production: no clock that moves, a queue in Redis; with the background work or without.
    pub(crate) async fn serve(&self, program: &OsStr, folder: &Path, works: bool) -> anyhow::Result<Server> {
        let settings = [
            ("GUGAN__DATA_DIR", folder.display().to_string()),
            ("GUGAN__DATABASE__URL", self.database.clone()),
            ("GUGAN__REDIS__URL", std::env::var("GUGAN_TEST_REDIS_URL")?),
            ("GUGAN__WORKERS__IN_SERVE", works.to_string()),
        ];
        gugan(program, &settings).await
    }

    /// Places the order of that number with a server and returns its answer.
    pub(crate) async fn order(&self, server: &Server, number: u64) -> anyhow::Result<String> {
        // Neighbours in time are never one customer's.
        let customer = number * 7_919 % N_CUSTOMERS + 1;
        let body =
            json!({"customer_id": format!("00000000-0000-7000-8000-{customer:012}"), "lines": self.lines});
        let asked = self.client.post(format!("{}/api/v1/orders", server.base)).bearer_auth(&self.token);
        let answer = asked.header("Idempotency-Key", new_id().to_string()).json(&body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.as_u16() == 201 && text.contains("\"accepted\""), "{status}: {text}");
        Ok(text)
    }

    /// Statistics and the disk are as after a quiet hour.
    pub(crate) async fn rest(&self) -> anyhow::Result<()> {
        self.conn.execute_unprepared("VACUUM ANALYZE").await?;
        self.conn.execute_unprepared("CHECKPOINT").await?;
        Ok(())
    }
}

/// The one text that a question has for an answer.
pub(crate) async fn text(conn: &DatabaseConnection, question: &str) -> anyhow::Result<String> {
    let asked = Statement::from_string(DbBackend::Postgres, question);
    Ok(conn.query_one_raw(asked).await?.context("an answer")?.try_get_by_index(0)?)
}
