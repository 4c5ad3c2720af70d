//! After the signature, or in its place: corrections, overrides, a slip that comes later.

use serde_json::{Value, json};

use super::review::sign_off_with_a_copy;
use super::{accepted, under_way};
use crate::support::people::at_store;
use crate::support::photos::Photo;

/// Everything accepted but `rejected` of the first line.
fn less(delivery: &Value, rejected: &str) -> Vec<Value> {
    let mut lines = accepted(delivery);
    let all: f64 = lines[0]["accepted_quantity"].as_str().unwrap().parse().unwrap();
    let back: f64 = rejected.parse().unwrap();
    lines[0]["accepted_quantity"] = json!((all - back).to_string());
    lines[0]["rejected_quantity"] = json!(rejected);
    lines[0]["reject_reason"] = json!("清点有误");
    lines
}

#[tokio::test]
async fn a_correction_is_a_new_version_and_the_order_follows() {
    let run = under_way("DC001").await;
    run.driver.sign_off(&run.delivery, &run.customer, 0.0).await.ok();
    let supervisor = run.world.login("supervisor-01").await;
    let signed = supervisor.delivery(&run.delivery).await;
    let body = json!({"lines": less(&run.delivery, "1"), "reason": "店里清点少一件"});
    let path = format!("/deliveries/{}/corrections", run.delivery["id"].as_str().unwrap());
    assert_eq!(supervisor.post_if(&path, 1, body.clone()).await.refused(412), "version_conflict");
    let version = signed["version"].as_i64().unwrap();
    let corrected = supervisor.post_if(&path, version, body).await.ok();
    assert_eq!(corrected["status"], "partially_signed");
    assert_eq!(corrected["lines"][0]["rejected_quantity"], "1");
    assert!(corrected["version"].as_i64().unwrap() > version);
    let kept = &corrected["corrections"][0];
    assert_eq!((&kept["n"], &kept["status_before"]), (&json!(1), &json!("signed")));
    assert_eq!(kept["lines_before"][0]["accepted_quantity"], run.delivery["lines"][0]["quantity"]);
    assert_eq!(kept["reason"], "店里清点少一件");
    let order = supervisor.order(&run.order).await;
    assert_eq!(
        (&order["status"], &order["delivered_on"]),
        (&json!("partially_delivered"), &json!("2026-11-16"))
    );
    assert_eq!(order["lines"][0]["rejected_quantity"], "1");
    let fen = |it: &Value| (it.as_str().unwrap().parse::<f64>().unwrap() * 100.0).round();
    let price = fen(&order["lines"][0]["amount"]);
    assert!(fen(&corrected["released"]) > 0.0 && fen(&corrected["released"]) < price);
    assert_eq!(fen(&corrected["unbilled"]) + fen(&corrected["released"]), fen(&order["total"]));

    let back = json!({"lines": accepted(&run.delivery), "reason": "找到了"});
    let again = run.driver.with_delivery(&run.delivery, "corrections", back).await.ok();
    assert_eq!((&again["status"], again["corrections"].as_array().unwrap().len()), (&json!("signed"), 2));
    assert_eq!(supervisor.order(&run.order).await["status"], "delivered");
    run.world.end().await;
}

#[tokio::test]
async fn a_correction_has_seven_days_a_reason_and_something_to_correct() {
    let run = under_way("DC001").await;
    let correct = async |lines: Vec<Value>, reason: &str| {
        let body = json!({"lines": lines, "reason": reason});
        run.driver.with_delivery(&run.delivery, "corrections", body).await
    };
    assert_eq!(correct(less(&run.delivery, "1"), "早了").await.refused(409), "delivery_not_signed");
    run.driver.sign_off(&run.delivery, &run.customer, 0.0).await.ok();
    assert_eq!(correct(less(&run.delivery, "1"), " ").await.refused(422), "correction_reason_missing");
    assert_eq!(correct(accepted(&run.delivery), "一样").await.refused(409), "correction_changes_nothing");
    let mut wrong = less(&run.delivery, "1");
    wrong[0]["rejected_quantity"] = json!("2");
    assert_eq!(correct(wrong, "数错").await.refused(422), "quantity_mismatch");
    let other = run.world.login("supervisor-02").await;
    let body = json!({"lines": less(&run.delivery, "1"), "reason": "越权"});
    assert_eq!(other.with_delivery(&run.delivery, "corrections", body).await.refused(404), "not_found");
    run.world.advance("PT169H").await;
    assert_eq!(correct(less(&run.delivery, "1"), "晚了").await.refused(409), "correction_too_late");
    run.world.end().await;
}

#[tokio::test]
async fn a_supervisor_overrides_and_the_months_list_says_so() {
    let run = under_way("DC001").await;
    let supervisor = run.world.login("supervisor-01").await;
    let silent = supervisor.with_delivery(&run.delivery, "override", json!({"reason": " "})).await;
    assert_eq!(silent.refused(422), "override_reason_missing");
    let body = json!({"reason": "司机手机进水,店主电话确认"});
    let done = supervisor.with_delivery(&run.delivery, "override", body).await.ok();
    assert_eq!(done["outcome"], "completed");
    let delivery = &done["delivery"];
    assert_eq!((&delivery["status"], &delivery["invoicing"]), (&json!("signed"), &json!("held")));
    assert_eq!(delivery["blocked_by"]["code"], "sign_off_photo_missing");
    assert_eq!(delivery["blocked_by"]["subject"]["id"], run.delivery["id"]);
    assert_eq!(delivery["overridden_by"], supervisor.get("/me").await.ok()["id"]);
    assert_eq!(run.driver.order(&run.order).await["status"], "delivered");
    let listed = supervisor.get("/deliveries/overrides?month=2026-11").await.ok();
    assert_eq!(listed["items"][0]["override_reason"], "司机手机进水,店主电话确认");
    assert_eq!(supervisor.get("/deliveries/overrides?month=2026-10").await.ok()["items"], json!([]));
    let elsewhere = run.world.login("supervisor-02").await.get("/deliveries/overrides").await.ok();
    assert_eq!(elsewhere["items"], json!([]));
    assert_eq!(supervisor.get("/deliveries/overrides?month=heute").await.refused(422), "invalid_parameter");
    let again = supervisor.with_delivery(&run.delivery, "override", json!({"reason": "再来"})).await;
    assert_eq!(again.refused(409), "delivery_already_closed");

    // The slip comes later: nothing holds invoicing any more.
    let subject = ("delivery", run.delivery["id"].as_str().unwrap());
    let goods = run.driver.photo("goods", subject, &Photo::bare(), None).await["id"].clone();
    let evidence = async |id: Value| {
        run.driver.with_delivery(&run.delivery, "evidence", json!({"photo_ids": [id]})).await
    };
    assert_eq!(evidence(goods).await.refused(422), "signed_slip_photo_missing");
    // Photographed in the depot, which says nothing about whose slip it is.
    let depot = at_store(&run.customer, 30_000.0);
    let slip = run.driver.photo("signed_slip", subject, &Photo::bare(), Some(&depot)).await["id"].clone();
    let opened = evidence(slip.clone()).await.ok();
    assert_eq!((&opened["invoicing"], &opened["blocked_by"]), (&json!("open"), &Value::Null));
    assert_eq!(evidence(slip).await.refused(409), "invoicing_not_held");
    run.world.end().await;
}

#[tokio::test]
async fn logistics_asks_for_an_override_and_the_supervisor_grants_it() {
    let run = under_way("DC001").await;
    let asked =
        run.driver.with_delivery(&run.delivery, "override", json!({"reason": "店里断电无信号"})).await.ok();
    assert_eq!((&asked["outcome"], &asked["delivery"]["status"]), (&json!("asked"), &json!("planned")));
    let supervisor = run.world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    assert!(todo["summary"].as_str().unwrap().contains("店里断电无信号"));
    assert_eq!(supervisor.decide(&todo, "approve", None).await.refused(422), "comment_missing");
    supervisor.decide(&todo, "approve", Some("已电话核实")).await.ok();
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["status"], &delivery["override_reason"]), (&json!("signed"), &json!("已电话核实")));
    assert_eq!(delivery["invoicing"], "held");
    run.world.end().await;
}

#[tokio::test]
async fn a_vouched_attempt_is_an_override_with_its_photos() {
    let run = under_way("DC001").await;
    sign_off_with_a_copy(&run).await;
    let attempt = run.driver.delivery(&run.delivery).await["attempts"][0]["id"].clone();
    let supervisor = run.world.login("supervisor-01").await;
    let unknown = json!({"reason": "在场", "attempt_id": run.order["id"]});
    assert_eq!(
        supervisor.with_delivery(&run.delivery, "override", unknown).await.refused(422),
        "attempt_unknown"
    );
    let body = json!({"reason": "我在现场", "attempt_id": attempt});
    let done = supervisor.with_delivery(&run.delivery, "override", body).await.ok()["delivery"].clone();
    assert_eq!((&done["signer_name"], &done["invoicing"]), (&json!("陆娣娟"), &json!("open")));
    assert_eq!(done["override_reason"], "我在现场");
    assert!(supervisor.todos().await.is_empty(), "nobody has to vouch for it any more");
    run.world.end().await;
}
