//! After a refused sign-off: the same photos, the same review, and its end.

use serde_json::{Value, json};

use super::review::sign_off_with_a_copy;
use super::{Run, slip, under_way};
use crate::support::people::at_store;
use crate::support::photos::Photo;

#[tokio::test]
async fn the_photos_of_a_refused_sign_off_serve_its_next_one() {
    let run = under_way("DC001").await;
    sign_off_with_a_copy(&run).await;
    let attempts = run.driver.delivery(&run.delivery).await["attempts"].clone();
    let slip_photo = attempts[0]["photo_ids"][1].clone();
    let goods = run.driver.shoot(&run.delivery, &run.customer, 0.0).await.remove(0);
    let body = slip(&run.delivery, &run.customer, 0.0, &[goods, slip_photo]);
    let signed = run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
    assert_eq!((&signed["status"], &signed["verdict"]), (&json!("signed"), &json!("pass")));
    run.world.end().await;
}

#[tokio::test]
async fn photos_of_a_delivery_last_a_day_and_a_half() {
    for (after, verdict) in [("PT35H59M", "pass"), ("PT36H1M", "review")] {
        let run = under_way("DC001").await;
        let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
        run.world.advance(after).await;
        let body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
        let signed = run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
        assert_eq!((&signed["status"], &signed["verdict"]), (&json!("signed"), &json!(verdict)), "{after}");
        let is_stale = signed["reasons"].as_array().unwrap().contains(&json!("stale_photo"));
        assert_eq!(is_stale, verdict == "review", "{signed}");
        run.world.end().await;
    }
}

/// Takes the same picture in for a delivery.
async fn picture(run: &Run, delivery: &Value, purpose: &str, bytes: &[u8]) -> Value {
    let ticket = run.driver.ticket(purpose, ("delivery", delivery["id"].as_str().unwrap())).await;
    let place = at_store(&run.customer, 0.0);
    run.driver.upload(&ticket, bytes.to_vec(), Some(&place)).await.ok()
}

#[tokio::test]
async fn one_picture_is_not_both_the_goods_and_the_slip() {
    let run = under_way("DC001").await;
    let bytes = Photo::bare().jpeg();
    let goods = picture(&run, &run.delivery, "goods", &bytes).await;
    let slip_photo = picture(&run, &run.delivery, "signed_slip", &bytes).await;
    assert_eq!(goods["verdict"], "pass");
    assert_eq!((&slip_photo["verdict"], &slip_photo["duplicate_of"]), (&json!("reject"), &goods["id"]));
    assert!(slip_photo["reasons"].as_array().unwrap().contains(&json!("duplicate_exact")));
    let ids = [goods["id"].clone(), slip_photo["id"].clone()];
    let body = slip(&run.delivery, &run.customer, 0.0, &ids);
    let refused = run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
    assert_eq!((&refused["status"], &refused["next"]), (&json!("planned"), &json!("retake")));
    run.world.end().await;
}

#[tokio::test]
async fn one_set_of_photos_serves_all_deliveries_of_a_stop() {
    let run = under_way("DC001").await;
    run.driver.with_delivery(&run.delivery, "fail", json!({"reason": "改分两车"})).await.ok();
    let line = &run.order["lines"][0]["id"];
    let part = json!({"order_id": run.order["id"], "lines": [{"order_line_id": line, "quantity": "1"}]});
    let bytes = [Photo::bare().jpeg(), Photo::bare().jpeg()];
    for draft in [part, json!({"order_id": run.order["id"]})] {
        let delivery = run.driver.post("/deliveries", draft).await.ok();
        let goods = picture(&run, &delivery, "goods", &bytes[0]).await["id"].clone();
        // A slip that shows the goods is refused, and spoils nothing for the next delivery.
        assert_eq!(picture(&run, &delivery, "signed_slip", &bytes[0]).await["verdict"], "reject");
        let slip_photo = picture(&run, &delivery, "signed_slip", &bytes[1]).await["id"].clone();
        let body = slip(&delivery, &run.customer, 0.0, &[goods, slip_photo]);
        let signed = run.driver.with_delivery(&delivery, "sign-off", body).await.ok();
        assert_eq!((&signed["status"], &signed["verdict"]), (&json!("signed"), &json!("pass")));
    }
    run.world.end().await;
}

async fn n_rings(run: &Run) -> usize {
    run.world.settle().await;
    run.world.sent_to("supervisor-01").await.iter().filter(|it| it["template_id"] == "sim-todo").count()
}

#[tokio::test]
async fn refused_again_it_is_the_same_review_with_the_newest_attempt() {
    let run = under_way("DC001").await;
    sign_off_with_a_copy(&run).await;
    let supervisor = run.world.login("supervisor-01").await;
    let opened = supervisor.todos().await.remove(0);
    let path = format!("/approvals/{}", opened["approval_id"].as_str().unwrap());
    let before = supervisor.get(&path).await.ok();
    assert_eq!(n_rings(&run).await, 1);
    sign_off_with_a_copy(&run).await;
    let todos = supervisor.todos().await;
    assert_eq!((todos.len(), &todos[0]["approval_id"]), (1, &opened["approval_id"]));
    assert_eq!(n_rings(&run).await, 1, "nobody is called twice");
    let after = supervisor.get(&path).await.ok();
    let attempts = run.driver.delivery(&run.delivery).await["attempts"].clone();
    assert_eq!(before["facts"]["attempt_id"], attempts[1]["id"]);
    assert_eq!(after["facts"]["attempt_id"], attempts[0]["id"]);
    assert_eq!((&after["due_at"], &after["version"]), (&before["due_at"], &json!(2)));

    run.world.advance("PT1H").await;
    supervisor.decide(&opened, "approve", Some("我在现场")).await.ok();
    assert_eq!(run.driver.delivery(&run.delivery).await["signed_at"], attempts[0]["at"]);
    run.world.end().await;
}

#[tokio::test]
async fn a_delivery_that_is_over_otherwise_needs_no_decision() {
    for is_failed in [false, true] {
        let run = under_way("DC001").await;
        sign_off_with_a_copy(&run).await;
        let supervisor = run.world.login("supervisor-01").await;
        let todo = supervisor.todos().await.remove(0);
        if is_failed {
            run.driver.with_delivery(&run.delivery, "fail", json!({"reason": "店主不在"})).await.ok();
        } else {
            run.driver.sign_off(&run.delivery, &run.customer, 0.0).await.ok();
        }
        let closed = run.driver.delivery(&run.delivery).await;
        assert!(supervisor.todos().await.is_empty());
        let path = format!("/approvals/{}", todo["approval_id"].as_str().unwrap());
        let withdrawn = supervisor.get(&path).await.ok();
        assert_eq!((&withdrawn["status"], &withdrawn["decided_by"]), (&json!("withdrawn"), &Value::Null));
        let late = supervisor.decide(&todo, "approve", Some("情况属实")).await;
        assert_eq!(late.refused(409), "delivery_already_closed");
        assert_eq!(run.driver.delivery(&run.delivery).await, closed);

        run.world.advance("PT72H").await;
        let told = run.world.inbox_of("supervisor-01").await;
        assert!(told.iter().all(|notice| notice["kind"] != "todo_reminder"), "{told:?}");
        assert!(run.world.inbox_of("driver-01").await.iter().all(|notice| notice["kind"] != "decided"));
        run.world.end().await;
    }
}

#[tokio::test]
async fn a_doubtful_sign_off_after_a_refused_one_opens_its_own_review() {
    let run = under_way("DC001").await;
    sign_off_with_a_copy(&run).await;
    let supervisor = run.world.login("supervisor-01").await;
    let refused = supervisor.todos().await.remove(0);
    run.driver.sign_off(&run.delivery, &run.customer, 1_000.0).await.ok();
    let todos = supervisor.todos().await;
    assert_eq!(todos.len(), 1);
    assert_ne!(todos[0]["approval_id"], refused["approval_id"]);
    supervisor.decide(&todos[0], "approve", None).await.ok();
    assert_eq!(run.driver.delivery(&run.delivery).await["review"], "accepted");
    run.world.end().await;
}
