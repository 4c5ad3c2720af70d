//! What becomes of an order: taken back, delivered, refused, returned, late.

use serde_json::{Value, json};

use super::{Shop, fen, shop};
use crate::deliveries::slip;
use crate::support::Person;

impl Shop {
    /// Delivers an order of which so many boxes are refused.
    async fn hand_over(&self, driver: &Person, order: &Value, n_refused: i64) {
        let delivery = driver.deliver(order).await.ok();
        driver.with_delivery(&delivery, "depart", json!({})).await.ok();
        let photo_ids = driver.shoot(&delivery, &self.store, 0.0).await;
        let mut body = slip(&delivery, &self.store, 0.0, &photo_ids);
        if n_refused > 0 {
            let quantity: i64 = delivery["lines"][0]["quantity"].as_str().unwrap().parse().unwrap();
            body["lines"][0]["accepted_quantity"] = json!((quantity - n_refused).to_string());
            body["lines"][0]["rejected_quantity"] = json!(n_refused.to_string());
            body["lines"][0]["reject_reason"] = json!("破损");
        }
        driver.with_delivery(&delivery, "sign-off", body).await.ok();
    }
}

#[tokio::test]
async fn an_order_is_taken_back_once() {
    let shop = shop().await;
    let before = shop.available().await;
    let order = shop.rep.post("/orders", shop.boxes(2)).await.ok();
    let cancelled = shop.rep.with_order(&order, "cancel", json!({"reason": "客户不要了"})).await.ok();
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("客户不要了"))
    );
    assert_eq!(shop.available().await, before);
    assert_eq!(shop.rep.with_order(&order, "cancel", json!({})).await.refused(409), "order_cancelled");
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test]
async fn refused_boxes_leave_the_exposure_and_signed_ones_are_unbilled() {
    let shop = shop().await;
    let before = shop.check_exposure().await;
    let order = shop.rep.post("/orders", shop.boxes(5)).await.ok();
    let driver = shop.world.login("driver-01").await;
    shop.hand_over(&driver, &order, 2).await;
    let after = shop.check_exposure().await;
    let moved = |bucket: &str| fen(&after[bucket]) - fen(&before[bucket]);
    assert_eq!((moved("reserved"), moved("unbilled"), moved("total")), (0, 3 * 4_800, 3 * 4_800));
    let exceptions = shop.rep.get("/order-exceptions?kind=refused").await.ok();
    let refused = &exceptions["items"][0];
    assert_eq!((&refused["order_number"], &refused["owner_role"]), (&order["number"], &json!("rep")));
    let path = format!("/order-exceptions/{}/close", refused["id"].as_str().unwrap());
    shop.rep.post(&path, json!({"note": "已补货"})).await.ok();
    assert_eq!(shop.rep.post(&path, json!({"note": "再来"})).await.refused(409), "exception_closed");
    let order = shop.rep.order(&order).await;
    assert_eq!(order["status"], "partially_delivered");
    assert_eq!(shop.rep.with_order(&order, "cancel", json!({})).await.refused(409), "order_settled");
    let short = shop.rep.get("/order-exceptions?kind=short").await.ok();
    assert_eq!(short["items"], json!([]), "nothing of it is left to go");
    shop.world.end().await;
}

#[tokio::test]
async fn what_came_back_is_credited_to_the_fen_and_counts_by_its_reason() {
    let shop = shop().await;
    let before = shop.check_exposure().await;
    let order = shop.rep.post("/orders", shop.boxes(3)).await.ok();
    let driver = shop.world.login("driver-01").await;
    shop.hand_over(&driver, &order, 0).await;
    let clerk = shop.world.login("clerk-01").await;
    let back = |quantity: &str, reason: &str| {
        let line = &order["lines"][0]["order_line_id"];
        json!({"lines": [{"order_line_id": line, "quantity": quantity, "reason": reason}]})
    };
    let unknown = clerk.with_order(&order, "returns", back("1", "whatever")).await;
    assert_eq!(unknown.pointers(), ["/lines/0/reason"]);
    let returned = clerk.with_order(&order, "returns", back("1", "near_expiry")).await.ok();
    assert_eq!(returned["amount"], "48.00");
    clerk.with_order(&order, "returns", back("2", "damaged")).await.ok();
    let too_much = clerk.with_order(&order, "returns", back("1", "damaged")).await;
    assert_eq!(too_much.body["errors"][0]["code"], "return_exceeds_accepted");
    let after = shop.check_exposure().await;
    assert_eq!(fen(&after["total"]), fen(&before["total"]));
    assert_eq!(fen(&after["credited"]) - fen(&before["credited"]), 3 * 4_800);
    let exceptions = shop.rep.get("/order-exceptions?kind=returned").await.ok();
    assert_eq!(exceptions["items"].as_array().unwrap().len(), 1);
    // The store's limit on returns is 5 %: two of three boxes are more, from the next day on.
    shop.world.advance("PT24H").await;
    let preview = shop.rep.post("/orders/preview", shop.boxes(1)).await.ok();
    let rules: Vec<_> = preview["findings"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["return_rate"]);
    assert!(preview["findings"][0]["actual"].as_f64().unwrap() > 0.05, "{preview}");
    assert_eq!(preview["findings"][0]["cure"], "需区域总监特批");
    shop.world.end().await;
}

#[tokio::test]
async fn what_a_vehicle_carries_is_neither_changed_nor_taken_back() {
    let shop = shop().await;
    let order = shop.rep.post("/orders", shop.boxes(3)).await.ok();
    let driver = shop.world.login("driver-01").await;
    let delivery = driver.deliver(&order).await.ok();
    assert_eq!(shop.rep.with_order(&order, "cancel", json!({})).await.refused(409), "order_in_delivery");
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let change = json!({"lines": shop.boxes(1)["lines"]});
    assert_eq!(shop.rep.put(&path, change).await.refused(409), "order_in_delivery");
    driver.with_delivery(&delivery, "depart", json!({})).await.ok();
    driver.with_delivery(&delivery, "fail", json!({"reason": "店主不在"})).await.ok();
    shop.rep.with_order(&order, "cancel", json!({})).await.ok();
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test]
async fn the_rest_of_a_partly_delivered_order_is_closed_short() {
    let shop = shop().await;
    let before = shop.check_exposure().await;
    let order = shop.rep.post("/orders", shop.boxes(5)).await.ok();
    let driver = shop.world.login("driver-01").await;
    let line = &order["lines"][0]["order_line_id"];
    let some = json!({"order_id": order["id"], "lines": [{"order_line_id": line, "quantity": "2"}]});
    let delivery = driver.post("/deliveries", some).await.ok();
    driver.with_delivery(&delivery, "depart", json!({})).await.ok();
    driver.sign_off(&delivery, &shop.store, 0.0).await.ok();
    let exceptions = shop.rep.get("/order-exceptions?kind=short").await.ok();
    assert_eq!(exceptions["items"][0]["owner_role"], "logistics");
    let order = shop.rep.order(&order).await;
    assert_eq!(order["status"], "partially_delivered");
    let closed = shop.rep.with_order(&order, "cancel", json!({"reason": "缺货"})).await.ok();
    assert_eq!(
        (&closed["status"], &closed["cancel_reason"]),
        (&json!("partially_delivered"), &json!("缺货"))
    );
    assert_eq!(shop.rep.with_order(&order, "cancel", json!({})).await.refused(409), "order_settled");
    let after = shop.check_exposure().await;
    assert_eq!(fen(&after["total"]) - fen(&before["total"]), 2 * 4_800);
    shop.world.end().await;
}

#[tokio::test]
async fn what_is_crossed_on_the_way_out_is_a_note_and_stops_nothing() {
    let shop = shop().await;
    let order = shop.rep.post("/orders", shop.boxes(2)).await.ok();
    let operations = shop.world.login("operations-01").await;
    let mut document = operations.get("/config/order_checks").await.ok()["published"]["body"].clone();
    document["return_rate"]["smoothing"] = json!({"weight": "100000.00", "group_rate_pct": "50"});
    operations.put("/config/order_checks/draft", document).await.ok();
    operations.post("/config/order_checks/publish", json!({})).await.ok();
    let driver = shop.world.login("driver-01").await;
    let delivery = driver.deliver(&order).await.ok();
    driver.with_delivery(&delivery, "depart", json!({})).await.ok();
    let order = shop.rep.order(&order).await;
    assert_eq!((&order["status"], &order["findings"]), (&json!("accepted"), &json!([])));
    assert_eq!(order["notes"][0]["rule"], "return_rate");
    shop.world.end().await;
}

#[tokio::test]
async fn what_did_not_leave_in_time_is_named_the_next_morning() {
    let shop = shop().await;
    let mut wanted = shop.boxes(1);
    wanted["planned_ship_on"] = json!("2026-11-17");
    let order = shop.rep.post("/orders", wanted).await.ok();
    let late = async || {
        let late = shop.rep.get("/order-exceptions?kind=late&limit=100").await.ok();
        late["items"].as_array().unwrap().iter().filter(|it| it["order_id"] == order["id"]).count()
    };
    shop.world.at("2026-11-17T20:00:00+08:00").await;
    assert_eq!(late().await, 0);
    shop.world.at("2026-11-18T08:00:00+08:00").await;
    assert_eq!(late().await, 1);
    shop.rep.with_order(&order, "cancel", json!({})).await.ok();
    assert_eq!(late().await, 0);
    shop.world.end().await;
}
