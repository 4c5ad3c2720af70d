//! Many people at once on one database.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

const N_AT_ONCE: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_check_ins_and_fifty_sign_offs_at_once_are_all_stored() {
    let world = World::start().await;
    let check_ins = check_ins(&world).await;
    let deliveries = deliveries(&world, 5_000.0).await;
    let driver = world.login("driver-01").await;
    let far_away: Vec<Value> =
        (0..N_AT_ONCE).map(|place| sign_off(&deliveries[place % deliveries.len()], 5_000.0)).collect();

    let checking_in = check_ins.iter().map(|(rep, body)| rep.post("/visits", body.clone()));
    let signing_off = far_away.iter().map(|body| driver.post(path_of(body), body["body"].clone()));
    let (checked_in, signed_off) = tokio::join!(join_all(checking_in), join_all(signing_off));

    for answer in checked_in {
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    for answer in signed_off {
        assert_eq!(answer.ok()["verdict"], "reject");
    }
    let visits = all(&world.login("sales-director").await, "/visits").await;
    assert_eq!(visits.len(), N_AT_ONCE);
    let mut n_attempts = 0;
    for delivery in &deliveries {
        let detail = driver.get(&format!("/deliveries/{}", id(&delivery["delivery"]))).await.ok();
        n_attempts += detail["attempts"].as_array().unwrap().len();
        assert_eq!(detail["status"], "in_transit");
    }
    assert_eq!(n_attempts, N_AT_ONCE);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_offs_at_once_sign_every_delivery_once() {
    let world = World::start().await;
    let deliveries = deliveries(&world, 3.0).await;
    let driver = world.login("driver-01").await;
    // Everybody's phone sends twice.
    let bodies: Vec<Value> =
        deliveries.iter().chain(&deliveries).map(|delivery| sign_off(delivery, 3.0)).collect();

    let answers = join_all(bodies.iter().map(|body| driver.post(path_of(body), body["body"].clone()))).await;

    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), deliveries.len(), "{statuses:?}");
    assert_eq!(statuses.iter().filter(|it| **it == 409).count(), deliveries.len(), "{statuses:?}");
    for delivery in &deliveries {
        let detail = driver.get(&format!("/deliveries/{}", id(&delivery["delivery"]))).await.ok();
        assert_eq!(detail["status"], "signed");
        assert_eq!(detail["attempts"].as_array().unwrap().len(), 1);
    }
    world.end().await;
}

fn id(it: &Value) -> &str {
    it["id"].as_str().unwrap()
}

fn path_of(sign_off: &Value) -> &str {
    sign_off["path"].as_str().unwrap()
}

/// All of a list, page by page.
async fn all(person: &Person, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = person.get(&format!("{path}?limit=100{cursor}")).await.ok();
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// Fifty stores, each with its rep standing there and a photo taken.
async fn check_ins(world: &World) -> Vec<(Person, Value)> {
    let mut check_ins = Vec::new();
    for number in 1..=6 {
        let rep = world.login(&format!("rep-0{number}")).await;
        for customer in all(&rep, "/customers").await {
            if check_ins.len() == N_AT_ONCE {
                break;
            }
            let here = at_store(&customer, 5.0);
            let subject = ("customer", id(&customer));
            let photo = rep.photo("storefront", subject, &Photo::bare(), Some(&here)).await;
            let body = json!({"customer_id": id(&customer), "location": here, "photo_ids": [id(&photo)]});
            check_ins.push((rep.clone(), body));
        }
    }
    assert_eq!(check_ins.len(), N_AT_ONCE, "the demo company has as many customers");
    check_ins
}

/// Every order that is ready, on its way, with the customer and photos that say how far from the store they were taken.
async fn deliveries(world: &World, north_m: f64) -> Vec<Value> {
    let logistics = world.login("logistics-01").await;
    let driver = world.login("driver-01").await;
    let driver_id = driver.get("/me").await.ok()["id"].clone();
    let orders = all(&logistics, "/orders").await;
    let mut deliveries = Vec::new();
    for order in orders.iter().filter(|order| order["status"] == "accepted") {
        let body = json!({"order_id": id(order), "driver_id": driver_id});
        let delivery = logistics.post("/deliveries", body).await.ok();
        let path = format!("/deliveries/{}/depart", id(&delivery));
        driver.post(&path, json!({})).await.ok();
        let customer =
            driver.get(&format!("/customers/{}", order["customer_id"].as_str().unwrap())).await.ok();
        let here = at_store(&customer, north_m);
        let position = (here["lat"].as_f64().unwrap(), here["lng"].as_f64().unwrap());
        let mut photo_ids = Vec::new();
        for purpose in ["goods", "signed_slip"] {
            let subject = ("delivery", id(&delivery));
            // Far away, coordinate systems do not matter.
            let picture = Photo { position: (north_m > 1_000.0).then_some(position), ..Photo::bare() };
            let photo = driver.photo(purpose, subject, &picture, Some(&here)).await;
            photo_ids.push(photo["id"].clone());
        }
        let detail = driver.get(&format!("/deliveries/{}", id(&delivery))).await.ok();
        deliveries.push(json!({"delivery": detail, "customer": customer, "photo_ids": photo_ids}));
    }
    assert!(deliveries.len() >= 10, "the demo company has as many orders to deliver");
    deliveries
}

fn sign_off(delivery: &Value, north_m: f64) -> Value {
    let lines = delivery["delivery"]["lines"].as_array().unwrap().iter();
    let lines: Vec<Value> = lines
        .map(|line| json!({"order_line_id": line["order_line_id"], "accepted_quantity": line["quantity"]}))
        .collect();
    let body = json!({
        "signer_name": "周店长", "location": at_store(&delivery["customer"], north_m),
        "photo_ids": delivery["photo_ids"], "lines": lines,
    });
    json!({"path": format!("/deliveries/{}/sign-off", id(&delivery["delivery"])), "body": body})
}
