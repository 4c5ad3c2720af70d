//! What whoever asks may do, and what they are asked.

use serde_json::json;

use super::{approve, asks, decide, flow, id_of, open_nodes, publish, request, seen};
use crate::support::World;

async fn two_steps() -> World {
    let world = World::start().await;
    publish(
        &world,
        flow(
            "two",
            json!([
                asks("a", &["supervisor-01"], "all", Some("b")),
                asks("b", &["director-east"], "all", None),
            ]),
        ),
    )
    .await;
    world
}

fn path(approval: &serde_json::Value, what: &str) -> String {
    format!("/approvals/{}/{what}", approval["id"].as_str().unwrap())
}

#[tokio::test]
async fn before_anybody_decides_a_request_is_taken_back_and_then_by_consent() {
    let world = two_steps().await;
    let rep = world.login("rep-01").await;
    let first = request(&rep, "two").await;
    assert!(first["may"].as_array().unwrap().contains(&json!("withdraw")));
    assert_eq!(rep.post(&path(&first, "withdraw"), json!({})).await.ok()["status"], "withdrawn");
    let supervisor = world.login("supervisor-01").await;
    assert_eq!(
        decide(&supervisor, &first, json!({"decision": "approve"})).await.refused(409),
        "approval_withdrawn"
    );
    assert!(supervisor.todos().await.is_empty());

    let second = request(&rep, "two").await;
    approve(&supervisor, &second).await;
    let still = rep.post(&path(&second, "withdraw"), json!({"comment": "客户改主意了"})).await.ok();
    assert_eq!(still["status"], "open");
    let director = world.login("director-east").await;
    let ended = decide(&director, &second, json!({"decision": "consent_to_withdrawal"})).await.ok();
    assert_eq!(ended["status"], "withdrawn");
    world.end().await;
}

#[tokio::test]
async fn what_is_given_back_comes_again_and_what_was_agreed_stands_unless_it_changed() {
    let world = two_steps().await;
    let rep = world.login("rep-01").await;
    let (supervisor, director) = (world.login("supervisor-01").await, world.login("director-east").await);
    let asked = request(&rep, "two").await;
    approve(&supervisor, &asked).await;
    assert_eq!(
        decide(&director, &asked, json!({"decision": "return"})).await.refused(422),
        "comment_missing"
    );
    let back = decide(&director, &asked, json!({"decision": "return", "comment": "请补充用途"})).await.ok();
    assert_eq!(back["status"], "returned");
    let todo = rep.todos().await.remove(0);
    assert_eq!((&todo["purpose"], &todo["may"]), (&json!("revise"), &json!(["resubmit", "withdraw"])));

    let again = rep.post(&path(&asked, "resubmit"), json!({"comment": "如上"})).await.ok();
    assert_eq!((&again["round"], open_nodes(&again)), (&json!(2), vec!["b"]), "the supervisor's word stands");
    decide(&director, &asked, json!({"decision": "return", "comment": "金额不对"})).await.ok();
    let changed = rep.post(&path(&asked, "resubmit"), json!({"amount": "66.00"})).await.ok();
    assert_eq!((&changed["round"], open_nodes(&changed)), (&json!(3), vec!["a"]), "asked anew");
    let refused = decide(&supervisor, &asked, json!({"decision": "return", "comment": "再看看"})).await;
    assert_eq!(refused.refused(409), "rounds_used_up");
    approve(&supervisor, &asked).await;
    assert_eq!(approve(&director, &asked).await["status"], "approved");
    world.end().await;
}

#[tokio::test]
async fn a_question_stops_the_clock_until_it_is_answered() {
    let world = two_steps().await;
    world.at("2026-11-16T09:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let supervisor = world.login("supervisor-01").await;
    let asked = request(&rep, "two").await;
    world.at("2026-11-16T10:00:00+08:00").await;
    decide(&supervisor, &asked, json!({"decision": "ask_info", "comment": "给哪家店？"})).await.ok();
    let todo = rep.todos().await.remove(0);
    assert_eq!((&todo["purpose"], &todo["may"]), (&json!("answer"), &json!(["give_info"])));
    assert_eq!(seen(&rep, &asked).await["tasks"][0]["question"], "给哪家店？");
    // A whole day passes: nothing is due meanwhile.
    world.at("2026-11-17T10:00:00+08:00").await;
    assert!(!world.inbox_of("supervisor-01").await.iter().any(|it| it["rung"] != 0));
    rep.post(&path(&asked, "answer"), json!({"comment": "文一路店"})).await.ok();
    let todo = supervisor.todos().await.remove(0);
    assert_eq!(todo["minutes_left"], 960 - 60, "an hour was used before the question");
    assert_eq!(
        rep.post(&path(&asked, "answer"), json!({"comment": "x"})).await.refused(409),
        "nothing_asked"
    );
    world.end().await;
}

#[tokio::test]
async fn reminding_by_hand_rests_four_hours() {
    let world = two_steps().await;
    world.at("2026-11-16T09:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "two").await;
    rep.post(&path(&asked, "remind"), json!({})).await.ok();
    let soon = rep.post(&path(&asked, "remind"), json!({})).await;
    assert!(soon.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 14_000);
    assert_eq!(soon.refused(429), "reminded_recently");
    assert!(world.inbox_of("supervisor-01").await[0]["title"].as_str().unwrap().starts_with("催办"));
    world.at("2026-11-16T13:00:01+08:00").await;
    rep.post(&path(&asked, "remind"), json!({})).await.ok();
    world.end().await;
}

#[tokio::test]
async fn a_turn_is_handed_over_asked_about_shared_and_taken_back() {
    let world = two_steps().await;
    let rep = world.login("rep-01").await;
    let (supervisor, finance) = (world.login("supervisor-01").await, world.login("finance-01").await);
    let to = id_of(&world, "finance-01").await;
    let asked = request(&rep, "two").await;
    let operations = id_of(&world, "operations-01").await;
    let wrong = decide(&supervisor, &asked, json!({"decision": "transfer", "to_user_id": operations})).await;
    assert_eq!(wrong.refused(422), "person_may_not_decide");
    decide(&supervisor, &asked, json!({"decision": "delegate", "to_user_id": to, "comment": "帮我看金额"}))
        .await
        .ok();
    assert!(supervisor.todos().await.is_empty());
    approve(&finance, &asked).await;
    assert_eq!(supervisor.todos().await.len(), 1, "the turn is theirs again");
    decide(&supervisor, &asked, json!({"decision": "add_signer", "to_user_id": to, "position": "after"}))
        .await
        .refused(409);
    let legal = id_of(&world, "legal-01").await;
    decide(&supervisor, &asked, json!({"decision": "add_signer", "to_user_id": legal, "position": "after"}))
        .await
        .ok();
    assert_eq!(
        open_nodes(&approve(&supervisor, &asked).await),
        ["a"],
        "the one who was added is still to come"
    );
    let taken = decide(&supervisor, &asked, json!({"decision": "take_back"})).await.ok();
    assert_eq!(taken["status"], "open");
    assert_eq!(supervisor.todos().await.len(), 1);
    approve(&supervisor, &asked).await;
    assert_eq!(open_nodes(&approve(&world.login("legal-01").await, &asked).await), ["b"]);
    let late = decide(&supervisor, &asked, json!({"decision": "take_back"})).await;
    assert_eq!(late.refused(409), "not_your_todo", "somebody has acted since");
    world.end().await;
}

#[tokio::test]
async fn an_admin_decides_over_everybodys_head_and_the_record_says_so() {
    let world = two_steps().await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "two").await;
    let body = json!({"decision": "approve", "comment": "总监出差，客户等货"});
    assert_eq!(
        world.login("director-east").await.post(&path(&asked, "override"), body.clone()).await.status,
        403
    );
    let admin = world.login("admin").await;
    assert_eq!(admin.post(&path(&asked, "override"), body).await.ok()["status"], "approved");
    let trace = rep.get(&path(&asked, "trace")).await.ok();
    let kinds: Vec<&str> =
        trace["events"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"overridden"), "{kinds:?}");
    world.end().await;
}

#[tokio::test]
async fn the_view_says_what_may_be_done_and_why_not() {
    let world = two_steps().await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "two").await;
    let director = seen(&world.login("director-east").await, &asked).await;
    let not: Vec<_> =
        director["may_not"].as_array().unwrap().iter().map(|it| (&it["verb"], &it["code"])).collect();
    assert!(not.contains(&(&json!("approve"), &json!("not_your_todo"))), "{not:?}");
    let mine = seen(&rep, &asked).await;
    assert_eq!(mine["may"], json!(["remind", "withdraw"]));
    let not = mine["may_not"].as_array().unwrap();
    assert!(not.iter().all(|it| it["detail"].as_str().unwrap().chars().count() > 3));
    world.end().await;
}
