//! A photo proves one visit, and an attempt is followed by another.

use serde_json::{Value, json};

use super::{STORE_WGS84, a_copied_photo, has_reason, monday};
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};
#[tokio::test]
async fn a_photo_proves_one_visit_and_its_outcome() {
    let (world, rep, customer) = monday().await;
    let photo = rep.storefront(&customer, 0.0).await;
    let place = || Some(at_store(&customer, 0.0));
    let visit = rep.check_in_with(&customer, place(), &[&photo]).await.ok();
    let path = format!("/visits/{}/complete", visit["id"].as_str().unwrap());
    let more = rep.storefront(&customer, 0.0).await;
    let outcome = json!({"result_code": "order", "photo_ids": [photo["id"], more["id"]]});
    assert_eq!(rep.post(&path, outcome).await.ok()["photo_ids"], json!([photo["id"], more["id"]]));

    for used in [&photo, &more] {
        let again = rep.check_in_with(&customer, place(), &[used]).await.ok();
        assert_eq!((&again["status"], &again["verdict"]), (&json!("attempted"), &json!("reject")));
        assert_eq!(again["next"], "retake");
        assert!(has_reason(&again, "duplicate_exact"), "{again}");
    }
    assert_eq!(rep.check_in(&customer, 0.0).await["verdict"], "pass", "a fresh photo is taken");
    world.end().await;
}

/// A photo at the store by its upload, from before its ticket by its camera.
async fn an_early_photo(rep: &Person, customer: &Value) -> Value {
    let taken_at = Some("2026:11:16 09:40:00".to_owned());
    let shot = Photo { position: Some(STORE_WGS84), taken_at, ..Photo::bare() };
    let subject = ("customer", customer["id"].as_str().unwrap());
    rep.photo("storefront", subject, &shot, Some(&at_store(customer, 0.0))).await
}

#[tokio::test]
async fn who_finds_their_place_again_hands_the_same_photo_in_once_more() {
    let (world, rep, customer) = monday().await;
    let photo = an_early_photo(&rep, &customer).await;
    let there = async |north_m| {
        rep.check_in_with(&customer, Some(at_store(&customer, north_m)), &[&photo]).await.ok()
    };
    let lost = there(5_000.0).await;
    assert_eq!((&lost["status"], &lost["next"]), (&json!("attempted"), &json!("relocate")));
    let found = there(0.0).await;
    assert_eq!((&found["status"], &found["reasons"]), (&json!("checked_in"), &json!(["time_mismatch"])));
    let again = there(0.0).await;
    assert_eq!(again, found, "sent again, it answers as it did");
    let moved = there(1.0).await;
    assert_eq!(moved["status"], "attempted", "it has proved a visit");
    assert!(has_reason(&moved, "duplicate_exact"), "{moved}");
    world.end().await;
}

#[tokio::test]
async fn a_photo_that_was_handed_in_before_midnight_is_looked_at() {
    let (world, rep, customer) = monday().await;
    world.at("2026-11-16T23:50:00+08:00").await;
    let photo = rep.storefront(&customer, 0.0).await;
    world.at("2026-11-17T00:10:00+08:00").await;
    let visit = rep.check_in_with(&customer, Some(at_store(&customer, 0.0)), &[&photo]).await.ok();
    assert_eq!((&visit["verdict"], &visit["provisional"]), (&json!("review"), &json!(true)));
    assert_eq!(visit["reasons"], json!(["stale_photo", "exif_missing"]));
    world.end().await;
}

#[tokio::test]
async fn a_check_in_shows_the_storefront() {
    let (world, rep, customer) = monday().await;
    let place = at_store(&customer, 0.0);
    let subject = ("customer", customer["id"].as_str().unwrap());
    let shelf = rep.photo("shelf", subject, &Photo::bare(), Some(&place)).await;
    let inside = rep.check_in_with(&customer, Some(place.clone()), &[&shelf]).await;
    assert_eq!(inside.pointers(), ["/photo_ids"]);
    assert_eq!(inside.refused(422), "photo_missing");
    let front = rep.storefront(&customer, 0.0).await;
    let visit = rep.check_in_with(&customer, Some(place), &[&shelf, &front]).await.ok();
    assert_eq!(visit["verdict"], "pass", "what was refused has used nothing up");
    world.end().await;
}

async fn n_rings(world: &World) -> usize {
    world.settle().await;
    world.sent_to("supervisor-01").await.iter().filter(|it| it["template_id"] == "sim-todo").count()
}

#[tokio::test]
async fn the_attempts_of_a_day_wait_in_one_review_that_shows_the_newest() {
    let (world, rep, customer) = monday().await;
    let other = rep.customer("DC002").await;
    let attempt = async || {
        let photo = a_copied_photo(&rep, &customer, &other).await;
        rep.check_in_with(&customer, Some(at_store(&customer, 0.0)), &[&photo]).await.ok()
    };
    let first = attempt().await;
    let supervisor = world.login("supervisor-01").await;
    let opened = supervisor.todos().await.remove(0);
    assert_eq!(n_rings(&world).await, 1);

    let second = attempt().await;
    let todos = supervisor.todos().await;
    assert_eq!(todos.len(), 1);
    assert_eq!((&todos[0]["approval_id"], &todos[0]["due_at"]), (&opened["approval_id"], &opened["due_at"]));
    assert_eq!((&opened["subject_id"], &todos[0]["subject_id"]), (&first["id"], &second["id"]));
    assert_eq!(n_rings(&world).await, 1, "nobody is called twice");
    let path = format!("/approvals/{}", opened["approval_id"].as_str().unwrap());
    assert_eq!(supervisor.get(&path).await.ok()["facts"]["photo_ids"], second["photo_ids"]);
    assert_eq!(
        (&rep.visit(&first).await["review"], &rep.visit(&second).await["review"]),
        (&json!("none"), &json!("pending"))
    );

    supervisor.decide(&todos[0], "approve", Some("我当时就在店里")).await.ok();
    assert_eq!(rep.visit(&first).await["status"], "attempted");
    assert_eq!(rep.visit(&second).await["status"], "checked_in");
    world.end().await;
}

#[tokio::test]
async fn a_check_in_that_counts_ends_the_review_of_the_attempt_before() {
    let (world, rep, customer) = monday().await;
    let other = rep.customer("DC002").await;
    let photo = a_copied_photo(&rep, &customer, &other).await;
    let place = Some(at_store(&customer, 0.0));
    let attempt = rep.check_in_with(&customer, place, &[&photo]).await.ok();
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    rep.check_in(&customer, 0.0).await;
    assert!(supervisor.todos().await.is_empty());
    assert_eq!(rep.visit(&attempt).await["review"], "none");
    let late = supervisor.decide(&todo, "approve", Some("情况属实")).await;
    assert_eq!(late.refused(409), "approval_withdrawn");
    assert_eq!(rep.visit(&attempt).await["status"], "attempted", "one visit, not two");
    world.settle().await;
    assert!(world.inbox_of("rep-01").await.iter().all(|notice| notice["kind"] != "decided"));
    world.end().await;
}
