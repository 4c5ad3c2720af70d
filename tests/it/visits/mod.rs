//! At the customer's: the check-in, what it is worth, and what came of the visit.

mod again;
mod count;
mod outcome;
mod review;
mod verdict;

use serde_json::{Value, json};

use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Answer, Person, World};

/// Where the first store is in the satellites' own coordinates; its file has them as maps of the mainland do.
pub const STORE_WGS84: (f64, f64) = (29.862_081_66, 121.523_879_46);

impl Person {
    /// Takes a storefront photo where the phone stands, `north_m` metres off the store. The photo's view.
    pub async fn storefront(&self, customer: &Value, north_m: f64) -> Value {
        let id = customer["id"].as_str().unwrap();
        let place = at_store(customer, north_m);
        self.photo("storefront", ("customer", id), &Photo::bare(), Some(&place)).await
    }

    /// Checks in with photos that were handed in, wherever the phone says it is.
    pub async fn check_in_with(
        &self,
        customer: &Value,
        location: Option<Value>,
        photos: &[&Value],
    ) -> Answer {
        let ids: Vec<&Value> = photos.iter().map(|photo| &photo["id"]).collect();
        let mut body = json!({"customer_id": customer["id"], "photo_ids": ids});
        if let Some(location) = location {
            body["location"] = location;
        }
        self.post("/visits", body).await
    }

    /// Checks in with a fresh photo, `north_m` metres off the store. The visit.
    pub async fn check_in(&self, customer: &Value, north_m: f64) -> Value {
        let photo = self.storefront(customer, north_m).await;
        let place = at_store(customer, north_m);
        self.check_in_with(customer, Some(place), &[&photo]).await.ok()
    }

    /// Records what came of a visit.
    pub async fn complete(&self, visit: &Value, result_code: &str) -> Answer {
        let path = format!("/visits/{}/complete", visit["id"].as_str().unwrap());
        self.post(&path, json!({"result_code": result_code})).await
    }

    /// The visit as it stands.
    pub async fn visit(&self, visit: &Value) -> Value {
        self.get(&format!("/visits/{}", visit["id"].as_str().unwrap())).await.ok()
    }

    /// The to-dos that are open.
    pub async fn todos(&self) -> Vec<Value> {
        let todos = self.get("/todos?status=open&limit=100").await.ok();
        todos["items"].as_array().unwrap().clone()
    }

    /// Decides what a to-do is about.
    pub async fn decide(&self, todo: &Value, decision: &str, comment: Option<&str>) -> Answer {
        let path = format!("/approvals/{}/decide", todo["approval_id"].as_str().unwrap());
        self.post(&path, json!({"decision": decision, "comment": comment})).await
    }

    /// What happened at a customer's, newest first.
    pub async fn timeline(&self, customer: &Value) -> Vec<Value> {
        let id = customer["id"].as_str().unwrap();
        let timeline = self.get(&format!("/customers/{id}/timeline")).await.ok();
        timeline["items"].as_array().unwrap().clone()
    }

    /// The customer's file by the name another system has for it.
    pub async fn customer(&self, external_id: &str) -> Value {
        let found = self.get(&format!("/customers?external_id={external_id}")).await.ok();
        found["items"][0].clone()
    }
}

/// A photo that was certainly taken of another store: the same bytes are that store's evidence.
pub async fn a_copied_photo(rep: &Person, customer: &Value, other: &Value) -> Value {
    let bytes = Photo::bare().jpeg();
    for customer in [other, customer] {
        let id = customer["id"].as_str().unwrap();
        let ticket = rep.ticket("storefront", ("customer", id)).await;
        let photo = rep.upload(&ticket, bytes.clone(), Some(&at_store(customer, 0.0))).await.ok();
        if customer["id"] != other["id"] {
            return photo;
        }
    }
    panic!("two different customers are needed");
}

/// Monday morning at work, with a rep and one of the rep's stores.
pub async fn monday() -> (World, Person, Value) {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let customer = rep.customer("DC001").await;
    (world, rep, customer)
}

pub fn has_reason(visit: &Value, reason: &str) -> bool {
    visit["reasons"].as_array().unwrap().contains(&json!(reason))
}
