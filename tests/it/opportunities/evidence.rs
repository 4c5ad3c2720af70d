//! Records: what is wrong is refused, what is missing is kept open, what says nothing is told so.

use serde_json::{Value, json};

use super::{demo, monday, path};
use crate::evidence::documents::PDF;
use crate::support::people::at_store;
use crate::support::photos::Photo;

#[tokio::test]
async fn a_demo_is_recorded_when_it_is_held_and_signed_later() {
    let (world, rep, customer, opportunity) = monday().await;
    let held = rep.hold_demo(&opportunity, &customer, false).await;
    assert_eq!((&held["status"], &held["verdict"]), (&json!("accepted"), &json!("pass")));
    assert_eq!(held["missing"][0]["code"], "signature_missing");
    assert_eq!(held["completed_at"], Value::Null);
    let grace_until = held["grace_until"].as_str().unwrap();
    assert!(grace_until.starts_with("2026-11-18T02:0"), "two working days: {grace_until}");
    world.advance("PT4H").await;
    let page = rep.page(&opportunity, "signed_slip", &customer).await;
    let pages = format!("/evidence/{}/pages", held["id"].as_str().unwrap());
    let signed = rep.post(&path(&opportunity, &pages), json!({"photo_ids": [page["id"]]})).await.ok();
    assert_eq!(signed["missing"], json!([]));
    assert_eq!(signed["photo_ids"].as_array().unwrap().len(), 2);
    assert!(signed["completed_at"].is_string());
    assert_eq!(signed["status"], "accepted");
    let look = rep.look(&opportunity).await;
    assert_eq!(look["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(look["n_verified_actions"], 1, "one record is one action");
    let stranger = world.login("rep-04").await;
    assert_eq!(stranger.post(&path(&opportunity, &pages), json!({})).await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn what_is_wrong_in_the_fields_is_named_by_its_pointer() {
    let (world, rep, customer, opportunity) = monday().await;
    let photo = rep.page(&opportunity, "signed_slip", &customer).await;
    let check = async |fields: Value, pointer: &str, code: &str| {
        let answer = rep.prove(&opportunity, "solution_demo", fields, &[&photo]).await;
        assert_eq!(answer.pointers(), [pointer]);
        assert_eq!(answer.refused(422), code);
    };
    let with = |name: &str, value: Value| {
        let mut fields = demo();
        fields[name] = value;
        fields
    };
    check(with("feedback", json!(["很好"])), "/fields/feedback/0", "invalid_value").await;
    check(with("attendees", json!([])), "/fields/attendees", "invalid_value").await;
    check(with("attendees", json!([{}])), "/fields/attendees/0/name", "required").await;
    check(with("atendees", json!(1)), "/fields/atendees", "unknown_field").await;
    let answer = rep.prove(&opportunity, "horoscope", json!({}), &[&photo]).await;
    assert_eq!(answer.pointers(), ["/kind"]);
    assert_eq!(answer.refused(422), "evidence_kind_unknown");
    let nothing = rep.prove(&opportunity, "solution_demo", json!({}), &[]).await;
    assert_eq!(nothing.refused(422), "evidence_empty");
    // A photo for something else, or of a colleague, is none for this.
    let other = rep.storefront(&customer, 0.0).await;
    let answer = rep.prove(&opportunity, "solution_demo", demo(), &[&photo, &other]).await;
    assert_eq!(answer.pointers(), ["/photo_ids/1"]);
    assert_eq!(answer.refused(422), "photo_unknown");
    world.end().await;
}

#[tokio::test]
async fn a_document_does_as_a_scan_and_is_looked_at_when_it_was_another_customers() {
    let (world, rep, customer, opportunity) = monday().await;
    let file = rep.file(PDF, "竞品报价单.pdf", Some(&customer)).await.ok();
    let body =
        json!({"kind": "competitor_quote", "fields": {"competitor": "百岁山"}, "file_ids": [file["id"]]});
    let record = rep.post(&path(&opportunity, "/evidence"), body.clone()).await.ok();
    assert_eq!((&record["status"], &record["missing"]), (&json!("accepted"), &json!([])));
    assert_eq!(rep.advance(&opportunity, "needs").await.ok()["stage"], "needs");

    let other = rep.opportunity(&rep.customer("DC002").await).await;
    let again = rep.post(&path(&other, "/evidence"), body).await.ok();
    assert_eq!((&again["status"], &again["reasons"]), (&json!("provisional"), &json!(["document_repeated"])));
    assert_eq!(world.login("supervisor-01").await.todos().await.len(), 1);
    let unknown =
        json!({"kind": "competitor_quote", "fields": {"competitor": "百岁山"}, "file_ids": [other["id"]]});
    let answer = rep.post(&path(&other, "/evidence"), unknown).await;
    assert_eq!(answer.pointers(), ["/file_ids/0"]);
    assert_eq!(answer.refused(422), "file_unknown");
    world.end().await;
}

#[tokio::test]
async fn the_place_counts_only_where_the_kind_says_so() {
    let (world, rep, customer, opportunity) = monday().await;
    let id = opportunity["id"].as_str().unwrap();
    let far = at_store(&customer, 1_200.0);
    let take = async || rep.photo("evidence", ("opportunity", id), &Photo::bare(), Some(&far)).await;
    let quote = take().await;
    let lenient =
        rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&quote]).await;
    assert_eq!(lenient.ok()["status"], "accepted");
    let scene = take().await;
    let fields = json!({"needs": ["每周三送 20 箱"], "contact": "王建国"});
    let strict = rep.prove(&opportunity, "needs_record", fields, &[&scene]).await.ok();
    assert_eq!((&strict["status"], &strict["review"]), (&json!("provisional"), &json!("pending")));
    // It supports the stage until somebody says otherwise.
    assert_eq!(rep.advance(&opportunity, "needs").await.ok()["stage"], "needs");
    world.end().await;
}

#[tokio::test]
async fn a_text_that_says_nothing_is_told_so_and_is_no_verified_action() {
    let (world, rep, customer, opportunity) = monday().await;
    let note = async |note: &str| {
        let photo = rep.page(&opportunity, "signed_slip", &customer).await;
        let mut fields = demo();
        fields["note"] = json!(note);
        rep.prove(&opportunity, "solution_demo", fields, &[&photo]).await.ok()
    };
    let vague = note("持续沟通，正常推进").await;
    assert_eq!(
        (&vague["warnings"][0]["pointer"], &vague["warnings"][0]["code"]),
        (&json!("/fields/note"), &json!("vague_text"))
    );
    assert!(vague["warnings"][0]["detail"].as_str().unwrap().contains("数量"), "it says what would count");
    assert_eq!(vague["status"], "accepted", "a warning is no refusal");
    assert_eq!(rep.look(&opportunity).await["n_verified_actions"], 0);
    let clear = note("王经理嫌起订量高，周四给 5 箱试卖").await;
    assert_eq!(clear["warnings"], json!([]));
    assert_eq!(rep.look(&opportunity).await["n_verified_actions"], 1);
    world.end().await;
}

#[tokio::test]
async fn evidence_turns_what_the_list_plans_at_the_customer_done() {
    let (world, rep, customer, opportunity) = monday().await;
    let items = json!([{"customer_id": customer["id"], "opportunity_id": opportunity["id"]}]);
    rep.put("/action-lists/2026-11-16", json!({"items": items})).await.ok();
    rep.file_list("2026-11-16").await.ok();
    rep.hold_demo(&opportunity, &customer, true).await;
    let list = rep.list("2026-11-16").await;
    assert_eq!((&list["items"][0]["status"], &list["n_done"]), (&json!("done"), &json!(1)));
    let supervisor = world.login("supervisor-01").await;
    let team = supervisor.get("/action-lists?date=2026-11-16&limit=100").await.ok();
    let own =
        team["items"].as_array().unwrap().iter().find(|it| it["user_id"] == customer["owner_id"]).unwrap();
    assert_eq!((&own["n_items"], &own["n_done"]), (&json!(1), &json!(1)), "plan and done");
    world.end().await;
}

#[tokio::test]
async fn a_visit_that_was_planned_for_it_is_a_verified_action() {
    let (world, rep, customer, opportunity) = monday().await;
    let items = json!([{"customer_id": customer["id"], "opportunity_id": opportunity["id"]}]);
    rep.put("/action-lists/2026-11-16", json!({"items": items})).await.ok();
    rep.file_list("2026-11-16").await.ok();
    let visit = rep.check_in(&customer, 0.0).await;
    let completed = format!("/visits/{}/complete", visit["id"].as_str().unwrap());
    let visit = rep.post(&completed, json!({"result_code": "interest", "note": "正常推进"})).await.ok();
    assert_eq!(visit["warnings"][0]["code"], "vague_text");
    assert_eq!(rep.look(&opportunity).await["n_verified_actions"], 1);
    world.end().await;
}
