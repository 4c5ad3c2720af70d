use serde_json::json;
use tokio::task::JoinSet;

use super::{
    Client, SEND, TOKEN, message,
    server::{Reply, Server, refusal, token},
};
use crate::{Class, Fault, WeChat};

/// A WeChat that takes the tokens `good` names, and gives `TOKEN-0`, `TOKEN-1`…
async fn accepting(good: impl Fn(&str) -> bool + Send + Sync + 'static) -> Server {
    Server::start(move |request, n_before| match request.path.as_str() {
        TOKEN => token(n_before),
        _ if good(&request.query) => Reply::Json(json!({ "errcode": 0, "errmsg": "ok" })),
        _ => refusal(40001),
    })
    .await
}

fn forced(server: &Server) -> Vec<bool> {
    let requests = server.requests(TOKEN);
    requests.iter().map(|request| request.body["force_refresh"].as_bool().unwrap()).collect()
}

#[tokio::test]
async fn a_token_serves_until_five_minutes_before_its_end() {
    let server = accepting(|_| true).await;
    let client = Client::of(&server);
    client.live.send_subscribe(&message()).await.unwrap();
    client.advance(6899);
    client.live.send_subscribe(&message()).await.unwrap();
    assert_eq!(server.requests(TOKEN).len(), 1);
    client.advance(1);
    client.live.send_subscribe(&message()).await.unwrap();
    assert_eq!(forced(&server), [false, false]);
    let request = server.requests(TOKEN).remove(0);
    assert!(request.has_length && request.query.is_empty());
    assert_eq!(request.body["grant_type"], "client_credential");
    assert_eq!(request.body["appid"], "wx-app");
    assert_eq!(request.body["secret"], "THE-SECRET");
}

#[tokio::test]
async fn a_token_at_its_end_is_kept_for_half_of_what_is_left_but_never_for_nothing() {
    let server = Server::start(|request, n_before| match (request.path.as_str(), n_before) {
        (TOKEN, 0) => Reply::Json(json!({ "access_token": "A", "expires_in": 400 })),
        (TOKEN, _) => Reply::Json(json!({ "access_token": "B", "expires_in": 0 })),
        _ => refusal(0),
    })
    .await;
    let client = Client::of(&server);
    for (seconds, n_fetched) in [(0, 1), (199, 1), (1, 2), (29, 2), (1, 3)] {
        client.advance(seconds);
        client.live.check().await.unwrap();
        assert_eq!(server.requests(TOKEN).len(), n_fetched);
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_call_made_once_more() {
    let server = accepting(|query| query == "access_token=TOKEN-1").await;
    let client = Client::of(&server);
    assert_eq!(client.live.send_subscribe(&message()).await, Ok(None));
    let queries: Vec<_> = server.requests(SEND).into_iter().map(|request| request.query).collect();
    assert_eq!(queries, ["access_token=TOKEN-0", "access_token=TOKEN-1"]);
    assert_eq!(forced(&server), [false, false]);
}

#[tokio::test]
async fn a_token_refused_twice_is_the_callers_to_know() {
    let server = accepting(|_| false).await;
    let client = Client::of(&server);
    let fault = client.live.send_subscribe(&message()).await.unwrap_err();
    assert!(matches!(fault, Fault::Refused { errcode: 40001, .. }), "{fault}");
    assert_eq!(server.requests(SEND).len(), 2);
}

#[tokio::test]
async fn the_same_token_again_is_forced_at_most_once_in_thirty_seconds() {
    let server = Server::start(|request, _| match request.path.as_str() {
        TOKEN => token(0),
        _ => refusal(42001),
    })
    .await;
    let client = Client::of(&server);
    for (seconds, expected) in [
        (0, vec![false, false, true]),
        (29, vec![false, false, true, false]),
        (1, vec![false, false, true, false, false, true]),
    ] {
        client.advance(seconds);
        client.live.send_subscribe(&message()).await.unwrap_err();
        assert_eq!(forced(&server), expected);
    }
    assert_eq!(server.requests(SEND).len(), 6);
}

#[tokio::test]
async fn fifty_callers_fetch_one_token() {
    let server = accepting(|_| true).await;
    let client = Client::of(&server);
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let live = client.live.clone();
        calls.spawn(async move { live.send_subscribe(&message()).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    assert_eq!(server.requests(TOKEN).len(), 1);
}

#[tokio::test]
async fn fifty_callers_with_a_refused_token_replace_it_once() {
    let server = accepting(|query| query == "access_token=TOKEN-1").await;
    let client = Client::of(&server);
    client.live.check().await.unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let live = client.live.clone();
        calls.spawn(async move { live.send_subscribe(&message()).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    assert_eq!(server.requests(TOKEN).len(), 2);
}

#[tokio::test]
async fn whoever_waits_for_a_fetch_that_fails_fails_with_it() {
    let server = Server::start(|_, _| Reply::Hang).await;
    let client = Client::of(&server);
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let live = client.live.clone();
        calls.spawn(async move { live.check().await });
    }
    let faults = calls.join_all().await;
    assert!(faults.iter().all(|fault| *fault == Err(Fault::NotSent("timed out".to_owned()))));
    assert_eq!(server.requests(TOKEN).len(), 1);
}

#[tokio::test]
async fn bad_credentials_are_for_an_operator() {
    let server = Server::start(|_, _| refusal(40125)).await;
    let client = Client::of(&server);
    let fault = client.live.send_subscribe(&message()).await.unwrap_err();
    assert_eq!(fault.class(), Class::Config);
    assert!(server.requests(SEND).is_empty());
}
