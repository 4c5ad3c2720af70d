//! What is asked of every request before a route sees it, and what the description says of all routes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::World;

#[tokio::test]
async fn a_misspelt_filter_is_refused_and_shows_nothing() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for (path, name) in [
        ("/orders?statsu=accepted", "/statsu"),
        ("/customers?limit=5&ownner_id=x", "/ownner_id"),
        ("/visits?Limit=5", "/Limit"),
        ("/me?verbose=true", "/verbose"),
    ] {
        let answer = rep.get(path).await;
        assert_eq!(answer.pointers(), [name], "{path}");
        assert_eq!(answer.refused(422), "unknown_parameter", "{path}");
    }
    rep.get("/orders?status=accepted&limit=5").await.ok();
    world.end().await;
}

#[tokio::test]
async fn the_cursor_of_another_list_is_refused() {
    let world = World::start().await;
    let director = world.login("sales-director").await;
    let page = director.get("/customers?limit=1").await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    director.get(&format!("/customers?limit=1&cursor={cursor}")).await.ok();
    let other = director.get(&format!("/orders?limit=1&cursor={cursor}")).await;
    assert_eq!(other.pointers(), ["/cursor"]);
    assert_eq!(other.refused(422), "invalid_cursor");
    world.end().await;
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_405_and_says_which_it_has() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for (method, path, allowed) in [
        ("DELETE", "/customers", "GET, HEAD, POST"),
        ("PATCH", "/me", "GET, HEAD"),
        ("GET", "/auth/logout", "POST"),
        ("POST", "/action-lists/2026-11-16", "GET, HEAD, PUT"),
    ] {
        let answer = rep.send(method, path, "application/json", "{}").await;
        assert_eq!(answer.headers["allow"], allowed, "{method} {path}");
        assert_eq!(answer.refused(405), "method_not_allowed", "{method} {path}");
    }
    assert_eq!(rep.get("/no-such-thing").await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn head_is_answered_as_get_without_a_body() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for path in ["/me", "/customers?limit=1"] {
        let answer = rep.send("HEAD", path, "application/json", "").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
    }
    let answer =
        rep.send("HEAD", "/customers/019a0c3e-5b7f-7c11-9d3a-2f6e8b1c4d5e", "application/json", "").await;
    assert_eq!(answer.status, 404);
    world.end().await;
}

/// Every operation by its verb and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(verb, it)| (format!("{verb} {path}"), it))
        })
        .collect()
}

#[test]
fn every_operation_has_an_id_of_its_own_and_every_answer_a_description() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name} has no id"));
        assert!(ids.insert(id.to_owned()), "{name}: another operation is called {id}");
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let told = answer["description"].as_str().or(answer["$ref"].as_str()).unwrap_or_default();
            assert!(!told.is_empty(), "{name} {status}");
        }
    }
}

#[test]
fn refusals_are_problems_and_commands_name_their_headers() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let shared = document["components"]["responses"].as_object().unwrap();
    for (name, refusal) in shared {
        assert!(refusal["content"]["application/problem+json"]["example"]["code"].is_string(), "{name}");
    }
    for (name, operation) in operations(&document) {
        let answers = operation["responses"].as_object().unwrap();
        for (status, answer) in answers.iter().filter(|(status, _)| status.as_str() >= "400") {
            assert!(answer["$ref"].is_string(), "{name} {status} is described on its own");
        }
        for status in ["422", "503"] {
            assert!(answers.contains_key(status), "{name} {status}");
        }
        let is_secured = operation["security"].is_array();
        if is_secured && !name.starts_with("get") {
            let parameters = operation["parameters"].to_string();
            assert!(parameters.contains("IdempotencyKey"), "{name}");
        }
    }
}
