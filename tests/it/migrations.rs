//! The schema goes up, down and up again, and two servers that start together do not trip over one another.

use std::path::Path;

use migrations::{Migrator, MigratorTrait};
use platform::{Clock, Db};
use serde_json::json;

use crate::support::database::{config, is_production, on_server};
use crate::support::{Person, World};

/// An installation without a table.
async fn empty(folder: &Path) -> api::config::Config {
    let name = format!("empty_{}", uuid::Uuid::new_v4().simple());
    let database = is_production().then_some(name.as_str());
    if database.is_some() {
        on_server(&format!("CREATE DATABASE {name}")).await;
    }
    config(folder, database)
}

/// The database alone: an installation cannot be opened before its schema is there.
async fn connect(config: &api::config::Config) -> Db {
    Db::connect(&config.database_url(), 2, Clock::system()).await.unwrap()
}

async fn n_customers(person: &Person) -> usize {
    let page = person.get("/customers?limit=100").await.ok();
    page["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_schema_goes_up_and_down_and_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let db = connect(&empty(folder.path()).await).await;
    let db = db.conn().inner();
    let n_steps = Migrator::migrations().len();
    let pending = async || Migrator::get_pending_migrations(db).await.unwrap().len();
    assert_eq!(pending().await, n_steps);
    Migrator::up(db, None).await.unwrap();
    assert_eq!(pending().await, 0);
    Migrator::down(db, None).await.unwrap();
    assert_eq!(pending().await, n_steps);
    // Nothing of the first time is left to be in the way.
    Migrator::up(db, None).await.unwrap();
    assert_eq!(pending().await, 0);
    db.clone().close().await.unwrap();
}

#[tokio::test]
async fn after_going_down_and_up_the_product_works() {
    let world = World::start().await;
    let db = world.app.db.conn().inner();
    Migrator::down(db, None).await.unwrap();
    Migrator::up(db, None).await.unwrap();
    let answer = world.anonymous().post("/auth/wechat/login", json!({"code": "sim:rep-01"})).await;
    assert!(answer.ok()["bind_ticket"].is_string(), "nobody works here yet");
    api::prepare(&world.app).await.unwrap();
    assert_eq!(n_customers(&world.login("sales-director").await).await, 66);
    world.end().await;
}

#[tokio::test]
async fn every_step_can_be_taken_back_alone() {
    let folder = tempfile::tempdir().unwrap();
    let db = connect(&empty(folder.path()).await).await;
    let db = db.conn().inner();
    for _ in Migrator::migrations() {
        Migrator::up(db, Some(1)).await.unwrap();
        Migrator::down(db, Some(1)).await.unwrap();
        Migrator::up(db, Some(1)).await.unwrap();
    }
    assert_eq!(Migrator::get_pending_migrations(db).await.unwrap().len(), 0);
    db.clone().close().await.unwrap();
}

#[tokio::test]
async fn two_servers_that_start_together_make_one_company() {
    let folder = tempfile::tempdir().unwrap();
    let config = empty(folder.path()).await;
    let start = async || {
        let app = api::open_migrated(config.clone()).await.unwrap();
        api::prepare(&app).await.unwrap();
        app
    };
    let (one, other) = futures::join!(start(), start());
    for app in [&one, &other] {
        let pending = Migrator::get_pending_migrations(app.db.conn().inner()).await.unwrap();
        assert!(pending.is_empty());
    }
    other.db.conn().inner().clone().close().await.unwrap();
    one.db.conn().inner().clone().close().await.unwrap();
    let world = World::start_with(folder, config).await;
    assert_eq!(n_customers(&world.login("sales-director").await).await, 66);
    let people = world.anonymous().get("/dev/people").await.ok();
    assert_eq!(people["items"].as_array().unwrap().len(), 19);
    world.end().await;
}
