//! The real and hostile files of `shared/photos`, each handed in as a phone would.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{a_ticket, at_a_store};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/photos");
const N_FILES: usize = 76;

/// The files with the facts they are known to hold.
fn files() -> Vec<(Value, Vec<u8>)> {
    let folder = PathBuf::from(FOLDER);
    let Ok(text) = std::fs::read_to_string(folder.join("expected.json")) else {
        println!("shared/photos is absent: {N_FILES} files left out");
        return Vec::new();
    };
    let expected: Value = serde_json::from_str(&text).unwrap();
    let files = expected["files"].as_array().unwrap().iter();
    let files: Vec<_> = files
        .map(|file| {
            let name = file["file"].as_str().unwrap();
            (file.clone(), std::fs::read(folder.join("files").join(name)).unwrap())
        })
        .collect();
    assert_eq!(files.len(), N_FILES);
    files
}

#[tokio::test]
async fn every_known_file_is_taken_with_its_own_facts_or_refused_with_a_reason() {
    let (world, rep, customer, place) = at_a_store().await;
    let (mut n_taken, mut n_compared) = (0, 0);
    let files = files();
    for (expected, bytes) in &files {
        let ticket = a_ticket(&rep, &customer).await;
        let answer = rep.upload(&ticket, bytes.clone(), Some(&place)).await;
        let name = expected["file"].as_str().unwrap();
        if answer.status != 201 {
            assert_eq!(answer.status, 422, "{name}: {}", answer.text);
            assert!(answer.body["code"].as_str().unwrap().starts_with("photo_"), "{name}");
            assert_eq!(answer.pointers(), ["/file"], "{name}");
            continue;
        }
        n_taken += 1;
        let photo = answer.ok();
        let preview = format!("/photos/{}/content", photo["id"].as_str().unwrap());
        let (status, ..) = rep.download(&preview).await;
        assert!([200, 409].contains(&status), "{name}: the preview is made or there is none, {status}");
        if expected["assert"] == "strict" {
            check(name, &photo, expected);
            n_compared += 1;
        }
    }
    if !files.is_empty() {
        assert!(n_taken >= 40 && n_compared >= 35, "{n_taken} taken, {n_compared} compared");
    }
    world.end().await;
}

/// What the file says about itself is what other readers find in it.
fn check(name: &str, photo: &Value, expected: &Value) {
    assert_eq!(photo["sha256"], expected["sha256"], "{name}");
    assert_eq!(photo["n_bytes"], expected["bytes"], "{name}");
    assert_eq!((&photo["width"], &photo["height"]), (&expected["width"], &expected["height"]), "{name}");
    let exif = &photo["exif"];
    assert_eq!(exif["format"], expected["format"], "{name}");
    assert_eq!(exif["taken_at"], expected["date_time_original_valid"], "{name}");
    for word in ["make", "model"] {
        let known = expected[word].as_str().map(str::trim);
        assert_eq!(exif[word].as_str(), known, "{name}: {word}");
    }
    assert_eq!(exif["gps"]["status"], expected["gps"]["status"], "{name}");
    let found = &exif["gps"]["position"];
    let known = json!([expected["gps"]["lat"], expected["gps"]["lon"]]);
    for place in 0..2 {
        match (found[place].as_f64(), known[place].as_f64()) {
            (Some(found), Some(known)) => assert!((found - known).abs() < 1e-6, "{name}: {found} {known}"),
            (found, known) => assert_eq!(found, known, "{name}"),
        }
    }
}
