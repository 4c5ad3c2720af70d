//! A database of its own for every test: copied from one that is migrated and holds the demo company.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use api::config::Config;
use sea_orm::{ConnectionTrait, Database};
use tokio::sync::OnceCell;

/// Is the suite running against PostgreSQL and Redis?
pub fn is_production() -> bool {
    std::env::var("PROFILE").is_ok_and(|profile| profile == "production")
}

/// The settings of an installation in `folder`, on `database` where that is PostgreSQL.
pub fn config(folder: &Path, database: Option<&str>) -> Config {
    let text = format!(
        "data_dir = {folder:?}\ndev.enabled = true\nworkers.in_serve = false\nhttp.listen = \"127.0.0.1:0\"\n\
         http.threads = 1\ndatabase.connections = 8\nlog.filter = \"warn\"\n"
    );
    let file = folder.join("gugan.toml");
    std::fs::write(&file, with_servers(text, database)).unwrap();
    Config::load(Some(&file)).unwrap()
}

fn with_servers(mut text: String, database: Option<&str>) -> String {
    if let Some(name) = database {
        text.push_str(&format!("database.url = {:?}\n", database_url(name)));
        text.push_str(&format!("redis.url = {:?}\n", std::env::var("GUGAN_TEST_REDIS_URL").unwrap()));
    }
    text
}

/// The throw-away server's address with another database.
pub fn database_url(name: &str) -> String {
    let url = std::env::var("GUGAN_TEST_DATABASE_URL")
        .expect("GUGAN_TEST_DATABASE_URL names the throw-away PostgreSQL");
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// Runs a statement on the throw-away server itself.
pub async fn on_server(statement: &str) {
    let server = Database::connect(database_url("postgres")).await.unwrap();
    server.execute_unprepared(statement).await.unwrap();
    server.close().await.unwrap();
}

static TEMPLATE: OnceCell<Template> = OnceCell::const_new();
static RUN: OnceLock<String> = OnceLock::new();

struct Template {
    folder: PathBuf,
}

fn run() -> &'static str {
    RUN.get_or_init(|| uuid::Uuid::new_v4().simple().to_string())
}

async fn template() -> &'static Template {
    TEMPLATE.get_or_init(make_template).await
}

async fn make_template() -> Template {
    let folder = tempfile::tempdir().unwrap().keep();
    let name = format!("template_{}", run());
    let database = is_production().then_some(name.as_str());
    if let Some(name) = database {
        on_server(&format!("CREATE DATABASE {name}")).await;
    }
    let app = api::open_migrated(config(&folder, database)).await.unwrap();
    app.db.clock().move_to(app.db.conn(), super::SUNDAY_NOON.parse().unwrap()).await.unwrap();
    api::prepare(&app).await.unwrap();
    app.db.conn().inner().clone().close().await.unwrap();
    Template { folder }
}

/// Makes a copy of the template for a test and returns its settings.
pub async fn fresh(folder: &Path) -> Config {
    let template = template().await;
    if is_production() {
        let name = format!("world_{}", uuid::Uuid::new_v4().simple());
        on_server(&format!("CREATE DATABASE {name} TEMPLATE template_{}", run())).await;
        return config(folder, Some(&name));
    }
    std::fs::copy(template.folder.join("gugan.db"), folder.join("gugan.db")).unwrap();
    config(folder, None)
}
