//! An installation of its own for every test, with the demo company, its clock on a Sunday noon and no background
//! work: what is due runs when the test settles.

use actix_web::dev::ServerHandle;
use api::App;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::database;
use super::people::{Answer, Person};

/// The installation. End it with [`World::end`], which checks that no work was forgotten.
pub struct World {
    pub app: App,
    pub base: String,
    pub client: reqwest::Client,
    pub folder: TempDir,
    server: ServerHandle,
    is_ended: bool,
}

impl World {
    /// The demo company on a fresh copy of the database.
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let config = database::fresh(folder.path()).await;
        Self::start_with(folder, config).await
    }

    /// The demo company with other settings.
    pub async fn start_with(folder: TempDir, config: api::config::Config) -> Self {
        let app = api::open(config).await.unwrap();
        let (server, address) = api::commands::answer(&app).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { app, base: format!("http://{address}"), client, folder, server, is_ended: false }
    }

    /// Somebody without a session.
    pub fn anonymous(&self) -> Person {
        Person { base: self.base.clone(), client: self.client.clone(), token: None, username: String::new() }
    }

    /// Logs a demo person in.
    pub async fn login(&self, username: &str) -> Person {
        let body = json!({"code": format!("sim:{username}")});
        let session = self.anonymous().post("/auth/wechat/login", body).await.ok();
        let token = session["token"].as_str().map(str::to_owned);
        Person { token, username: username.to_owned(), ..self.anonymous() }
    }

    /// Moves the clock to an instant (RFC 3339) and runs what came due on the way. Returns what ran.
    pub async fn at(&self, instant: &str) -> Value {
        self.anonymous().post("/dev/clock", json!({"now": instant})).await.ok();
        self.settle().await
    }

    /// Moves the clock forward (`PT8H`) and runs what came due on the way.
    pub async fn advance(&self, by: &str) -> Value {
        self.anonymous().post("/dev/clock", json!({"advance": by})).await.ok();
        self.settle().await
    }

    /// Runs what is due.
    pub async fn settle(&self) -> Value {
        self.anonymous().post("/dev/settle", json!({})).await.ok()["ran"].clone()
    }

    /// What the simulated WeChat sent to somebody.
    pub async fn sent_to(&self, username: &str) -> Vec<Value> {
        let sent = self.anonymous().get("/dev/wechat/sent").await.ok();
        sent["items"].as_array().unwrap().iter().filter(|it| it["username"] == username).cloned().collect()
    }

    /// Somebody's inbox, newest first.
    pub async fn inbox_of(&self, username: &str) -> Vec<Value> {
        let inbox = self.login(username).await.get("/notifications?limit=100").await.ok();
        inbox["items"].as_array().unwrap().clone()
    }

    /// Does a raw request outside `/api/v1`.
    pub async fn raw(&self, path: &str) -> Answer {
        Answer::of(self.client.get(format!("{}{path}", self.base)).send().await.unwrap()).await
    }

    /// Ends the installation: everything that was promised must have been kept.
    pub async fn end(mut self) {
        self.is_ended = true;
        self.settle().await;
        let dead = platform::dead_jobs(&self.app.db).await.unwrap();
        assert!(dead.is_empty(), "jobs gave up: {dead:?}");
        let (n_due, _) = platform::n_waiting(&self.app.db).await.unwrap();
        assert_eq!(n_due, 0, "jobs are left in the outbox");
        self.server.stop(false).await;
        let _ = self.app.db.conn().inner().clone().close().await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        assert!(self.is_ended || std::thread::panicking(), "a test ends its world with world.end()");
    }
}
