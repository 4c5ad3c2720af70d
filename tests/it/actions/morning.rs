//! Who hears what, and when: T − 45, T, T + 60.

use serde_json::{Value, json};

use super::{MONDAY, NOTHING, pushed, told};
use crate::support::World;

const REMINDER: &str = "sim-action-list-reminder";
const DIGEST: &str = "sim-action-list-digest";

#[tokio::test]
async fn who_has_not_filed_45_minutes_before_the_meeting_is_reminded_once() {
    let world = World::start().await;
    world.login("rep-01").await.file_list(MONDAY).await.ok();
    world.at("2026-11-16T07:44:50+08:00").await;
    assert_eq!(told(&world, "rep-02", "action_list_reminder").await, NOTHING);
    world.at("2026-11-16T07:45:00+08:00").await;
    world.settle().await;
    world.at("2026-11-16T08:10:00+08:00").await;
    for late in ["rep-02", "rep-03", "rep-04", "rep-05", "rep-06"] {
        let reminders = told(&world, late, "action_list_reminder").await;
        assert_eq!(reminders.len(), 1, "{late}");
        assert_eq!(reminders[0]["page"], "pages/today/index?date=2026-11-16");
        let pushes = pushed(&world, late, REMINDER).await;
        assert_eq!(pushes.len(), 1, "{late}");
        assert_eq!(pushes[0]["data"]["time2"], "2026-11-16 08:30");
    }
    assert_eq!(told(&world, "rep-01", "action_list_reminder").await, NOTHING);
    assert_eq!(pushed(&world, "rep-01", REMINDER).await, NOTHING);
    assert_eq!(world.sent_to("supervisor-01").await, NOTHING);
    world.end().await;
}

#[tokio::test]
async fn at_the_meeting_each_supervisor_reads_one_digest_that_names_the_missing() {
    let world = World::start().await;
    world.login("rep-01").await.file_list(MONDAY).await.ok();
    world.at("2026-11-16T08:29:50+08:00").await;
    assert_eq!(told(&world, "supervisor-01", "action_list_digest").await, NOTHING);
    world.at("2026-11-16T08:30:00+08:00").await;
    world.settle().await;
    let digests = told(&world, "supervisor-01", "action_list_digest").await;
    assert_eq!(digests.len(), 1);
    let body = digests[0]["body"].as_str().unwrap();
    assert!(body.starts_with("应交 3 人，已交 1 人"), "{body}");
    assert!(body.contains("忻国栋") && body.contains("娄佳怡"), "{body}");
    assert!(!body.contains("应晓岚"), "{body}");
    assert_eq!(pushed(&world, "supervisor-01", DIGEST).await.len(), 1);
    assert_eq!(world.sent_to("supervisor-01").await.len(), 1, "never one message a rep");
    let north = told(&world, "supervisor-02", "action_list_digest").await;
    assert_eq!(north.len(), 1);
    assert!(!north[0]["body"].as_str().unwrap().contains("忻国栋"));
    assert_eq!(told(&world, "director-east", "action_list_digest").await, NOTHING);
    world.end().await;
}

#[tokio::test]
async fn an_hour_later_the_director_reads_who_is_still_missing() {
    let world = World::start().await;
    world.login("rep-01").await.file_list(MONDAY).await.ok();
    world.at("2026-11-16T08:40:00+08:00").await;
    world.login("rep-02").await.file_list(MONDAY).await.ok();
    world.at("2026-11-16T09:29:50+08:00").await;
    assert_eq!(world.inbox_of("director-east").await, NOTHING);
    world.at("2026-11-16T09:30:00+08:00").await;
    world.settle().await;
    let digests = told(&world, "director-east", "action_list_digest").await;
    assert_eq!(digests.len(), 1);
    assert_eq!(digests[0]["rung"], 2);
    let body = digests[0]["body"].as_str().unwrap();
    assert!(body.contains("娄佳怡"), "{body}");
    assert!(!body.contains("忻国栋") && !body.contains("应晓岚"), "{body}");
    assert_eq!(pushed(&world, "director-east", DIGEST).await.len(), 1);
    assert_eq!(told(&world, "supervisor-01", "action_list_digest").await.len(), 1);
    assert_eq!(world.inbox_of("sales-director").await, NOTHING);
    world.end().await;
}

#[tokio::test]
async fn a_complete_team_rings_nobody() {
    let world = World::start().await;
    for rep in ["rep-01", "rep-02", "rep-03"] {
        world.login(rep).await.file_list(MONDAY).await.ok();
    }
    world.at("2026-11-16T09:45:00+08:00").await;
    let digests = told(&world, "supervisor-01", "action_list_digest").await;
    assert_eq!(digests.len(), 1, "the inbox says so");
    assert_eq!(digests[0]["body"], "应交 3 人，已交 3 人");
    assert_eq!(world.sent_to("supervisor-01").await, NOTHING);
    assert_eq!(world.inbox_of("director-east").await, NOTHING);
    assert_eq!(told(&world, "director-north", "action_list_digest").await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_thin_list_is_named_to_the_supervisor() {
    let world = World::start().await;
    for rep in ["rep-01", "rep-02", "rep-03"] {
        world.login(rep).await.file_list(MONDAY).await.ok();
    }
    let rep = world.login("rep-04").await;
    let item = json!({"customer_id": rep.a_customer().await["id"]});
    rep.put_list(MONDAY, json!([item])).await.ok();
    rep.file_list(MONDAY).await.ok();
    world.at("2026-11-16T08:30:00+08:00").await;
    let digests = told(&world, "supervisor-02", "action_list_digest").await;
    let body = digests[0]["body"].as_str().unwrap();
    assert!(body.ends_with("；客户偏少：斯宇航"), "{body}");
    world.end().await;
}

#[tokio::test]
async fn a_weekend_sends_nothing() {
    let world = World::start().await;
    world.at("2026-11-20T20:00:00+08:00").await;
    let before = world.anonymous().get("/dev/wechat/sent").await.ok();
    let ran = world.at("2026-11-22T17:59:00+08:00").await;
    let swept: Vec<&Value> = ran
        .as_array()
        .unwrap()
        .iter()
        .filter(|run| run["name"].as_str().unwrap().starts_with("actions."))
        .collect();
    assert!(swept.is_empty(), "{swept:?}");
    assert_eq!(
        world.anonymous().get("/dev/wechat/sent").await.ok(),
        before,
        "nothing was sent on Saturday or Sunday"
    );
    let rep = world.login("rep-01").await;
    assert_eq!(rep.list("2026-11-21").await["status"], "excused");
    world.end().await;
}

#[tokio::test]
async fn two_mornings_at_once_are_both_in_the_inbox_and_only_the_present_one_rings() {
    let world = World::start().await;
    world.at("2026-11-17T08:00:00+08:00").await;
    let days = |notices: &[Value]| {
        let matters = notices.iter().map(|it| it["matter"].as_str().unwrap().to_owned());
        let days = matters.map(|matter| matter.split(':').nth(1).unwrap().to_owned());
        days.collect::<Vec<_>>()
    };
    let reminders = told(&world, "rep-01", "action_list_reminder").await;
    assert_eq!(days(&reminders), ["2026-11-17", "2026-11-16"]);
    let created: Vec<&str> = reminders.iter().map(|it| it["created_at"].as_str().unwrap()).collect();
    assert_eq!(created, ["2026-11-16T23:45:00Z", "2026-11-15T23:45:00Z"], "each with its own instant");
    let pushes = pushed(&world, "rep-01", REMINDER).await;
    assert_eq!(pushes.len(), 1);
    assert_eq!(pushes[0]["data"]["time2"], "2026-11-17 08:30");
    let log = world.login("rep-01").await.get("/notifications/deliveries").await.ok();
    let states: Vec<(&str, &str)> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["status"].as_str().unwrap(), it["reason"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(states, [("sent", ""), ("dropped", "matter_over")]);
    assert_eq!(days(&told(&world, "supervisor-01", "action_list_digest").await), ["2026-11-16"]);
    assert_eq!(days(&told(&world, "director-east", "action_list_digest").await), ["2026-11-16"]);
    assert_eq!(world.sent_to("supervisor-01").await, NOTHING, "yesterday's digest rings nobody");

    let sent = world.anonymous().get("/dev/wechat/sent").await.ok();
    assert_eq!(world.settle().await, json!([]), "everything ran");
    assert_eq!(world.anonymous().get("/dev/wechat/sent").await.ok(), sent);
    world.end().await;
}

#[tokio::test]
async fn a_reminder_that_waits_is_dropped_when_the_list_is_filed() {
    let world = World::start().await;
    let fault = json!({"errcode": 45011, "count": 5, "path": "/message/subscribe/send"});
    world.login("rep-06").await.file_list(MONDAY).await.ok();
    world.anonymous().post("/dev/wechat/faults", fault).await.ok();
    world.at("2026-11-16T07:45:00+08:00").await;
    let rep = world.login("rep-01").await;
    let delivery = async || rep.get("/notifications/deliveries").await.ok()["items"][0].clone();
    assert_eq!(delivery().await["status"], "queued");
    assert_eq!(delivery().await["reason"], "errcode_45011");
    world.at("2026-11-16T07:46:00+08:00").await;
    rep.file_list(MONDAY).await.ok();

    world.at("2026-11-16T08:50:00+08:00").await;
    assert_eq!(delivery().await["status"], "dropped");
    assert_eq!(delivery().await["reason"], "matter_settled");
    assert_eq!(world.sent_to("rep-01").await, NOTHING);
    let reminders = told(&world, "rep-01", "action_list_reminder").await;
    assert_eq!(reminders.len(), 1, "it stands in the inbox");
    assert_eq!(reminders[0]["settled"], true);
    world.end().await;
}
