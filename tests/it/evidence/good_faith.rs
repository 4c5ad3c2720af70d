//! A rep in good faith is never stopped: whatever a phone, a place or the network does, the photo is kept and nothing
//! is rejected.

use serde_json::{Value, json};

use super::{Upload, a_ticket, at_a_store};
use crate::support::Person;
use crate::support::people::at_store;
use crate::support::photos::Photo;

const PHOTOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/photos/files/");

/// Hands a photo in and sees that it is kept and not rejected.
async fn check(person: &Person, why: &str, ticket: &str, bytes: Vec<u8>, more: Vec<(&str, String)>) -> Value {
    let answer = person.hand_in(Upload { ticket: Some(ticket), bytes, more }).await;
    assert_eq!(answer.status, 201, "{why}: {}", answer.text);
    assert_ne!(answer.body["verdict"], "reject", "{why}: {}", answer.text);
    answer.ok()
}

#[tokio::test]
async fn whatever_a_phone_or_a_place_does_nothing_is_rejected() {
    let (world, rep, customer, place) = at_a_store().await;
    let with = |field: &str, value: Value| {
        let mut place = place.clone();
        place[field] = value;
        vec![("location", place.to_string())]
    };
    for (why, more) in [
        ("a poor fix", with("accuracy_m", json!(400))),
        ("a useless fix", with("accuracy_m", json!(3000))),
        ("a fix without its error", with("accuracy_m", Value::Null)),
        ("a fix of zero error", with("accuracy_m", json!(0))),
        ("the other coordinate system", with("system", json!("wgs84"))),
        ("no location at all", vec![]),
        ("a store point that is wrong by 5 km", vec![("location", at_store(&customer, 5_000.0).to_string())]),
        ("a photo from the album", vec![("source", "album".to_owned()), ("location", place.to_string())]),
    ] {
        let ticket = a_ticket(&rep, &customer).await;
        check(&rep, why, &ticket, Photo::bare().jpeg(), more).await;
    }
    world.end().await;
}

#[tokio::test]
async fn whatever_happened_to_the_file_nothing_is_rejected() {
    let (world, rep, customer, place) = at_a_store().await;
    let here = || vec![("location", place.to_string())];
    let watermarked = Photo { software: Some("水印相机 3.8".to_owned()), ..Photo::bare() };
    let clock = |at: &str| Photo { taken_at: Some(at.to_owned()), ..Photo::bare() };
    for (why, photo) in [
        ("a watermark app", watermarked),
        ("a clock that was never set", clock("2000:01:01 00:00:00")),
        ("a clock that is a day ahead", clock("2026:11:17 10:00:00")),
        ("a clock that is an hour slow", clock("2026:11:16 09:00:00")),
        ("a satellite fix of somewhere else", Photo { position: Some((30.25, 120.15)), ..Photo::bare() }),
    ] {
        let ticket = a_ticket(&rep, &customer).await;
        check(&rep, why, &ticket, photo.jpeg(), here()).await;
    }
    match std::fs::read(format!("{PHOTOS}iphone7.heic")) {
        Ok(heic) => {
            let ticket = a_ticket(&rep, &customer).await;
            let photo = check(&rep, "a HEIC", &ticket, heic, here()).await;
            assert_eq!(photo["has_preview"], false);
            let content = format!("/photos/{}/content", photo["id"].as_str().unwrap());
            assert_eq!(rep.get(&content).await.refused(409), "photo_no_preview");
            assert_eq!(rep.download(&format!("{content}?variant=original")).await.1, "image/heic");
        }
        Err(_) => println!("shared/photos is absent: no HEIC was handed in"),
    }
    world.end().await;
}

#[tokio::test]
async fn whatever_the_network_does_nothing_is_rejected() {
    let (world, rep, customer, place) = at_a_store().await;
    let here = || vec![("location", place.to_string())];
    let late = a_ticket(&rep, &customer).await;
    world.advance("PT5H").await;
    let photo =
        check(&rep, "a ticket that expired without signal", &late, Photo::bare().jpeg(), here()).await;
    assert_eq!(photo["verdict"], "review");
    let ticket = a_ticket(&rep, &customer).await;
    let bytes = Photo::bare().jpeg();
    let first = check(&rep, "sent once", &ticket, bytes.clone(), here()).await;
    assert_eq!(check(&rep, "sent again, no answer came", &ticket, bytes, here()).await, first);
    let mut skewed = here();
    skewed.push(("client_time", "2026-11-16T09:00:00Z".to_owned()));
    let ticket = a_ticket(&rep, &customer).await;
    let photo = check(&rep, "a phone two hours ahead", &ticket, Photo::bare().jpeg(), skewed).await;
    assert_eq!(photo["verdict"], "pass");
    world.end().await;
}

#[tokio::test]
async fn another_device_is_looked_at_and_a_wrong_clock_is_only_noted() {
    let (world, rep, customer, place) = at_a_store().await;
    let ask = async || {
        let body = json!({"purpose": "storefront", "subject_type": "customer", "subject_id": customer["id"],
                          "device_id": "phone-1"});
        rep.post("/capture-tickets", body).await.ok()["ticket"].as_str().unwrap().to_owned()
    };
    let parts = |device: &str, clock: &str| {
        let place = place.to_string();
        vec![("location", place), ("device_id", device.to_owned()), ("client_time", clock.to_owned())]
    };
    let hand_in = async |device: &str, clock: &str| {
        let ticket = ask().await;
        check(&rep, device, &ticket, Photo::bare().jpeg(), parts(device, clock)).await
    };
    let same = hand_in("phone-1", "2026-11-16T02:00:00Z").await;
    assert_eq!((&same["verdict"], &same["reasons"]), (&json!("pass"), &json!(["exif_missing"])));
    assert!(same["clock_skew_s"].as_i64().unwrap().abs() < 60);
    assert_eq!((&same["drawn"].is_boolean(), &same["confidence"]), (&true, &json!(80)));
    let other = hand_in("phone-2", "2026-11-16T02:30:00Z").await;
    assert_eq!(other["verdict"], "review");
    assert_eq!(other["reasons"], json!(["device_differs", "clock_skewed", "exif_missing"]));
    assert!(other["clock_skew_s"].as_i64().unwrap() > 1_700);
    world.end().await;
}

#[tokio::test]
async fn nobody_is_at_two_far_places_at_once_or_at_one_point_for_three_stores() {
    let (world, rep, customer, place) = at_a_store().await;
    let timed = |north_m: f64, at: &str| {
        let mut place = at_store(&customer, north_m);
        place["captured_at"] = json!(at);
        vec![("location", place.to_string())]
    };
    let ticket = a_ticket(&rep, &customer).await;
    let far = timed(400_000.0, "2026-11-16T02:00:00Z");
    check(&rep, "far away", &ticket, Photo::bare().jpeg(), far).await;
    let ticket = a_ticket(&rep, &customer).await;
    let back = check(&rep, "back", &ticket, Photo::bare().jpeg(), timed(0.0, "2026-11-16T02:01:00Z")).await;
    assert!(back["reasons"].as_array().unwrap().contains(&json!("impossible_travel")), "{back}");
    assert_eq!(back["verdict"], "review");

    let mut reasons = Vec::new();
    for name in ["DC002", "DC003", "DC004"] {
        let store = rep.customer(name).await;
        let ticket = a_ticket(&rep, &store).await;
        let photo = rep.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await.ok();
        reasons.push(photo["reasons"].as_array().unwrap().contains(&json!("static_location")));
    }
    assert_eq!(reasons, [false, true, true], "the third store at the very same point");
    world.end().await;
}
