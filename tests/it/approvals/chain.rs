//! The trace of a decision: sentences over chained events.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{approve, asks, flow, publish, request};
use crate::support::World;

async fn decided() -> (World, Value, Value) {
    let world = World::start().await;
    publish(&world, flow("one", json!([asks("a", &["supervisor-01"], "all", None)]))).await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "one").await;
    approve(&world.login("supervisor-01").await, &asked).await;
    let trace = rep.get(&format!("/approvals/{}/trace", asked["id"].as_str().unwrap())).await.ok();
    (world, asked, trace)
}

#[tokio::test]
async fn the_trace_reads_as_sentences_and_each_event_names_the_one_before() {
    let (world, asked, trace) = decided().await;
    let events = trace["events"].as_array().unwrap();
    let kinds: Vec<&str> = events.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["opened", "entered", "answered", "left", "concluded"]);
    assert_eq!(events[0]["previous_hash"], "");
    for pair in events.windows(2) {
        assert_eq!(pair[1]["previous_hash"], pair[0]["hash"]);
    }
    assert!(events[2]["sentence"].as_str().unwrap().contains("乐建锋"), "{}", events[2]);
    assert_eq!(events[2]["seen_content_hash"], asked["content_hash"]);
    let stranger = world.login("rep-04").await;
    let path = format!("/approvals/{}/trace", asked["id"].as_str().unwrap());
    assert_eq!(stranger.get(&path).await.refused(404), "not_found");
    world.end().await;
}

async fn tamper(world: &World, text: &str) {
    let db = world.app.db.conn();
    db.execute_raw(Statement::from_string(db.get_database_backend(), text)).await.unwrap();
}

#[tokio::test]
async fn an_event_that_was_changed_or_left_out_is_found() {
    let (world, ..) = decided().await;
    assert_eq!(api::commands::audit(&world.app.db).await.unwrap(), "1 decisions, 5 events");
    tamper(&world, "UPDATE approvals_events SET machine = 'ghost', actor_id = NULL WHERE seq = 3").await;
    let fault = api::commands::audit(&world.app.db).await.unwrap_err().to_string();
    assert!(fault.contains("event 3 was changed"), "{fault}");
    tamper(&world, "DELETE FROM approvals_events WHERE seq = 3").await;
    let fault = api::commands::audit(&world.app.db).await.unwrap_err().to_string();
    assert!(fault.contains("event 3 does not follow"), "{fault}");
    world.end().await;
}

#[tokio::test]
async fn a_state_that_its_events_do_not_add_up_to_is_found() {
    let (world, ..) = decided().await;
    tamper(&world, "UPDATE approvals SET status = 'rejected'").await;
    let fault = api::commands::audit(&world.app.db).await.unwrap_err().to_string();
    assert!(fault.contains("its status is another"), "{fault}");
    tamper(&world, "DELETE FROM approvals_events WHERE seq = 5").await;
    let fault = api::commands::audit(&world.app.db).await.unwrap_err().to_string();
    assert!(fault.contains("missing at the end"), "{fault}");
    world.end().await;
}
