//! What is checked, what is found, and what would end it.

use serde_json::json;

use super::{fen, line, shop, wanted, yuan};

#[tokio::test]
async fn a_clean_order_is_accepted_and_holds_its_amount() {
    let shop = shop().await;
    let before = shop.check_exposure().await;
    let order = shop.rep.post("/orders", shop.boxes(2)).await;
    assert_eq!(order.status, 201, "{}", order.text);
    let order = order.ok();
    assert_eq!((&order["status"], &order["total"]), (&json!("accepted"), &json!("96.00")));
    assert_eq!(order["findings"], json!([]));
    assert_eq!(order["lines"][0]["amount"], "96.00");
    assert!(order["number"].as_str().unwrap().starts_with("SO-20261116-"), "{}", order["number"]);
    let after = shop.check_exposure().await;
    assert_eq!(fen(&after["reserved"]) - fen(&before["reserved"]), 9_600);
    let read = shop.rep.order(&order).await;
    assert_eq!((&read["lines"], &read["number"]), (&order["lines"], &order["number"]));
    shop.world.end().await;
}

#[tokio::test]
async fn an_order_over_the_limit_waits_with_its_findings_and_the_cheapest_cure() {
    let shop = shop().await;
    let (available, n) = (shop.available().await, shop.too_many().await);
    let preview = shop.rep.post("/orders/preview", shop.boxes(n)).await.ok();
    assert_eq!(shop.available().await, available, "a preview stores nothing");
    let over = n * 4_800 - available;
    let n_less = (over + 4_799) / 4_800;
    let cured = shop.rep.post("/orders/preview", shop.boxes(n - n_less)).await.ok();
    assert_eq!(cured["status"], "accepted");
    let order = shop.rep.post("/orders", shop.boxes(n)).await.ok();
    assert_eq!(order["status"], "pending_special_approval");
    assert_eq!((&preview["status"], &preview["total"]), (&order["status"], &order["total"]));
    assert_eq!(preview["findings"], order["findings"]);
    let finding = &order["findings"][0];
    assert_eq!(finding["rule"], "credit");
    assert_eq!(finding["limit"], "8000.00");
    assert_eq!(finding["over_by"], yuan(over));
    assert_eq!(finding["approver_role"], "regional_director");
    assert_eq!(finding["cure"], format!("少订 {n_less} 箱即可通过"));
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test]
async fn all_findings_are_kept_at_once() {
    let shop = shop().await;
    let n = shop.too_many().await;
    // Below the floor, a gift without a promotion, and over the limit.
    let lines = [
        line(&shop.water, n * 60, "箱", "0.9"),
        line(&shop.water, 1, "瓶", "0"),
        line(&shop.water, n, "箱", "48"),
    ];
    let order = shop.rep.post("/orders", wanted(&shop.store, &lines)).await.ok();
    let rules: Vec<_> =
        order["findings"].as_array().unwrap().iter().map(|it| it["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["credit", "price", "gift"]);
    let price = &order["findings"][1];
    assert_eq!(price["line_no"], 1);
    let cure = price["cure"].as_str().unwrap();
    assert!(cure.contains("单价改为每箱"), "{cure}");
    // The price that is named passes, once the first order holds nothing any more.
    shop.rep.with_order(&order, "cancel", json!({})).await.ok();
    let price = cure.split("每箱 ").nth(1).unwrap().split(' ').next().unwrap();
    let raised = wanted(&shop.store, &[line(&shop.water, 1, "箱", price)]);
    let raised = shop.rep.post("/orders/preview", raised).await.ok();
    assert_eq!(raised["findings"], json!([]));
    shop.world.end().await;
}

#[tokio::test]
async fn a_gift_with_its_promotion_passes_and_goods_for_elsewhere_are_flagged() {
    let shop = shop().await;
    let operations = shop.world.login("operations-01").await;
    let promotion = json!({
        "name": "买十赠一", "buy_product_id": shop.water["id"], "buy_quantity": "10",
        "get_product_id": shop.water["id"], "get_quantity": "1", "valid_from": "2026-11-01",
    });
    let promotion = operations.post("/promotions", promotion).await.ok();
    let mut lines = [line(&shop.water, 20, "瓶", "2"), line(&shop.water, 2, "瓶", "0")];
    for line in &mut lines {
        line["promotion_id"] = promotion["id"].clone();
    }
    let preview = shop.rep.post("/orders/preview", wanted(&shop.store, &lines)).await.ok();
    assert_eq!(preview["findings"], json!([]), "{preview}");
    lines[1]["quantity"] = json!("3");
    let preview = shop.rep.post("/orders/preview", wanted(&shop.store, &lines)).await.ok();
    assert_eq!(preview["findings"][0]["rule"], "gift");
    assert_eq!(preview["findings"][0]["over_by"], "1");
    let regions = operations.get("/regions").await.ok();
    let elsewhere =
        regions["items"].as_array().unwrap().iter().find(|it| it["id"] != shop.store["region_id"]);
    let mut order = shop.boxes(1);
    order["ship_to_region_id"] = elsewhere.unwrap()["id"].clone();
    let preview = shop.rep.post("/orders/preview", order).await.ok();
    assert_eq!(preview["findings"][0]["rule"], "diversion");
    shop.world.end().await;
}

#[tokio::test]
async fn who_pays_at_the_door_needs_no_limit() {
    let shop = shop().await;
    let store = shop.rep.customer("DC002").await;
    assert_eq!(store["credit_limit"], "0.00");
    let order = shop.rep.post("/orders", wanted(&store, &[line(&shop.water, 10, "箱", "48")])).await.ok();
    assert_eq!(order["status"], "accepted");
    shop.world.end().await;
}

#[tokio::test]
async fn what_cannot_be_ordered_at_all_is_named_field_by_field() {
    let shop = shop().await;
    let mut discounted = line(&shop.water, 1, "箱", "48");
    discounted["discount_pct"] = json!(12.5);
    let order = shop.rep.post("/orders/preview", wanted(&shop.store, &[discounted])).await.ok();
    assert_eq!(order["total"], "42.00");
    let lines = [line(&json!({"id": uuid::Uuid::new_v4()}), 1, "箱", "48"), line(&shop.water, 0, "托", "-1")];
    let refused = shop.rep.post("/orders", wanted(&shop.store, &lines)).await;
    let pointers = ["/lines/0/product_id", "/lines/1/unit", "/lines/1/quantity", "/lines/1/unit_price"];
    assert_eq!(refused.pointers(), pointers);
    assert_eq!(refused.refused(422), "product_unknown");
    assert_eq!(shop.rep.post("/orders", wanted(&shop.store, &[])).await.refused(422), "order_lines_missing");
    let nobody = json!({"id": uuid::Uuid::new_v4()});
    let unknown = shop.rep.post("/orders", wanted(&nobody, &[line(&shop.water, 1, "箱", "48")])).await;
    assert_eq!(unknown.refused(422), "customer_unknown");
    let other = shop.world.login("rep-04").await;
    assert_eq!(other.post("/orders", shop.boxes(1)).await.refused(422), "customer_unknown");
    shop.world.end().await;
}

#[tokio::test]
async fn an_order_clerk_enters_it_for_the_rep() {
    let shop = shop().await;
    let clerk = shop.world.login("clerk-01").await;
    let order = clerk.post("/orders", shop.boxes(1)).await.ok();
    let (rep, me) = (shop.rep.get("/me").await.ok(), clerk.get("/me").await.ok());
    assert_eq!((&order["rep_id"], &order["entered_by"]), (&rep["id"], &me["id"]));
    let mut named = shop.boxes(1);
    named["rep_id"] = me["id"].clone();
    assert_eq!(clerk.post("/orders", named.clone()).await.refused(422), "rep_unknown");
    assert_eq!(shop.rep.post("/orders", named).await.refused(422), "rep_not_yours");
    shop.world.end().await;
}

#[tokio::test]
async fn operations_change_who_may_allow_a_small_overrun() {
    let shop = shop().await;
    let n = shop.available().await / 4_800 + 1;
    let approver = |answer: serde_json::Value| answer["findings"][0]["approver_role"].clone();
    let preview = shop.rep.post("/orders/preview", shop.boxes(n)).await.ok();
    assert_eq!(approver(preview), "supervisor", "up to 500 yuan");
    let operations = shop.world.login("operations-01").await;
    let mut document = operations.get("/config/order_checks").await.ok()["published"]["body"].clone();
    document["credit"]["small_overrun"]["approver_role"] = json!("rep");
    operations.put("/config/order_checks/draft", document.clone()).await.ok();
    let refused = operations.post("/config/order_checks/publish", json!({})).await;
    assert_eq!(refused.pointers(), ["/credit/small_overrun/approver_role"]);
    document["credit"]["small_overrun"] = json!(null);
    operations.put("/config/order_checks/draft", document).await.ok();
    operations.post("/config/order_checks/publish", json!({})).await.ok();
    let preview = shop.rep.post("/orders/preview", shop.boxes(n)).await.ok();
    assert_eq!(approver(preview), "regional_director");
    shop.world.end().await;
}
