//! A phone that got no answer asks again with the same key, and nothing happens twice.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Answer, Person, World};

/// A check-in that will be taken.
async fn check_in(person: &Person) -> Value {
    let customer = person.a_customer().await;
    let here = at_store(&customer, 5.0);
    let subject = ("customer", customer["id"].as_str().unwrap());
    let photo = person.photo("storefront", subject, &Photo::bare(), Some(&here)).await;
    json!({"customer_id": customer["id"], "location": here, "photo_ids": [photo["id"]]})
}

async fn n_listed(person: &Person, path: &str) -> usize {
    let page = person.get(&format!("{path}?limit=100")).await.ok();
    page["items"].as_array().unwrap().len()
}

fn is_replayed(answer: &Answer) -> bool {
    answer.headers.get("idempotent-replayed").is_some_and(|it| it == "true")
}

/// The same answer, said to be the first one's.
#[track_caller]
fn assert_replay(first: &Answer, again: &Answer) {
    assert!(!is_replayed(first) && is_replayed(again), "{}", again.text);
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.headers["content-type"], first.headers["content-type"]);
}

#[tokio::test]
async fn the_same_key_and_body_get_the_first_answer_and_change_nothing() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let body = check_in(&rep).await;
    let first = rep.post_once("/visits", "visit-1", body.clone()).await;
    let again = rep.post_once("/visits", "visit-1", body.clone()).await;
    assert_eq!(first.status, 201);
    assert_replay(&first, &again);
    assert_eq!(n_listed(&rep, "/visits").await, 1);

    let subject = body["customer_id"].clone();
    let wanted = json!({"purpose": "storefront", "subject_type": "customer", "subject_id": subject});
    let ticket = rep.post_once("/capture-tickets", "ticket-1", wanted.clone()).await;
    assert_replay(&ticket, &rep.post_once("/capture-tickets", "ticket-1", wanted).await);

    let logistics = world.login("logistics-01").await;
    let orders = logistics.get("/orders?status=accepted").await.ok();
    let order = json!({"order_id": orders["items"][0]["id"]});
    let delivery = logistics.post_once("/deliveries", "delivery-1", order.clone()).await;
    assert_replay(&delivery, &logistics.post_once("/deliveries", "delivery-1", order).await);
    assert_eq!(n_listed(&logistics, "/deliveries").await, 1);
    world.end().await;
}

#[tokio::test]
async fn a_replay_is_the_first_answer_even_after_things_have_moved_on() {
    let world = World::start().await;
    let logistics = world.login("logistics-01").await;
    let orders = logistics.get("/orders?status=accepted").await.ok();
    let order = json!({"order_id": orders["items"][0]["id"]});
    let first = logistics.post_once("/deliveries", "d", order.clone()).await;
    let depart = format!("/deliveries/{}/depart", first.body["id"].as_str().unwrap());
    logistics.post(&depart, json!({})).await.ok();
    let again = logistics.post_once("/deliveries", "d", order).await;
    assert_replay(&first, &again);
    assert_eq!(again.body["status"], "planned");
    world.end().await;
}

#[tokio::test]
async fn the_same_key_for_something_else_is_refused() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let body = check_in(&rep).await;
    rep.post_once("/visits", "k", body.clone()).await.ok();
    let mut other = body.clone();
    other["location"]["accuracy_m"] = json!(16.0);
    let answer = rep.post_once("/visits", "k", other).await;
    assert_eq!(answer.refused(422), "idempotency_key_reused");
    let elsewhere = rep.post_once("/capture-tickets", "k", body.clone()).await;
    assert_eq!(elsewhere.refused(422), "idempotency_key_reused");
    assert_eq!(n_listed(&rep, "/visits").await, 1);
    // The first answer is still there.
    assert!(is_replayed(&rep.post_once("/visits", "k", body).await));
    world.end().await;
}

#[tokio::test]
async fn a_key_is_each_persons_own() {
    let world = World::start().await;
    let (one, other) = (world.login("rep-01").await, world.login("rep-02").await);
    let first = one.post_once("/visits", "k", check_in(&one).await).await;
    let second = other.post_once("/visits", "k", check_in(&other).await).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert!(!is_replayed(&second));
    assert_ne!(first.body["id"], second.body["id"]);
    world.end().await;
}

#[tokio::test]
async fn a_key_outlives_the_session_it_came_in() {
    let world = World::start().await;
    let before = world.login("rep-01").await;
    let body = check_in(&before).await;
    let first = before.post_once("/visits", "k", body.clone()).await;
    before.post("/auth/logout", json!({})).await.ok();
    let again = world.login("rep-01").await.post_once("/visits", "k", body).await;
    assert_replay(&first, &again);
    world.end().await;
}

#[tokio::test]
async fn refusals_are_kept_too() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let mut body = check_in(&rep).await;
    let photos = body["photo_ids"].take();
    body["photo_ids"] = json!([]);
    let first = rep.post_once("/visits", "k", body.clone()).await;
    let again = rep.post_once("/visits", "k", body.clone()).await;
    assert_replay(&first, &again);
    assert_eq!(again.refused(422), "photo_missing");
    body["photo_ids"] = photos;
    assert_eq!(rep.post_once("/visits", "k", body).await.refused(422), "idempotency_key_reused");

    let logistics = world.login("logistics-01").await;
    let nowhere = format!("/deliveries/{}/depart", uuid::Uuid::new_v4());
    let first = logistics.post_once(&nowhere, "k", json!({})).await;
    assert_replay(&first, &logistics.post_once(&nowhere, "k", json!({})).await);
    assert_eq!(first.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn twenty_at_once_with_one_key_make_one_thing_and_get_one_answer() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let body = check_in(&rep).await;
    let answers = join_all((0..20).map(|_| rep.post_once("/visits", "k", body.clone()))).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (201, &answers[0].text));
    }
    assert_eq!(answers.iter().filter(|it| !is_replayed(it)).count(), 1);
    assert_eq!(n_listed(&rep, "/visits").await, 1);

    let wrong = json!({"customer_id": body["customer_id"], "photo_ids": []});
    let refusals = join_all((0..20).map(|_| rep.post_once("/visits", "w", wrong.clone()))).await;
    for refusal in refusals {
        assert_eq!(refusal.refused(422), "photo_missing");
    }
    world.end().await;
}

#[tokio::test]
async fn a_key_is_one_to_128_visible_characters() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let body = json!({"customer_id": uuid::Uuid::new_v4(), "photo_ids": []});
    let with = async |key: &[u8]| {
        let request = rep.client.post(format!("{}/api/v1/visits", rep.base));
        let key = reqwest::header::HeaderValue::from_bytes(key).unwrap();
        let request = request.bearer_auth(rep.token.as_ref().unwrap()).header("Idempotency-Key", key);
        Answer::of(request.json(&body).send().await.unwrap()).await
    };
    let longest = "k".repeat(128);
    for wrong in ["", "with space", "with\ttab", &format!("{longest}k")] {
        assert_eq!(with(wrong.as_bytes()).await.refused(422), "idempotency_key_invalid", "{wrong:?}");
    }
    assert_eq!(with(b"caf\xe9").await.refused(422), "idempotency_key_invalid");
    for right in ["k", "!~", &longest] {
        assert_eq!(with(right.as_bytes()).await.refused(422), "customer_unknown", "{right:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn every_command_takes_a_key() {
    let world = World::start().await;
    for (username, path) in [
        ("rep-01", "/action-lists/2026-11-16/submit"),
        ("rep-01", "/capture-tickets"),
        ("rep-01", "/visits"),
        ("rep-01", "/visits/{id}/complete"),
        ("rep-01", "/notifications/{id}/read"),
        ("rep-01", "/notifications/subscriptions"),
        ("logistics-01", "/deliveries"),
        ("logistics-01", "/deliveries/{id}/depart"),
        ("logistics-01", "/deliveries/{id}/sign-off"),
        ("logistics-01", "/deliveries/{id}/fail"),
        ("supervisor-01", "/approvals/{id}/decide"),
        ("admin", "/jobs/dead/{id}/replay"),
    ] {
        let person = world.login(username).await;
        let filled = path.replace("{id}", &uuid::Uuid::new_v4().to_string());
        let first = person.post_once(&filled, path, json!({})).await;
        assert_replay(&first, &person.post_once(&filled, path, json!({})).await);
    }
    world.end().await;
}
