//! Opportunities: from stage to stage by evidence, and what happens when it does not hold.

mod evidence;
mod gaps;
mod moves;
mod publishing;
mod unsupported;

use serde_json::{Value, json};

use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Answer, Person, World};

fn path(opportunity: &Value, verb: &str) -> String {
    format!("/opportunities/{}{verb}", opportunity["id"].as_str().unwrap())
}

impl Person {
    /// A new opportunity of a customer.
    pub async fn opportunity(&self, customer: &Value) -> Value {
        let body = json!({"customer_id": customer["id"], "name": "冷柜投放", "amount": "8800.00"});
        self.post("/opportunities", body).await.ok()
    }

    /// The opportunity as it stands.
    async fn look(&self, opportunity: &Value) -> Value {
        self.get(&path(opportunity, "")).await.ok()
    }

    /// A photo for the opportunity, taken at the customer's.
    async fn page(&self, opportunity: &Value, purpose: &str, customer: &Value) -> Value {
        let id = opportunity["id"].as_str().unwrap();
        self.photo(purpose, ("opportunity", id), &Photo::bare(), Some(&at_store(customer, 0.0))).await
    }

    /// Hands evidence in with these photos.
    async fn prove(&self, opportunity: &Value, kind: &str, fields: Value, photos: &[&Value]) -> Answer {
        let ids: Vec<&Value> = photos.iter().map(|photo| &photo["id"]).collect();
        let body = json!({"kind": kind, "fields": fields, "photo_ids": ids});
        self.post(&path(opportunity, "/evidence"), body).await
    }

    /// Moves it to a stage.
    async fn advance(&self, opportunity: &Value, to: &str) -> Answer {
        self.post(&path(opportunity, "/advance"), json!({"to_stage": to})).await
    }

    /// A demo that was held, with its signed page or without.
    async fn hold_demo(&self, opportunity: &Value, customer: &Value, is_signed: bool) -> Value {
        let purpose = if is_signed { "signed_slip" } else { "evidence" };
        let photo = self.page(opportunity, purpose, customer).await;
        self.prove(opportunity, "solution_demo", demo(), &[&photo]).await.ok()
    }
}

/// The fields of a demo.
fn demo() -> Value {
    json!({"attendees": [{"name": "王建国", "position": "采购经理"}], "feedback": ["价格", "账期"]})
}

/// Monday morning at work, with a fresh opportunity of a rep's store.
async fn monday() -> (World, Person, Value, Value) {
    let (world, rep, customer) = crate::visits::monday().await;
    let opportunity = rep.opportunity(&customer).await;
    (world, rep, customer, opportunity)
}
