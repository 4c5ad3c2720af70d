//! Stages and kinds of evidence are documents: checked together, and what runs stays on its version.

use serde_json::{Value, json};

use super::monday;
use crate::support::{Person, World};

async fn in_force(operations: &Person, kind: &str) -> Value {
    operations.get(&format!("/config/{kind}")).await.ok()["published"]["body"].clone()
}

/// The faults of a draft, as `pointer code`.
async fn faults(operations: &Person, kind: &str, body: &Value) -> Vec<String> {
    let kept = operations.put(&format!("/config/{kind}/draft"), body.clone()).await.ok();
    let faults = kept["faults"].as_array().unwrap();
    let shown = |it: &Value| format!("{} {}", it["pointer"].as_str().unwrap(), it["code"].as_str().unwrap());
    faults.iter().map(shown).collect()
}

#[tokio::test]
async fn stages_and_kinds_that_cannot_hold_are_not_published() {
    let world = World::start().await;
    let operations = world.login("operations-01").await;
    let stages = in_force(&operations, "stages").await;
    assert_eq!(faults(&operations, "stages", &stages).await, [""; 0]);
    let mut wrong = stages.clone();
    wrong["opportunity"][2]["unit"] = json!({"all_of": ["horoscope"]});
    let named = ["/opportunity/2/unit/all_of/0 evidence_kind_unknown"];
    assert_eq!(faults(&operations, "stages", &wrong).await, named);
    let answer = operations.post("/config/stages/publish", json!({})).await;
    assert_eq!(answer.refused(422), "document_faulty");

    let kinds = in_force(&operations, "evidence_kinds").await;
    let mut wrong = kinds.clone();
    wrong["kinds"].as_array_mut().unwrap().retain(|it| it["code"] != "bank_slip");
    assert_eq!(faults(&operations, "evidence_kinds", &wrong).await, ["/kinds evidence_kind_in_use"]);
    let mut wrong = kinds.clone();
    wrong["kinds"][0]["fields"]["properties"]["contact"] = json!({"type": "strnig"});
    assert_eq!(faults(&operations, "evidence_kinds", &wrong).await, ["/kinds/0/fields schema_invalid"]);
    world.end().await;
}

#[tokio::test]
async fn what_runs_stays_on_the_stages_that_it_started_with() {
    let (world, rep, customer, opportunity) = monday().await;
    let operations = world.login("operations-01").await;
    let mut stages = in_force(&operations, "stages").await;
    stages["opportunity"][1]["code"] = json!("discovery");
    stages["opportunity"][1]["label"] = json!("需求挖掘");
    assert_eq!(faults(&operations, "stages", &stages).await, [""; 0]);
    operations.post("/config/stages/publish", json!({})).await.ok();
    let scan = rep.page(&opportunity, "evidence", &customer).await;
    rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&scan]).await.ok();
    assert_eq!(rep.advance(&opportunity, "discovery").await.refused(422), "stage_unknown");
    let moved = rep.advance(&opportunity, "needs").await.ok();
    assert_eq!((&moved["stage_label"], &moved["stages_version"]), (&json!("需求确认"), &json!(0)));
    let fresh = rep.opportunity(&customer).await;
    assert_eq!((&fresh["next_stage"]["stage"], &fresh["stages_version"]), (&json!("discovery"), &json!(1)));
    // The day's list reads each in its own version.
    let items = json!([
        {"customer_id": customer["id"], "opportunity_id": opportunity["id"]},
        {"customer_id": customer["id"], "opportunity_id": fresh["id"]},
    ]);
    let list = rep.put("/action-lists/2026-11-17", json!({"items": items})).await.ok();
    let read: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|it| it["stages_version"].clone()).collect();
    assert_eq!(read, [json!(0), json!(1)]);
    assert_eq!(list["items"][0]["stage_label"], "需求确认");
    world.end().await;
}

#[tokio::test]
async fn operations_keep_the_list_of_texts_that_say_nothing() {
    let (world, rep, customer, _) = monday().await;
    let items = json!([{"customer_id": customer["id"], "objective": "给店长送温暖"}]);
    let list = rep.put("/action-lists/2026-11-17", json!({"items": items})).await.ok();
    assert_eq!(list["warnings"], json!([]));
    let operations = world.login("operations-01").await;
    let mut kinds = in_force(&operations, "evidence_kinds").await;
    kinds["vague_phrases"].as_array_mut().unwrap().push(json!("给店长送温暖"));
    assert_eq!(faults(&operations, "evidence_kinds", &kinds).await, [""; 0]);
    operations.post("/config/evidence_kinds/publish", json!({})).await.ok();
    let list = rep.put("/action-lists/2026-11-17", json!({"items": items})).await.ok();
    assert_eq!(list["warnings"][0]["pointer"], "/items/0/objective");
    world.end().await;
}
