//! Many clients at one customer: the limit holds, nobody breaks, every order is accepted or waits with its findings.

use futures::future::join_all;
use serde_json::json;

use super::{fen, line, shop, wanted};

const N_CLIENTS: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_clients_never_fit_more_into_the_limit_than_it_holds() {
    let shop = shop().await;
    // Half of the orders fit exactly.
    let available = shop.available().await;
    let each = available / 16;
    let price = format!("{}.{:02}", each / 100, each % 100);
    let body = wanted(&shop.store, &[line(&shop.water, 1, "箱", &price)]);
    let clients = join_all((0..N_CLIENTS).map(|_| shop.world.login("rep-01"))).await;
    let answers = join_all(clients.iter().map(|rep| rep.post("/orders", body.clone()))).await;
    let (mut accepted, mut n_accepted, mut n_waiting) = (0, 0, 0);
    for answer in answers {
        assert_eq!(answer.status, 201, "{}", answer.text);
        let order = answer.ok();
        if order["status"] == "accepted" {
            assert_eq!(order["findings"], json!([]));
            accepted += fen(&order["total"]);
            n_accepted += 1;
        } else {
            assert_eq!(order["status"], "pending_special_approval");
            assert_eq!(order["findings"][0]["rule"], "credit");
            n_waiting += 1;
        }
    }
    assert!(accepted <= available, "{accepted} of {available}");
    assert_eq!((n_accepted, n_waiting), (16, 16));
    let exposure = shop.check_exposure().await;
    let held = 32 * each;
    assert_eq!(fen(&exposure["available"]), available - held, "what waits holds its amount");
    shop.world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_deciding_and_placing_at_once_leave_the_books_straight() {
    let shop = shop().await;
    let n = shop.too_many().await;
    let mut orders = Vec::new();
    for place in 0..8 {
        let n = if place % 2 == 0 { 1 } else { n };
        orders.push(shop.rep.post("/orders", shop.boxes(n)).await.ok());
    }
    let director = shop.world.login("director-east").await;
    let todos = director.get("/todos?status=open&limit=100").await.ok()["items"].as_array().unwrap().clone();
    let deciding = todos.iter().enumerate().map(|(place, todo)| {
        let decision = if place % 2 == 0 { "approve" } else { "reject" };
        let path = format!("/approvals/{}/decide", todo["approval_id"].as_str().unwrap());
        let director = &director;
        async move { director.post(&path, json!({"decision": decision, "comment": "好"})).await.status }
    });
    let cancelling = orders.iter().map(|order| {
        let rep = &shop.rep;
        async move { rep.with_order(order, "cancel", json!({})).await.status }
    });
    let placing = (0..8).map(|_| {
        let (rep, body) = (&shop.rep, shop.boxes(1));
        async move { rep.post("/orders", body).await.status }
    });
    let (decided, cancelled, placed) =
        tokio::join!(join_all(deciding), join_all(cancelling), join_all(placing));
    for status in decided.into_iter().chain(cancelled) {
        assert!([200, 409].contains(&status), "{status}");
    }
    assert_eq!(placed, [201; 8]);
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_either_planned_or_taken_back() {
    let shop = shop().await;
    let mut orders = Vec::new();
    for _ in 0..12 {
        orders.push(shop.rep.post("/orders", shop.boxes(1)).await.ok());
    }
    let driver = shop.world.login("driver-01").await;
    let planning = join_all(orders.iter().map(|order| driver.deliver(order)));
    let cancelling = join_all(orders.iter().map(|order| shop.rep.with_order(order, "cancel", json!({}))));
    let (planned, cancelled) = tokio::join!(planning, cancelling);
    for (planned, cancelled) in planned.into_iter().zip(cancelled) {
        let statuses = (planned.status, cancelled.status);
        assert!([(201, 409), (409, 200)].contains(&statuses), "{} {}", planned.text, cancelled.text);
    }
    shop.check_exposure().await;
    shop.world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quote_that_everybody_orders_at_once_becomes_one_order() {
    let shop = shop().await;
    let quote = shop.rep.post("/quotes", shop.boxes(1)).await.ok();
    let path = |verb: &str| format!("/quotes/{}/{verb}", quote["id"].as_str().unwrap());
    let (order, send) = (path("order"), path("send"));
    let ordering = join_all((0..8).map(|_| shop.rep.post(&order, json!({}))));
    let sending = join_all((0..4).map(|_| shop.rep.post(&send, json!({}))));
    let (ordered, sent) = tokio::join!(ordering, sending);
    assert_eq!(ordered.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in ordered.into_iter().chain(sent).filter(|answer| answer.status > 201) {
        assert_eq!(answer.status, 409, "{}", answer.text);
    }
    shop.check_exposure().await;
    shop.world.end().await;
}
