//! The review desk, and what a night clears away.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::at_a_store;
use crate::support::people::at_store;
use crate::support::photos::Photo;

#[tokio::test]
async fn reviews_come_with_their_photos_the_rejected_first() {
    let (world, rep, customer, place) = at_a_store().await;
    let doubtful = rep.check_in(&customer, 1_000.0).await;
    let photo = Photo { seed: Some(9), ..Photo::bare() };
    super::hand_in(&rep, &customer, &photo, &place).await;
    let other = rep.customer("DC002").await;
    let there = at_store(&other, 0.0);
    let copy = super::hand_in(&rep, &other, &photo, &there).await;
    let refused = rep.check_in_with(&other, Some(there), &[&copy]).await.ok();
    let supervisor = world.login("supervisor-01").await;
    let reviews = supervisor.get("/reviews").await.ok();
    let items = reviews["items"].as_array().unwrap();
    let subjects: Vec<&Value> = items.iter().map(|it| &it["subject_id"]).collect();
    assert_eq!(subjects, [&refused["id"], &doubtful["id"]]);
    assert_eq!((&items[0]["verdict"], &items[0]["photo_ids"]), (&json!("reject"), &json!([copy["id"]])));
    assert_eq!(items[0]["status"], "open");
    let first = supervisor.get("/reviews?limit=1").await.ok();
    let next = first["next_cursor"].as_str().unwrap();
    let second = supervisor.get(&format!("/reviews?limit=1&cursor={next}")).await.ok();
    assert_eq!((&second["items"][0], &second["next_cursor"]), (&items[1], &Value::Null));
    let region = items[0]["region_id"].as_str().unwrap();
    let n = async |query: &str| {
        let found = supervisor.get(&format!("/reviews?{query}")).await.ok();
        found["items"].as_array().unwrap().len()
    };
    assert_eq!(n(&format!("region_id={region}")).await, 2);
    assert_eq!((n("kind=visit").await, n("kind=delivery").await, n("status=done").await), (2, 0, 0));
    assert_eq!(supervisor.get("/reviews?status=lost").await.refused(422), "invalid_parameter");
    assert_eq!(rep.get("/reviews").await.ok()["items"], json!([]));
    world.end().await;
}

#[tokio::test]
async fn a_stored_file_that_no_row_names_goes_after_a_day_and_one_that_is_named_stays() {
    let (world, rep, customer, place) = at_a_store().await;
    let photo = super::hand_in(&rep, &customer, &Photo::bare(), &place).await;
    let blobs = &world.app.blobs;
    let young = blobs.put(b"young and nobody's".to_vec()).await.unwrap();
    let old = blobs.put(b"old and nobody's".to_vec()).await.unwrap();
    let named = photo["sha256"].as_str().unwrap().to_owned();
    for digest in [&old, &named] {
        let folder = world.app.config.data_dir.join("blobs").join(&digest[..2]).join(&digest[2..4]);
        let file = std::fs::File::options().write(true).open(folder.join(digest)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(25 * 3_600)).unwrap();
    }
    world.advance("PT24H").await;
    world.settle().await;
    let left = async |digest: &String| blobs.exists(digest).await.unwrap();
    assert_eq!((left(&old).await, left(&young).await, left(&named).await), (false, true, true));
    world.end().await;
}

#[tokio::test]
async fn a_stored_file_that_changed_is_not_given_out() {
    let (world, rep, customer, place) = at_a_store().await;
    let photo = super::hand_in(&rep, &customer, &Photo::bare(), &place).await;
    let digest = photo["sha256"].as_str().unwrap();
    let folder = world.app.config.data_dir.join("blobs").join(&digest[..2]).join(&digest[2..4]);
    std::fs::write(folder.join(digest), b"something else").unwrap();
    let path = format!("/photos/{}/content?variant=", photo["id"].as_str().unwrap());
    assert_eq!(rep.download(&format!("{path}original")).await.0, 500);
    assert_eq!(rep.download(&format!("{path}preview")).await.0, 200, "what was made of it is still there");
    assert_eq!(rep.download(&format!("{path}thumbnail")).await.0, 200);
    world.end().await;
}
