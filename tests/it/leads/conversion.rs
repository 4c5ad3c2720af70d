//! A lead becomes a customer, with nothing typed twice.

use serde_json::{Value, json};

use super::{call, enter, path, screenshot};
use crate::support::World;

#[tokio::test]
async fn a_lead_becomes_a_customer_and_an_opportunity_from_what_it_knows() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let contacts = json!([{"name": "王店长", "phone": "13912345678", "title": "店长"}]);
    let more = json!({"contacts": contacts, "product_interest": "气泡水试销", "district_code": "330203"});
    let lead = enter(&rep, more).await;
    let file = screenshot(&rep).await;
    rep.post(&path(&lead, "/responses"), json!({"touch_point": "phone"})).await.ok();
    let chat =
        json!({"touch_point": "wechat", "outcome": "connected", "note": "约了周三", "file_ids": [file]});
    rep.post(&path(&lead, "/responses"), chat).await.ok();
    world.advance("PT1H").await;

    let converted =
        rep.post(&path(&lead, "/convert"), json!({"opportunity": {"amount": "2600.00"}})).await.ok();
    assert_eq!(converted["status"], "converted");
    let customer = rep.get(&format!("/customers/{}", converted["customer_id"].as_str().unwrap())).await.ok();
    for field in ["name", "phone", "contacts", "region_id", "owner_id", "district_code"] {
        assert_eq!(customer[field], lead[field], "{field}");
    }
    assert_eq!((&customer["needs"], &customer["stage"]), (&json!(["气泡水试销"]), &json!("prospect")));
    assert!(customer["last_verified_at"].is_string(), "they have talked already");

    let timeline = rep.get(&format!("/customers/{}/timeline", customer["id"].as_str().unwrap())).await.ok();
    let kinds: Vec<&str> =
        timeline["items"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["lead_converted", "communication", "communication_attempt", "lead_created"]);
    let chat = &timeline["items"][1];
    assert_eq!((&chat["facts"]["note"], &chat["facts"]["file_ids"]), (&json!("约了周三"), &json!([file])));
    assert!(chat["at"].as_str() < timeline["items"][0]["at"].as_str(), "at its own instant");
    let read = world.login("supervisor-01").await.get(&format!("/files/{file}")).await.ok();
    assert_eq!(read["customer_id"], customer["id"], "papers are filed with the customer");

    let filter = format!("/opportunities?customer_id={}", customer["id"].as_str().unwrap());
    let opportunity = &rep.get(&filter).await.ok()["items"][0];
    assert_eq!(opportunity["id"], converted["opportunity_id"]);
    assert_eq!(
        (&opportunity["name"], &opportunity["amount"], &opportunity["stage"], &opportunity["status"]),
        (&json!("气泡水试销"), &json!("2600.00"), &json!("contact"), &json!("open"))
    );
    world.end().await;
}

#[tokio::test]
async fn a_lead_is_converted_once() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let lead = enter(&rep, json!({})).await;
    let convert = path(&lead, "/convert");
    let first = rep.post_once(&convert, "k", json!({})).await.ok();
    assert_eq!(rep.post_once(&convert, "k", json!({})).await.ok(), first, "a retry is the same answer");
    assert_eq!(rep.post(&convert, json!({})).await.refused(409), "lead_converted");
    assert_eq!(rep.post(&path(&lead, "/responses"), call()).await.refused(409), "lead_converted");
    assert_eq!(first["opportunity_id"], Value::Null, "only where one is asked for");
    assert_eq!(rep.get("/leads?status=converted").await.ok()["items"][0]["id"], lead["id"]);
    world.end().await;
}

#[tokio::test]
async fn a_lead_may_turn_out_to_be_a_customer_who_is_there() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let customer = rep.a_customer().await;
    let lead = enter(&rep, json!({})).await;
    let convert = path(&lead, "/convert");
    let theirs = world.login("rep-04").await.a_customer().await;
    let foreign = rep.post(&convert, json!({"customer_id": theirs["id"]})).await;
    assert_eq!(foreign.refused(422), "customer_unknown");
    let both = json!({"customer_id": customer["id"], "customer": {}});
    assert_eq!(rep.post(&convert, both).await.refused(422), "invalid_value");
    let linked = rep.post(&convert, json!({"customer_id": customer["id"]})).await.ok();
    assert_eq!(linked["customer_id"], customer["id"]);
    let after = rep.get(&format!("/customers/{}", customer["id"].as_str().unwrap())).await.ok();
    assert_eq!(
        (&after["name"], &after["phone"]),
        (&customer["name"], &customer["phone"]),
        "nothing is overwritten"
    );
    world.end().await;
}

#[tokio::test]
async fn a_conversion_that_is_refused_leaves_nothing_behind() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let lead = enter(&rep, json!({})).await;
    let convert = path(&lead, "/convert");
    for (body, code) in [
        (json!({"customer": {"kind": "palace"}}), "value_unknown"),
        (json!({"customer": {"uscc": "1"}}), "uscc_invalid"),
        (json!({"opportunity": {"stage": "won"}}), "stage_needs_evidence"),
        (json!({"opportunity": {"stage": "palace"}}), "value_unknown"),
        (json!({"opportunity": {"amount": "-1.00"}}), "amount_invalid"),
    ] {
        assert_eq!(rep.post(&convert, body.clone()).await.refused(422), code, "{body}");
    }
    let found = rep.get("/customers?name=湖畔新开小超市").await.ok();
    assert_eq!(found["items"], json!([]));
    let other = world.login("rep-02").await;
    assert_eq!(other.post(&convert, json!({})).await.refused(404), "not_found");
    assert_eq!(rep.get(&path(&lead, "")).await.ok()["status"], "open");
    world.end().await;
}

#[tokio::test]
async fn of_two_who_convert_at_once_one_does() {
    let world = World::start().await;
    let (rep, supervisor) = (world.login("rep-01").await, world.login("supervisor-01").await);
    let lead = enter(&rep, json!({})).await;
    let convert = path(&lead, "/convert");
    let (one, other) = tokio::join!(rep.post(&convert, json!({})), supervisor.post(&convert, json!({})));
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!(won.ok()["status"], "converted");
    assert_eq!(lost.refused(409), "lead_converted");
    let found = rep.get("/customers?name=湖畔新开小超市").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    world.end().await;
}
