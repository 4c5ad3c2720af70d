//! What answers outside `/api/v1`: health, metrics, the description and its page.

use std::path::Path;

use serde_json::Value;

use crate::support::{Answer, World, database};

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

#[tokio::test]
async fn the_client_is_served_where_a_folder_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let client = folder.path().join("client");
    std::fs::create_dir_all(client.join("assets")).unwrap();
    std::fs::write(client.join("index.html"), "<!doctype html>骨干").unwrap();
    std::fs::write(client.join("assets/index.Abc123.js"), "1").unwrap();
    let mut config = database::fresh(folder.path()).await;
    config.http.client_dir = client.display().to_string();
    let world = World::start_with(folder, config).await;
    for path in ["/app", "/app/"] {
        let page = world.raw(path).await;
        assert_eq!((page.status, page.text.as_str()), (200, "<!doctype html>骨干"), "{path}");
        assert_eq!(page.headers["cache-control"], "no-cache");
        assert!(page.headers["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    }
    let built = world.raw("/app/assets/index.Abc123.js").await;
    assert!(built.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(built.headers["x-frame-options"], "DENY");
    for path in ["/app/assets/", "/app/none.js", "/app/../default.toml", "/app/%2e%2e/gugan.sqlite"] {
        assert_eq!(world.raw(path).await.status, 404, "{path}");
    }
    world.end().await;
    let without = World::start().await;
    assert_eq!(without.raw("/app/").await.status, 404);
    without.end().await;
}

#[tokio::test]
async fn every_answer_says_what_time_it_is_here() {
    let world = World::start().await;
    let said = |answer: &Answer| {
        let text = answer.headers["x-server-time"].to_str().unwrap();
        text.parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    };
    world.at("2026-11-23T00:00:00Z").await;
    let at = said(&world.login("rep-01").await.get("/me").await);
    let moved: chrono::DateTime<chrono::Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
    assert!(at >= moved && at < moved + chrono::TimeDelta::minutes(5), "{at}");
    assert!(said(&world.anonymous().get("/me").await) >= moved, "refusals too");
    world.end().await;
}

#[tokio::test]
async fn the_demo_company_begins_at_the_instant_that_is_asked_for() {
    let world = World::start().await;
    world.at("2026-11-25T00:00:00Z").await;
    let anonymous = world.anonymous();
    let reset =
        anonymous.post("/dev/reset", serde_json::json!({"now": "2026-11-23T07:10:00+08:00"})).await.ok();
    assert!(reset["now"].as_str().unwrap().starts_with("2026-11-22T23:10:0"), "{reset}");
    let list = world.login("rep-01").await.get("/action-lists/2026-11-23").await.ok();
    assert_eq!(list["status"], "draft");
    let answer = anonymous.post("/dev/reset", serde_json::json!({"now": "1926-11-23T07:10:00+08:00"})).await;
    assert_eq!(answer.pointers(), ["/now"]);
    world.end().await;
}
