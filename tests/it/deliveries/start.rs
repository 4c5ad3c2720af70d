//! A delivery is made ready, departs, or fails.

use serde_json::{Value, json};

use super::under_way;
use crate::support::World;

#[tokio::test]
async fn a_delivery_takes_what_is_left_of_the_order_and_a_number_of_its_day() {
    let run = under_way("DC001").await;
    let delivery = &run.delivery;
    assert_eq!(delivery["number"], "DN-20261116-0001");
    assert_eq!(delivery["status"], "planned");
    assert_eq!((&delivery["order_id"], &delivery["customer_id"]), (&run.order["id"], &run.customer["id"]));
    let me = run.driver.get("/me").await.ok();
    assert_eq!(delivery["driver_id"], me["id"]);
    let lines = delivery["lines"].as_array().unwrap();
    let ordered = run.order["lines"].as_array().unwrap();
    assert_eq!(lines.len(), ordered.len());
    for (line, ordered) in lines.iter().zip(ordered) {
        assert_eq!(line["order_line_id"], ordered["id"]);
        assert_eq!((&line["quantity"], &line["unit"]), (&ordered["quantity"], &ordered["unit"]));
        assert_eq!(line["accepted_quantity"], Value::Null);
    }
    assert_eq!(run.driver.delivery(delivery).await, *delivery);
    run.world.end().await;
}

#[tokio::test]
async fn numbers_have_no_gaps_and_start_anew_each_day() {
    let run = under_way("DC001").await;
    let orders = run.world.login("logistics-01").await.get("/orders?status=accepted&limit=100").await.ok();
    let others = orders["items"].as_array().unwrap().iter().filter(|it| it["id"] != run.order["id"]);
    let others: Vec<&Value> = others.collect();
    run.driver.deliver(&run.order).await.refused(409);
    let second = run.driver.deliver(others[0]).await.ok();
    assert_eq!(second["number"], "DN-20261116-0002", "a refusal takes no number");
    run.world.at("2026-11-17T09:00:00+08:00").await;
    let next_day = run.driver.deliver(others[1]).await.ok();
    assert_eq!(next_day["number"], "DN-20261117-0001");
    run.world.end().await;
}

#[tokio::test]
async fn an_order_has_one_delivery_under_way_and_must_be_accepted() {
    let run = under_way("DC001").await;
    assert_eq!(run.driver.deliver(&run.order).await.refused(409), "order_in_delivery");
    for status in ["pending_special_approval", "delivered"] {
        let orders =
            run.world.login("logistics-01").await.get(&format!("/orders?status={status}")).await.ok();
        let answer = run.driver.deliver(&orders["items"][0]).await;
        assert_eq!(answer.refused(409), "order_not_ready", "{status}");
    }
    let unknown = json!({"id": "00000000-0000-7000-8000-000000000000"});
    let answer = run.driver.deliver(&unknown).await;
    assert_eq!(answer.pointers(), ["/order_id"]);
    assert_eq!(answer.refused(422), "order_unknown");
    run.world.end().await;
}

#[tokio::test]
async fn only_logistics_delivers() {
    let run = under_way("DC001").await;
    for who in
        ["rep-01", "supervisor-01", "director-east", "clerk-01", "finance-01", "operations-01", "admin"]
    {
        let person = run.world.login(who).await;
        assert_eq!(person.deliver(&run.order).await.refused(403), "forbidden", "{who}");
        for verb in ["depart", "sign-off", "fail"] {
            let answer = person.with_delivery(&run.delivery, verb, json!({})).await;
            assert_eq!(answer.refused(403), "forbidden", "{who} {verb}");
        }
    }
    assert_eq!(run.driver.delivery(&run.delivery).await["status"], "planned");
    run.world.end().await;
}

#[tokio::test]
async fn a_driver_is_somebody_of_logistics() {
    let world = World::start().await;
    let driver = world.login("logistics-01").await;
    let order = driver.order_of(&driver.customer("DC001").await).await;
    let id = async |username: &str| world.login(username).await.get("/me").await.ok()["id"].clone();
    for wrong in [id("rep-01").await, json!("00000000-0000-7000-8000-000000000000")] {
        let answer = driver.post("/deliveries", json!({"order_id": order["id"], "driver_id": wrong})).await;
        assert_eq!(answer.pointers(), ["/driver_id"]);
        assert_eq!(answer.refused(422), "driver_unknown");
    }
    let right = id("driver-01").await;
    let started = driver.post("/deliveries", json!({"order_id": order["id"], "driver_id": right})).await.ok();
    assert_eq!(started["driver_id"], right);
    assert_eq!(started["number"], "DN-20261115-0001");
    world.end().await;
}

#[tokio::test]
async fn a_part_of_the_order_can_go_first_and_the_rest_later() {
    let world = World::start().await;
    let (driver, desk) = (world.login("driver-01").await, world.login("logistics-01").await);
    let customer = desk.customer("DC001").await;
    let order = desk.order_of(&customer).await;
    let line = &order["lines"][0];
    let start = async |lines: Value| {
        driver.post("/deliveries", json!({"order_id": order["id"], "lines": lines})).await
    };
    let some = |quantity: &str| json!({"order_line_id": line["id"], "quantity": quantity});
    let too_much = format!("{}1", line["quantity"].as_str().unwrap());
    let unknown = json!({"order_line_id": "00000000-0000-7000-8000-000000000000", "quantity": "1"});
    let wrong = start(json!([some("0"), some("1"), unknown])).await;
    assert_eq!(wrong.pointers(), ["/lines/0/quantity", "/lines/1/order_line_id", "/lines/2/order_line_id"]);
    wrong.refused(422);
    for quantity in ["-1", too_much.as_str()] {
        assert_eq!(start(json!([some(quantity)])).await.pointers(), ["/lines/0/quantity"]);
    }
    assert_eq!(start(json!([])).await.pointers(), ["/lines"]);

    let first = start(json!([some("1")])).await.ok();
    assert_eq!(first["lines"].as_array().unwrap().len(), 1);
    // A refusal may have used numbers up: they have gaps.
    assert!(first["number"].as_str().unwrap().starts_with("DN-20261115-"), "{first}");
    driver.sign_off(&first, &customer, 0.0).await.ok();
    assert_eq!(driver.order(&order).await["status"], "partially_delivered");
    let rest = driver.deliver(&order).await.ok();
    assert_eq!(rest["lines"].as_array().unwrap().len(), order["lines"].as_array().unwrap().len());
    driver.sign_off(&rest, &customer, 0.0).await.ok();
    let done = driver.order(&order).await;
    assert_eq!(done["status"], "delivered");
    for line in done["lines"].as_array().unwrap() {
        assert_eq!(line["accepted_quantity"], line["quantity"]);
    }
    world.end().await;
}

#[tokio::test]
async fn a_delivery_departs_once() {
    let run = under_way("DC001").await;
    let departed = run.driver.with_delivery(&run.delivery, "depart", json!({})).await.ok();
    assert_eq!(departed["status"], "in_transit");
    assert!(departed["departed_at"].as_str().unwrap().starts_with("2026-11-16T02:0"));
    let again = run.driver.with_delivery(&run.delivery, "depart", json!({})).await;
    assert_eq!(again.refused(409), "delivery_not_planned");
    run.world.end().await;
}

#[tokio::test]
async fn a_failed_delivery_says_why_and_frees_the_order() {
    let run = under_way("DC001").await;
    let fail =
        async |reason: &str| run.driver.with_delivery(&run.delivery, "fail", json!({"reason": reason})).await;
    let silent = fail("  ").await;
    assert_eq!(silent.pointers(), ["/reason"]);
    assert_eq!(silent.refused(422), "fail_reason_missing");
    let failed = fail("店主不在,卷帘门锁着").await.ok();
    assert_eq!(
        (&failed["status"], &failed["fail_reason"]),
        (&json!("failed"), &json!("店主不在,卷帘门锁着"))
    );
    let entry = run.world.login("rep-01").await.timeline(&run.customer).await.remove(0);
    assert_eq!(entry["kind"], "delivery_failed");
    assert!(entry["title"].as_str().unwrap().contains("店主不在"));

    assert_eq!(fail("再来一次").await.refused(409), "delivery_already_closed");
    let late = run.driver.sign_off(&run.delivery, &run.customer, 0.0).await;
    assert_eq!(late.refused(409), "delivery_already_closed");
    assert_eq!(run.driver.order(&run.order).await["status"], "accepted");
    let second = run.driver.deliver(&run.order).await.ok();
    assert_eq!(second["number"], "DN-20261116-0002");
    assert_eq!(second["lines"].as_array().unwrap().len(), run.order["lines"].as_array().unwrap().len());
    run.world.end().await;
}
