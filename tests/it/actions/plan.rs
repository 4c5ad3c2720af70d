//! Plan and done: filed without a signal, moved in between, undone with a reason.

use serde_json::{Value, json};

use super::MONDAY;
use crate::support::{Answer, Person, World};

impl Person {
    async fn file_captured(&self, filed_at: &str, client_time: Option<&str>) -> Answer {
        let body = json!({"filed_at": filed_at, "client_time": client_time});
        self.post(&format!("/action-lists/{MONDAY}/submit"), body).await
    }

    async fn explain(&self, day: &str, item: &Value, reason: &str) -> Answer {
        let path = format!("/action-lists/{day}/items/{}/reason", item["id"].as_str().unwrap());
        self.post(&path, json!({"reason_code": reason, "note": "老板 25 号回来"})).await
    }
}

#[tokio::test]
async fn a_list_filed_without_a_signal_counts_from_when_it_was_filed() {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let captured = "2026-11-16T08:20:00+08:00";
    let in_time =
        world.login("rep-01").await.file_captured(captured, Some("2026-11-16T10:00:30+08:00")).await.ok();
    assert_eq!((&in_time["status"], &in_time["filed_at"]), (&json!("filed"), &json!("2026-11-16T00:20:00Z")));
    assert!(in_time["received_at"].as_str().unwrap().starts_with("2026-11-16T02:00"));
    // A clock that is off by an hour, or that says nothing, is not believed.
    let skewed =
        world.login("rep-02").await.file_captured(captured, Some("2026-11-16T11:00:00+08:00")).await.ok();
    assert_eq!((&skewed["status"], &skewed["received_at"]), (&json!("late"), &Value::Null));
    let silent = world.login("rep-03").await.file_captured(captured, None).await.ok();
    assert_eq!(silent["status"], "late");
    // More than two hours later it counts from its arrival.
    world.at("2026-11-16T10:25:00+08:00").await;
    let old =
        world.login("rep-04").await.file_captured(captured, Some("2026-11-16T10:25:00+08:00")).await.ok();
    assert_eq!(old["status"], "late");
    world.end().await;
}

#[tokio::test]
async fn what_was_not_done_needs_a_reason_and_rolls_over() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let filed = rep.file_list(MONDAY).await.ok();
    let item = &filed["items"][0];
    assert_eq!(item["needs_reason"], false, "the day is not over");
    assert_eq!(rep.explain(MONDAY, item, "customer_absent").await.refused(409), "day_ahead");
    world.at("2026-11-16T19:00:00+08:00").await;
    let answer = rep.explain(MONDAY, item, "mood").await;
    assert_eq!(answer.pointers(), ["/reason_code"]);
    assert_eq!(answer.refused(422), "reason_unknown");
    let said = rep.explain(MONDAY, item, "customer_absent").await.ok();
    assert_eq!(said["items"][0]["reason_code"], "customer_absent");
    world.at("2026-11-17T07:00:00+08:00").await;
    let list = rep.list(MONDAY).await;
    let needs: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|it| it["needs_reason"].clone()).collect();
    assert_eq!(needs[0], false);
    assert!(needs[1..].iter().all(|it| *it == true), "{needs:?}");
    // It stands on tomorrow's proposal all the same.
    let tomorrow = rep.list("2026-11-17").await;
    let again =
        tomorrow["items"].as_array().unwrap().iter().find(|it| it["customer_id"] == item["customer_id"]);
    let codes: Vec<_> =
        again.unwrap()["reasons"].as_array().unwrap().iter().map(|it| it["code"].clone()).collect();
    assert!(codes.contains(&json!("rolled_over")), "{codes:?}");
    let stranger = world.login("rep-02").await;
    assert_eq!(stranger.explain(MONDAY, item, "other").await.refused(404), "not_found");
    assert_eq!(
        rep.explain("2026-11-17", &tomorrow["items"][0], "other").await.refused(409),
        "list_not_filed"
    );
    world.end().await;
}

#[tokio::test]
async fn an_item_keeps_its_stage_and_says_that_the_opportunity_moved() {
    let world = World::start().await;
    world.at("2026-11-16T08:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let filed = rep.file_list(MONDAY).await.ok();
    let bound = filed["items"].as_array().unwrap().iter().find(|it| it["stage"] == "negotiation").unwrap();
    assert_eq!(bound["stage_moved"], false);
    let advance = format!("/opportunities/{}/advance", bound["opportunity_id"].as_str().unwrap());
    rep.post(&advance, json!({"to_stage": "quote"})).await.ok();
    let list = rep.list(MONDAY).await;
    let bound = list["items"].as_array().unwrap().iter().find(|it| it["id"] == bound["id"]).unwrap();
    assert_eq!((&bound["stage"], &bound["stage_moved"]), (&json!("negotiation"), &json!(true)));
    world.end().await;
}
