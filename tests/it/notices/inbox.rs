//! The inbox, the words, and who may see the log.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{a_street, state};
use crate::support::World;

#[tokio::test]
async fn the_inbox_counts_what_is_unread_and_reading_twice_changes_nothing() {
    let street = a_street().await;
    street.happen().await;
    street.happen().await;
    let inbox = street.supervisor.get("/notifications").await.ok();
    let items = inbox["items"].as_array().unwrap();
    let n_unread = inbox["n_unread"].as_u64().unwrap();
    assert_eq!(n_unread, items.len() as u64);
    assert_eq!(items[0]["kind"], "todo_opened");
    assert_eq!((&items[0]["subject_type"], &items[0]["read_at"]), (&json!("approval"), &Value::Null));
    assert!(items[0]["created_at"].as_str() >= items[1]["created_at"].as_str(), "newest first");

    let path = format!("/notifications/{}/read", items[0]["id"].as_str().unwrap());
    let read = street.supervisor.post(&path, json!({})).await.ok();
    assert!(read["read_at"].is_string());
    street.world.advance("PT5M").await;
    assert_eq!(street.supervisor.post(&path, json!({})).await.ok(), read, "the first time counts");
    let unread = street.supervisor.get("/notifications?unread=true").await.ok();
    assert_eq!(unread["n_unread"], n_unread - 1);
    assert_eq!(unread["items"].as_array().unwrap()[..], items[1..]);
    assert_eq!(street.rep.post(&path, json!({})).await.refused(404), "not_found");
    street.world.end().await;
}

#[tokio::test]
async fn a_matter_is_in_the_inbox_before_anything_is_sent() {
    let street = a_street().await;
    let before = street.supervisor.get("/notifications").await.ok()["n_unread"].as_i64();
    street.rep.check_in(&street.customer, 1_000.0).await;
    let inbox = street.supervisor.get("/notifications").await.ok();
    assert_eq!(inbox["n_unread"].as_i64(), before.map(|n| n + 1));
    assert_eq!(street.newest().await, state("queued", ""));
    assert_eq!(street.n_sent().await, 0);
    street.world.settle().await;
    assert_eq!(street.newest().await, state("sent", ""));
    assert_eq!(street.n_sent().await, 1);
    street.world.end().await;
}

#[tokio::test]
async fn who_has_no_wechat_yet_finds_everything_in_the_inbox() {
    let world = World::start().await;
    world.at("2026-11-16T07:45:00+08:00").await;
    let login = json!({"username": "rep-07", "password": "demo-rep-07"});
    let session = world.anonymous().post("/auth/console/login", login).await.ok();
    let token = session["token"].as_str().map(str::to_owned);
    let rep = crate::support::Person { token, ..world.anonymous() };
    let inbox = rep.get("/notifications").await.ok();
    assert_eq!(inbox["items"][0]["kind"], "action_list_reminder");
    let log = rep.get("/notifications/deliveries").await.ok();
    assert_eq!(
        (&log["items"][0]["status"], &log["items"][0]["reason"]),
        (&json!("fallback"), &json!("no_identity"))
    );
    world.end().await;
}

#[tokio::test]
async fn the_log_of_pushes_is_for_oneself_and_those_who_lead() {
    let street = a_street().await;
    street.happen().await;
    let world = &street.world;
    let id = async |username: &str| {
        let me = world.login(username).await.get("/me").await.ok();
        me["id"].as_str().unwrap().to_owned()
    };
    let (rep, supervisor) = (id("rep-01").await, id("supervisor-01").await);
    let log = async |who: &str, of: &str| {
        world.login(who).await.get(&format!("/notifications/deliveries?user_id={of}")).await
    };
    let own = street.rep.get("/notifications/deliveries").await.ok();
    assert!(!own["items"].as_array().unwrap().is_empty());
    for who in ["rep-01", "supervisor-01", "director-east", "sales-director", "admin"] {
        assert_eq!(log(who, &rep).await.ok(), own, "{who}");
    }
    for who in ["rep-02", "supervisor-02", "director-north", "logistics-01", "finance-01"] {
        assert_eq!(log(who, &rep).await.refused(404), "not_found", "{who}");
    }
    assert_eq!(log("rep-01", &supervisor).await.refused(404), "not_found");
    let above = log("director-east", &supervisor).await.ok();
    assert_eq!(above["items"][0]["channel"], "wechat_subscribe");
    assert!(above["items"][0]["attempted_at"].is_string());
    street.world.end().await;
}

#[tokio::test]
async fn every_message_keeps_to_what_wechat_takes() {
    let world = World::start().await;
    world.at("2026-11-16T07:45:00+08:00").await;
    world.at("2026-11-16T15:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    // The longest name in the house.
    let customer = rep.customer("DC009").await;
    rep.check_in(&customer, 2_000.0).await;
    world.at("2026-11-18T10:00:10+08:00").await;
    let director = world.login("sales-director").await;
    let todo = director.todos().await.remove(0);
    let comment = "仓库新门头,\n定位在老地址。".repeat(20);
    director.decide(&todo, "approve", Some(&comment)).await.ok();
    world.settle().await;

    let sent = world.anonymous().get("/dev/wechat/sent").await.ok();
    let sent = sent["items"].as_array().unwrap();
    let templates: BTreeSet<&str> = sent.iter().map(|it| it["template_id"].as_str().unwrap()).collect();
    let all = [
        "sim-action-list-digest",
        "sim-action-list-reminder",
        "sim-decided",
        "sim-todo",
        "sim-todo-escalated",
    ];
    assert_eq!(templates.into_iter().collect::<Vec<_>>(), all);
    let mut n_cut = 0;
    for message in sent {
        for (key, value) in message["data"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            assert!(!value.is_empty() && !value.chars().any(char::is_control), "{message}");
            match key.trim_end_matches(|it: char| it.is_ascii_digit()) {
                "thing" => assert!(value.chars().count() <= 20, "{message}"),
                "time" => {
                    assert_eq!(value.len(), 16, "{message}");
                    assert!(value.starts_with("2026-11-1") && value.as_bytes()[10] == b' ', "{message}");
                }
                other => panic!("{other}: {message}"),
            }
            n_cut += usize::from(value.ends_with('…'));
        }
    }
    assert!(n_cut > 0, "something was too long");
    world.end().await;
}
