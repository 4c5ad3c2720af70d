//! Special approvals: bound to what was asked for, and over in time.

use serde_json::{Value, json};

use super::{Shop, fen, line, shop, wanted};
use crate::support::Person;

/// The director's to-do about an order.
async fn todo(director: &Person, order: &Value) -> Value {
    let todos = director.get("/todos?status=open").await.ok();
    let todos = todos["items"].as_array().unwrap().clone();
    let todo = todos.into_iter().find(|it| it["subject_id"] == order["id"]);
    todo.unwrap_or_else(|| panic!("no to-do about {}", order["number"]))
}

async fn decide(director: &Person, todo: &Value, decision: &str) -> crate::support::Answer {
    let body = json!({"decision": decision, "comment": "看过了"});
    director.post(&format!("/approvals/{}/decide", todo["approval_id"].as_str().unwrap()), body).await
}

async fn waiting(shop: &Shop) -> Value {
    let n = shop.too_many().await;
    let order = shop.rep.post("/orders", shop.boxes(n)).await.ok();
    assert_eq!(order["status"], "pending_special_approval");
    order
}

#[tokio::test]
async fn the_director_allows_it_and_it_goes() {
    let shop = shop().await;
    let order = waiting(&shop).await;
    let director = shop.world.login("director-east").await;
    let exceptions = director.get("/order-exceptions?kind=waiting").await.ok();
    assert_eq!(exceptions["items"][0]["order_number"], order["number"]);
    assert_eq!(exceptions["items"][0]["owner_role"], "regional_director");
    let todo = todo(&director, &order).await;
    assert_eq!(todo["kind"], "special_approval");
    decide(&director, &todo, "approve").await.ok();
    let order = shop.rep.order(&order).await;
    assert_eq!(order["status"], "accepted");
    assert!(order["findings"][0]["granted_at"].is_string(), "{order}");
    let open = director.get("/order-exceptions?kind=waiting").await.ok();
    assert_eq!(open["items"], json!([]));
    let statistics = director.get("/orders/checks/statistics?from=2026-11-16&to=2026-11-16").await.ok();
    assert_eq!((&statistics["n_submitted"], &statistics["n_first_pass"]), (&json!(1), &json!(0)));
    assert_eq!(statistics["rules"], json!([{"rule": "credit", "n_found": 1, "n_granted": 1}]));
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test]
async fn a_rejection_takes_it_back_and_lets_its_money_go() {
    let shop = shop().await;
    let before = shop.available().await;
    let order = waiting(&shop).await;
    assert!(shop.available().await < before, "it holds while it waits");
    let director = shop.world.login("director-east").await;
    decide(&director, &todo(&director, &order).await, "reject").await.ok();
    let order = shop.rep.order(&order).await;
    assert_eq!((&order["status"], &order["cancel_reason"]), (&json!("cancelled"), &json!("看过了")));
    assert_eq!(shop.available().await, before);
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test]
async fn what_nobody_allows_in_time_is_taken_back() {
    let shop = shop().await;
    let before = shop.available().await;
    let order = waiting(&shop).await;
    shop.world.advance("PT71H59M").await;
    assert_eq!(shop.rep.order(&order).await["status"], "pending_special_approval");
    shop.world.advance("PT2M").await;
    let order = shop.rep.order(&order).await;
    assert_eq!(order["status"], "cancelled");
    assert!(order["cancelled_at"].is_string());
    assert_eq!(shop.available().await, before);
    let inbox = shop.world.inbox_of("rep-01").await;
    assert!(inbox.iter().any(|it| it["title"].as_str().unwrap().contains("特批逾期")), "{inbox:?}");
    let director = shop.world.login("director-east").await;
    assert!(director.get("/todos?status=open").await.ok()["items"].as_array().unwrap().is_empty());
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test]
async fn raising_it_after_it_was_allowed_asks_again_and_lowering_it_does_not() {
    let shop = shop().await;
    let n = shop.too_many().await;
    let order = shop.rep.post("/orders", shop.boxes(n)).await.ok();
    let director = shop.world.login("director-east").await;
    decide(&director, &todo(&director, &order).await, "approve").await.ok();
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let change = |n: i64, price: &str| json!({"lines": [line(&shop.water, n, "箱", price)]});
    let edited = shop.rep.put(&path, change(n - 1, "48")).await.ok();
    assert_eq!(edited["status"], "accepted", "{edited}");
    shop.check_exposure().await;
    let edited = shop.rep.put(&path, change(n, "48")).await.ok();
    assert_eq!(edited["status"], "pending_special_approval", "more than before");
    let edited = shop.rep.put(&path, change(n + 1, "48")).await.ok();
    assert_eq!(fen(&edited["total"]), (n + 1) * 4_800);
    // The newest question counts, and it is the only one.
    decide(&director, &todo(&director, &order).await, "approve").await.ok();
    let edited = shop.rep.put(&path, change(n + 1, "47.99")).await.ok();
    assert_eq!(edited["status"], "pending_special_approval", "cheaper than before");
    let edited = shop.rep.put(&path, change(1, "48")).await.ok();
    assert_eq!(edited["status"], "accepted", "nothing is exceeded any more");
    assert_eq!(edited["findings"], json!([]));
    assert!(director.get("/todos?status=open").await.ok()["items"].as_array().unwrap().is_empty());
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test]
async fn an_edit_of_a_clean_order_is_checked_as_if_it_were_new() {
    let shop = shop().await;
    let order = shop.rep.post("/orders", shop.boxes(1)).await.ok();
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let n = shop.too_many().await + 1;
    let edited = shop.rep.put(&path, json!({"lines": [line(&shop.water, n, "箱", "48")]})).await.ok();
    assert_eq!(edited["status"], "pending_special_approval");
    let stale = shop.rep.put(&path, json!({"lines": []})).await;
    assert_eq!(stale.refused(422), "order_lines_missing");
    let other = shop.world.login("rep-02").await;
    assert_eq!(other.put(&path, json!({"lines": []})).await.refused(404), "not_found");
    let two = wanted(&shop.store, &[line(&shop.water, 1, "箱", "48"), line(&shop.water, 2, "瓶", "2")]);
    let edited = shop.rep.put(&path, json!({"lines": two["lines"]})).await.ok();
    assert_eq!((&edited["status"], &edited["total"]), (&json!("accepted"), &json!("52.00")));
    assert_eq!(shop.rep.order(&order).await["lines"].as_array().unwrap().len(), 2);
    shop.check_exposure().await;
    shop.world.end().await;
}
