//! What a check-in is worth.

use serde_json::{Value, json};

use super::{STORE_WGS84, a_copied_photo, has_reason, monday};
use crate::support::people::at_store;
use crate::support::photos::Photo;

fn wgs84((lat, lng): (f64, f64)) -> Value {
    json!({"lat": lat, "lng": lng, "system": "wgs84", "accuracy_m": 15.0})
}

#[tokio::test]
async fn a_check_in_at_the_door_passes() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 20.0).await;
    assert_eq!(visit["status"], "checked_in");
    assert_eq!(visit["verdict"], "pass");
    assert_eq!(visit["reasons"], json!(["exif_missing"]), "a note, no fault");
    assert_eq!(visit["provisional"], false);
    assert_eq!(visit["review"], "none");
    assert_eq!(visit["next"], Value::Null);
    assert_eq!(visit["distance_m"], 20);
    assert!(visit["checked_in_at"].as_str().unwrap().starts_with("2026-11-16T02:00:"));
    assert!(world.login("supervisor-01").await.todos().await.is_empty());
    assert_eq!(rep.visit(&visit).await, visit);
    world.end().await;
}

#[tokio::test]
async fn the_system_a_phone_names_is_believed() {
    let (world, rep, customer) = monday().await;
    let photo = rep.storefront(&customer, 0.0).await;
    let right = rep.check_in_with(&customer, Some(wgs84(STORE_WGS84)), &[&photo]).await;
    assert_eq!(right.ok()["distance_m"], 0);
    // The same degrees under the other name are half a kilometre away, and the phone's setting is suspected first.
    let mut wrong = at_store(&customer, 0.0);
    wrong["system"] = json!("wgs84");
    let photo = rep.storefront(&customer, 0.0).await;
    let wrong = rep.check_in_with(&customer, Some(wrong), &[&photo]).await.ok();
    assert!((450..=630).contains(&wrong["distance_m"].as_i64().unwrap()), "{wrong}");
    assert_eq!(wrong["verdict"], "review");
    assert!(wrong["reasons"].as_array().unwrap().contains(&json!("coord_system_suspect")));
    world.end().await;
}

#[tokio::test]
async fn within_the_measurements_error_is_uncertain_and_final() {
    let (world, rep, customer) = monday().await;
    // 150 m of fence, 30 m of the store's point, 15 m of the phone.
    for (north_m, verdict) in [(179.0, "pass"), (181.0, "uncertain"), (194.0, "uncertain"), (197.0, "review")]
    {
        let visit = rep.check_in(&customer, north_m).await;
        assert_eq!(visit["verdict"], verdict, "{north_m} m");
        assert_eq!(visit["status"], "checked_in");
        assert_eq!(visit["provisional"], verdict == "review");
    }
    assert_eq!(world.login("supervisor-01").await.todos().await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn outside_counts_for_now_and_the_supervisor_is_asked_and_pushed() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 1_000.0).await;
    world.settle().await;
    assert_eq!(visit["status"], "checked_in");
    assert_eq!(visit["verdict"], "review");
    assert_eq!(visit["provisional"], true);
    assert_eq!(visit["review"], "pending");
    assert_eq!(visit["next"], Value::Null);
    assert_eq!(visit["reasons"], json!(["outside_fence", "exif_missing"]));

    let todos = world.login("supervisor-01").await.todos().await;
    assert_eq!(todos.len(), 1);
    let todo = &todos[0];
    assert_eq!(todo["kind"], "evidence_review");
    assert_eq!((&todo["subject_type"], &todo["subject_id"]), (&json!("visit"), &visit["id"]));
    assert_eq!(todo["customer_id"], customer["id"]);
    assert_eq!(
        todo["may"],
        json!(["approve", "reject", "return", "transfer", "delegate", "add_signer", "ask_info"])
    );
    let pushes = world.sent_to("supervisor-01").await;
    let pushes: Vec<&Value> = pushes.iter().filter(|it| it["template_id"] == "sim-todo").collect();
    assert_eq!(pushes.len(), 1);
    assert!(pushes[0]["page"].as_str().unwrap().ends_with(todo["approval_id"].as_str().unwrap()));
    for nobody in ["supervisor-02", "director-east"] {
        assert!(world.login(nobody).await.todos().await.is_empty(), "{nobody}");
    }
    // It counts meanwhile: the outcome can be recorded.
    rep.complete(&visit, "interest").await.ok();
    world.end().await;
}

#[tokio::test]
async fn a_copied_photo_is_kept_as_an_attempt_and_taken_again() {
    let (world, rep, customer) = monday().await;
    let other = rep.customer("DC002").await;
    let photo = a_copied_photo(&rep, &customer, &other).await;
    let place = at_store(&customer, 0.0);
    let visit = rep.check_in_with(&customer, Some(place.clone()), &[&photo]).await.ok();
    world.settle().await;
    assert_eq!(visit["status"], "attempted");
    assert_eq!(visit["verdict"], "reject");
    assert_eq!(visit["next"], "retake");
    assert_eq!(visit["provisional"], false);
    assert_eq!(visit["reasons"], json!(["duplicate_exact", "exif_missing"]));
    let kept = rep.visit(&visit).await;
    assert_eq!(kept["photo_ids"], json!([photo["id"]]), "nothing shot is lost");
    assert_eq!(kept["location"]["lat"], place["lat"]);

    let todos = world.login("supervisor-01").await.todos().await;
    assert_eq!(todos.len(), 1);
    assert!(todos[0]["title"].as_str().unwrap().contains(customer["name"].as_str().unwrap()));
    assert_eq!(world.sent_to("supervisor-01").await.last().unwrap()["template_id"], "sim-todo");
    assert_eq!(rep.complete(&visit, "order").await.refused(409), "visit_not_open");

    let retake = rep.check_in(&customer, 0.0).await;
    assert_eq!((&retake["status"], &retake["verdict"]), (&json!("checked_in"), &json!("pass")));
    world.end().await;
}

#[tokio::test]
async fn far_away_is_refused_only_when_the_photo_says_so_too() {
    let (world, rep, customer) = monday().await;
    let (lat, lng) = STORE_WGS84;
    let away = (lat + 0.05, lng);
    let id = customer["id"].as_str().unwrap();
    let by_the_phone_alone =
        rep.photo("storefront", ("customer", id), &Photo::bare(), Some(&wgs84(away))).await;
    let visit = rep.check_in_with(&customer, Some(wgs84(away)), &[&by_the_phone_alone]).await.ok();
    assert_eq!((&visit["status"], &visit["verdict"]), (&json!("checked_in"), &json!("review")));

    let there = Photo { position: Some(away), ..Photo::bare() };
    let by_both = rep.photo("storefront", ("customer", id), &there, Some(&wgs84(away))).await;
    let visit = rep.check_in_with(&customer, Some(wgs84(away)), &[&by_both]).await.ok();
    assert_eq!((&visit["status"], &visit["verdict"]), (&json!("attempted"), &json!("reject")));
    assert_eq!(visit["reasons"], json!(["far_away"]));
    assert_eq!(visit["next"], "relocate");
    assert!((5_500..=5_620).contains(&visit["distance_m"].as_i64().unwrap()), "{visit}");
    world.end().await;
}

#[tokio::test]
async fn without_a_place_a_person_looks() {
    let (world, rep, customer) = monday().await;
    let id = customer["id"].as_str().unwrap();
    let photo = rep.photo("storefront", ("customer", id), &Photo::bare(), None).await;
    let visit = rep.check_in_with(&customer, None, &[&photo]).await.ok();
    assert_eq!((&visit["status"], &visit["verdict"]), (&json!("checked_in"), &json!("review")));
    assert_eq!(visit["reasons"], json!(["no_location", "exif_missing"]));
    assert_eq!(visit["distance_m"], Value::Null);
    world.end().await;
}

#[tokio::test]
async fn where_the_phone_is_silent_the_photo_may_say_where() {
    let (world, rep, customer) = monday().await;
    let id = customer["id"].as_str().unwrap();
    let at_the_door = Photo { position: Some(STORE_WGS84), ..Photo::bare() };
    let photo = rep.photo("storefront", ("customer", id), &at_the_door, None).await;
    let visit = rep.check_in_with(&customer, None, &[&photo]).await.ok();
    assert_eq!((&visit["status"], &visit["verdict"]), (&json!("checked_in"), &json!("pass")));
    assert_eq!(visit["reasons"], json!(["location_from_photo"]));
    assert_eq!(visit["distance_m"], 0);
    world.end().await;
}

#[tokio::test]
async fn a_check_in_needs_a_photo_of_ones_own_for_this_customer() {
    let (world, rep, customer) = monday().await;
    let place = at_store(&customer, 0.0);
    let none = rep.check_in_with(&customer, Some(place.clone()), &[]).await;
    assert_eq!(none.pointers(), ["/photo_ids"]);
    assert_eq!(none.refused(422), "photo_missing");

    let own = rep.storefront(&customer, 0.0).await;
    let of_another_store = rep.storefront(&rep.customer("DC002").await, 0.0).await;
    let colleague = world.login("supervisor-01").await;
    let of_a_colleague = colleague.storefront(&customer, 0.0).await;
    let of_nobody = json!({"id": "00000000-0000-7000-8000-000000000000"});
    let photos = [&own, &of_another_store, &of_a_colleague, &of_nobody];
    let foreign = rep.check_in_with(&customer, Some(place), &photos).await;
    assert_eq!(foreign.pointers(), ["/photo_ids/1", "/photo_ids/2", "/photo_ids/3"]);
    assert_eq!(foreign.refused(422), "photo_unknown");
    let visits = rep.get("/visits").await.ok();
    assert_eq!(visits["items"], json!([]), "nothing was stored");
    world.end().await;
}

#[tokio::test]
async fn a_photo_of_yesterday_is_no_proof_of_today() {
    let (world, rep, customer) = monday().await;
    let id = customer["id"].as_str().unwrap();
    let bytes = Photo::bare().jpeg();
    let place = at_store(&customer, 0.0);
    let ticket = rep.ticket("storefront", ("customer", id)).await;
    let first = rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    world.at("2026-11-17T10:00:00+08:00").await;
    let ticket = rep.ticket("storefront", ("customer", id)).await;
    let again = rep.upload(&ticket, bytes, Some(&place)).await.ok();
    assert_ne!(again["id"], first["id"]);
    assert_eq!(again["verdict"], "reject");
    assert_eq!(again["duplicate_of"], first["id"]);
    let visit = rep.check_in_with(&customer, Some(place), &[&again]).await.ok();
    assert_eq!((&visit["status"], &visit["next"]), (&json!("attempted"), &json!("retake")));
    world.end().await;
}

#[tokio::test]
async fn a_check_in_refuses_what_is_no_place_and_who_is_not_the_reps() {
    let (world, rep, customer) = monday().await;
    let photo = rep.storefront(&customer, 0.0).await;
    let place = at_store(&customer, 0.0);
    let with = |field: &str, value: Value| {
        let mut place = place.clone();
        place[field] = value;
        Some(place)
    };
    for (location, pointer) in [
        (with("lat", json!(95.0)), "/location/lat"),
        (with("lng", json!(-190.0)), "/location/lat"),
        (with("accuracy_m", json!(-1.0)), "/location/accuracy_m"),
        (with("system", json!("mars")), "/location/system"),
        (with("sytem", json!("gcj02")), "/location/sytem"),
    ] {
        let answer = rep.check_in_with(&customer, location, &[&photo]).await;
        assert_eq!(answer.status, 422, "{pointer}");
        assert_eq!(answer.pointers(), [pointer]);
    }
    let mut nameless = place.clone();
    nameless.as_object_mut().unwrap().remove("system");
    let answer = rep.check_in_with(&customer, Some(nameless), &[&photo]).await;
    assert_eq!(answer.pointers(), ["/location/system"], "there is no default");

    let foreign = world.login("rep-04").await.a_customer().await;
    let answer = rep.check_in_with(&foreign, Some(place.clone()), &[&photo]).await;
    assert_eq!(answer.pointers(), ["/customer_id"]);
    assert_eq!(answer.refused(422), "customer_unknown");
    world.end().await;
}

#[tokio::test]
async fn a_position_of_yesterday_or_of_no_possible_time_is_looked_at() {
    let (world, rep, customer) = monday().await;
    for at in ["2026-11-15T08:00:00+08:00", "1970-01-01T00:00:00Z", "2027-11-16T10:00:00+08:00"] {
        let photo = rep.storefront(&customer, 0.0).await;
        let mut place = at_store(&customer, 1.0);
        place["captured_at"] = json!(at);
        let visit = rep.check_in_with(&customer, Some(place), &[&photo]).await.ok();
        assert_eq!((&visit["status"], &visit["verdict"]), (&json!("checked_in"), &json!("review")), "{at}");
        assert!(has_reason(&visit, "stale_location"), "{at}: {visit}");
    }
    world.end().await;
}
