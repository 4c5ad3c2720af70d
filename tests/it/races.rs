//! Two commands at the same moment, on the same rows.

use std::time::Duration;

use futures::future::join;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};

use crate::process::place::SOON;
use crate::process::until;
use crate::support::database::is_production;
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

/// Somebody else's session at the database, where it has such.
async fn session(world: &World) -> Option<DatabaseConnection> {
    match is_production() {
        true => Some(Database::connect(world.app.config.database_url()).await.unwrap()),
        false => None,
    }
}

/// How many sessions wait for a lock.
async fn n_waiting(db: &DatabaseConnection) -> i64 {
    let text = "SELECT count(*) AS n FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, text)).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

/// Runs two commands at once. Where rows are locked, the first has begun and stands before its opportunities when the
/// second is sent, so that each has what the other will want.
async fn both<T, U>(
    world: &World,
    owner: &str,
    first: impl Future<Output = T>,
    second: impl Future<Output = U>,
) -> (T, U) {
    let Some(db) = session(world).await else { return join(first, second).await };
    let barrier = db.begin().await.unwrap();
    let text = "SELECT id FROM opportunities WHERE owner_id = $1::uuid FOR UPDATE";
    let held = Statement::from_sql_and_values(DbBackend::Postgres, text, [owner.into()]);
    assert!(!barrier.query_all_raw(held).await.unwrap().is_empty(), "the owner has opportunities");
    let second = async {
        until("the first command waits", SOON, async || n_waiting(&db).await == 1).await;
        let lifted = async {
            until("the second command waits", SOON, async || n_waiting(&db).await == 2).await;
            barrier.rollback().await.unwrap();
        };
        join(second, lifted).await.0
    };
    join(first, second).await
}

/// A check-in a kilometre from the store, which somebody has to look at.
async fn doubtful_visit(rep: &Person) -> Value {
    let customer = rep.a_customer().await;
    let there = at_store(&customer, 1_000.0);
    let subject = ("customer", customer["id"].as_str().unwrap());
    let photo = rep.photo("storefront", subject, &Photo::bare(), Some(&there)).await;
    let body = json!({"customer_id": customer["id"], "location": there, "photo_ids": [photo["id"]]});
    let visit = rep.post("/visits", body).await.ok();
    assert_eq!(visit["review"], "pending", "{visit}");
    visit
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_is_completed_while_the_rep_is_seen_out() {
    let world = World::start().await;
    let (rep, admin) = (world.login("rep-01").await, world.login("admin").await);
    let me = rep.get("/me").await.ok()["id"].as_str().unwrap().to_owned();
    let visit = doubtful_visit(&rep).await;

    let leave = format!("/users/{me}/leave");
    let seen_out = admin.post(&leave, json!({}));
    let path = format!("/visits/{}/complete", visit["id"].as_str().unwrap());
    let completed = rep.post(&path, json!({"result_code": "order"}));
    let (seen_out, completed) = both(&world, &me, seen_out, completed).await;

    assert_eq!(seen_out.status, 200, "{}", seen_out.text);
    assert_eq!(completed.status, 200, "{}", completed.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_does_not_wait_for_who_writes() {
    let world = World::start().await;
    let (rep, admin) = (world.login("rep-01").await, world.login("admin").await);
    doubtful_visit(&rep).await;
    let asked = rep.get("/approvals").await.ok();
    let approval = asked["items"][0]["id"].as_str().expect("the visit waits for a review").to_owned();

    let described = world.raw("/openapi.json").await.ok();
    let mut paths: Vec<String> =
        vec![format!("/approvals/{approval}"), format!("/approvals/{approval}/trace")];
    for (path, methods) in described["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        if methods.get("get").is_some() && !path.contains('{') && !path.starts_with("/dev/") {
            paths.push(path.to_owned());
        }
    }
    assert!(paths.len() > 30, "{paths:?}");

    let held = world.app.db.begin().await.unwrap();
    for path in &paths {
        let within = Duration::from_secs(5);
        let answer = tokio::time::timeout(within, join(rep.get(path), admin.get(path))).await;
        let (mine, theirs) = answer.unwrap_or_else(|_| panic!("{path} waits for who writes"));
        assert!(mine.status < 500 && theirs.status < 500, "{path}: {} {}", mine.text, theirs.text);
    }
    assert_eq!(rep.get(&paths[0]).await.status, 200);
    assert_eq!(rep.get(&paths[1]).await.status, 200);
    drop(held);
    world.end().await;
}
