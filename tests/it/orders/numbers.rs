//! Numbers are gapless among what was kept, whoever asks at once.

use futures::future::join_all;
use serde_json::json;

use super::{line, shop, wanted};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_gapless_although_orders_are_refused_in_between() {
    let shop = shop().await;
    let stores = shop.rep.get("/customers?limit=100").await.ok()["items"].as_array().unwrap().clone();
    let bodies: Vec<_> = (0..24)
        .map(|n| {
            let unit = if n % 3 == 0 { "托" } else { "瓶" };
            wanted(&stores[n % 8], &[line(&shop.water, 1, unit, "2")])
        })
        .collect();
    let answers = join_all(bodies.iter().map(|body| shop.rep.post("/orders", body.clone()))).await;
    let mut numbers: Vec<String> = Vec::new();
    for answer in answers {
        match answer.status {
            201 => numbers.push(answer.body["number"].as_str().unwrap().to_owned()),
            _ => assert_eq!(answer.refused(422), "unit_unknown"),
        }
    }
    numbers.sort();
    assert_eq!(numbers.len(), 16);
    let expected: Vec<_> = (1..=16).map(|n| format!("SO-20261116-{n:04}")).collect();
    assert_eq!(numbers, expected);
    shop.world.end().await;
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
