//! From the warehouse to the customer's signature.

mod after;
mod again;
mod drivers;
mod money;
mod races;
mod review;
mod shared_phone;
mod sign_off;
mod start;
pub mod trips;

use serde_json::{Value, json};

use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Answer, Person, World};

impl Person {
    /// The order of a customer that is ready to go.
    pub async fn order_of(&self, customer: &Value) -> Value {
        let id = customer["id"].as_str().unwrap();
        let orders = self.get(&format!("/orders?status=accepted&customer_id={id}")).await.ok();
        self.order(&orders["items"][0]).await
    }

    /// The order as it stands, with its lines.
    pub async fn order(&self, order: &Value) -> Value {
        self.get(&format!("/orders/{}", order["id"].as_str().unwrap())).await.ok()
    }

    /// Starts a delivery of everything that is left of an order.
    pub async fn deliver(&self, order: &Value) -> Answer {
        self.post("/deliveries", json!({"order_id": order["id"]})).await
    }

    /// The delivery as it stands.
    pub async fn delivery(&self, delivery: &Value) -> Value {
        self.get(&format!("/deliveries/{}", delivery["id"].as_str().unwrap())).await.ok()
    }

    /// Does something with a delivery.
    pub async fn with_delivery(&self, delivery: &Value, verb: &str, body: Value) -> Answer {
        self.post(&format!("/deliveries/{}/{verb}", delivery["id"].as_str().unwrap()), body).await
    }

    /// Shoots the goods and the signed slip, `north_m` metres off the store, and returns their ids.
    pub async fn shoot(&self, delivery: &Value, customer: &Value, north_m: f64) -> Vec<Value> {
        let mut ids = Vec::new();
        for purpose in ["goods", "signed_slip"] {
            let subject = ("delivery", delivery["id"].as_str().unwrap());
            let place = at_store(customer, north_m);
            ids.push(self.photo(purpose, subject, &Photo::bare(), Some(&place)).await["id"].clone());
        }
        ids
    }

    /// Signs off where the phone stands, with fresh photos and everything accepted.
    pub async fn sign_off(&self, delivery: &Value, customer: &Value, north_m: f64) -> Answer {
        let photo_ids = self.shoot(delivery, customer, north_m).await;
        let body = slip(delivery, customer, north_m, &photo_ids);
        self.with_delivery(delivery, "sign-off", body).await
    }
}

/// A sign-off by 陆师傅 with everything accepted.
pub fn slip(delivery: &Value, customer: &Value, north_m: f64, photo_ids: &[Value]) -> Value {
    json!({
        "signer_name": "陆娣娟",
        "location": at_store(customer, north_m),
        "photo_ids": photo_ids,
        "lines": accepted(delivery),
    })
}

/// Every line of a delivery, taken whole.
fn accepted(delivery: &Value) -> Vec<Value> {
    let line = |line: &Value| {
        json!({"order_line_id": line["order_line_id"], "accepted_quantity": line["quantity"],
               "rejected_quantity": "0"})
    };
    delivery["lines"].as_array().unwrap().iter().map(line).collect()
}

/// A Monday with a delivery under way.
struct Run {
    world: World,
    driver: Person,
    customer: Value,
    order: Value,
    delivery: Value,
}

/// Monday 10:00: the delivery of the order of a customer is planned.
async fn under_way(external_id: &str) -> Run {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let driver = world.login("driver-01").await;
    let desk = world.login("logistics-01").await;
    let customer = desk.customer(external_id).await;
    let order = desk.order_of(&customer).await;
    let delivery = driver.deliver(&order).await.ok();
    Run { world, driver, customer, order, delivery }
}
