//! Who stands in for somebody decides in their name, and who leaves hands over.

use serde_json::json;

use super::{approve, asks, decide, flow, id_of, open_nodes, publish, request, seen};
use crate::support::World;

#[tokio::test]
async fn an_agent_decides_in_the_name_of_whom_they_stand_in_for() {
    let world = World::start().await;
    publish(&world, flow("one", json!([asks("a", &["supervisor-01"], "all", None)]))).await;
    world.at("2026-11-16T09:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let before = request(&rep, "one").await;
    let supervisor = world.login("supervisor-01").await;
    let me = id_of(&world, "supervisor-01").await;
    let agent = id_of(&world, "supervisor-02").await;
    let window = json!({"to_user_id": agent, "from": "2026-11-16T10:00:00+08:00", "until": "2026-11-16T18:00:00+08:00"});
    supervisor.post(&format!("/users/{}/delegations", me.as_str().unwrap()), window).await.ok();
    let other = world.login("supervisor-02").await;
    assert!(other.todos().await.is_empty(), "the window has not begun");
    world.at("2026-11-16T10:00:00+08:00").await;
    let todos = other.todos().await;
    assert_eq!((todos.len(), &todos[0]["on_behalf_of"]), (1, &json!("乐建锋")));
    let after = request(&rep, "one").await;
    world.settle().await;
    let told = world.inbox_of("supervisor-02").await;
    assert!(told.iter().any(|it| it["kind"] == "todo_opened"), "who stands in is called: {told:?}");
    decide(&other, &before, json!({"decision": "approve"})).await.ok();
    let trace = rep.get(&format!("/approvals/{}/trace", before["id"].as_str().unwrap())).await.ok();
    let answered =
        trace["events"].as_array().unwrap().iter().find(|it| it["kind"] == "answered").unwrap().clone();
    assert_eq!(answered["on_behalf_of_name"], "乐建锋");
    assert_ne!(answered["actor_id"], answered["on_behalf_of"]);
    world.at("2026-11-16T18:00:00+08:00").await;
    assert!(other.todos().await.is_empty(), "the window is half-open");
    assert_eq!(decide(&other, &after, json!({"decision": "approve"})).await.refused(404), "not_found");
    assert_eq!(supervisor.todos().await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_leavers_turns_go_to_their_manager_and_are_listed() {
    let world = World::start().await;
    publish(&world, flow("one", json!([asks("a", &["supervisor-01", "finance-01"], "all", None)]))).await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "one").await;
    let admin = world.login("admin").await;
    let leaver = id_of(&world, "supervisor-01").await;
    let session = world.login("supervisor-01").await;
    let left = admin.post(&format!("/users/{}/leave", leaver.as_str().unwrap()), json!({})).await.ok();
    let moved = left["moved"].as_array().unwrap();
    assert!(moved.iter().any(|it| it["kind"] == "todo" && it["id"] == asked["id"]), "{left}");
    assert_eq!(session.get("/todos").await.status, 401);
    assert_eq!(world.login("director-east").await.todos().await.len(), 1);
    assert_eq!(open_nodes(&seen(&rep, &asked).await), ["a"]);
    world.end().await;
}

#[tokio::test]
async fn a_leavers_turn_that_is_still_to_come_is_somebody_elses_when_it_comes() {
    let world = World::start().await;
    let node = asks("a", &["supervisor-01", "director-east"], "sequential", None);
    publish(&world, flow("turns", json!([node]))).await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "turns").await;
    let leaver = id_of(&world, "director-east").await;
    let path = format!("/users/{}/leave", leaver.as_str().unwrap());
    world.login("admin").await.post(&path, json!({})).await.ok();
    approve(&world.login("supervisor-01").await, &asked).await;
    let above = world.login("sales-director").await;
    assert_eq!(above.todos().await.len(), 1);
    assert_eq!(approve(&above, &asked).await["status"], "approved");
    world.end().await;
}
