use serde_json::{Value, json};

use super::{Simulated, fresh, send};
use crate::{Host, Method, Request};

async fn sim(simulated: &Simulated, method: Method, name: &str, body: Value) -> (u16, Value) {
    let (path, body) = (format!("/sim/{name}").into(), body.to_string().into_bytes());
    let request = Request { host: Host::Api, method, path, query: Vec::new(), body };
    let response = simulated.simulator.handle(request).await.unwrap();
    (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
}

async fn post(simulated: &Simulated, name: &str, body: Value) -> Value {
    let (status, answer) = sim(simulated, Method::Post, name, body).await;
    assert_eq!(status, 200);
    answer
}

#[tokio::test]
async fn what_a_person_does_is_done_over_the_control_plane() {
    let (_dir, simulated) = fresh(0);
    let tap = json!({ "username": "rep-01", "template_ids": ["todo"] });
    post(&simulated, "subscribe", tap).await;
    post(&simulated, "faults", json!({ "errcode": -1, "path": "subscribe/send" })).await;
    assert_eq!(send(&simulated, "一").await, Err(-1));
    send(&simulated, "一").await.unwrap();
    let (_, sent) = sim(&simulated, Method::Get, "sent", Value::Null).await;
    assert_eq!(sent["items"][0]["username"], "rep-01");
    assert_eq!(sent["items"][0]["channel"], "wechat_subscribe");
    assert_eq!(sent["items"][0]["data"]["thing1"], "一");
    let code = post(&simulated, "codes", json!({ "username": "rep-01" })).await;
    simulated.wechat.code_to_session(code["code"].as_str().unwrap()).await.unwrap();
    post(&simulated, "reset", Value::Null).await;
    assert_eq!(sim(&simulated, Method::Get, "sent", Value::Null).await.1, json!({ "items": [] }));
}

#[tokio::test]
async fn the_platforms_clock_goes_ahead_and_never_back() {
    let (_dir, simulated) = fresh(1);
    let moved = post(&simulated, "clock", json!({ "advance": "P1DT2H3M4S" })).await;
    assert_eq!(moved["now"], "2026-02-26T08:16:24Z");
    let (status, _) = sim(&simulated, Method::Post, "clock", json!({ "now": "2026-02-25T00:00:00Z" })).await;
    assert_eq!(status, 400);
    post(&simulated, "clock", json!({ "now": "2026-03-01T00:00:00Z" })).await;
    assert_eq!(sim(&simulated, Method::Get, "clock", Value::Null).await.1["now"], "2026-03-01T00:00:00Z");
    for wrong in ["", "PT", "48H", "PT-1H", "P1M", "PT1H2", "P99999999999999999D"] {
        let (status, _) = sim(&simulated, Method::Post, "clock", json!({ "advance": wrong })).await;
        assert_eq!(status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_page_may_be_missing_and_a_quota_spent() {
    let (_dir, simulated) = fresh(9);
    post(&simulated, "pages", json!({ "page": "pages/todo", "is_missing": true })).await;
    assert_eq!(send(&simulated, "一").await, Err(41030));
    post(&simulated, "pages", json!({ "page": "pages/todo", "is_missing": false })).await;
    let path = "/cgi-bin/message/subscribe/send";
    post(&simulated, "quotas", json!({ "path": path, "per_day": 1 })).await;
    send(&simulated, "一").await.unwrap();
    assert_eq!(send(&simulated, "二").await, Err(45009));
    simulated.advance(86_400);
    send(&simulated, "二").await.unwrap();
}

#[tokio::test]
async fn what_is_no_control_is_refused() {
    let (_dir, simulated) = fresh(1);
    for (method, name, body) in [
        (Method::Get, "nothing", Value::Null),
        (Method::Post, "nothing", json!({})),
        (Method::Post, "faults", json!({ "errcode": "x" })),
        (Method::Post, "callback", json!({ "url": "http://x", "encoding_aes_key": "short" })),
    ] {
        assert!(sim(&simulated, method, name, body).await.0 >= 400, "{name}");
    }
}
