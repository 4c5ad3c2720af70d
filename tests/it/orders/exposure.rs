//! Exposure equals its recomputation from the documents, whatever happens in whatever order.

use serde_json::{Value, json};

use super::{Shop, fen, line, shop};
use crate::deliveries::slip;
use crate::support::Person;

/// The same sequence for the same seed: a linear congruential generator is enough to pick steps.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

struct Walk {
    shop: Shop,
    dice: Dice,
    orders: Vec<Value>,
    driver: Person,
    clerk: Person,
    director: Person,
    supervisor: Person,
}

impl Walk {
    /// One of the orders, as it stands.
    async fn any(&mut self) -> Option<Value> {
        let n = self.orders.len() as u64;
        if n == 0 {
            return None;
        }
        let place = self.dice.roll(n) as usize;
        Some(self.shop.rep.order(&self.orders[place]).await)
    }

    async fn place(&mut self) {
        let n = 1 + self.dice.roll(60) as i64;
        let price = ["48", "47.77", "33.33"][self.dice.roll(3) as usize];
        let mut body = self.shop.boxes(n);
        body["lines"][0]["unit_price"] = json!(price);
        let order = self.shop.rep.post("/orders", body).await.ok();
        self.orders.push(order);
    }

    async fn edit(&mut self) {
        let Some(order) = self.any().await else { return };
        let n = 1 + self.dice.roll(40) as i64;
        let change = json!({"lines": [line(&self.shop.water, n, "箱", "45.55")]});
        let path = format!("/orders/{}", order["id"].as_str().unwrap());
        self.expect(self.shop.rep.put(&path, change).await.status);
    }

    async fn cancel(&mut self) {
        let Some(order) = self.any().await else { return };
        self.expect(self.shop.rep.with_order(&order, "cancel", json!({})).await.status);
    }

    async fn decide(&mut self) {
        let decision = if self.dice.roll(2) == 0 { "approve" } else { "reject" };
        for who in [&self.director, &self.supervisor] {
            let todos = who.get("/todos?status=open&limit=100").await.ok();
            let Some(todo) = todos["items"].as_array().unwrap().first().cloned() else { continue };
            let path = format!("/approvals/{}/decide", todo["approval_id"].as_str().unwrap());
            self.expect(who.post(&path, json!({"decision": decision, "comment": "好"})).await.status);
        }
    }

    /// Delivers some of an order; some of that is refused.
    async fn deliver(&mut self) {
        let Some(order) = self.any().await else { return };
        if !["accepted", "partially_delivered"].contains(&order["status"].as_str().unwrap()) {
            return;
        }
        let line = &order["lines"][0];
        let of = |name: &str| line[name].as_str().unwrap().parse::<i64>().unwrap();
        let left = of("quantity") - of("accepted_quantity") - of("rejected_quantity");
        if left == 0 {
            return;
        }
        let n = 1 + self.dice.roll(left as u64) as i64;
        let some = json!([{"order_line_id": line["order_line_id"], "quantity": n.to_string()}]);
        let body = json!({"order_id": order["id"], "lines": some});
        let delivery = self.driver.post("/deliveries", body).await.ok();
        self.driver.with_delivery(&delivery, "depart", json!({})).await.ok();
        let n_refused = self.dice.roll(n as u64 + 1) as i64;
        let photo_ids = self.driver.shoot(&delivery, &self.shop.store, 0.0).await;
        let mut body = slip(&delivery, &self.shop.store, 0.0, &photo_ids);
        body["lines"][0]["accepted_quantity"] = json!((n - n_refused).to_string());
        body["lines"][0]["rejected_quantity"] = json!(n_refused.to_string());
        if n_refused > 0 {
            body["lines"][0]["reject_reason"] = json!("破损");
        }
        self.driver.with_delivery(&delivery, "sign-off", body).await.ok();
    }

    async fn take_back(&mut self) {
        let Some(order) = self.any().await else { return };
        let n = 1 + self.dice.roll(5);
        let line = &order["lines"][0]["order_line_id"];
        let body =
            json!({"lines": [{"order_line_id": line, "quantity": n.to_string(), "reason": "damaged"}]});
        self.expect(self.clerk.with_order(&order, "returns", body).await.status);
    }

    /// A refusal is an answer; a fault is not.
    fn expect(&self, status: u16) {
        assert!([200, 201, 409, 422].contains(&status), "{status}");
    }

    async fn step(&mut self) {
        match self.dice.roll(12) {
            0..=3 => self.place().await,
            4..=5 => self.edit().await,
            6 => self.cancel().await,
            7..=8 => self.decide().await,
            9..=10 => self.deliver().await,
            _ => self.take_back().await,
        }
    }
}

async fn walk(seed: u64, n_steps: usize) {
    let shop = shop().await;
    let mut walk = Walk {
        dice: Dice(seed),
        orders: Vec::new(),
        driver: shop.world.login("driver-01").await,
        clerk: shop.world.login("clerk-01").await,
        director: shop.world.login("director-east").await,
        supervisor: shop.world.login("supervisor-01").await,
        shop,
    };
    for _ in 0..n_steps {
        walk.step().await;
        let held = walk.shop.check_exposure().await;
        let sum = fen(&held["reserved"]) + fen(&held["unbilled"]) + fen(&held["receivable"]);
        assert_eq!(sum - fen(&held["credited"]) - fen(&held["received"]), fen(&held["total"]));
    }
    walk.shop.world.end().await;
}

#[tokio::test]
async fn buckets_equal_their_recomputation_after_every_step() {
    walk(20_261_125, 60).await;
}

#[tokio::test]
async fn they_do_on_other_ways_too() {
    for seed in [7, 48, 1_009] {
        walk(seed, 25).await;
    }
}

#[tokio::test]
async fn only_finance_and_admin_see_the_recomputation() {
    let shop = shop().await;
    assert_eq!(shop.rep.exposure(&shop.store).await["recomputed"], json!(null));
    let other = shop.world.login("rep-04").await;
    let path = format!("/customers/{}/exposure", shop.store["id"].as_str().unwrap());
    assert_eq!(other.get(&path).await.refused(404), "not_found");
    assert_eq!(shop.world.login("driver-01").await.get(&path).await.refused(403), "forbidden");
    shop.world.end().await;
}
