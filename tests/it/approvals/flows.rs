//! Flows as published documents: what may be published, what runs goes on as it began.

use serde_json::{Value, json};

use super::{approve, asks, decide, flow, open_nodes, publish, request, seen};
use crate::support::World;

#[tokio::test]
async fn what_ships_may_be_published_and_says_its_schema() {
    let world = World::start().await;
    let operations = world.login("operations-01").await;
    for kind in ["approval_flows", "service_levels"] {
        let faults = operations.post(&format!("/config/{kind}/check"), json!({})).await.ok();
        assert_eq!(faults["faults"], json!([]), "{kind}");
        let schema = operations.get(&format!("/config/{kind}/schema")).await.ok();
        assert_eq!(schema["type"], "object", "{schema}");
        assert!(schema["$schema"].as_str().unwrap().contains("json-schema"));
    }
    assert_eq!(world.login("rep-01").await.get("/config/approval_flows/schema").await.status, 403);
    world.end().await;
}

#[tokio::test]
async fn each_node_asks_in_turn_and_the_last_ends_it() {
    let world = World::start().await;
    publish(
        &world,
        flow(
            "two",
            json!([
                asks("a", &["supervisor-01"], "all", Some("b")),
                asks("b", &["director-east", "finance-01"], "all", None),
            ]),
        ),
    )
    .await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "two").await;
    assert_eq!(
        (&asked["status"], &asked["round"], open_nodes(&asked)),
        (&json!("open"), &json!(1), vec!["a"])
    );
    let after = approve(&world.login("supervisor-01").await, &asked).await;
    assert_eq!((&after["status"], open_nodes(&after)), (&json!("open"), vec!["b"]));
    let finance = world.login("finance-01").await;
    assert_eq!(approve(&finance, &asked).await["status"], "open");
    let again = decide(&finance, &asked, json!({"decision": "approve"})).await;
    assert_eq!(again.refused(409), "already_answered");
    let ended = approve(&world.login("director-east").await, &asked).await;
    assert_eq!(ended["status"], "approved");
    assert_eq!(seen(&rep, &asked).await["held_by"], json!([]));
    world.end().await;
}

#[tokio::test]
async fn what_runs_keeps_the_version_it_began_with_and_a_retired_one_still_finishes() {
    let world = World::start().await;
    publish(
        &world,
        flow(
            "kept",
            json!([asks("a", &["supervisor-01"], "all", Some("b")), asks("b", &["finance-01"], "all", None)]),
        ),
    )
    .await;
    let rep = world.login("rep-01").await;
    let old = request(&rep, "kept").await;
    publish(&world, flow("kept", json!([asks("only", &["legal-01"], "all", None)]))).await;
    let new = request(&rep, "kept").await;
    assert_eq!((open_nodes(&old), open_nodes(&new)), (vec!["a"], vec!["only"]));
    assert_eq!(new["flow_version"], json!(old["flow_version"].as_i64().unwrap() + 1));
    let mut retired = flow("kept", json!([asks("only", &["legal-01"], "all", None)]));
    retired["retired"] = json!(true);
    publish(&world, retired).await;
    let newest = request(&rep, "kept").await;
    assert_eq!(newest["flow"], "request", "a retired flow takes nothing new");
    let after = approve(&world.login("supervisor-01").await, &old).await;
    assert_eq!(open_nodes(&after), ["b"]);
    assert_eq!(approve(&world.login("finance-01").await, &old).await["status"], "approved");
    assert_eq!(approve(&world.login("legal-01").await, &new).await["status"], "approved");
    world.end().await;
}

#[tokio::test]
async fn ways_taken_at_once_meet_before_it_goes_on() {
    let world = World::start().await;
    publish(&world, flow("fork", json!([
        {"type": "parallel", "key": "p", "name": "同时", "branches": ["l", "f"], "join": "j"},
        asks("l", &["legal-01"], "all", Some("j")),
        asks("f", &["finance-01"], "all", Some("j")),
        {"type": "join", "key": "j", "name": "汇合", "next": "told"},
        {"type": "copy", "key": "told", "name": "抄送", "to": [{"type": "person", "username": "sales-director"}], "next": "end"},
        asks("end", &["director-east"], "all", None),
    ])))
    .await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "fork").await;
    assert_eq!(open_nodes(&asked), ["l", "f"]);
    assert_eq!(open_nodes(&approve(&world.login("finance-01").await, &asked).await), ["l"]);
    assert_eq!(open_nodes(&approve(&world.login("legal-01").await, &asked).await), ["end"]);
    let reader = world.login("sales-director").await;
    let copies = reader.get("/approvals/copies").await.ok();
    assert_eq!(copies["items"][0]["id"], asked["id"]);
    assert!(world.inbox_of("sales-director").await[0]["title"].as_str().unwrap().starts_with("抄送"));
    assert_eq!(approve(&world.login("director-east").await, &asked).await["status"], "approved");
    world.end().await;
}

#[tokio::test]
async fn what_cannot_run_is_not_published_and_says_where() {
    let world = World::start().await;
    let operations = world.login("operations-01").await;
    let good = operations.get("/config/approval_flows").await.ok()["published"]["body"].clone();
    let check = async |nodes: Value, pointer: &str, code: &str| {
        let mut flows = good.clone();
        let mut bad = flow("bad", nodes);
        bad["when"] = json!({"field": "category", "op": "is_set"});
        flows["flows"].as_array_mut().unwrap().insert(0, bad);
        let draft = operations.put("/config/approval_flows/draft", flows).await.ok();
        let faults = draft["faults"].as_array().unwrap();
        let found = faults.iter().any(|fault| fault["pointer"] == pointer && fault["code"] == code);
        assert!(found, "{code} at {pointer}: {faults:?}");
        let refused = operations.post("/config/approval_flows/publish", json!({})).await;
        assert_eq!(refused.refused(422), "document_faulty");
    };
    let alone = |people: &[&str]| json!([asks("a", people, "all", None)]);
    check(
        json!([asks("a", &["legal-01"], "all", None), asks("b", &["legal-01"], "all", None)]),
        "/flows/0/nodes/1",
        "node_unreachable",
    )
    .await;
    check(json!([asks("a", &["legal-01"], "all", Some("a"))]), "/flows/0/nodes/0", "flow_goes_round").await;
    check(alone(&["nobody-99"]), "/flows/0/nodes/0/approvers/0/who", "person_unknown").await;
    let mut later =
        json!([asks("a", &["legal-01"], "all", Some("b")), asks("b", &["finance-01"], "all", None)]);
    later[0]["return_to"] = json!(["b"]);
    check(later, "/flows/0/nodes/0/return_to/0", "return_target_not_earlier").await;
    let mut failing = alone(&["nobody-99"]);
    failing[0]["nobody"] = json!("fail");
    check(failing, "/flows/0/nodes/0/approvers", "nobody_can_approve").await;
    let choice = json!([
        {"type": "choice", "key": "c", "name": "分支", "otherwise": "a", "ways": [
            {"when": {"field": "colour", "op": "equal", "value": "red"}, "to": "a"}]},
        asks("a", &["legal-01"], "all", None),
    ]);
    check(choice, "/flows/0/nodes/0/ways/0/when/field", "field_unknown").await;
    world.end().await;
}

#[tokio::test]
async fn a_draft_is_tried_on_what_was_handed_in_before() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for _ in 0..3 {
        request(&rep, "dry").await;
    }
    let operations = world.login("operations-01").await;
    let mut flows = operations.get("/config/approval_flows").await.ok()["published"]["body"].clone();
    let mut draft = flow("dry", json!([asks("legal", &["legal-01"], "all", None)]));
    draft["when"] = json!({"field": "category", "op": "equal", "value": "dry"});
    flows["flows"].as_array_mut().unwrap().insert(0, draft);
    operations.put("/config/approval_flows/draft", flows).await.ok();
    let run = operations.post("/config/approval_flows/dry-run", json!({})).await.ok();
    assert_eq!((&run["n_records"], &run["n_different"], &run["faults"]), (&json!(3), &json!(3), &json!([])));
    assert_eq!(run["nodes"][0], json!({"flow": "dry", "node": "legal", "n_records": 3}));
    let asked = rep.get("/approvals").await.ok();
    assert_eq!(asked["items"][0]["flow"], "request", "nothing was changed by trying");
    world.end().await;
}

#[tokio::test]
async fn money_is_never_decided_by_a_machine() {
    let world = World::start().await;
    let operations = world.login("operations-01").await;
    let mut levels = operations.get("/config/service_levels").await.ok()["published"]["body"].clone();
    let level = levels["levels"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|it| it["key"] == "special_approval")
        .unwrap();
    level["ladder"] = json!([{"percent": 100, "act": "auto_approve"}]);
    let draft = operations.put("/config/service_levels/draft", levels).await.ok();
    assert_eq!(draft["faults"][0]["code"], "auto_decision_forbidden", "{draft}");
    world.end().await;
}
