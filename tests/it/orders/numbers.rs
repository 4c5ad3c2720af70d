//! Numbers are each order's own, whoever asks at once, and rise within a day.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::json;

use super::{line, shop, wanted};
use crate::support::{Person, World, database};

/// Somebody's orders of so many boxes of water, one store after the other, all at once. The numbers of those that were
/// placed, as they came.
async fn placed(rep: &Person, n: usize) -> Vec<String> {
    let water = rep.product("DP001").await;
    let stores = rep.get("/customers?limit=100").await.ok()["items"].as_array().unwrap().clone();
    let bodies: Vec<_> = (0..n)
        .map(|n| {
            let unit = if n % 3 == 0 { "托" } else { "瓶" };
            wanted(&stores[n % 8], &[line(&water, 1, unit, "2")])
        })
        .collect();
    let mut numbers = Vec::new();
    for answer in join_all(bodies.iter().map(|body| rep.post("/orders", body.clone()))).await {
        match answer.status {
            201 => numbers.push(answer.body["number"].as_str().unwrap().to_owned()),
            _ => assert_eq!(answer.refused(422), "unit_unknown"),
        }
    }
    numbers
}

/// Two installations' worth of processes on one database.
async fn two_processes() -> (World, World) {
    let (folder, beside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let config = database::fresh(folder.path()).await;
    let one = World::start_with(folder, config.clone()).await;
    let other = World::start_with(beside, config).await;
    one.at("2026-11-16T10:00:00+08:00").await;
    (one, other)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_order_at_once_from_two_processes_get_each_a_number_of_their_own() {
    let (one, other) = two_processes().await;
    let (rep, colleague) = (one.login("rep-01").await, other.login("rep-02").await);
    let (ours, theirs) = tokio::join!(placed(&rep, 60), placed(&colleague, 60));
    let all: BTreeSet<_> = ours.iter().chain(&theirs).collect();
    assert_eq!(all.len(), 80);
    assert!(all.iter().all(|number| number.starts_with("SO-20261116-")), "{all:?}");
    other.end().await;
    one.end().await;
}

#[tokio::test]
async fn numbers_rise_and_begin_anew_with_the_day() {
    let shop = shop().await;
    let place =
        async || shop.rep.post("/orders", shop.boxes(1)).await.ok()["number"].as_str().unwrap().to_owned();
    let (first, second) = (place().await, place().await);
    assert!(first < second, "{first} {second}");
    shop.world.at("2026-11-17T10:00:00+08:00").await;
    assert_eq!(place().await, "SO-20261117-0001");
    shop.world.end().await;
}

#[tokio::test]
async fn a_day_that_comes_again_after_a_reset_repeats_no_number() {
    let (one, other) = two_processes().await;
    let seen = placed(&other.login("rep-02").await, 3).await;
    one.anonymous().post("/dev/reset", json!({"now": "2026-11-16T09:00:00+08:00"})).await.ok();
    let mut all = placed(&one.login("rep-01").await, 9).await;
    all.extend(placed(&other.login("rep-02").await, 9).await);
    assert_eq!(all.iter().chain(&seen).collect::<BTreeSet<_>>().len(), 14);
    other.end().await;
    one.end().await;
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_and_places_nothing() {
    let shop = shop().await;
    let before = shop.available().await;
    let first = shop.rep.post_once("/orders", "one-tap", shop.boxes(1)).await;
    let again = shop.rep.post_once("/orders", "one-tap", shop.boxes(1)).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(first.ok(), again.ok());
    assert_eq!(before - shop.available().await, 4_800);
    let other = shop.rep.post_once("/orders", "one-tap", shop.boxes(2)).await;
    assert_eq!(other.refused(422), "idempotency_key_reused");
    shop.world.end().await;
}

#[tokio::test]
async fn what_an_order_is_made_of_is_typed_without_slips() {
    let shop = shop().await;
    let mut wanted = shop.boxes(1);
    wanted["colour"] = json!("red");
    assert_eq!(shop.rep.post("/orders", wanted).await.refused(422), "unknown_field");
    shop.world.end().await;
}
