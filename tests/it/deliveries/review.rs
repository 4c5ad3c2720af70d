//! A doubtful sign-off counts for now; a refused one is kept until somebody vouches for it.

use serde_json::{Value, json};

use super::{Run, slip, under_way};
use crate::support::people::at_store;
use crate::support::photos::Photo;

/// A sign-off with goods that somebody else has photographed before.
pub async fn sign_off_with_a_copy(run: &Run) -> Value {
    let rep = run.world.login("rep-01").await;
    let bytes = Photo::bare().jpeg();
    let place = at_store(&run.customer, 0.0);
    let ticket = rep.ticket("storefront", ("customer", run.customer["id"].as_str().unwrap())).await;
    rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    let ticket = run.driver.ticket("goods", ("delivery", run.delivery["id"].as_str().unwrap())).await;
    let goods = run.driver.upload(&ticket, bytes, Some(&place)).await.ok();
    let slip_photo = run.driver.shoot(&run.delivery, &run.customer, 0.0).await.remove(1);
    let body = slip(&run.delivery, &run.customer, 0.0, &[goods["id"].clone(), slip_photo]);
    run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok()
}

#[tokio::test]
async fn a_doubtful_place_signs_off_for_now_and_the_owners_supervisor_looks() {
    let run = under_way("DC001").await;
    let signed = run.driver.sign_off(&run.delivery, &run.customer, 1_000.0).await.ok();
    run.world.settle().await;
    assert_eq!((&signed["status"], &signed["verdict"]), (&json!("signed"), &json!("review")));
    assert_eq!((&signed["provisional"], &signed["next"]), (&json!(true), &Value::Null));
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["provisional"], &delivery["review"]), (&json!(true), &json!("pending")));
    assert_eq!(run.driver.order(&run.order).await["status"], "delivered", "nothing waits for the review");

    let supervisor = run.world.login("supervisor-01").await;
    let todos = supervisor.todos().await;
    assert_eq!(todos.len(), 1);
    assert_eq!(
        (&todos[0]["kind"], &todos[0]["subject_type"]),
        (&json!("evidence_review"), &json!("delivery"))
    );
    assert_eq!(todos[0]["subject_id"], run.delivery["id"]);
    assert!(todos[0]["summary"].as_str().unwrap().contains("DN-20261116-0001"));
    assert_eq!(run.world.sent_to("supervisor-01").await.last().unwrap()["template_id"], "sim-todo");
    assert!(run.world.login("supervisor-02").await.todos().await.is_empty());

    supervisor.decide(&todos[0], "approve", None).await.ok();
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["provisional"], &delivery["review"]), (&json!(false), &json!("accepted")));
    assert_eq!(supervisor.timeline(&run.customer).await[0]["kind"], "delivery_reviewed");
    run.world.end().await;
}

#[tokio::test]
async fn a_sign_off_that_a_supervisor_does_not_believe_counts_no_more_and_says_so() {
    let run = under_way("DC001").await;
    run.driver.sign_off(&run.delivery, &run.customer, 1_000.0).await.ok();
    let supervisor = run.world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("照片里不是这家店")).await.ok();
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["status"], &delivery["review"]), (&json!("arrived"), &json!("rejected")));
    assert_eq!((&delivery["provisional"], &delivery["delivered_on"]), (&json!(false), &Value::Null));
    assert_eq!((&delivery["invoicing"], &delivery["signer_name"]), (&Value::Null, &Value::Null));
    let worth = supervisor.delivery(&run.delivery).await;
    assert_eq!((&worth["unbilled"], &worth["released"]), (&json!("0.00"), &json!("0.00")));
    let order = run.driver.order(&run.order).await;
    assert_eq!((&order["status"], &order["delivered_on"]), (&json!("accepted"), &Value::Null));
    assert_eq!(order["lines"][0]["accepted_quantity"], "0");
    let told = run.world.inbox_of("driver-01").await.remove(0);
    assert!(told["body"].as_str().unwrap().contains("照片里不是这家店"));

    run.driver.sign_off(&run.delivery, &run.customer, 0.0).await.ok();
    let again = run.driver.delivery(&run.delivery).await;
    assert_eq!((&again["status"], &again["review"]), (&json!("signed"), &json!("none")));
    assert_eq!(run.driver.order(&run.order).await["status"], "delivered");
    run.world.end().await;
}

#[tokio::test]
async fn a_refused_sign_off_is_kept_and_the_next_photo_signs() {
    let run = under_way("DC001").await;
    let refused = sign_off_with_a_copy(&run).await;
    run.world.settle().await;
    assert_eq!((&refused["status"], &refused["verdict"]), (&json!("planned"), &json!("reject")));
    assert_eq!((&refused["next"], &refused["provisional"]), (&json!("retake"), &json!(false)));
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["status"], &delivery["delivered_on"]), (&json!("planned"), &Value::Null));
    assert_eq!(delivery["lines"], run.delivery["lines"]);
    let attempt = &delivery["attempts"][0];
    assert_eq!((&attempt["signer_name"], &attempt["next"]), (&json!("陆娣娟"), &json!("retake")));
    assert_eq!(attempt["photo_ids"].as_array().unwrap().len(), 2);
    assert_eq!(run.driver.order(&run.order).await["status"], "accepted");
    let supervisor = run.world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    let facts = supervisor.get(&format!("/approvals/{}", todo["approval_id"].as_str().unwrap())).await.ok();
    assert_eq!(facts["facts"]["signer_name"], "陆娣娟");
    assert_eq!(
        facts["facts"]["lines"].as_array().unwrap().len(),
        run.delivery["lines"].as_array().unwrap().len()
    );
    assert_eq!(run.world.sent_to("supervisor-01").await.last().unwrap()["template_id"], "sim-todo");

    let retake = run.driver.sign_off(&run.delivery, &run.customer, 0.0).await.ok();
    assert_eq!((&retake["status"], &retake["verdict"]), (&json!("signed"), &json!("pass")));
    let signed = run.driver.delivery(&run.delivery).await;
    assert_eq!(signed["attempts"].as_array().unwrap().len(), 2);
    // Nobody has to vouch for the first one any more.
    let late = supervisor.decide(&todo, "approve", Some("情况属实")).await;
    assert_eq!(late.refused(409), "delivery_already_closed");
    assert_eq!(run.driver.delivery(&run.delivery).await, signed);
    assert_eq!(
        run.driver.order(&run.order).await["lines"][0]["accepted_quantity"],
        run.order["lines"][0]["quantity"]
    );
    run.world.end().await;
}

#[tokio::test]
async fn a_supervisor_who_vouches_completes_it_with_the_day_and_the_signer_of_the_attempt() {
    let run = under_way("DC001").await;
    sign_off_with_a_copy(&run).await;
    run.world.at("2026-11-17T09:00:00+08:00").await;
    let supervisor = run.world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    assert_eq!(supervisor.decide(&todo, "approve", None).await.refused(422), "comment_missing");
    assert_eq!(run.driver.delivery(&run.delivery).await["status"], "planned");
    supervisor.decide(&todo, "approve", Some("我在现场")).await.ok();

    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["status"], &delivery["review"]), (&json!("signed"), &json!("accepted")));
    assert_eq!(
        (&delivery["delivered_on"], &delivery["signer_name"]),
        (&json!("2026-11-16"), &json!("陆娣娟"))
    );
    assert!(delivery["signed_at"].as_str().unwrap().starts_with("2026-11-16T02:0"));
    let order = run.driver.order(&run.order).await;
    assert_eq!((&order["status"], &order["delivered_on"]), (&json!("delivered"), &json!("2026-11-16")));
    assert_eq!(order["signer_name"], "陆娣娟");
    for line in order["lines"].as_array().unwrap() {
        assert_eq!(line["accepted_quantity"], line["quantity"]);
    }
    let kinds: Vec<Value> =
        supervisor.timeline(&run.customer).await.iter().map(|entry| entry["kind"].clone()).collect();
    assert!(kinds.contains(&json!("delivery_signed")), "{kinds:?}");
    run.world.end().await;
}

#[tokio::test]
async fn a_refused_attempt_that_nobody_vouches_for_leaves_the_delivery_open() {
    let run = under_way("DC001").await;
    sign_off_with_a_copy(&run).await;
    let supervisor = run.world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("请回店里重拍")).await.ok();
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["status"], &delivery["signer_name"]), (&json!("planned"), &Value::Null));
    run.driver.sign_off(&run.delivery, &run.customer, 0.0).await.ok();
    run.world.end().await;
}

#[tokio::test]
async fn without_a_place_the_sign_off_counts_and_a_person_looks() {
    let run = under_way("DC001").await;
    let mut photo_ids = Vec::new();
    for purpose in ["goods", "signed_slip"] {
        let subject = ("delivery", run.delivery["id"].as_str().unwrap());
        photo_ids.push(run.driver.photo(purpose, subject, &Photo::bare(), None).await["id"].clone());
    }
    let mut body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    body.as_object_mut().unwrap().remove("location");
    let signed = run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
    assert_eq!((&signed["status"], &signed["verdict"]), (&json!("signed"), &json!("review")));
    assert!(signed["reasons"].as_array().unwrap().contains(&json!("no_location")));
    run.world.end().await;
}
