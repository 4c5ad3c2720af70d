use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    Client, SEND, TOKEN, message,
    server::{Reply, Server, refusal, token},
};
use crate::{Class, Fault, InMemory, TokenStore};

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
        client.live.send_subscribe(&message()).await.unwrap();
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
        let fault = client.live.send_subscribe(&message()).await.unwrap_err();
        assert!(matches!(fault, Fault::NotNow(_)), "{fault}");
        assert_eq!(fault.class(), Class::RetryLater);
        assert_eq!(forced(&server), expected);
    }
    assert_eq!(server.requests(SEND).len(), 3, "a call that has no other token is not made again");
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

/// A WeChat that never tires of refusing: `n_refusals` calls run into 40001,
/// whatever token they bring. A plain request for a token gets the same one.
fn stubborn(n_refusals: usize) -> impl Fn(&super::server::Request, usize) -> Reply + Send + Sync {
    let forced = Mutex::new(0);
    move |request, n_before| match request.path.as_str() {
        TOKEN => {
            let mut forced = forced.lock().unwrap();
            *forced += usize::from(request.body["force_refresh"] == true);
            token(*forced)
        }
        _ if n_before % 2 == 0 && n_before / 2 < n_refusals => refusal(40001),
        _ => Reply::Json(json!({ "errcode": 0, "errmsg": "ok" })),
    }
}

#[tokio::test]
async fn replicas_force_a_token_at_most_once_in_thirty_seconds_and_lose_no_call() {
    let server = Server::start(stubborn(usize::MAX)).await;
    let store: Arc<dyn TokenStore> = Arc::new(InMemory::default());
    let seconds = Arc::new(AtomicI64::new(1_772_000_000));
    let clients = [(); 2].map(|()| Client::sharing(&server, store.clone(), seconds.clone()));
    let (mut forced_at, mut n_forced, mut n_plain) = (Vec::new(), 0, 0);
    for provocation in 0..10 {
        let outcome = clients[provocation % 2].live.send_subscribe(&message()).await;
        let is_kept = outcome.as_ref().map_or_else(|fault| fault.class() == Class::RetryLater, |_| true);
        assert!(is_kept, "{outcome:?}");
        let asked = forced(&server);
        let (forced_now, plain_now) =
            (asked.iter().filter(|it| **it).count(), asked.iter().filter(|it| !**it).count());
        assert!(plain_now - n_plain <= 1 + usize::from(provocation == 0), "the first call has none yet");
        if forced_now > n_forced {
            forced_at.push(seconds.load(Ordering::SeqCst));
        }
        (n_forced, n_plain) = (forced_now, plain_now);
        seconds.fetch_add(6, Ordering::SeqCst);
    }
    assert!(n_forced <= 2 && forced_at.windows(2).all(|it| it[1] - it[0] >= 30), "{forced_at:?}");
}

#[tokio::test]
async fn two_replicas_that_start_together_fetch_one_token() {
    let server = accepting(|_| true).await;
    let store: Arc<dyn TokenStore> = Arc::new(InMemory::default());
    let seconds = Arc::new(AtomicI64::new(1_772_000_000));
    let mut calls = JoinSet::new();
    for number in 0..20 {
        let client = Client::sharing(&server, store.clone(), seconds.clone());
        calls.spawn(async move { (number, client.live.send_subscribe(&message()).await) });
    }
    assert!(calls.join_all().await.iter().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(server.requests(TOKEN).len(), 1);
}

#[tokio::test]
async fn what_one_replica_replaced_another_takes() {
    let server = accepting(|query| query == "access_token=TOKEN-1").await;
    let store: Arc<dyn TokenStore> = Arc::new(InMemory::default());
    let seconds = Arc::new(AtomicI64::new(1_772_000_000));
    let clients = [(); 2].map(|()| Client::sharing(&server, store.clone(), seconds.clone()));
    for client in &clients {
        client.live.send_subscribe(&message()).await.unwrap();
    }
    assert_eq!(server.requests(TOKEN).len(), 2);
}

#[tokio::test]
async fn a_day_has_eighteen_forced_refreshes() {
    let server = Server::start(stubborn(usize::MAX)).await;
    let client = Client::of(&server);
    for _ in 0..20 {
        client.live.send_subscribe(&message()).await.ok();
        client.advance(31);
    }
    assert_eq!(forced(&server).iter().filter(|it| **it).count(), 18);
    client.advance(86_400);
    client.live.send_subscribe(&message()).await.ok();
    assert_eq!(forced(&server).iter().filter(|it| **it).count(), 19);
}

/// A store that is down.
struct Down;

#[async_trait]
impl TokenStore for Down {
    async fn read(&self, _key: &str) -> anyhow::Result<crate::Record> {
        anyhow::bail!("down")
    }

    async fn swap(&self, _key: &str, _from: i64, _to: &crate::Record) -> anyhow::Result<bool> {
        anyhow::bail!("down")
    }
}

#[tokio::test]
async fn without_the_shared_store_a_process_keeps_its_own_token() {
    let server = accepting(|query| query == "access_token=TOKEN-1").await;
    let client = Client::sharing(&server, Arc::new(Down), Arc::new(AtomicI64::new(1_772_000_000)));
    for _ in 0..10 {
        client.live.send_subscribe(&message()).await.unwrap();
    }
    assert_eq!(server.requests(TOKEN).len(), 2);
}

/// Somebody took the lease and died.
#[tokio::test]
async fn a_lease_that_nobody_returns_is_waited_for_and_then_taken() {
    let server = accepting(|_| true).await;
    let store = Arc::new(InMemory::default());
    let until = chrono::DateTime::from_timestamp(1_772_000_010, 0);
    let leased = crate::Record { fetching_until: until, version: 1, ..crate::Record::default() };
    assert!(store.swap("stable:wx-app", 0, &leased).await.unwrap());
    let client = Client::sharing(&server, store, Arc::new(AtomicI64::new(1_772_000_000)));
    client.advance(0);
    let started = std::time::Instant::now();
    let sending = {
        let live = client.live.clone();
        tokio::spawn(async move { live.send_subscribe(&message()).await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(server.requests(TOKEN).is_empty(), "it waits");
    client.advance(11);
    sending.await.unwrap().unwrap();
    assert!(started.elapsed().as_secs() < 5);
}
