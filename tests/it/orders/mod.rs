//! Orders under the soft guard.

mod after;
mod allowed;
mod exposure;
mod guard;
mod numbers;
mod races;

use serde_json::{Value, json};

use crate::support::{Person, World};

/// Money as fen.
pub fn fen(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no money"));
    let (yuan, cents) = text.split_once('.').unwrap();
    let sign = if text.starts_with('-') { -1 } else { 1 };
    yuan.parse::<i64>().unwrap() * 100 + sign * cents.parse::<i64>().unwrap()
}

/// Fen as money.
pub fn yuan(fen: i64) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}

/// A line of `quantity` of a unit at a price.
pub fn line(product: &Value, quantity: i64, unit: &str, price: &str) -> Value {
    json!({"product_id": product["id"], "unit": unit, "quantity": quantity.to_string(), "unit_price": price})
}

/// An order of these lines.
pub fn wanted(customer: &Value, lines: &[Value]) -> Value {
    json!({"customer_id": customer["id"], "lines": lines})
}

impl Person {
    pub async fn product(&self, external_id: &str) -> Value {
        self.get(&format!("/products?external_id={external_id}")).await.ok()["items"][0].clone()
    }

    /// Where a customer's money stands.
    pub async fn exposure(&self, customer: &Value) -> Value {
        self.get(&format!("/customers/{}/exposure", customer["id"].as_str().unwrap())).await.ok()
    }

    /// Does something with an order.
    pub async fn with_order(&self, order: &Value, verb: &str, body: Value) -> crate::support::Answer {
        self.post(&format!("/orders/{}/{verb}", order["id"].as_str().unwrap()), body).await
    }
}

/// Monday 10:00: a rep, a store that pays after 15 days with a limit of 8,000 yuan, and boxes of water for 48 yuan.
pub struct Shop {
    pub world: World,
    pub rep: Person,
    pub store: Value,
    pub water: Value,
}

pub async fn shop() -> Shop {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let store = rep.customer("DC001").await;
    let water = rep.product("DP001").await;
    Shop { world, rep, store, water }
}

impl Shop {
    /// So many boxes for 48 yuan each.
    pub fn boxes(&self, n: i64) -> Value {
        wanted(&self.store, &[line(&self.water, n, "箱", "48")])
    }

    /// What is left of the store's limit, in fen.
    pub async fn available(&self) -> i64 {
        fen(&self.rep.exposure(&self.store).await["available"])
    }

    /// As many boxes as do not fit any more, with something over 500 yuan too much.
    pub async fn too_many(&self) -> i64 {
        self.available().await / 4_800 + 12
    }

    /// The buckets equal what the documents say.
    pub async fn check_exposure(&self) -> Value {
        let finance = self.world.login("finance-01").await;
        let exposure = finance.exposure(&self.store).await;
        for bucket in ["reserved", "unbilled", "receivable", "credited", "received", "total"] {
            assert_eq!(exposure[bucket], exposure["recomputed"][bucket], "{bucket}: {exposure}");
        }
        exposure
    }
}
