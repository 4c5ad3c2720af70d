//! The customer's file: kept by hand where it must be, and by every later step where it can be.

mod archive;
mod communications;
mod credit;
mod duplicates;
mod file;
mod freshness;
mod kinds;
mod nearby;
mod ownership;
mod place;
mod standing_tasks;

use serde_json::{Value, json};

use crate::support::{Answer, Person};

impl Person {
    /// Makes a file.
    pub async fn make(&self, file: Value) -> Answer {
        self.post("/customers", file).await
    }

    /// Changes some fields of a file.
    pub async fn change(&self, customer: &Value, fields: Value) -> Answer {
        self.put(&path(customer, ""), fields).await
    }

    /// The file as it stands.
    pub async fn file_of(&self, customer: &Value) -> Answer {
        self.get(&path(customer, "")).await
    }

    /// Does something with a customer.
    pub async fn with_customer(&self, customer: &Value, verb: &str, body: Value) -> Answer {
        self.post(&path(customer, &format!("/{verb}")), body).await
    }

    /// The own id.
    pub async fn own_id(&self) -> Value {
        self.get("/me").await.ok()["id"].clone()
    }
}

/// Below a customer.
fn path(customer: &Value, rest: &str) -> String {
    format!("/customers/{}{rest}", customer["id"].as_str().unwrap())
}

/// A new store as a rep types it in.
fn a_store(name: &str) -> Value {
    json!({"name": name, "contacts": [{"name": "王姐", "phone": "13900001234", "title": "店主"}]})
}
