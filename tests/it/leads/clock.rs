//! The 72 hours, and what stops them.

use serde_json::{Value, json};

use super::{call, enter, path, screenshot, told};
use crate::support::World;

fn entry(kind: &str, title: &str) -> (String, String) {
    (kind.to_owned(), format!("{title}：湖畔新开小超市"))
}

#[tokio::test]
async fn attempts_do_not_stop_the_clock_and_the_first_talk_does() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let lead = enter(&rep, json!({})).await;
    for attempt in [
        json!({"touch_point": "phone"}),
        json!({"touch_point": "phone", "outcome": "no_answer"}),
        json!({"touch_point": "phone", "outcome": "refused"}),
        json!({"touch_point": "wechat", "outcome": "connected"}),
    ] {
        let answer = rep.post(&path(&lead, "/responses"), attempt.clone()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.body["is_verified"], false, "{attempt}");
        assert_eq!(answer.body["first_response_at"], Value::Null, "{attempt}");
    }
    world.advance("PT1H").await;
    let talk = rep.post(&path(&lead, "/responses"), call()).await.ok();
    assert_eq!((&talk["is_verified"], &talk["first_response_at"]), (&json!(true), &talk["at"]));
    world.advance("PT1H").await;
    let second = rep.post(&path(&lead, "/responses"), call()).await.ok();
    assert_eq!(second["first_response_at"], talk["at"], "the first counts");
    let lead = rep.get(&path(&lead, "")).await.ok();
    assert_eq!((&lead["response_in_time"], &lead["first_response_at"]), (&json!(true), &talk["at"]));
    let all = rep.get(&path(&lead, "/responses")).await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 6);
    world.end().await;
}

#[tokio::test]
async fn a_chat_counts_with_its_screenshot_and_a_visit_by_itself() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let chat = enter(&rep, json!({})).await;
    let file = screenshot(&rep).await;
    let shown = json!({"touch_point": "wechat", "outcome": "connected", "file_ids": [file]});
    assert_eq!(rep.post(&path(&chat, "/responses"), shown.clone()).await.ok()["is_verified"], true);
    let visit = enter(&rep, json!({"name": "b", "phone": "13900000002"})).await;
    let there = json!({"touch_point": "visit", "outcome": "connected", "note": "见到店长"});
    assert_eq!(rep.post(&path(&visit, "/responses"), there).await.ok()["is_verified"], true);

    let other = world.login("rep-02").await;
    let own = enter(&other, json!({"name": "c", "phone": "13900000003"})).await;
    let borrowed = other.post(&path(&own, "/responses"), shown).await;
    assert_eq!(borrowed.pointers(), ["/file_ids/0"]);
    assert_eq!(borrowed.refused(422), "file_unknown");
    let made_up = json!({"touch_point": "visit", "photo_ids": [uuid::Uuid::new_v4()]});
    assert_eq!(other.post(&path(&own, "/responses"), made_up).await.refused(422), "photo_unknown");
    assert_eq!(other.post(&path(&chat, "/responses"), call()).await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn the_owner_hears_half_way_and_the_superior_at_the_end_once_each() {
    let world = World::start().await;
    // A Monday: it ends on Thursday.
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let lead = enter(&rep, json!({})).await;
    world.at("2026-11-17T21:59:00+08:00").await;
    assert_eq!(told(&world, "rep-01").await, []);
    world.at("2026-11-17T22:01:00+08:00").await;
    let reminder = [entry("todo_reminder", "线索待响应")];
    assert_eq!(told(&world, "rep-01").await, reminder);
    assert_eq!(told(&world, "supervisor-01").await, []);
    world.at("2026-11-19T10:01:00+08:00").await;
    let overdue = [entry("todo_escalated", "线索尚未响应")];
    assert_eq!(told(&world, "supervisor-01").await, overdue);
    world.at("2026-11-23T10:00:00+08:00").await;
    assert_eq!(told(&world, "rep-01").await, reminder);
    assert_eq!(told(&world, "supervisor-01").await, overdue);
    let late = rep.post(&path(&lead, "/responses"), call()).await.ok();
    assert_eq!(late["is_verified"], true);
    assert_eq!(rep.get(&path(&lead, "")).await.ok()["response_in_time"], false);
    world.end().await;
}

#[tokio::test]
async fn an_end_on_a_day_off_is_told_on_the_next_working_morning() {
    let world = World::start().await;
    // A Thursday: it ends on Sunday.
    world.at("2026-11-19T15:00:00+08:00").await;
    let lead = enter(&world.login("rep-01").await, json!({})).await;
    world.at("2026-11-23T08:59:00+08:00").await;
    assert_eq!(told(&world, "supervisor-01").await, []);
    let seen = world.login("rep-01").await.get(&path(&lead, "")).await.ok();
    assert_eq!(seen["response_in_time"], false, "late it is all the same");
    world.at("2026-11-23T09:01:00+08:00").await;
    assert_eq!(told(&world, "supervisor-01").await, [entry("todo_escalated", "线索尚未响应")]);
    world.end().await;
}

#[tokio::test]
async fn an_answer_silences_the_clock() {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let lead = enter(&rep, json!({})).await;
    rep.post(&path(&lead, "/responses"), call()).await.ok();
    world.at("2026-11-24T10:00:00+08:00").await;
    assert_eq!((told(&world, "rep-01").await, told(&world, "supervisor-01").await), (vec![], vec![]));
    world.end().await;
}

#[tokio::test]
async fn what_is_nobodys_rings_for_those_who_lead_its_region() {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    enter(&world.login("clerk-01").await, json!({})).await;
    world.at("2026-11-20T10:00:00+08:00").await;
    assert_eq!(told(&world, "director-east").await, [entry("todo_reminder", "线索待响应")]);
    assert_eq!(told(&world, "sales-director").await, [entry("todo_escalated", "线索尚未响应")]);
    world.end().await;
}
