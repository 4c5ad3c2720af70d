//! Which visits count, and what is odd about them.

use serde_json::{Value, json};

use super::monday;
use crate::support::people::at_store;
use crate::support::photos::Photo;

#[tokio::test]
async fn a_visit_counts_when_it_lasted_and_says_so_by_itself() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 0.0).await;
    assert_eq!((&visit["effective"], &visit["dwell_seconds"]), (&Value::Null, &Value::Null));
    assert_eq!(visit["why_not"], json!(["dwell_unknown", "result_missing"]));
    world.advance("PT4M").await;
    let done = rep.complete(&visit, "order").await.ok();
    assert_eq!((&done["effective"], &done["why_not"]), (&json!(true), &json!([])));
    assert!(done["dwell_seconds"].as_i64().unwrap() >= 240);
    assert_eq!(done["checkout_at"], done["completed_at"]);

    let second = rep.check_in(&customer, 0.0).await;
    world.advance("PT4M").await;
    let second = rep.complete(&second, "interest").await.ok();
    assert_eq!((&second["effective"], &second["why_not"]), (&json!(false), &json!(["not_first"])));
    let short = rep.check_in(&rep.customer("DC002").await, 0.0).await;
    let short = rep.complete(&short, "closed").await.ok();
    assert_eq!((&short["effective"], &short["why_not"]), (&json!(false), &json!(["dwell_too_short"])));
    world.end().await;
}

#[tokio::test]
async fn a_result_that_is_recorded_elsewhere_says_nothing_about_how_long_it_lasted() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 0.0).await;
    world.advance("PT30M").await;
    rep.check_in(&rep.customer("DC002").await, 0.0).await;
    world.advance("PT5M").await;
    let done = rep.complete(&visit, "order").await.ok();
    assert_eq!((&done["checkout_at"], &done["dwell_seconds"]), (&Value::Null, &Value::Null));
    assert_eq!((&done["effective"], &done["why_not"]), (&Value::Null, &json!(["dwell_unknown"])));
    world.end().await;
}

#[tokio::test]
async fn a_refuted_visit_counts_no_more_and_its_item_is_open_again() {
    let (world, rep, customer) = monday().await;
    rep.put("/action-lists/2026-11-16", json!({"items": [{"customer_id": customer["id"]}]})).await.ok();
    rep.post("/action-lists/2026-11-16/submit", json!({})).await.ok();
    let visit = rep.check_in(&customer, 1_000.0).await;
    world.advance("PT4M").await;
    let done = rep.complete(&visit, "order").await.ok();
    assert_eq!((&done["effective"], &done["provisional"]), (&json!(true), &json!(true)), "it counts for now");
    let second = rep.check_in(&customer, 0.0).await;
    world.advance("PT4M").await;
    let second = rep.complete(&second, "order").await.ok();
    assert_eq!(second["why_not"], json!(["not_first"]));
    assert_eq!(rep.list("2026-11-16").await["n_done"], 1);

    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("位置在另一条街")).await.ok();
    let refuted = rep.visit(&visit).await;
    assert_eq!((&refuted["effective"], &refuted["why_not"]), (&json!(false), &json!(["evidence_rejected"])));
    assert_eq!(rep.visit(&second).await["effective"], true, "the next one of the day counts in its place");
    let list = rep.list("2026-11-16").await;
    assert_eq!(list["n_done"], 1, "another visit supports the item");
    world.end().await;
}

#[tokio::test]
async fn an_item_that_nothing_supports_any_more_is_open_again() {
    let (world, rep, customer) = monday().await;
    rep.put("/action-lists/2026-11-16", json!({"items": [{"customer_id": customer["id"]}]})).await.ok();
    rep.post("/action-lists/2026-11-16/submit", json!({})).await.ok();
    let visit = rep.check_in(&customer, 1_000.0).await;
    rep.complete(&visit, "order").await.ok();
    assert_eq!(rep.list("2026-11-16").await["n_done"], 1);
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("位置在另一条街")).await.ok();
    let list = rep.list("2026-11-16").await;
    assert_eq!((&list["n_done"], &list["items"][0]["status"]), (&json!(0), &json!("pending")));
    world.end().await;
}

#[tokio::test]
async fn what_is_odd_is_a_flag_and_changes_nothing() {
    let (world, rep, customer) = monday().await;
    let first = rep.check_in(&customer, 0.0).await;
    assert_eq!(first["flags"], json!([]));
    rep.check_in(&customer, 0.0).await;
    let third = rep.check_in(&customer, 0.0).await;
    assert_eq!((&third["flags"], &third["verdict"]), (&json!(["fix_repeated"]), &json!("pass")));
    let photo = rep.storefront(&customer, 0.0).await;
    let mut ahead = at_store(&customer, 3.0);
    ahead["captured_at"] = json!("2026-11-16T12:00:00+08:00");
    let visit = rep.check_in_with(&customer, Some(ahead), &[&photo]).await.ok();
    assert_eq!(visit["flags"], json!(["clock_skew"]));
    world.end().await;
}

#[tokio::test]
async fn a_check_in_without_signal_counts_when_it_was_and_its_outcome_says_nothing_about_how_long() {
    let (world, rep, customer) = monday().await;
    rep.put("/action-lists/2026-11-16", json!({"items": [{"customer_id": customer["id"]}]})).await.ok();
    rep.post("/action-lists/2026-11-16/submit", json!({})).await.ok();
    let photo = rep.storefront(&customer, 0.0).await;
    world.at("2026-11-17T00:30:00+08:00").await;
    let mut place = at_store(&customer, 0.0);
    place["captured_at"] = json!("2026-11-16T10:05:00+08:00");
    let visit = rep.check_in_with(&customer, Some(place.clone()), &[&photo]).await.ok();
    assert_eq!(visit["checked_in_at"], "2026-11-16T02:05:00Z");
    assert!(visit["received_at"].as_str().unwrap().starts_with("2026-11-16T16:3"));
    assert_eq!(visit["planned"], true, "it is a visit of Monday");
    let done = rep.complete(&visit, "order").await.ok();
    assert_eq!((&done["effective"], &done["why_not"]), (&Value::Null, &json!(["dwell_unknown"])));
    assert_eq!(done["dwell_seconds"], Value::Null, "unknown is not short");
    assert_eq!(rep.list("2026-11-16").await["n_done"], 1);

    // What a phone says of a time before its ticket is not believed.
    let photo = rep.storefront(&customer, 0.0).await;
    let visit = rep.check_in_with(&customer, Some(place), &[&photo]).await.ok();
    assert_eq!(visit["checked_in_at"], visit["received_at"]);
    world.end().await;
}

#[tokio::test]
async fn a_visit_without_any_place_counts_only_when_a_person_says_so() {
    let (world, rep, customer) = monday().await;
    let id = customer["id"].as_str().unwrap();
    let photo = rep.photo("storefront", ("customer", id), &Photo::bare(), None).await;
    let visit = rep.check_in_with(&customer, None, &[&photo]).await.ok();
    world.advance("PT4M").await;
    let done = rep.complete(&visit, "order").await.ok();
    assert_eq!((&done["effective"], &done["why_not"]), (&json!(false), &json!(["no_place"])));
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "approve", None).await.ok();
    assert_eq!(rep.visit(&visit).await["effective"], true);
    world.end().await;
}
