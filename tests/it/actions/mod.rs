//! The daily list of key customers, from the evening's proposal to the director's digest.

mod leaves;
mod listing;
mod morning;
mod plan;
mod races;

use serde_json::{Value, json};

use crate::support::{Answer, Person, World};

const MONDAY: &str = "2026-11-16";
const NOTHING: [Value; 0] = [];
const SUNDAY_EVENING: &str = "2026-11-15T18:00:00+08:00";

impl Person {
    /// The list of a day.
    pub async fn list(&self, day: &str) -> Value {
        self.get(&format!("/action-lists/{day}")).await.ok()
    }

    /// Files the list of a day with an empty request.
    pub async fn file_list(&self, day: &str) -> Answer {
        let path = format!("/action-lists/{day}/submit");
        self.send("POST", &path, "application/json", "").await
    }

    async fn put_list(&self, day: &str, items: Value) -> Answer {
        self.put(&format!("/action-lists/{day}"), json!({"items": items})).await
    }
}

/// The ids of the customers on a list, in its order.
fn customers_of(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["customer_id"].as_str().unwrap()).collect()
}

/// What of somebody's inbox is of a kind, newest first.
async fn told(world: &World, username: &str, kind: &str) -> Vec<Value> {
    let mut inbox = world.inbox_of(username).await;
    inbox.retain(|notice| notice["kind"] == kind);
    inbox
}

/// What WeChat sent to somebody with a template.
async fn pushed(world: &World, username: &str, template: &str) -> Vec<Value> {
    let mut sent = world.sent_to(username).await;
    sent.retain(|message| message["template_id"] == template);
    sent
}
