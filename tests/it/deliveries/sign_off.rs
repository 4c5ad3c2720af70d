//! The sign-off at the store: place, photos, signer, quantities.

use serde_json::{Value, json};

use super::{slip, under_way};
use crate::support::people::at_store;

#[tokio::test]
async fn a_sign_off_writes_itself_back_to_the_order_and_the_customer() {
    let run = under_way("DC001").await;
    run.driver.with_delivery(&run.delivery, "depart", json!({})).await.ok();
    let signed = run.driver.sign_off(&run.delivery, &run.customer, 10.0).await.ok();
    assert_eq!(signed["status"], "signed");
    assert_eq!(signed["verdict"], "pass");
    assert_eq!((&signed["provisional"], &signed["next"]), (&json!(false), &Value::Null));
    assert_eq!((&signed["delivery_id"], &signed["distance_m"]), (&run.delivery["id"], &json!(10)));

    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!((&delivery["status"], &delivery["review"]), (&json!("signed"), &json!("none")));
    assert_eq!(
        (&delivery["delivered_on"], &delivery["signer_name"]),
        (&json!("2026-11-16"), &json!("陆娣娟"))
    );
    assert!(delivery["signed_at"].as_str().unwrap().starts_with("2026-11-16T02:0"));
    for line in delivery["lines"].as_array().unwrap() {
        assert_eq!(line["accepted_quantity"], line["quantity"]);
        assert_eq!(line["rejected_quantity"], "0");
    }
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(delivery["attempts"][0]["verdict"], "pass");

    let order = run.driver.order(&run.order).await;
    assert_eq!((&order["status"], &order["delivered_on"]), (&json!("delivered"), &json!("2026-11-16")));
    assert_eq!(order["signer_name"], "陆娣娟");
    for line in order["lines"].as_array().unwrap() {
        assert_eq!(
            (&line["accepted_quantity"], &line["rejected_quantity"]),
            (&line["quantity"], &json!("0"))
        );
    }
    let rep = run.world.login("rep-01").await;
    let entry = rep.timeline(&run.customer).await.remove(0);
    assert_eq!((&entry["kind"], &entry["subject_id"]), (&json!("delivery_signed"), &run.delivery["id"]));
    assert!(entry["title"].as_str().unwrap().contains("陆娣娟"));
    assert_eq!(entry["facts"]["delivered_on"], "2026-11-16");
    assert_eq!(entry["facts"]["photo_ids"].as_array().unwrap().len(), 2);
    let file = rep.customer("DC001").await;
    assert!(file["last_verified_at"].as_str().unwrap().starts_with("2026-11-16T02:0"));
    assert!(run.world.login("supervisor-01").await.todos().await.is_empty(), "nothing to look at");
    run.world.end().await;
}

#[tokio::test]
async fn what_is_taken_back_has_a_reason_and_leaves_the_order_partly_delivered() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    let mut body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    let quantity: f64 = run.delivery["lines"][0]["quantity"].as_str().unwrap().parse().unwrap();
    body["lines"][0]["accepted_quantity"] = json!((quantity - 1.5).to_string());
    body["lines"][0]["rejected_quantity"] = json!("1.5");
    body["lines"][0]["reject_reason"] = json!("箱子受潮");
    let signed = run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
    assert_eq!(signed["status"], "partially_signed");
    let line = run.driver.delivery(&run.delivery).await["lines"][0].clone();
    assert_eq!((&line["rejected_quantity"], &line["reject_reason"]), (&json!("1.5"), &json!("箱子受潮")));
    let order = run.driver.order(&run.order).await;
    assert_eq!(
        (&order["status"], &order["delivered_on"]),
        (&json!("partially_delivered"), &json!("2026-11-16"))
    );
    assert_eq!(order["lines"][0]["rejected_quantity"], "1.5");
    let nothing_left = run.driver.deliver(&order).await;
    assert_eq!(nothing_left.refused(409), "order_not_ready", "what was refused is not sent again by itself");
    run.world.end().await;
}

#[tokio::test]
async fn a_customer_may_refuse_everything() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    let mut body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    for line in body["lines"].as_array_mut().unwrap() {
        line["rejected_quantity"] = line["accepted_quantity"].clone();
        line["accepted_quantity"] = json!("0");
        line["reject_reason"] = json!("订错了");
    }
    let signed = run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
    assert_eq!(signed["status"], "refused");
    assert_eq!(run.driver.delivery(&run.delivery).await["status"], "refused");
    assert_eq!(run.driver.order(&run.order).await["status"], "refused");
    let entry = run.world.login("rep-01").await.timeline(&run.customer).await.remove(0);
    assert!(entry["title"].as_str().unwrap().contains("整单拒收"), "{entry}");
    run.world.end().await;
}

#[tokio::test]
async fn everything_that_is_missing_is_named_at_once() {
    let run = under_way("DC001").await;
    let lines = run.delivery["lines"].as_array().unwrap();
    assert!(lines.len() >= 2, "an order with several lines");
    let body = json!({
        "signer_name": "  ",
        "location": at_store(&run.customer, 0.0),
        "photo_ids": [],
        "lines": [
            {"order_line_id": lines[0]["order_line_id"], "accepted_quantity": "1", "rejected_quantity": "1"},
            {"order_line_id": lines[0]["order_line_id"], "accepted_quantity": lines[0]["quantity"]},
            {"order_line_id": "00000000-0000-7000-8000-000000000000", "accepted_quantity": "1"},
        ],
    });
    let answer = run.driver.with_delivery(&run.delivery, "sign-off", body).await;
    let faults = answer.body["errors"].as_array().unwrap();
    let codes: Vec<&str> = faults.iter().map(|it| it["code"].as_str().unwrap()).collect();
    let mut expected = vec![
        ("/signer_name", "signer_missing"),
        ("/photo_ids", "goods_photo_missing"),
        ("/photo_ids", "signed_slip_photo_missing"),
        ("/lines/0/accepted_quantity", "quantity_mismatch"),
        ("/lines/0/reject_reason", "reject_reason_missing"),
        ("/lines/1/order_line_id", "line_twice"),
        ("/lines/2/order_line_id", "line_unknown"),
    ];
    expected.extend(vec![("/lines", "line_missing"); lines.len() - 1]);
    let found: Vec<(&str, &str)> = answer.pointers().into_iter().zip(codes).collect();
    assert_eq!(found, expected);
    assert_eq!(answer.refused(422), "signer_missing");
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!(delivery, run.delivery, "nothing was stored");
    run.world.end().await;
}

#[tokio::test]
async fn quantities_are_exact_and_never_negative() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    let quantity: f64 = run.delivery["lines"][0]["quantity"].as_str().unwrap().parse().unwrap();
    for (accepted, rejected) in
        [(quantity + 0.001, 0.0), (quantity - 0.001, 0.0), (quantity + 1.0, -1.0), (-1.0, quantity + 1.0)]
    {
        let mut body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
        body["lines"][0]["accepted_quantity"] = json!(format!("{accepted:.3}"));
        body["lines"][0]["rejected_quantity"] = json!(format!("{rejected:.3}"));
        body["lines"][0]["reject_reason"] = json!("破损");
        let answer = run.driver.with_delivery(&run.delivery, "sign-off", body).await;
        assert_eq!(answer.pointers(), ["/lines/0/accepted_quantity"], "{accepted} {rejected}");
        assert_eq!(answer.refused(422), "quantity_mismatch");
    }
    let mut body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    for wrong in [json!("1.0005"), json!("viele"), json!(3)] {
        body["lines"][0]["accepted_quantity"] = wrong.clone();
        let answer = run.driver.with_delivery(&run.delivery, "sign-off", body.clone()).await;
        assert_eq!((answer.status, answer.pointers()), (422, vec!["/lines/0/accepted_quantity"]), "{wrong}");
    }
    run.world.end().await;
}

#[tokio::test]
async fn goods_and_slip_are_two_photos_of_this_delivery() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    for (kept, code) in [(0, "signed_slip_photo_missing"), (1, "goods_photo_missing")] {
        let body = slip(&run.delivery, &run.customer, 0.0, &photo_ids[kept..=kept]);
        let answer = run.driver.with_delivery(&run.delivery, "sign-off", body).await;
        assert_eq!(answer.pointers(), ["/photo_ids"]);
        assert_eq!(answer.refused(422), code);
    }
    let rep = run.world.login("rep-01").await;
    let storefront = rep.storefront(&run.customer, 0.0).await["id"].clone();
    let photos = [photo_ids[0].clone(), storefront, photo_ids[1].clone()];
    let body = slip(&run.delivery, &run.customer, 0.0, &photos);
    let answer = run.driver.with_delivery(&run.delivery, "sign-off", body).await;
    assert_eq!(answer.pointers(), ["/photo_ids/1"]);
    assert_eq!(answer.refused(422), "photo_unknown");
    run.world.end().await;
}

#[tokio::test]
async fn a_closed_delivery_stays_as_it_is() {
    let run = under_way("DC001").await;
    run.driver.sign_off(&run.delivery, &run.customer, 0.0).await.ok();
    let signed = run.driver.delivery(&run.delivery).await;
    let again = run.driver.sign_off(&run.delivery, &run.customer, 0.0).await;
    assert_eq!(again.refused(409), "delivery_already_closed");
    for (verb, body, code) in [
        ("depart", json!({}), "delivery_not_planned"),
        ("fail", json!({"reason": "太晚了"}), "delivery_already_closed"),
    ] {
        assert_eq!(run.driver.with_delivery(&run.delivery, verb, body).await.refused(409), code);
    }
    assert_eq!(run.driver.delivery(&run.delivery).await, signed);
    assert_eq!(run.driver.deliver(&run.order).await.refused(409), "order_not_ready");
    run.world.end().await;
}

#[tokio::test]
async fn the_tickets_of_a_delivery_last_until_the_driver_is_back() {
    let run = under_way("DC001").await;
    let subject = ("delivery", run.delivery["id"].as_str().unwrap());
    let (goods, late) =
        (run.driver.ticket("goods", subject).await, run.driver.ticket("goods", subject).await);
    let place = at_store(&run.customer, 0.0);
    run.world.advance("PT35H").await;
    let photo = || crate::support::photos::Photo::bare().jpeg();
    assert_eq!(run.driver.upload(&goods, photo(), Some(&place)).await.ok()["verdict"], "pass");
    run.world.advance("PT1H1M").await;
    assert_eq!(run.driver.upload(&late, photo(), Some(&place)).await.ok()["verdict"], "review");
    run.world.end().await;
}

#[tokio::test]
async fn a_sign_off_without_signal_is_of_the_day_the_goods_were_handed_over() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    run.world.at("2026-11-17T08:00:00+08:00").await;
    let mut body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    body["location"]["captured_at"] = json!("2026-11-16T17:00:00+08:00");
    run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
    let delivery = run.driver.delivery(&run.delivery).await;
    assert_eq!(
        (&delivery["delivered_on"], &delivery["signed_at"]),
        (&json!("2026-11-16"), &json!("2026-11-16T09:00:00Z"))
    );
    let attempt = &delivery["attempts"][0];
    assert!(attempt["received_at"].as_str().unwrap().starts_with("2026-11-17T00:0"));
    run.world.end().await;
}
