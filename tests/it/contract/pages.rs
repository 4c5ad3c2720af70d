//! What answers outside `/api/v1`: health, metrics, the description and its page.

use std::path::Path;

use serde_json::Value;

use crate::support::{Answer, World};

#[tokio::test]
async fn a_server_says_that_it_is_up_and_ready() {
    let world = World::start().await;
    assert_eq!(world.raw("/healthz").await.ok()["status"], "ok");
    let ready = world.raw("/readyz").await.ok();
    for part in ["status", "database", "storage"] {
        assert_eq!(ready[part], "ok", "{ready}");
    }
    assert!(ready["queue"].is_string() && ready["queue"] != "degraded", "{ready}");
    world.end().await;
}

#[tokio::test]
async fn the_metrics_are_prometheus_text() {
    let world = World::start().await;
    let metrics = world.raw("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert!(metrics.text.contains("# TYPE jobs_due gauge\njobs_due 0\n"), "{}", metrics.text);
    world.end().await;
}

/// What a page loads: the values of `src` and `href`.
fn assets(page: &str) -> Vec<&str> {
    let marks = ["src=\"", "href=\""].into_iter();
    let found = marks.flat_map(|mark| page.split(mark).skip(1));
    found.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_description_can_be_browsed_without_a_network() {
    let world = World::start().await;
    let page = world.raw("/docs").await;
    assert_eq!(page.status, 200, "/docs leads to the page");
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let assets = assets(&page.text);
    assert!(assets.len() >= 4, "{assets:?}");
    for asset in assets {
        assert!(!asset.contains("//"), "{asset} is somewhere else");
        let loaded = world.raw(&format!("/docs/{}", asset.trim_start_matches("./"))).await;
        assert_eq!(loaded.status, 200, "{asset}");
        if !asset.ends_with(".css") && !asset.contains("bundle") && !asset.contains("preset") {
            assert!(!loaded.text.contains("http"), "{asset} names another place");
        }
    }
    let settings = world.raw("/docs/swagger-initializer.js").await;
    assert!(settings.text.contains("/openapi.json"));
    world.end().await;
}

#[tokio::test]
async fn the_description_is_served_as_it_is() {
    let world = World::start().await;
    let served = world.raw("/openapi.json").await.ok();
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(served, serde_json::to_value(api::openapi()).unwrap());
    world.end().await;
}

#[test]
fn the_committed_description_is_the_current_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let current = api::openapi().to_pretty_json().unwrap();
    assert!(committed.trim_end() == current.trim_end(), "api-spec/openapi.json is stale: run make openapi");
}

#[test]
fn the_description_is_complete() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and not described");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let told = operation["description"].as_str().or(operation["summary"].as_str());
            assert!(told.is_some_and(|it| !it.is_empty()), "{method} {path} says nothing");
            let ids: Vec<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
            let named: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
            for id in ids {
                let is_named = named.iter().any(|it| it["name"] == id && it["in"] == "path");
                assert!(is_named, "{method} {path} does not describe {id}");
            }
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let answers: [Answer; 5] = [
        rep.get("/me").await,
        rep.get("/users").await,
        world.anonymous().get("/me").await,
        world.raw("/healthz").await,
        world.raw("/docs").await,
    ];
    for answer in answers {
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.headers[header], value, "{}", answer.text);
        }
    }
    world.end().await;
}
