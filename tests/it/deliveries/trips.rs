//! A trip from the plan to the cashier: many orders, one signature a stop.

use serde_json::{Value, json};

use super::{accepted, slip};
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

/// A Monday with a trip of two stops: two orders of a store that pays on delivery, and one of another store.
pub struct Trip {
    pub world: World,
    pub driver: Person,
    pub store: Value,
    pub trip: Value,
}

impl Person {
    /// The accepted orders of a customer.
    async fn orders_of(&self, customer: &Value) -> Vec<Value> {
        let id = customer["id"].as_str().unwrap();
        let orders = self.get(&format!("/orders?status=accepted&customer_id={id}")).await.ok();
        orders["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
    }

    /// The trip as it stands.
    pub async fn trip(&self, trip: &Value) -> Value {
        self.get(&format!("/trips/{}", trip["id"].as_str().unwrap())).await.ok()
    }

    /// Everything a stop takes whole, with fresh photos.
    async fn stop_slip(&self, stop: &Value, customer: &Value) -> Value {
        let deliveries = stop["deliveries"].as_array().unwrap();
        let photo_ids = self.shoot(&deliveries[0], customer, 0.0).await;
        let mut body = slip(&deliveries[0], customer, 0.0, &photo_ids);
        body["lines"] = deliveries.iter().flat_map(accepted).collect();
        body
    }
}

pub fn path(thing: &str, of: &Value, verb: &str) -> String {
    format!("/{thing}/{}/{verb}", of["id"].as_str().unwrap())
}

pub async fn planned() -> Trip {
    let world = World::start().await;
    world.at("2026-11-16T05:00:00+08:00").await;
    let driver = world.login("driver-01").await;
    let desk = world.login("logistics-01").await;
    let (store, other) = (desk.customer("DC002").await, desk.customer("DC001").await);
    let stops = json!([
        {"customer_id": store["id"], "order_ids": desk.orders_of(&store).await},
        {"customer_id": other["id"], "order_ids": desk.orders_of(&other).await},
    ]);
    let me = driver.get("/me").await.ok();
    let operations = world.login("operations-01").await;
    let body = json!({"vehicle": "浙B·D1234", "driver_id": me["id"], "stops": stops});
    let trip = operations.post("/trips", body).await.ok();
    Trip { world, driver, store, trip }
}

#[tokio::test]
async fn a_trip_shows_its_stops_in_order_with_what_each_owes() {
    let run = planned().await;
    assert_eq!((&run.trip["number"], &run.trip["status"]), (&json!("TR-20261116-0001"), &json!("planned")));
    assert_eq!((&run.trip["date"], &run.trip["driver_name"]), (&json!("2026-11-16"), &json!("毛阿根")));
    let stops = run.trip["stops"].as_array().unwrap();
    assert_eq!(stops[0]["customer_name"], "阿娣烟酒副食店");
    assert_eq!(stops[0]["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!(stops[0]["location"]["system"], run.store["location"]["system"]);
    // 24 × 2.2917 + 3 × 23.94 + 12 × 2.4583
    assert_eq!((&stops[0]["due"], &stops[1]["due"]), (&json!("156.32"), &json!("0.00")));
    assert_eq!(stops[0]["signers"], json!([]), "nobody has signed here yet");
    let mine = run.driver.get(&format!("/trips?driver_id={}", run.trip["driver_id"].as_str().unwrap())).await;
    assert_eq!(mine.ok()["items"][0]["id"], run.trip["id"]);
    let tomorrow = run.driver.get("/trips?date=2026-11-17").await.ok();
    assert_eq!(tomorrow["items"], json!([]));
    run.world.end().await;
}

#[tokio::test]
async fn a_trip_takes_each_order_once_and_to_its_own_customer() {
    let world = World::start().await;
    let driver = world.login("driver-01").await;
    let desk = world.login("logistics-01").await;
    let (store, other) = (desk.customer("DC002").await, desk.customer("DC001").await);
    let orders = desk.orders_of(&store).await;
    let plan = async |stops: Value| driver.post("/trips", json!({"vehicle": "浙B", "stops": stops})).await;
    let foreign = plan(json!([{"customer_id": other["id"], "order_ids": [orders[0]]}])).await;
    assert_eq!(foreign.pointers(), ["/stops/0/order_ids/0"]);
    assert_eq!(foreign.refused(422), "order_of_another_customer");
    let twice = plan(json!([{"customer_id": store["id"], "order_ids": [orders[0], orders[0]]}])).await;
    assert_eq!(twice.refused(422), "order_twice");
    assert_eq!(plan(json!([])).await.pointers(), ["/stops"]);
    assert_eq!(
        plan(json!([{"customer_id": store["id"], "order_ids": []}])).await.pointers(),
        ["/stops/0/order_ids"]
    );
    let planned = plan(json!([{"customer_id": store["id"], "order_ids": [orders[0]]}])).await.ok();
    assert_eq!(planned["number"], "TR-20261115-0001", "refusals take no number");
    let again = plan(json!([{"customer_id": store["id"], "order_ids": [orders[0]]}])).await;
    assert_eq!(again.refused(409), "order_in_delivery");
    let operations = world.login("operations-01").await;
    let body = json!({"vehicle": "浙B", "stops": [{"customer_id": store["id"], "order_ids": [orders[1]]}]});
    assert_eq!(operations.post("/trips", body).await.refused(422), "driver_unknown");
    world.end().await;
}

#[tokio::test]
async fn a_trip_departs_once_with_everything_on_it_and_tickets_for_all_photos() {
    let run = planned().await;
    let departed = run.driver.post(&path("trips", &run.trip, "depart"), json!({})).await.ok();
    assert_eq!(departed["status"], "in_transit");
    for stop in departed["stops"].as_array().unwrap() {
        for delivery in stop["deliveries"].as_array().unwrap() {
            assert_eq!(delivery["status"], "in_transit");
        }
    }
    let tickets = departed["tickets"].as_array().unwrap();
    let kinds: Vec<_> = tickets.iter().map(|it| it["purpose"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["goods", "signed_slip", "goods", "signed_slip"], "one set a stop");
    let again = run.driver.post(&path("trips", &run.trip, "depart"), json!({})).await;
    assert_eq!(again.refused(409), "trip_already_departed");

    // Without signal all day: the photo arrives 35 hours later.
    run.world.advance("PT35H").await;
    let ticket = tickets[0]["tickets"][0].as_str().unwrap();
    let photo = run.driver.upload(ticket, Photo::bare().jpeg(), Some(&at_store(&run.store, 0.0))).await.ok();
    assert_eq!(photo["verdict"], "pass");
    run.world.end().await;
}

#[tokio::test]
async fn a_stop_is_signed_off_once_for_all_of_its_orders() {
    let run = planned().await;
    let stop = &run.trip["stops"][0];
    let mut body = run.driver.stop_slip(stop, &run.store).await;
    body["payment"] = json!({"method": "cash", "amount": "150.00"});
    let signed = run.driver.post_once(&path("stops", stop, "sign-off"), "stop-1", body.clone()).await.ok();
    assert_eq!((&signed["verdict"], &signed["provisional"]), (&json!("pass"), &json!(false)));
    assert_eq!(signed["deliveries"].as_array().unwrap().len(), 2);
    let replayed = run.driver.post_once(&path("stops", stop, "sign-off"), "stop-1", body).await;
    assert_eq!(replayed.headers["idempotent-replayed"], "true");
    assert_eq!(replayed.ok(), signed);

    let rep = run.world.login("rep-01").await;
    for delivery in stop["deliveries"].as_array().unwrap() {
        let seen = rep.delivery(delivery).await;
        assert_eq!((&seen["status"], &seen["invoicing"]), (&json!("signed"), &json!("open")));
        let order = rep.order(&json!({"id": delivery["order_id"]})).await;
        assert_eq!((&order["status"], &order["signer_name"]), (&json!("delivered"), &json!("陆娣娟")));
        assert_eq!((&seen["unbilled"], &seen["released"]), (&order["total"], &json!("0.00")));
    }
    let trip = run.driver.trip(&run.trip).await;
    let stop = &trip["stops"][0];
    assert!(stop["arrived_at"].is_string(), "signing off implies arrival");
    assert_eq!(stop["signers"], json!(["陆娣娟"]), "who signed here lately");
    let payment = &stop["payments"][0];
    assert_eq!((&payment["amount"], &payment["due"]), (&json!("150.00"), &json!("156.32")));
    assert_eq!((stop["payments"].as_array().unwrap().len(), &trip["cash"]), (1, &json!("150.00")));
    run.world.end().await;
}

#[tokio::test]
async fn the_deliveries_of_a_stop_share_its_photos_one_after_the_other_too() {
    let run = planned().await;
    let deliveries = run.trip["stops"][0]["deliveries"].as_array().unwrap();
    let photo_ids = run.driver.shoot(&deliveries[0], &run.store, 0.0).await;
    for delivery in deliveries {
        let body = slip(delivery, &run.store, 0.0, &photo_ids);
        let signed = run.driver.with_delivery(delivery, "sign-off", body).await.ok();
        assert_eq!((&signed["status"], &signed["verdict"]), (&json!("signed"), &json!("pass")));
    }
    run.world.end().await;
}

#[tokio::test]
async fn a_doubtful_stop_is_one_question_about_all_of_its_deliveries() {
    let run = planned().await;
    let stop = &run.trip["stops"][0];
    let deliveries = stop["deliveries"].as_array().unwrap();
    let photo_ids = run.driver.shoot(&deliveries[0], &run.store, 1_000.0).await;
    let lines: Vec<Value> = deliveries.iter().flat_map(accepted).collect();
    let mut body = slip(&deliveries[0], &run.store, 1_000.0, &photo_ids);
    body["lines"] = json!(lines);
    let signed = run.driver.post(&path("stops", stop, "sign-off"), body).await.ok();
    assert_eq!((&signed["verdict"], &signed["provisional"]), (&json!("review"), &json!(true)));
    let supervisor = run.world.login("supervisor-01").await;
    let todos = supervisor.todos().await;
    assert_eq!(todos.len(), 1);
    supervisor.decide(&todos[0], "approve", None).await.ok();
    for delivery in deliveries {
        assert_eq!(run.driver.delivery(delivery).await["review"], "accepted");
    }
    run.world.end().await;
}

#[tokio::test]
async fn what_was_collected_is_handed_in_and_the_cashier_confirms_it() {
    let run = planned().await;
    let finance = run.world.login("finance-01").await;
    let hand_in = async |body: Value| run.driver.post(&path("trips", &run.trip, "hand-in"), body).await;
    let confirm = async |body: Value| finance.post(&path("trips", &run.trip, "hand-in/confirm"), body).await;
    let stops = run.trip["stops"].as_array().unwrap();
    let mut body = run.driver.stop_slip(&stops[0], &run.store).await;
    body["payment"] = json!({"method": "cash", "amount": "156.32"});
    run.driver.post(&path("stops", &stops[0], "sign-off"), body).await.ok();
    assert_eq!(hand_in(json!({"counted": {"cash": "156.32"}})).await.refused(409), "trip_stops_open");
    run.driver.with_delivery(&stops[1]["deliveries"][0], "fail", json!({"reason": "店主不在"})).await.ok();
    assert_eq!(confirm(json!({"cash": "1.00"})).await.refused(409), "trip_not_handed_in");

    let short = hand_in(json!({"counted": {"cash": "156.00"}})).await;
    assert_eq!(short.pointers(), ["/reason"]);
    assert_eq!(short.refused(422), "difference_reason_missing");
    let subject = ("trip", run.trip["id"].as_str().unwrap());
    let voucher = run.driver.photo("voucher", subject, &Photo::bare(), None).await["id"].clone();
    let body = json!({"counted": {"cash": "156.00"}, "reason": "零钱找错", "photo_ids": [voucher]});
    let handed_in = hand_in(body).await.ok();
    assert_eq!(handed_in["status"], "handed_in");
    let seen = &handed_in["hand_in"];
    assert_eq!((&seen["expected_cash"], &seen["difference"]), (&json!("156.32"), &json!("-0.32")));
    assert_eq!(hand_in(json!({"counted": {}})).await.refused(409), "trip_over");

    assert_eq!(confirm(json!({"cash": "155.00"})).await.refused(422), "difference_reason_missing");
    let closed = confirm(json!({"cash": "155.00", "reason": "一张一元为残币"})).await.ok();
    assert_eq!(
        (&closed["status"], &closed["hand_in"]["confirmed_cash"]),
        (&json!("closed"), &json!("155.00"))
    );
    assert_eq!(closed["hand_in"]["confirm_reason"], "一张一元为残币");
    assert_eq!(confirm(json!({"cash": "155.00"})).await.refused(409), "trip_over");
    run.world.end().await;
}

#[tokio::test]
async fn goods_go_out_and_come_in_at_the_door_with_who_bears_it() {
    let run = planned().await;
    let stop = &run.trip["stops"][0];
    let product = stop["deliveries"][0]["lines"][0].clone();
    let products = run.driver.get("/products?limit=100").await.ok();
    let named = |it: &&Value| it["name"] == product["product_name"];
    let product = products["items"].as_array().unwrap().iter().find(named).unwrap().clone();
    assert_eq!(product["list_price"], Value::Null, "who carries it sees no price");
    let line = |unit: &Value, reason: Option<&str>| json!({"product_id": product["id"], "unit": unit, "quantity": "2", "reason": reason});
    let mut body = run.driver.stop_slip(stop, &run.store).await;
    body["returns"] =
        json!([{"out": [line(&json!("吨"), None)], "in": [line(&product["base_unit"], Some("moody"))]}]);
    let wrong = run.driver.post(&path("stops", stop, "sign-off"), body.clone()).await;
    assert_eq!(wrong.pointers(), ["/returns/0/out/0/unit", "/returns/0/in/0/reason"]);
    let unit = &product["base_unit"];
    body["returns"] = json!([{"out": [line(unit, None)], "in": [line(unit, Some("near_expiry"))]}]);
    run.driver.post(&path("stops", stop, "sign-off"), body).await.ok();
    let returns = run.driver.trip(&run.trip).await["stops"][0]["returns"].clone();
    let back = returns.as_array().unwrap().iter().find(|it| it["direction"] == "in").unwrap();
    assert_eq!((&back["quantity"], &back["borne_by"]), (&json!("2"), &json!("supplier")));
    assert_eq!(back["counts_in_return_rate"], false);
    assert_eq!(returns[0]["exchange_id"], returns[1]["exchange_id"], "one record");
    let reasons = run.driver.get("/return-reasons").await.ok();
    assert!(reasons["items"].as_array().unwrap().iter().any(|it| it["code"] == "recall"));
    run.world.end().await;
}

#[tokio::test]
async fn a_vehicle_arrives_after_it_has_left() {
    let run = planned().await;
    let stop = &run.trip["stops"][0];
    let arrive = async || run.driver.post(&path("stops", stop, "arrive"), json!({})).await;
    assert_eq!(arrive().await.refused(409), "delivery_not_departed");
    run.driver.post(&path("trips", &run.trip, "depart"), json!({})).await.ok();
    arrive().await.ok();
    assert_eq!(run.driver.delivery(&stop["deliveries"][0]).await["status"], "arrived");
    assert_eq!(arrive().await.refused(409), "delivery_already_arrived");
    run.world.end().await;
}

#[tokio::test]
async fn who_carries_goods_sees_no_prices() {
    let run = planned().await;
    let order = json!({"id": run.trip["stops"][0]["deliveries"][0]["order_id"]});
    let carried = run.driver.order(&order).await;
    assert_eq!((&carried["total"], &carried["lines"][0]["unit_price"]), (&Value::Null, &Value::Null));
    assert_eq!(carried["lines"][0]["amount"], Value::Null);
    let sold = run.world.login("rep-01").await.order(&order).await;
    assert!(sold["total"].is_string() && sold["lines"][0]["unit_price"].is_string());
    run.world.end().await;
}
