//! Leads: who gets them, who answers them, and what they become.

mod clock;
mod conversion;
mod intake;

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Person, World};

/// A phone call in which they talked.
fn call() -> Value {
    json!({"touch_point": "phone", "outcome": "connected"})
}

fn path(lead: &Value, rest: &str) -> String {
    format!("/leads/{}{rest}", lead["id"].as_str().unwrap())
}

async fn enter(person: &Person, more: Value) -> Value {
    let mut draft = json!({"name": "湖畔新开小超市", "phone": "139 1234 5678", "source": "展会"});
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = person.post("/leads", draft).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.body
}

async fn screenshot(person: &Person) -> String {
    let bytes = crate::support::photos::Photo::bare().jpeg();
    let part = Part::bytes(bytes).file_name("chat.jpg").mime_str("image/jpeg").unwrap();
    let file = person.post_form("/files", Form::new().part("file", part)).await.ok();
    file["id"].as_str().unwrap().to_owned()
}

/// `(kind, title)` of what somebody was told about leads, newest first.
async fn told(world: &World, username: &str) -> Vec<(String, String)> {
    let text = |it: &Value, field: &str| it[field].as_str().unwrap().to_owned();
    let inbox = world.inbox_of(username).await;
    inbox
        .iter()
        .filter(|it| it["subject_type"] == "lead")
        .map(|it| (text(it, "kind"), text(it, "title")))
        .collect()
}
