//! Drivers who share a phone: a trip is taken over with its loading sheet and a personal number.

use serde_json::{Value, json};

use super::slip;
use super::trips::planned;
use crate::support::{Answer, Person, World};

/// Scans the loading sheet on a phone nobody is logged in on.
async fn scan(world: &World, trip: &Value, body: Value) -> Answer {
    world.anonymous().post(&format!("/trips/{}/take", trip["id"].as_str().unwrap()), body).await
}

fn with(world: &World, taken: &Value) -> Person {
    let token = taken["token"].as_str().map(str::to_owned);
    Person { token, username: "a shared phone".to_owned(), ..world.anonymous() }
}

#[tokio::test]
async fn who_takes_a_trip_over_sees_that_trip_and_nothing_else() {
    let run = planned().await;
    let taken = scan(&run.world, &run.trip, json!({"pin": "2580"})).await.ok();
    assert_eq!((&taken["scope"], &taken["trip"]["status"]), (&json!("trip"), &json!("loaded")));
    assert_eq!(taken["tickets"].as_array().unwrap().len(), 4);
    let phone = with(&run.world, &taken);
    assert_eq!(phone.get("/me").await.ok()["username"], "driver-01");
    let trip = phone.trip(&run.trip).await;
    assert_eq!(trip["stops"][0]["due"], "156.32", "what is due on delivery is shown");
    let delivery = &trip["stops"][0]["deliveries"][0];
    assert_eq!(delivery["status"], "loaded");
    assert_eq!(phone.delivery(delivery).await["unbilled"], Value::Null);

    let seen = phone.shoot(delivery, &run.store, 0.0).await;
    phone.get(&format!("/photos/{}", seen[0].as_str().unwrap())).await.ok();

    let order = delivery["order_id"].as_str().unwrap();
    let customer = run.store["id"].as_str().unwrap();
    for path in ["/orders", "/customers", "/trips", "/deliveries", "/notifications", "/products"] {
        assert_eq!(phone.get(path).await.refused(403), "forbidden", "{path}");
    }
    for path in [format!("/orders/{order}"), format!("/customers/{customer}")] {
        assert_eq!(phone.get(&path).await.refused(403), "forbidden", "{path}");
    }
    let ticket = json!({"purpose": "storefront", "subject_type": "customer", "subject_id": customer});
    assert_eq!(phone.post("/capture-tickets", ticket).await.refused(422), "subject_unknown");
    let me = run.trip["driver_id"].as_str().unwrap();
    let answer = phone.put(&format!("/users/{me}/pin"), json!({"pin": "1111"})).await;
    assert_eq!(answer.refused(403), "forbidden");
    run.world.end().await;
}

#[tokio::test]
async fn another_trip_does_not_exist_for_a_shared_phone() {
    let run = planned().await;
    let phone = with(&run.world, &scan(&run.world, &run.trip, json!({"pin": "2580"})).await.ok());
    let customer = run.world.login("logistics-01").await.customer("DC009").await;
    let order = run.world.login("logistics-01").await.order_of(&customer).await;
    let delivery = run.driver.deliver(&order).await.ok();
    let all = run.driver.get("/trips?limit=100").await.ok();
    let other = all["items"].as_array().unwrap().iter().find(|it| it["id"] != run.trip["id"]).unwrap();
    assert_eq!(
        phone.get(&format!("/trips/{}", other["id"].as_str().unwrap())).await.refused(404),
        "not_found"
    );
    let seen = phone.get(&format!("/deliveries/{}", delivery["id"].as_str().unwrap())).await;
    assert_eq!(seen.refused(404), "not_found");
    let stop = delivery["stop_id"].as_str().unwrap();
    let arrive = phone.post(&format!("/stops/{stop}/arrive"), json!({})).await;
    assert_eq!(arrive.refused(404), "not_found");
    run.world.end().await;
}

#[tokio::test]
async fn a_shared_phone_shows_no_photo_of_its_drivers_other_work() {
    let run = planned().await;
    let desk = run.world.login("logistics-01").await;
    let customer = desk.customer("DC009").await;
    let delivery = run.driver.deliver(&desk.order_of(&customer).await).await.ok();
    let photo = run.driver.shoot(&delivery, &customer, 0.0).await[0].clone();
    let path = format!("/photos/{}", photo.as_str().unwrap());
    run.driver.get(&path).await.ok();
    let phone = with(&run.world, &scan(&run.world, &run.trip, json!({"pin": "2580"})).await.ok());
    assert_eq!(phone.get(&path).await.refused(404), "not_found");
    run.world.end().await;
}

#[tokio::test]
async fn a_colleague_takes_the_trip_over_by_name() {
    let run = planned().await;
    let taken = scan(&run.world, &run.trip, json!({"pin": "2580", "username": "logistics-01"})).await.ok();
    let phone = with(&run.world, &taken);
    let me = phone.get("/me").await.ok();
    assert_eq!((&me["username"], &taken["trip"]["driver_id"]), (&json!("logistics-01"), &me["id"]));
    let first = &taken["trip"]["stops"][0]["deliveries"][0];
    assert_eq!(phone.delivery(first).await["driver_id"], me["id"]);
    let depart = format!("/trips/{}/depart", run.trip["id"].as_str().unwrap());
    assert_eq!(run.driver.post(&depart, json!({})).await.refused(404), "not_found", "it is theirs now");
    phone.post(&depart, json!({})).await.ok();
    run.world.end().await;
}

#[tokio::test]
async fn five_wrong_numbers_lock_it_for_a_quarter_of_an_hour() {
    let run = planned().await;
    for _ in 0..5 {
        let wrong = scan(&run.world, &run.trip, json!({"pin": "0000"})).await;
        assert_eq!(wrong.pointers(), ["/pin"]);
        assert_eq!(wrong.refused(422), "pin_wrong");
    }
    let locked = scan(&run.world, &run.trip, json!({"pin": "2580"})).await;
    assert!(locked.headers.contains_key("retry-after"));
    assert_eq!(locked.refused(429), "pin_locked");
    run.world.advance("PT15M").await;
    scan(&run.world, &run.trip, json!({"pin": "2580"})).await.ok();
    let stranger = scan(&run.world, &run.trip, json!({"pin": "2580", "username": "rep-01"})).await;
    assert_eq!(stranger.refused(422), "pin_wrong", "a name that does not drive reads like a wrong number");
    run.world.end().await;
}

#[tokio::test]
async fn a_number_is_set_by_who_leads_and_changed_by_who_has_it() {
    let run = planned().await;
    let path = format!("/users/{}/pin", run.trip["driver_id"].as_str().unwrap());
    for (who, pin) in [("admin", "1111"), ("logistics-01", "22222"), ("driver-01", "33333333")] {
        run.world.login(who).await.put(&path, json!({"pin": pin})).await.ok();
        scan(&run.world, &run.trip, json!({"pin": pin})).await.ok();
    }
    for who in ["supervisor-01", "rep-01", "operations-01"] {
        let answer = run.world.login(who).await.put(&path, json!({"pin": "4444"})).await;
        assert_eq!(answer.refused(404), "not_found", "{who}");
    }
    for pin in ["123", "123456789", "12a4"] {
        let answer = run.driver.put(&path, json!({"pin": pin})).await;
        assert_eq!(answer.refused(422), "pin_invalid", "{pin}");
    }
    run.world.end().await;
}

#[tokio::test]
async fn who_takes_over_signs_a_stop_that_is_half_done_and_who_drove_before_loses_no_sign_off() {
    let run = planned().await;
    run.driver.post(&format!("/trips/{}/depart", run.trip["id"].as_str().unwrap()), json!({})).await.ok();
    let (half, other) = (&run.trip["stops"][0], &run.trip["stops"][1]);
    let first = &half["deliveries"][0];
    run.driver.sign_off(first, &run.store, 0.0).await.ok();
    // Signed at the door without signal, before a colleague took the trip over.
    let customer = run.world.login("logistics-01").await.customer("DC001").await;
    let unsent = {
        let delivery = &other["deliveries"][0];
        slip(delivery, &customer, 0.0, &run.driver.shoot(delivery, &customer, 0.0).await)
    };
    let taken = scan(&run.world, &run.trip, json!({"pin": "2580", "username": "logistics-01"})).await.ok();
    let phone = with(&run.world, &taken);
    let second = &half["deliveries"][1];
    let body = slip(second, &run.store, 0.0, &phone.shoot(second, &run.store, 0.0).await);
    let sign_off = |stop: &Value| format!("/stops/{}/sign-off", stop["id"].as_str().unwrap());
    assert_eq!(phone.post(&sign_off(half), body).await.ok()["verdict"], "pass");

    let signed = run.driver.post(&sign_off(other), unsent).await.ok();
    assert_eq!(signed["deliveries"][0]["status"], "signed");
    let arrive = format!("/stops/{}/arrive", other["id"].as_str().unwrap());
    assert_eq!(run.driver.post(&arrive, json!({})).await.refused(404), "not_found", "it is theirs otherwise");
    run.world.end().await;
}
