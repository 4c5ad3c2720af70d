//! Files from other systems: what is wrong is said by row, what is right is stored.

mod edits;
mod files;
mod rings;
mod rows;
mod slice;
mod turns;

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::support::{Answer, Person, World};

/// Hands a file in.
pub async fn hand_in(person: &Person, target: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    let part = Part::bytes(bytes.into()).file_name("file.csv").mime_str("text/csv").unwrap();
    let form = Form::new().part("file", part);
    person.post_form(&format!("/imports/{target}"), form).await
}

/// Hands a file in, lets it be read, and returns what came of it.
pub async fn import(world: &World, person: &Person, target: &str, bytes: impl Into<Vec<u8>>) -> Value {
    let started = hand_in(person, target, bytes).await;
    world.settle().await;
    came_of(person, &started).await
}

/// What came of a file that was handed in.
async fn came_of(person: &Person, started: &Answer) -> Value {
    assert_eq!(started.status, 202, "{}", started.text);
    let import = person.get(&format!("/imports/{}", started.body["id"].as_str().unwrap())).await.ok();
    assert!(import["finished_at"].is_string(), "{import}");
    import
}

/// Somebody as the list of people has them.
async fn user(person: &Person, external_id: &str) -> Value {
    let users = all(person, "/users?").await;
    let found = users.into_iter().find(|it| it["external_id"] == external_id);
    found.unwrap_or_else(|| panic!("nobody is {external_id}"))
}

/// `(row, column, code)` of each finding.
pub fn findings(list: &Value) -> Vec<(u64, String, String)> {
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    let all = list.as_array().unwrap().iter().map(|it| {
        assert!(!text(it, "detail").is_empty(), "{it}");
        (it["row"].as_u64().unwrap(), text(it, "column"), text(it, "code"))
    });
    all.collect()
}

fn expected(rows: &[(u64, &str, &str)]) -> Vec<(u64, String, String)> {
    let owned = |(row, column, code): &(u64, &str, &str)| (*row, (*column).to_owned(), (*code).to_owned());
    rows.iter().map(owned).collect()
}

/// How many rows there were, were stored, and were not.
fn counts(import: &Value) -> (u64, u64, u64) {
    let n = |field: &str| import[field].as_u64().unwrap();
    (n("n_rows"), n("n_stored"), n("n_failed"))
}

/// Everything on a list, page by page.
pub async fn all(person: &Person, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = String::new();
    loop {
        let page = person.get(&format!("{path}limit=100{next}")).await.ok();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return items,
        }
    }
}
