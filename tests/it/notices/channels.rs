//! What does not go one way goes on by the next; what is too much waits for a digest.

use serde_json::{Value, json};

use super::{Street, a_street_with, state};
use crate::support::Person;

/// A street with the service account, WeCom and a group's robot beside the mini-program.
async fn a_street_with_all_channels() -> Street {
    a_street_with(|config| {
        let template = config.wechat.templates["todo_opened"].clone();
        config.wechat.app_id = "wx-mini".to_owned();
        config.wechat.service_app_id = "wx-service".to_owned();
        config.wechat.wecom_corp_id = "corp".to_owned();
        config.wechat.service_templates.insert("todo_opened".to_owned(), template);
        config.wechat.robot_keys.insert("team".to_owned(), "key".into());
        config.wechat.callback_token = "token".into();
    })
    .await
}

impl Street {
    /// Every delivery about the supervisor's newest matter, first channel first.
    async fn ways(&self) -> Vec<(String, String, String)> {
        let log = self.supervisor.get("/notifications/deliveries?limit=10").await.ok();
        let items = log["items"].as_array().unwrap().clone();
        let newest = items[0]["matter"].clone();
        let text = |it: &Value, field: &str| it[field].as_str().unwrap_or_default().to_owned();
        let of_newest = items.iter().filter(|it| it["matter"] == newest);
        of_newest.rev().map(|it| (text(it, "channel"), text(it, "status"), text(it, "reason"))).collect()
    }

    async fn sent_by(&self, channel: &str) -> Vec<Value> {
        let sent = self.world.anonymous().get("/dev/wechat/sent").await.ok();
        sent["items"].as_array().unwrap().iter().filter(|it| it["channel"] == channel).cloned().collect()
    }
}

fn way(channel: &str, status: &str, reason: &str) -> (String, String, String) {
    (channel.to_owned(), status.to_owned(), reason.to_owned())
}

async fn publish(street: &Street, change: impl FnOnce(&mut Value)) {
    let operations = street.world.login("operations-01").await;
    let mut rules = operations.get("/config/notification_rules").await.ok()["published"]["body"].clone();
    change(&mut rules);
    let draft = operations.put("/config/notification_rules/draft", rules).await.ok();
    assert_eq!(draft["faults"], json!([]));
    operations.post("/config/notification_rules/publish", json!({})).await.ok();
}

#[tokio::test]
async fn a_refused_message_goes_on_by_the_service_account_and_then_by_wecom() {
    let street = a_street_with_all_channels().await;
    street.fault(43101, 1).await;
    street.happen().await;
    // Nobody has followed the service account yet, so WeCom has it; its clock keeps off the full hour.
    street.world.advance("PT4M").await;
    assert_eq!(
        street.ways().await,
        [
            way("wechat_subscribe", "fallback", "errcode_43101"),
            way("wechat_service", "fallback", "no_identity"),
            way("wecom", "sent", ""),
        ]
    );
    let message = street.sent_by("wecom").await.pop().unwrap();
    assert!(message["data"].to_string().contains("签到待复核"), "{message}");
    assert_eq!(street.supervisor.todos().await.len(), 1, "and the inbox first of all");
    street.world.end().await;
}

#[tokio::test]
async fn a_message_that_no_channel_takes_stands_in_the_inbox() {
    let street = a_street_with(|_| {}).await;
    street.fault(43101, 1).await;
    street.happen().await;
    assert_eq!(street.ways().await, [way("wechat_subscribe", "fallback", "errcode_43101")]);
    let inbox = street.world.inbox_of("supervisor-01").await;
    assert_eq!(inbox.iter().filter(|it| it["kind"] == "todo_opened").count(), 1);
    street.world.end().await;
}

#[tokio::test]
async fn an_unknown_outcome_waits_ten_minutes_and_then_goes_on() {
    let street = a_street_with_all_channels().await;
    street.fault(-2, 1).await;
    street.happen().await;
    assert_eq!(street.ways().await, [way("wechat_subscribe", "unknown", "no_answer")]);
    street.world.advance("PT9M").await;
    assert_eq!(street.ways().await.len(), 1, "WeChat may still say what became of it");
    street.world.advance("PT5M").await;
    assert_eq!(street.ways().await[0], way("wechat_subscribe", "fallback", "outcome_unknown"));
    assert_eq!(street.ways().await[2], way("wecom", "sent", ""));
    street.world.end().await;
}

#[tokio::test]
async fn the_last_credit_is_kept_while_there_is_another_way() {
    let street = a_street_with_all_channels().await;
    for _ in 0..19 {
        street.happen().await;
    }
    assert_eq!(street.n_sent().await, 19);
    street.happen().await;
    street.world.advance("PT4M").await;
    assert_eq!(street.n_sent().await, 19);
    assert_eq!(street.ways().await[0], way("wechat_subscribe", "fallback", "last_credit_kept"));
    assert_eq!(street.ways().await[2], way("wecom", "sent", ""));
    street.world.end().await;
}

#[tokio::test]
async fn beyond_the_days_budget_messages_come_as_one() {
    let street = a_street_with(|_| {}).await;
    publish(&street, |rules| rules["daily_budget"] = json!(3)).await;
    for _ in 0..5 {
        street.happen().await;
    }
    assert_eq!(street.n_sent().await, 2);
    assert_eq!(street.newest().await, state("gathered", ""));
    assert_eq!(street.supervisor.todos().await.len(), 5, "the matters are all there");
    // One of them is decided before the digest.
    let todo = street.supervisor.todos().await.remove(0);
    street.supervisor.decide(&todo, "approve", None).await.ok();
    street.world.at("2026-11-16T14:00:30+08:00").await;
    let log = street.supervisor.get("/notifications/deliveries?limit=9").await.ok();
    assert_eq!(street.n_sent().await, 3, "two waited for it and came as one: {log}");
    let digest =
        street.world.inbox_of("supervisor-01").await.into_iter().find(|it| it["kind"] == "gathered").unwrap();
    assert_eq!(digest["title"], "有 2 条消息等您看");
    street.world.end().await;
}

#[tokio::test]
async fn quiet_hours_delay_the_ring_and_not_the_record() {
    let street = a_street_with(|_| {}).await;
    let quiet = |from: &str, until: &str| json!({"from": from, "until": until});
    publish(&street, |rules| rules["quiet_hours"] = quiet("22:00:00", "06:30:00")).await;
    publish(&street, |rules| {
        rules["quiet_hours"] = quiet("10:00:00", "11:00:00");
        rules["digests_at"] = json!(["14:00:00"]);
    })
    .await;
    let versions =
        street.world.login("operations-01").await.get("/config/notification_rules/versions").await.ok();
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    street.happen().await;
    assert_eq!(street.newest().await, state("queued", ""));
    assert_eq!(street.supervisor.todos().await.len(), 1);
    street.world.at("2026-11-16T11:00:01+08:00").await;
    assert_eq!(street.newest().await, state("sent", ""));
    street.world.end().await;
}

#[tokio::test]
async fn a_page_the_released_version_lacks_is_left_out() {
    let street = a_street_with(|_| {}).await;
    street.fault(41030, 1).await;
    street.happen().await;
    assert_eq!(street.newest().await, state("sent", ""));
    assert_eq!(street.sent_by("wechat_subscribe").await.pop().unwrap()["page"], Value::Null);
    street.world.end().await;
}

#[tokio::test]
async fn the_groups_robot_counts_and_names_nobody() {
    let street = a_street_with_all_channels().await;
    street.world.at("2026-11-17T08:34:00+08:00").await;
    let said = street.sent_by("wecom_robot").await;
    assert!(!said.is_empty());
    for message in said {
        let text = message["data"].to_string();
        assert!(text.contains("已交"), "{text}");
        for name in ["应晓岚", "娄佳怡", "忻国栋"] {
            assert!(!text.contains(name), "{text}");
        }
    }
    street.world.end().await;
}

async fn plan(person: &Person, at: &str) -> Value {
    person.get(&format!("/notifications/subscription-plan?at={at}")).await.ok()["template_ids"].clone()
}

#[tokio::test]
async fn a_tap_asks_for_what_the_role_hears_of_the_scarcest_first() {
    let street = a_street_with(|_| {}).await;
    assert_eq!(
        plan(&street.rep, "filing").await,
        json!(["sim-action-list-reminder", "sim-decided", "sim-todo"])
    );
    assert_eq!(
        plan(&street.supervisor, "decision").await,
        json!(["sim-todo", "sim-todo-escalated", "sim-action-list-digest", "sim-decided"])
    );
    street.fault(43101, 1).await;
    street.happen().await;
    assert_eq!(plan(&street.supervisor, "inbox").await[0], "sim-todo", "of which nothing is left");
    assert_eq!(
        street.rep.get("/notifications/subscription-plan?at=lunch").await.refused(422),
        "invalid_parameter"
    );
    street.world.end().await;
}

#[tokio::test]
async fn a_way_that_stays_shut_is_left_for_the_next_one() {
    let street = a_street_with_all_channels().await;
    street.fault(40164, 50).await;
    street.happen().await;
    assert_eq!(street.ways().await, [way("wechat_subscribe", "queued", "errcode_40164")]);
    street.world.advance("PT50M").await;
    street.world.advance("PT5M").await;
    assert_eq!(street.ways().await[0], way("wechat_subscribe", "fallback", "errcode_40164"));
    assert_eq!(street.ways().await[2], way("wecom", "sent", ""));
    street.world.end().await;
}

#[tokio::test]
async fn a_quota_that_is_used_up_parks_the_channel_until_the_next_day() {
    let street = a_street_with(|_| {}).await;
    street.fault(45009, 1).await;
    street.happen().await;
    assert_eq!(street.newest().await, state("queued", "errcode_45009"));
    street.happen().await;
    assert_eq!(street.newest().await, state("queued", ""), "WeChat is not asked for another one");
    // One of the two matters is decided before the quota is back.
    let todo = street.supervisor.todos().await.remove(0);
    street.supervisor.decide(&todo, "approve", None).await.ok();
    street.world.at("2026-11-16T23:59:00+08:00").await;
    assert_eq!(street.n_sent().await, 0);
    street.world.at("2026-11-17T10:00:00+08:00").await;
    let log = street.supervisor.get("/notifications/deliveries?limit=20").await.ok();
    let items = log["items"].as_array().unwrap();
    let parked = items.iter().filter(|it| it["created_at"].as_str().unwrap() < "2026-11-16T03:00:00Z");
    let mut parked: Vec<&str> = parked
        .filter(|it| it["template_id"] == "sim-todo")
        .map(|it| it["status"].as_str().unwrap())
        .collect();
    parked.sort_unstable();
    assert_eq!(parked, ["dropped", "sent"], "what still lives goes on: {log}");
    street.world.end().await;
}
