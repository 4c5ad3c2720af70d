//! A command that takes a list sends no more statements for fifty items than for one: each answer of a development
//! installation says how many it took.

use serde_json::{Value, json};

use crate::deliveries::trips::path;
use crate::orders::{line, wanted};
use crate::support::{Answer, Person, World};

/// What a chunk, documents that are read anew after two seconds or a line of another kind may add.
const A_FEW: u64 = 8;

fn n_statements(answer: &Answer) -> u64 {
    assert!((200..300).contains(&answer.status), "{}: {}", answer.status, answer.text);
    answer.headers["x-statements"].to_str().unwrap().parse().unwrap()
}

#[track_caller]
fn check(what: &str, one: &Answer, fifty: &Answer) {
    let (one, fifty) = (n_statements(one), n_statements(fifty));
    println!("{what}: {one} for one, {fifty} for fifty");
    assert!(fifty <= one + A_FEW, "{what}: {one} statements for one, {fifty} for fifty");
}

/// Monday 10:00 with a rep and what may be bought of water.
struct Day {
    world: World,
    rep: Person,
    store: Value,
    water: Value,
}

async fn monday() -> Day {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let (store, water) = (rep.customer("DC001").await, rep.product("DP001").await);
    Day { world, rep, store, water }
}

impl Day {
    /// So many lines of a bottle each.
    fn bottles(&self, n: usize) -> Value {
        let lines: Vec<Value> = (0..n).map(|_| line(&self.water, 1, "瓶", "2")).collect();
        wanted(&self.store, &lines)
    }

    /// So many orders of one bottle, of the rep's stores in turn.
    async fn orders(&self, n: usize) -> Vec<Value> {
        let stores = self.rep.get("/customers?limit=100").await.ok()["items"].as_array().unwrap().clone();
        let mut orders = Vec::new();
        for n in 0..n {
            let store = &stores[n % stores.len()];
            let order =
                self.rep.post("/orders", wanted(store, &[line(&self.water, 1, "瓶", "2")])).await.ok();
            assert_eq!(order["status"], "accepted", "{order}");
            orders.push(order);
        }
        orders
    }
}

fn stops(orders: &[Value]) -> Value {
    let stop = |order: &Value| json!({"customer_id": order["customer_id"], "order_ids": [order["id"]]});
    json!({"vehicle": "浙B·D1234", "stops": orders.iter().map(stop).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_long_order_and_a_long_quote_cost_no_more_statements_than_short_ones() {
    let day = monday().await;
    let rep = &day.rep;
    rep.post("/orders", day.bottles(1)).await.ok();
    let one = rep.post("/orders", day.bottles(1)).await;
    let fifty = rep.post("/orders", day.bottles(50)).await;
    check("placing an order", &one, &fifty);
    let (one, fifty) = (one.ok(), fifty.ok());
    let preview = async |n| rep.post("/orders/preview", day.bottles(n)).await;
    check("previewing an order", &preview(1).await, &preview(50).await);
    let edit = async |order: &Value, n| {
        let path = format!("/orders/{}", order["id"].as_str().unwrap());
        rep.put(&path, json!({"lines": day.bottles(n)["lines"]})).await
    };
    check("editing an order", &edit(&one, 1).await, &edit(&fifty, 50).await);

    let quote = async |n| rep.post("/quotes", day.bottles(n)).await;
    let (one, fifty) = (quote(1).await, quote(50).await);
    check("writing a quote", &one, &fifty);
    let revise = async |quote: Answer, n| {
        let path = format!("/quotes/{}", quote.ok()["id"].as_str().unwrap());
        rep.put(&path, json!({"lines": day.bottles(n)["lines"]})).await
    };
    check("revising a quote", &revise(one, 1).await, &revise(fifty, 50).await);
    let held = rep.post("/orders", wanted(&day.store, &[line(&day.water, 1, "瓶", "0.01")])).await;
    println!("an order that waits: {}", n_statements(&held));
    day.world.end().await;
}

#[tokio::test]
async fn a_trip_of_fifty_stops_costs_no_more_statements_than_one_of_one() {
    let day = monday().await;
    let orders = day.orders(51).await;
    let driver = day.world.login("driver-01").await;
    let one = driver.post("/trips", stops(&orders[..1])).await;
    let fifty = driver.post("/trips", stops(&orders[1..])).await;
    check("planning a trip", &one, &fifty);
    let trips = [one.ok(), fifty.ok()];

    let take = async |trip: &Value| {
        day.world.anonymous().post(&path("trips", trip, "take"), json!({"pin": "2580"})).await
    };
    check("taking a trip over", &take(&trips[0]).await, &take(&trips[1]).await);
    let depart = async |trip: &Value| driver.post(&path("trips", trip, "depart"), json!({})).await;
    check("departing", &depart(&trips[0]).await, &depart(&trips[1]).await);

    for trip in &trips {
        for stop in driver.trip(trip).await["stops"].as_array().unwrap() {
            let fail = path("deliveries", &stop["deliveries"][0], "fail");
            driver.post(&fail, json!({"reason": "店铺关门"})).await.ok();
        }
    }
    let hand_in = async |trip: &Value| {
        driver.post(&path("trips", trip, "hand-in"), json!({"counted": {"cash": "0.00"}})).await
    };
    check("handing in", &hand_in(&trips[0]).await, &hand_in(&trips[1]).await);
    day.world.end().await;
}

#[tokio::test]
async fn the_sign_off_and_the_return_of_fifty_lines_cost_no_more_statements_than_of_one() {
    let day = monday().await;
    let driver = day.world.login("driver-01").await;
    let clerk = day.world.login("clerk-01").await;
    let (mut signed, mut returned) = (Vec::new(), Vec::new());
    for n in [1, 50] {
        let order = day.rep.post("/orders", day.bottles(n)).await.ok();
        let delivery = driver.deliver(&order).await.ok();
        driver.with_delivery(&delivery, "depart", json!({})).await.ok();
        signed.push(driver.sign_off(&delivery, &day.store, 0.0).await);
        let order = clerk.order(&order).await;
        let back = |it: &Value| json!({"order_line_id": it["id"], "quantity": "1", "reason": "near_expiry"});
        let lines: Vec<Value> = order["lines"].as_array().unwrap().iter().map(back).collect();
        returned.push(clerk.with_order(&order, "returns", json!({"lines": lines})).await);
    }
    check("signing off", &signed[0], &signed[1]);
    check("taking goods back", &returned[0], &returned[1]);
    day.world.end().await;
}

#[tokio::test]
async fn fifty_tickets_and_a_full_list_cost_no_more_statements_than_one() {
    let day = monday().await;
    let tickets = async |n| {
        let subject = &day.store["id"];
        let body =
            json!({"purpose": "storefront", "subject_type": "customer", "subject_id": subject, "count": n});
        day.rep.post("/capture-tickets", body).await
    };
    check("handing out tickets", &tickets(1).await, &tickets(50).await);
    let proposed = day.rep.get("/action-lists/suggestions?date=2026-11-17").await.ok();
    let item = |it: &Value| {
        json!({"customer_id": it["customer_id"], "opportunity_id": it["opportunity_id"],
               "action": it["action"], "objective": it["objective"]})
    };
    let items: Vec<Value> = proposed["items"].as_array().unwrap().iter().map(item).collect();
    assert!(items.len() > 4, "{proposed}");
    let list = async |n: usize, date: &str| {
        day.rep.put(&format!("/action-lists/{date}"), json!({"items": items[..n]})).await
    };
    check("listing customers", &list(1, "2026-11-17").await, &list(items.len(), "2026-11-18").await);
    day.world.end().await;
}
