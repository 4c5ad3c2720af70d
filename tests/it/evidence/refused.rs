//! What is no photo, or is incomplete, is refused with what it is.

use serde_json::{Value, json};

use super::{Upload, a_ticket, at_a_store};
use crate::support::photos::Photo;

const LIMIT: usize = 20 * 1024 * 1024;

#[tokio::test]
async fn what_is_no_photo_is_refused_with_what_is_wrong() {
    let (world, rep, customer, place) = at_a_store().await;
    let whole = Photo { size: Some((640, 480)), ..Photo::bare() }.jpeg();
    let cut = whole[..whole.len() / 2].to_vec();
    let page = b"<!DOCTYPE html><html><body>store</body></html>".to_vec();
    for (bytes, code) in [
        (Vec::new(), "photo_empty"),
        (page, "photo_not_an_image"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n".to_vec(), "photo_not_an_image"),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "photo_type_unsupported"),
        (cut, "photo_truncated"),
        (a_bomb(60_000, 60_000), "photo_too_many_pixels"),
        (a_bomb(40_000, 10), "photo_too_many_pixels"),
        (a_bomb(12_000, 10_001), "photo_too_many_pixels"),
    ] {
        let ticket = a_ticket(&rep, &customer).await;
        let answer = rep.upload(&ticket, bytes, Some(&place)).await;
        assert_eq!(answer.body["code"], code);
        assert_eq!(answer.pointers(), ["/file"], "{code}");
        assert_eq!(answer.refused(422), code);
        // The ticket is not spent on it.
        assert_eq!(rep.upload(&ticket, Photo::bare().jpeg(), Some(&place)).await.ok()["verdict"], "pass");
    }
    world.end().await;
}

#[tokio::test]
async fn twenty_megabytes_are_taken_and_one_byte_more_is_not() {
    let (world, rep, customer, place) = at_a_store().await;
    let mut bytes = Photo::bare().jpeg();
    bytes.resize(LIMIT, 0);
    let ticket = a_ticket(&rep, &customer).await;
    let photo = rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    assert_eq!(photo["n_bytes"], LIMIT);
    bytes.push(0);
    let ticket = a_ticket(&rep, &customer).await;
    assert_eq!(rep.upload(&ticket, bytes, Some(&place)).await.refused(413), "photo_too_large");
    world.end().await;
}

#[tokio::test]
async fn a_photo_that_was_damaged_on_its_way_is_sent_again() {
    let (world, rep, customer, place) = at_a_store().await;
    let ticket = a_ticket(&rep, &customer).await;
    let bytes = Photo::bare().jpeg();
    let upload = |sha256: String| Upload {
        ticket: Some(&ticket),
        bytes: bytes.clone(),
        more: vec![("sha256", sha256), ("location", place.to_string())],
    };
    let damaged = rep.hand_in(upload("0".repeat(64))).await;
    assert_eq!(damaged.pointers(), ["/sha256"]);
    assert_eq!(damaged.refused(422), "sha256_mismatch");
    let photo = rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
    let right = photo["sha256"].as_str().unwrap().to_uppercase();
    assert_eq!(rep.hand_in(upload(right)).await.ok(), photo);
    world.end().await;
}

#[tokio::test]
async fn a_missing_or_unknown_part_is_named() {
    let (world, rep, customer, _) = at_a_store().await;
    let ticket = a_ticket(&rep, &customer).await;
    let none = Upload { ticket: None, bytes: Photo::bare().jpeg(), more: vec![] };
    let empty = Upload { ticket: Some(""), bytes: Photo::bare().jpeg(), more: vec![] };
    for upload in [none, empty] {
        let answer = rep.hand_in(upload).await;
        assert_eq!(answer.pointers(), ["/ticket"]);
        assert_eq!(answer.refused(422), "part_missing");
    }
    let form = reqwest::multipart::Form::new().text("ticket", ticket.clone());
    let answer = rep.post_form("/photos", form).await;
    assert_eq!(answer.pointers(), ["/file"]);
    assert_eq!(answer.refused(422), "part_missing");
    let more = vec![("lokation", "{}".to_owned())];
    let answer = rep.hand_in(Upload { ticket: Some(&ticket), bytes: Photo::bare().jpeg(), more }).await;
    assert_eq!(answer.pointers(), ["/lokation"]);
    assert_eq!(answer.refused(422), "part_unknown");
    let answer = rep.post("/photos", json!({"ticket": ticket})).await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    world.end().await;
}

#[tokio::test]
async fn a_place_that_is_none_is_refused() {
    let (world, rep, customer, place) = at_a_store().await;
    let ticket = a_ticket(&rep, &customer).await;
    let with = |field: &str, value: Value| {
        let mut place = place.clone();
        place[field] = value;
        place.to_string()
    };
    let mut nameless = place.clone();
    nameless.as_object_mut().unwrap().remove("system");
    for (location, pointer) in [
        (nameless.to_string(), "/location"),
        (with("system", json!("mars")), "/location"),
        (with("speed", json!(3)), "/location"),
        ("{\"lat\": NaN}".to_owned(), "/location"),
        ("30.1,120.2".to_owned(), "/location"),
        (with("lat", json!(95)), "/location/lat"),
        (with("lat", json!(-90.001)), "/location/lat"),
        (with("accuracy_m", json!(-5)), "/location/accuracy_m"),
    ] {
        let more = vec![("location", location.clone())];
        let answer = rep.hand_in(Upload { ticket: Some(&ticket), bytes: Photo::bare().jpeg(), more }).await;
        assert_eq!(answer.pointers(), [pointer], "{location}");
        assert_eq!(answer.refused(422), "location_invalid", "{location}");
    }
    world.end().await;
}

/// A valid black-and-white PNG header of this size with next to nothing behind it.
fn a_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    header.extend([1, 0, 0, 0, 0]);
    let data = [b"IDAT", &b"\x78\x9c\x03\0\0\0\0\x01"[..]].concat();
    let chunk = |content: &[u8]| {
        let length = u32::try_from(content.len() - 4).unwrap().to_be_bytes();
        [&length[..], content, &crc32(content).to_be_bytes()].concat()
    };
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(&header), &chunk(&data), &chunk(b"IEND")].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0_u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
