//! Decisions that are waited for: who decides, once, and who hears it when nobody does.

mod asking;
mod chain;
mod clock;
mod deciding;
mod flows;
mod ladder;
mod many;
mod races;
mod standing_in;

use serde_json::{Value, json};

use crate::support::{Person, World};

/// Somebody checks in a kilometre off on Monday 15:00, and the supervisor has to look.
struct Matter {
    world: World,
    rep: Person,
    visit: Value,
    supervisor: Person,
    todo: Value,
}

async fn a_matter() -> Matter {
    let world = World::start().await;
    world.at("2026-11-16T15:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let customer = rep.customer("DC001").await;
    let visit = rep.check_in(&customer, 1_000.0).await;
    world.settle().await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    Matter { world, rep, visit, supervisor, todo }
}

/// What somebody was told about to-dos, oldest first: the kind and the rung.
async fn told(world: &World, username: &str) -> Vec<(String, i64)> {
    let mut inbox = world.inbox_of(username).await;
    inbox.retain(|notice| notice["kind"].as_str().unwrap().starts_with("todo_"));
    inbox.reverse();
    inbox
        .iter()
        .map(|notice| (notice["kind"].as_str().unwrap().to_owned(), notice["rung"].as_i64().unwrap()))
        .collect()
}

/// The templates of to-dos that WeChat sent to somebody.
async fn rung_up(world: &World, username: &str) -> Vec<String> {
    let sent = world.sent_to(username).await;
    let templates = sent.iter().map(|message| message["template_id"].as_str().unwrap().to_owned());
    templates.filter(|template| template.starts_with("sim-todo")).collect()
}

/// An approval node that asks these people by login name.
fn asks(key: &str, people: &[&str], rule: &str, next: Option<&str>) -> Value {
    let who = |name: &&str| json!({"who": {"type": "person", "username": name}});
    let approvers: Vec<Value> = people.iter().map(who).collect();
    let mut node = json!({"type": "approval", "key": key, "name": format!("节点{key}"), "approvers": approvers,
        "rule": {"type": rule}});
    if let Some(next) = next {
        node["next"] = json!(next);
    }
    node
}

/// A flow for requests from its nodes, the first of which it starts with.
fn flow(key: &str, nodes: Value) -> Value {
    json!({"key": key, "name": "测试流程", "kind": "request", "start": nodes[0]["key"], "nodes": nodes})
}

/// Puts the flow in force, before all others of its kind.
async fn publish(world: &World, mut flow: Value) {
    let operations = world.login("operations-01").await;
    let mut flows = operations.get("/config/approval_flows").await.ok()["published"]["body"].clone();
    flow["when"] = json!({"field": "category", "op": "equal", "value": flow["key"]});
    let list = flows["flows"].as_array_mut().unwrap();
    list.retain(|known| known["key"] != flow["key"]);
    list.insert(0, flow);
    let draft = operations.put("/config/approval_flows/draft", flows).await.ok();
    assert_eq!(draft["faults"], json!([]), "{draft}");
    operations.post("/config/approval_flows/publish", json!({})).await.ok();
}

/// Asks for something that goes through the flow of that key.
async fn request(person: &Person, flow: &str) -> Value {
    let body =
        json!({"title": "样品申请", "summary": "给大润发送两箱样品", "category": flow, "amount": "88.00"});
    person.post("/approvals", body).await.ok()
}

async fn decide(person: &Person, approval: &Value, body: Value) -> crate::support::Answer {
    person.post(&format!("/approvals/{}/decide", approval["id"].as_str().unwrap()), body).await
}

async fn approve(person: &Person, approval: &Value) -> Value {
    decide(person, approval, json!({"decision": "approve"})).await.ok()
}

async fn seen(person: &Person, approval: &Value) -> Value {
    person.get(&format!("/approvals/{}", approval["id"].as_str().unwrap())).await.ok()
}

/// The nodes that are waited for.
fn open_nodes(approval: &Value) -> Vec<&str> {
    let open = approval["tasks"].as_array().unwrap().iter().filter(|task| task["status"] == "open");
    open.map(|task| task["node"].as_str().unwrap()).collect()
}

async fn id_of(world: &World, username: &str) -> Value {
    world.login(username).await.get("/me").await.ok()["id"].clone()
}
