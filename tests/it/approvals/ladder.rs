//! What is not decided in its service level climbs in working time, one rung after the other.

use serde_json::{Value, json};

use super::{a_matter, rung_up, told};

fn entry(kind: &str, rung: i64) -> (String, i64) {
    (kind.to_owned(), rung)
}

#[tokio::test]
async fn half_the_time_reminds_all_of_it_brings_the_superior_and_half_more_the_next() {
    let it = a_matter().await;
    assert_eq!(told(&it.world, "supervisor-01").await, [entry("todo_opened", 0)]);

    // Monday 15:00 to 18:00 are three hours, Tuesday 9:00 to 10:00 the fourth.
    it.world.at("2026-11-17T09:59:50+08:00").await;
    assert_eq!(told(&it.world, "supervisor-01").await.len(), 1);
    it.world.at("2026-11-17T10:00:10+08:00").await;
    it.world.settle().await;
    assert_eq!(told(&it.world, "supervisor-01").await, [entry("todo_opened", 0), entry("todo_reminder", 1)]);
    assert_eq!(rung_up(&it.world, "supervisor-01").await, ["sim-todo", "sim-todo"]);

    it.world.at("2026-11-17T14:59:50+08:00").await;
    let director = it.world.login("director-east").await;
    assert!(director.todos().await.is_empty());
    it.world.at("2026-11-17T15:00:10+08:00").await;
    it.world.settle().await;
    let todos = director.todos().await;
    assert_eq!(todos.len(), 1);
    assert_eq!((&todos[0]["approval_id"], &todos[0]["rung"]), (&it.todo["approval_id"], &json!(2)));
    assert_eq!(
        todos[0]["may"],
        json!(["approve", "reject", "return", "transfer", "delegate", "add_signer", "ask_info"])
    );
    assert_eq!(told(&it.world, "director-east").await, [entry("todo_escalated", 2)]);
    assert_eq!(rung_up(&it.world, "director-east").await, ["sim-todo-escalated"]);
    let inbox = it.world.inbox_of("director-east").await;
    let escalated = inbox.iter().find(|it| it["kind"] == "todo_escalated").unwrap();
    assert!(escalated["body"].as_str().unwrap().starts_with("乐建锋 未在时限内处理"), "{escalated}");

    it.world.at("2026-11-18T09:59:50+08:00").await;
    assert!(told(&it.world, "sales-director").await.is_empty());
    it.world.at("2026-11-18T10:00:10+08:00").await;
    assert_eq!(told(&it.world, "sales-director").await, [entry("todo_escalated", 3)]);
    assert_eq!(rung_up(&it.world, "sales-director").await, ["sim-todo-escalated"]);
    assert_eq!(it.world.login("sales-director").await.todos().await.len(), 1);

    it.world.at("2026-11-20T18:00:00+08:00").await;
    assert_eq!(told(&it.world, "supervisor-01").await.len(), 2, "each rung is told once");
    assert_eq!(told(&it.world, "director-east").await.len(), 1);
    assert_eq!(told(&it.world, "sales-director").await.len(), 1);
    it.world.end().await;
}

#[tokio::test]
async fn after_an_outage_the_rungs_are_climbed_in_order_each_at_its_own_instant() {
    let it = a_matter().await;
    let ran = it.world.at("2026-11-20T12:00:00+08:00").await;
    let climbed: Vec<&Value> =
        ran.as_array().unwrap().iter().filter(|run| run["name"] == "approvals.escalate").collect();
    let minutes: Vec<&str> = climbed.iter().map(|run| &run["at"].as_str().unwrap()[..16]).collect();
    assert_eq!(minutes, ["2026-11-17T02:00", "2026-11-17T07:00", "2026-11-18T02:00"]);
    assert!(climbed.iter().all(|run| run["n"] == 1));
    assert_eq!(told(&it.world, "supervisor-01").await, [entry("todo_opened", 0), entry("todo_reminder", 1)]);
    assert_eq!(told(&it.world, "director-east").await, [entry("todo_escalated", 2)]);
    assert_eq!(told(&it.world, "sales-director").await, [entry("todo_escalated", 3)]);
    it.world.end().await;
}

#[tokio::test]
async fn after_a_decision_nobody_hears_more() {
    let it = a_matter().await;
    it.world.at("2026-11-17T09:30:00+08:00").await;
    it.supervisor.decide(&it.todo, "approve", None).await.ok();
    it.world.at("2026-11-19T18:00:00+08:00").await;
    assert_eq!(told(&it.world, "supervisor-01").await, [entry("todo_opened", 0)]);
    for leader in ["director-east", "sales-director"] {
        assert!(told(&it.world, leader).await.is_empty(), "{leader}");
        assert!(it.world.login(leader).await.todos().await.is_empty(), "{leader}");
    }
    it.world.end().await;
}

#[tokio::test]
async fn a_superior_who_joined_may_decide_for_everybody() {
    let it = a_matter().await;
    it.world.at("2026-11-17T15:30:00+08:00").await;
    let director = it.world.login("director-east").await;
    let todo = director.todos().await.remove(0);
    let decided = director.decide(&todo, "approve", None).await.ok();
    assert_eq!(decided["decided_by"], director.get("/me").await.ok()["id"]);
    assert!(it.supervisor.todos().await.is_empty());
    let late = it.supervisor.decide(&it.todo, "approve", None).await;
    assert!(late.body["detail"].as_str().unwrap().contains("邬海宁"), "{}", late.text);
    assert_eq!(late.refused(409), "already_decided");
    assert_eq!(it.rep.visit(&it.visit).await["review"], "accepted");
    it.world.at("2026-11-18T12:00:00+08:00").await;
    assert!(told(&it.world, "sales-director").await.is_empty());
    it.world.end().await;
}

#[tokio::test]
async fn a_weekend_uses_up_no_time() {
    let it = a_matter().await;
    it.supervisor.decide(&it.todo, "approve", None).await.ok();
    it.world.at("2026-11-20T16:30:00+08:00").await;
    let customer = it.rep.customer("DC002").await;
    it.rep.check_in(&customer, 1_000.0).await;
    // An hour and a half on Friday, two and a half on Monday.
    it.world.at("2026-11-23T11:29:50+08:00").await;
    let reminders = async || {
        let all = told(&it.world, "supervisor-01").await;
        all.iter().filter(|(kind, _)| kind == "todo_reminder").count()
    };
    assert_eq!(reminders().await, 0);
    it.world.at("2026-11-23T11:30:10+08:00").await;
    assert_eq!(reminders().await, 1);
    it.world.end().await;
}
