//! Kinds of customers are a document that operations edit.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn a_kind_that_is_published_is_a_kind_to_choose() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let rep = world.login("rep-01").await;
    let clinic = json!({"name": "同心诊所", "kind": "clinic"});
    assert_eq!(rep.make(clinic.clone()).await.refused(422), "value_unknown");
    let mut document = clerk.get("/config/customer_kinds").await.ok()["published"]["body"].clone();
    document["kinds"].as_array_mut().unwrap().push(json!({
        "code": "clinic", "label": "诊所", "key_fields": ["contact", "uscc"], "fence_radius_m": 80,
        "min_dwell_seconds": 900, "accept_uncertain": true, "accept_no_point": true, "needs_contract": true,
        "payment_terms": "net_60",
    }));
    clerk.put("/config/customer_kinds/draft", document).await.ok();
    clerk.post("/config/customer_kinds/publish", json!({})).await.ok();
    let made = rep.make(clinic).await.ok();
    assert_eq!((&made["fence_radius_m"], &made["payment_terms"]), (&json!(80), &json!("net_60")));
    assert_eq!(made["freshness"]["missing"], json!(["contact", "uscc"]));
    world.end().await;
}

#[tokio::test]
async fn a_faulty_document_is_not_published() {
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let mut document = clerk.get("/config/customer_kinds").await.ok()["published"]["body"].clone();
    document["kinds"][0]["fence_radius_m"] = json!(1);
    document["kinds"][1]["payment_terms"] = json!("cash");
    let draft = clerk.put("/config/customer_kinds/draft", document).await.ok();
    assert_eq!(draft["faults"][0]["pointer"], "/kinds/1/payment_terms");
    let refused = clerk.post("/config/customer_kinds/publish", json!({})).await;
    assert_eq!(refused.refused(422), "document_faulty");
    world.end().await;
}

#[tokio::test]
async fn how_long_a_visit_lasts_at_least_is_the_kinds_to_say() {
    let (world, rep, store) = crate::visits::monday().await;
    let clerk = world.login("operations-01").await;
    let mut document = clerk.get("/config/customer_kinds").await.ok()["published"]["body"].clone();
    document["kinds"][0]["min_dwell_seconds"] = json!(300);
    clerk.put("/config/customer_kinds/draft", document).await.ok();
    clerk.post("/config/customer_kinds/publish", json!({})).await.ok();
    let visit = rep.check_in(&store, 5.0).await;
    world.advance("PT4M").await;
    rep.complete(&visit, "interest").await.ok();
    let counted = rep.visit(&visit).await;
    assert_eq!(counted["why_not"], json!(["dwell_too_short"]), "four minutes had been enough for a store");
    world.end().await;
}
