//! What a photo is worth: by its ticket, by its bytes, by what it says about itself.

use serde_json::{Value, json};

use super::{Upload, a_ticket, at_a_store, hand_in};
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::visits::STORE_WGS84;

#[tokio::test]
async fn a_ticket_is_for_a_purpose_and_a_task_that_the_person_sees() {
    let (world, rep, customer, _) = at_a_store().await;
    let ask = async |purpose: &str, subject_type: &str, subject_id: &Value| {
        let body = json!({"purpose": purpose, "subject_type": subject_type, "subject_id": subject_id});
        rep.post("/capture-tickets", body).await
    };
    let ticket = ask("storefront", "customer", &customer["id"]).await.ok();
    assert!(ticket["ticket"].as_str().unwrap().len() >= 32);
    assert!(ticket["expires_at"].as_str().unwrap().starts_with("2026-11-16T02:10:"), "ten minutes");
    for (purpose, subject_type, pointer) in
        [("selfie", "customer", "/purpose"), ("storefront", "planet", "/subject_type")]
    {
        let answer = ask(purpose, subject_type, &customer["id"]).await;
        assert_eq!((answer.status, answer.pointers()), (422, vec![pointer]));
    }
    let foreign = world.login("rep-04").await.a_customer().await;
    let answer = ask("storefront", "customer", &foreign["id"]).await;
    assert_eq!(answer.pointers(), ["/subject_id"]);
    assert_eq!(answer.refused(422), "subject_unknown");
    world.end().await;
}

#[tokio::test]
async fn a_batch_of_tickets_lasts_until_the_end_of_the_day() {
    let (world, rep, customer, place) = at_a_store().await;
    let ask = async |count: i64| {
        let subject = &customer["id"];
        let body = json!({"purpose": "storefront", "subject_type": "customer", "subject_id": subject, "count": count});
        rep.post("/capture-tickets", body).await
    };
    let batch = ask(3).await.ok();
    let tickets = batch["tickets"].as_array().unwrap();
    assert_eq!(tickets.len(), 3);
    assert_eq!(batch["ticket"], tickets[0]);
    assert_eq!(batch["expires_at"], "2026-11-16T16:00:00Z", "the company's midnight");
    world.advance("PT9H").await;
    for ticket in tickets {
        let photo = rep.upload(ticket.as_str().unwrap(), Photo::bare().jpeg(), Some(&place)).await.ok();
        assert_eq!(photo["verdict"], "pass", "captured without signal, handed in in the evening");
    }
    for wrong in [0, 101] {
        assert_eq!(ask(wrong).await.pointers(), ["/count"]);
    }
    world.end().await;
}

#[tokio::test]
async fn a_photo_without_facts_of_its_own_passes_with_a_note() {
    let (world, rep, customer, place) = at_a_store().await;
    let bytes = Photo::bare().jpeg();
    let ticket = a_ticket(&rep, &customer).await;
    let photo = rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    assert_eq!(photo["verdict"], "pass");
    assert_eq!(photo["reasons"], json!(["exif_missing"]));
    assert_eq!(photo["distance_m"], 0);
    assert_eq!(photo["duplicate_of"], Value::Null);
    assert_eq!((&photo["purpose"], &photo["subject_type"]), (&json!("storefront"), &json!("customer")));
    assert_eq!((&photo["subject_id"], &photo["customer_id"]), (&customer["id"], &customer["id"]));
    assert_eq!(
        (&photo["content_type"], &photo["width"], &photo["height"]),
        (&json!("image/jpeg"), &json!(96), &json!(64))
    );
    assert_eq!(photo["n_bytes"], bytes.len());
    assert_eq!(photo["sha256"].as_str().unwrap().len(), 64);
    let path = format!("/photos/{}", photo["id"].as_str().unwrap());
    assert_eq!(rep.get(&path).await.ok(), photo);
    world.end().await;
}

#[tokio::test]
async fn a_photo_with_fresh_facts_of_this_place_passes_without_a_note() {
    let (world, rep, customer, place) = at_a_store().await;
    let photo = Photo {
        position: Some(STORE_WGS84),
        taken_at: Some("2026:11:16 10:00:00".to_owned()),
        software: Some("HarmonyOS 4.2".to_owned()),
        ..Photo::bare()
    };
    let photo = hand_in(&rep, &customer, &photo, &place).await;
    assert_eq!((&photo["verdict"], &photo["reasons"]), (&json!("pass"), &json!([])));
    let exif = &photo["exif"];
    assert_eq!(exif["taken_at"], "2026-11-16T10:00:00");
    assert_eq!(exif["offset_minutes"], 480);
    assert_eq!(exif["software"], "HarmonyOS 4.2");
    assert_eq!(exif["gps"]["status"], "ok");
    assert!((exif["gps"]["position"][0].as_f64().unwrap() - STORE_WGS84.0).abs() < 1e-6);
    assert!((exif["gps"]["position"][1].as_f64().unwrap() - STORE_WGS84.1).abs() < 1e-6);
    world.end().await;
}

#[tokio::test]
async fn the_same_photo_for_the_same_task_is_the_same_answer() {
    let (world, rep, customer, place) = at_a_store().await;
    let (bytes, ticket) = (Photo::bare().jpeg(), a_ticket(&rep, &customer).await);
    let first = rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    let again = rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    assert_eq!(again, first);
    let other_ticket = a_ticket(&rep, &customer).await;
    assert_eq!(rep.upload(&other_ticket, bytes, Some(&place)).await.ok(), first);
    world.end().await;
}

#[tokio::test]
async fn a_used_ticket_is_no_ticket_for_another_photo() {
    let (world, rep, customer, place) = at_a_store().await;
    let ticket = a_ticket(&rep, &customer).await;
    rep.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await.ok();
    let second = rep.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await.ok();
    assert_eq!(second["verdict"], "reject");
    assert_eq!(second["reasons"], json!(["nonce_invalid", "exif_missing"]));
    let path = format!("/photos/{}", second["id"].as_str().unwrap());
    assert_eq!(rep.get(&path).await.ok(), second, "it is kept");
    world.end().await;
}

#[tokio::test]
async fn somebody_elses_ticket_is_no_ticket_and_stays_usable_for_its_owner() {
    let (world, rep, customer, place) = at_a_store().await;
    let ticket = a_ticket(&rep, &customer).await;
    let colleague = world.login("rep-02").await;
    let photo = colleague.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await.ok();
    assert_eq!(photo["verdict"], "reject");
    assert!(photo["reasons"].as_array().unwrap().contains(&json!("nonce_invalid")));
    let own = rep.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await.ok();
    assert_eq!(own["verdict"], "pass");
    let made_up = rep.upload("made-up", Photo::bare().jpeg(), Some(&place)).await;
    assert_eq!(made_up.pointers(), ["/ticket"]);
    assert_eq!(made_up.refused(422), "ticket_unknown");
    world.end().await;
}

#[tokio::test]
async fn an_expired_ticket_is_looked_at_by_a_person() {
    let (world, rep, customer, place) = at_a_store().await;
    let (used, late) = (a_ticket(&rep, &customer).await, a_ticket(&rep, &customer).await);
    world.advance("PT9M").await;
    assert_eq!(rep.upload(&used, Photo::bare().jpeg(), Some(&place)).await.ok()["verdict"], "pass");
    world.advance("PT2M").await;
    let photo = rep.upload(&late, Photo::bare().jpeg(), Some(&place)).await.ok();
    assert_eq!(photo["verdict"], "review");
    assert_eq!(photo["reasons"], json!(["nonce_expired", "exif_missing"]));
    world.end().await;
}

#[tokio::test]
async fn the_same_bytes_for_another_customer_or_person_are_a_copy() {
    let (world, rep, customer, place) = at_a_store().await;
    let photo = Photo { seed: Some(7), ..Photo::bare() };
    let first = hand_in(&rep, &customer, &photo, &place).await;
    let other = rep.customer("DC002").await;
    let copy = hand_in(&rep, &other, &photo, &at_store(&other, 0.0)).await;
    assert_eq!(copy["verdict"], "reject");
    assert!(copy["reasons"].as_array().unwrap().contains(&json!("duplicate_exact")));
    assert_eq!(copy["duplicate_of"], first["id"]);
    let supervisor = world.login("supervisor-01").await;
    let copy = hand_in(&supervisor, &customer, &photo, &place).await;
    assert_eq!((&copy["verdict"], &copy["duplicate_of"]), (&json!("reject"), &first["id"]));
    assert_eq!(first["verdict"], "pass", "the first keeps its worth");
    world.end().await;
}

#[tokio::test]
async fn of_the_same_bytes_for_two_stores_at_the_same_moment_one_passes() {
    let (world, rep, customer, place) = at_a_store().await;
    let other = rep.customer("DC002").await;
    let there = at_store(&other, 0.0);
    for _ in 0..5 {
        let bytes = Photo::bare().jpeg();
        let (here, elsewhere) = (a_ticket(&rep, &customer).await, a_ticket(&rep, &other).await);
        let (one, two) = futures::join!(
            rep.upload(&here, bytes.clone(), Some(&place)),
            rep.upload(&elsewhere, bytes, Some(&there)),
        );
        let (one, two) = (one.ok(), two.ok());
        let (first, copy) = if one["verdict"] == "pass" { (one, two) } else { (two, one) };
        assert_eq!((&first["verdict"], &copy["verdict"]), (&json!("pass"), &json!("reject")));
        assert_eq!(copy["duplicate_of"], first["id"]);
    }
    world.end().await;
}

#[tokio::test]
async fn a_photo_from_the_album_is_looked_at_by_a_person() {
    let (world, rep, customer, place) = at_a_store().await;
    let ticket = a_ticket(&rep, &customer).await;
    let upload = |source: &str| Upload {
        ticket: Some(&ticket),
        bytes: Photo::bare().jpeg(),
        more: vec![("location", place.to_string()), ("source", source.to_owned())],
    };
    let photo = rep.hand_in(upload("album")).await.ok();
    assert_eq!(photo["verdict"], "review");
    assert_eq!(photo["reasons"], json!(["album_source", "exif_missing"]));
    assert_eq!(rep.hand_in(upload("scanner")).await.pointers(), ["/source"]);
    world.end().await;
}

#[tokio::test]
async fn what_an_editor_wrote_is_looked_at_by_a_person() {
    let (world, rep, customer, place) = at_a_store().await;
    let software = |name: &str| Photo { software: Some(name.to_owned()), ..Photo::bare() };
    for editor in ["Adobe Photoshop 25.1 (Windows)", "美图秀秀 9.1", "GIMP 2.10.34"] {
        let photo = hand_in(&rep, &customer, &software(editor), &place).await;
        assert_eq!(photo["verdict"], "review", "{editor}");
        assert_eq!(photo["reasons"], json!(["edited_software", "exif_missing"]), "{editor}");
    }
    let firmware = hand_in(&rep, &customer, &software("ELE-L29 10.1.0.150"), &place).await;
    assert_eq!(firmware["verdict"], "pass", "firmware is no editor");
    world.end().await;
}

#[tokio::test]
async fn a_photo_that_names_another_place_than_the_phone_is_looked_at() {
    let (world, rep, customer, place) = at_a_store().await;
    let (lat, lng) = STORE_WGS84;
    let from = |north: f64| Photo { position: Some((lat + north, lng)), ..Photo::bare() };
    let elsewhere = hand_in(&rep, &customer, &from(0.05), &place).await;
    assert_eq!(elsewhere["verdict"], "review");
    assert_eq!(elsewhere["reasons"], json!(["exif_location_mismatch"]));
    let nearby = hand_in(&rep, &customer, &from(0.005), &place).await;
    assert_eq!(nearby["verdict"], "pass", "half a kilometre is a phone's error");
    world.end().await;
}

#[tokio::test]
async fn a_photo_taken_at_another_time_is_looked_at_and_a_wrong_clock_is_only_noted() {
    let (world, rep, customer, place) = at_a_store().await;
    for (taken_at, verdict, reason) in [
        ("2026:11:16 09:50:00", "pass", None),
        ("2026:11:16 09:40:00", "review", Some("time_mismatch")),
        ("2026:11:15 09:59:00", "review", Some("stale_photo")),
        ("2026:11:16 10:30:00", "pass", Some("clock_unset")),
        ("2008:01:01 00:00:00", "pass", Some("clock_unset")),
    ] {
        let photo =
            Photo { position: Some(STORE_WGS84), taken_at: Some(taken_at.to_owned()), ..Photo::bare() };
        let photo = hand_in(&rep, &customer, &photo, &place).await;
        assert_eq!(photo["verdict"], verdict, "{taken_at}");
        assert_eq!(photo["reasons"], json!(reason.into_iter().collect::<Vec<_>>()), "{taken_at}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_photo_that_only_says_when_it_was_digitised_is_judged_by_that_with_a_note() {
    let (world, rep, customer, place) = at_a_store().await;
    for (time, verdict, reasons) in [
        ("2026:11:16 09:50:00", "pass", json!(["capture_time_secondary"])),
        ("2026:11:16 09:40:00", "review", json!(["time_mismatch", "capture_time_secondary"])),
    ] {
        let photo =
            Photo { position: Some(STORE_WGS84), digitized_at: Some(time.to_owned()), ..Photo::bare() };
        let photo = hand_in(&rep, &customer, &photo, &place).await;
        assert_eq!((&photo["verdict"], &photo["reasons"]), (&json!(verdict), &reasons), "{time}");
        assert_eq!(photo["exif"]["taken_at"], json!(null));
        let told = json!({"at": time.replacen(':', "-", 2).replace(' ', "T"), "offset_minutes": 480});
        assert_eq!(photo["exif"]["secondary_time"], told);
    }
    world.end().await;
}

#[tokio::test]
async fn operations_set_the_numbers_that_places_are_judged_by() {
    let (world, rep, customer, _) = at_a_store().await;
    let operations = world.login("operations-01").await;
    let mut limits = operations.get("/config/evidence_thresholds").await.ok()["published"]["body"].clone();
    let subject = ("customer", customer["id"].as_str().unwrap());
    let doubtful = at_store(&customer, 400.0);
    let first = rep.photo("storefront", subject, &Photo::bare(), Some(&doubtful)).await;
    assert_eq!(first["verdict"], "review", "{first}");

    limits["draw_ppm"] = json!(2_000_000);
    let draft = operations.put("/config/evidence_thresholds/draft", limits.clone()).await.ok();
    assert_eq!(draft["faults"][0]["pointer"], "/draw_ppm");
    let answer = operations.post("/config/evidence_thresholds/publish", json!({})).await;
    assert_eq!(answer.refused(422), "document_faulty");

    limits["draw_ppm"] = json!(30_000);
    limits["confirmed_uncertainty_m"] = json!(600);
    limits["guessed_uncertainty_m"] = json!(600);
    operations.put("/config/evidence_thresholds/draft", limits).await.ok();
    operations.post("/config/evidence_thresholds/publish", json!({})).await.ok();
    let second = rep.photo("storefront", subject, &Photo::bare(), Some(&doubtful)).await;
    assert_eq!(second["verdict"], "pass", "{second}");
    world.end().await;
}
