//! Refusals are problem details, each with its status and its code.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Answer, Person, World};

/// A body of so many bytes for a command that takes one field.
fn body_of(n_bytes: usize) -> String {
    let around = json!({"code": ""}).to_string().len();
    json!({"code": "x".repeat(n_bytes - around)}).to_string()
}

async fn start_delivery(world: &World) -> (Person, Value) {
    let logistics = world.login("logistics-01").await;
    let orders = logistics.get("/orders?status=accepted").await.ok();
    let body = json!({"order_id": orders["items"][0]["id"]});
    let delivery = logistics.post("/deliveries", body).await.ok();
    (logistics, delivery)
}

#[tokio::test]
async fn what_cannot_be_read_is_400() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for body in ["{\"items\": [", "items", "{\"items\": []} {}", "\u{0}", "{'items': []}"] {
        let answer = rep.send("PUT", "/action-lists/2026-11-16", "application/json", body).await;
        assert_eq!(answer.refused(400), "malformed_json", "{body}");
    }
    let not_utf_8 = b"{\"code\": \"\xff\xfe\"}".to_vec();
    let answer = world.anonymous().send("POST", "/auth/wechat/login", "application/json", not_utf_8).await;
    assert_eq!(answer.refused(400), "malformed_json");
    world.end().await;
}

#[tokio::test]
async fn what_is_not_there_is_404_even_when_the_path_is_nonsense() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let nobody = uuid::Uuid::new_v4();
    for path in [
        "/nowhere".to_owned(),
        "/customers/".to_owned(),
        "/customers/not-an-id".to_owned(),
        format!("/customers/{nobody}"),
        "/action-lists/2026-02-30".to_owned(),
        "/customers/%F0%28%8C%28".to_owned(),
    ] {
        assert_eq!(rep.get(&path).await.refused(404), "not_found", "{path}");
    }
    let wrong_method = rep.send("DELETE", "/customers", "application/json", "").await;
    assert_eq!(wrong_method.refused(405), "method_not_allowed");
    assert_eq!(world.raw("/no-page").await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn what_the_state_does_not_allow_is_409() {
    let world = World::start().await;
    let (logistics, delivery) = start_delivery(&world).await;
    let again = json!({"order_id": delivery["order_id"]});
    assert_eq!(logistics.post("/deliveries", again).await.refused(409), "order_in_delivery");
    world.end().await;
}

#[tokio::test]
async fn whoever_has_seen_another_version_gets_412_and_changes_nothing() {
    let world = World::start().await;
    let (logistics, delivery) = start_delivery(&world).await;
    let depart = format!("/deliveries/{}/depart", delivery["id"].as_str().unwrap());
    for version in [0, 2, 99] {
        let answer = logistics.post_if(&depart, version, json!({})).await;
        assert_eq!(answer.refused(412), "version_conflict");
    }
    let path = depart.trim_end_matches("/depart");
    assert_eq!(logistics.get(path).await.ok()["status"], "planned");
    let left = logistics.post_if(&depart, 1, json!({})).await.ok();
    assert_eq!((&left["status"], &left["version"]), (&json!("in_transit"), &json!(2)));
    world.end().await;
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_413_and_one_of_exactly_that_is_read() {
    let world = World::start().await;
    let anybody = world.anonymous();
    let post = async |n_bytes: usize| {
        let answer = anybody.send("POST", "/auth/wechat/login", "application/json", body_of(n_bytes));
        answer.await
    };
    assert_eq!(post(1 << 20).await.refused(422), "wechat_code_invalid");
    assert_eq!(post((1 << 20) + 1).await.refused(413), "body_too_large");
    assert_eq!(post(3 << 20).await.refused(413), "body_too_large");
    world.end().await;
}

#[tokio::test]
async fn another_content_type_is_415() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = rep.send("POST", "/visits", kind, "{}").await;
        assert_eq!(answer.refused(415), "content_type_unsupported", "{kind}");
    }
    let with_charset = "application/json; charset=utf-8";
    assert_eq!(rep.send("POST", "/visits", with_charset, "{}").await.refused(422), "required");
    world.end().await;
}

#[tokio::test]
async fn a_field_that_is_wrong_is_422_and_pointed_at() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let customer = rep.a_customer().await["id"].clone();
    for (body, code, pointer) in [
        (json!({"items": [], "note": "x"}), "unknown_field", "/note"),
        (json!({"items": [{"customer_id": customer, "custmer": 1}]}), "unknown_field", "/items/0/custmer"),
        (json!({"items": [{}]}), "required", "/items/0/customer_id"),
        (json!({}), "required", "/items"),
        (json!({"items": [{"customer_id": "x"}]}), "invalid_value", "/items/0/customer_id"),
        (
            json!({"items": [{"customer_id": customer}, {"customer_id": customer}]}),
            "customer_twice",
            "/items/1/customer_id",
        ),
    ] {
        let answer = rep.put("/action-lists/2026-11-16", body.clone()).await;
        assert_eq!(answer.pointers(), [pointer], "{body}: {}", answer.text);
        let fault = answer.body["errors"][0].clone();
        assert_eq!(fault["code"], code, "{body}");
        assert!(!fault["detail"].as_str().unwrap().is_ascii(), "a person reads it in Chinese");
        assert_eq!(answer.refused(422), code, "{body}");
    }
    world.end().await;
}

#[tokio::test]
async fn every_route_that_reads_a_body_refuses_a_field_it_does_not_know() {
    let world = World::start().await;
    for (method, route, who) in api::ROUTES {
        let is_form = ["/photos", "/files"].contains(route) || route.starts_with("/imports/");
        // These have no body to read.
        let has_none = ["/auth/logout", "/dev/settle"].contains(route);
        // A draft is kept as it is, with what is wrong with it.
        let has_none = has_none || *route == "/config/{kind}/draft";
        if *method == "GET" || is_form || has_none {
            continue;
        }
        let caller = match who {
            api::Who::Anybody => world.anonymous(),
            api::Who::Roles(roles) => {
                let names =
                    ["rep-01", "logistics-01", "supervisor-01", "finance-01", "admin", "operations-01"];
                let known = ["rep", "logistics", "supervisor", "finance", "admin", "operations"];
                let place = known.iter().position(|name| roles.iter().any(|role| role.name() == *name));
                world.login(names[place.unwrap()]).await
            }
        };
        let path = route.split('/').map(|part| match part {
            "{date}" => "2026-11-16".to_owned(),
            part if part.starts_with('{') => uuid::Uuid::new_v4().to_string(),
            part => part.to_owned(),
        });
        let path = path.collect::<Vec<_>>().join("/");
        let answer = caller.send(method, &path, "application/json", "{\"no_such_field\": 1}").await;
        assert_eq!(answer.pointers(), ["/no_such_field"], "{method} {route}: {}", answer.text);
        assert_eq!(answer.refused(422), "unknown_field", "{method} {route}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_request_is_known_by_one_id_in_header_and_problem() {
    let world = World::start().await;
    let mut ids = BTreeSet::new();
    let header = |answer: &Answer| answer.headers["x-request-id"].to_str().unwrap().to_owned();
    for path in ["/me", "/nowhere", "/customers/x"] {
        let answer = world.anonymous().get(path).await;
        assert_eq!(answer.body["request_id"], header(&answer), "{path}");
        ids.insert(header(&answer));
    }
    ids.insert(header(&world.raw("/healthz").await));
    ids.insert(header(&world.login("rep-01").await.get("/me").await));
    assert_eq!(ids.len(), 5);
    world.end().await;
}

#[tokio::test]
async fn a_problem_says_what_kind_it_is() {
    let world = World::start().await;
    let answer = world.anonymous().get("/me").await;
    assert_eq!(answer.body["type"], "urn:gugan:problem:unauthenticated");
    assert_eq!(answer.body["title"], "Unauthorized");
    assert_eq!(answer.body["detail"], "登录已失效，请重新登录");
    assert_eq!(answer.body["errors"], json!([]));
    answer.refused(401);
    world.end().await;
}
