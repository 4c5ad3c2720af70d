//! The picture itself: the original to the byte, and a small preview that gives nothing away.

use image::GenericImageView;
use serde_json::Value;

use super::{a_ticket, at_a_store, hand_in};
use crate::support::photos::Photo;

fn content(photo: &Value, variant: &str) -> String {
    format!("/photos/{}/content?variant={variant}", photo["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_original_is_kept_to_the_byte_and_the_preview_is_small_and_silent() {
    let (world, rep, customer, place) = at_a_store().await;
    let shot = Photo {
        position: Some((29.862, 121.5239)),
        software: Some("HarmonyOS 4.2".to_owned()),
        size: Some((1600, 1200)),
        ..Photo::bare()
    };
    let bytes = shot.jpeg();
    let ticket = a_ticket(&rep, &customer).await;
    let photo = rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();

    let (status, kind, original) = rep.download(&content(&photo, "original")).await;
    assert_eq!((status, kind.as_str()), (200, "image/jpeg"));
    assert!(original == bytes, "the original is what was shot");

    let (status, kind, preview) = rep.download(&content(&photo, "preview")).await;
    assert_eq!((status, kind.as_str()), (200, "image/jpeg"));
    assert_eq!(preview[..3], [0xff, 0xd8, 0xff]);
    let picture = image::load_from_memory(&preview).unwrap();
    let (width, height) = picture.dimensions();
    assert!((960..=1024).contains(&width) && width * 3 == height * 4, "{width} x {height}");
    for word in [&b"Exif"[..], b"HarmonyOS"] {
        assert!(bytes.windows(word.len()).any(|it| it == word));
        assert!(!preview.windows(word.len()).any(|it| it == word));
    }
    let usual = format!("/photos/{}/content", photo["id"].as_str().unwrap());
    assert!(rep.download(&usual).await.2 == preview, "a preview unless the original is asked for");
    assert_eq!(rep.get(&content(&photo, "huge")).await.status, 422);
    world.end().await;
}

#[tokio::test]
async fn a_watermark_is_drawn_by_the_server_over_the_foot_of_the_preview() {
    let (world, rep, customer, place) = at_a_store().await;
    let shot = Photo { size: Some((800, 600)), ..Photo::bare() };
    let photo = hand_in(&rep, &customer, &shot, &place).await;
    let picture = async |variant: &str| {
        let (status, kind, bytes) = rep.download(&content(&photo, variant)).await;
        assert_eq!((status, kind.as_str()), (200, "image/jpeg"));
        image::load_from_memory(&bytes).unwrap().into_luma8()
    };
    let (plain, marked) = (picture("preview").await, picture("watermarked").await);
    assert_eq!(marked.dimensions(), (800, 600));
    let differing = |from: u32, to: u32| {
        let places = (from..to).flat_map(|y| (0..800).map(move |x| (x, y)));
        places
            .filter(|(x, y)| plain.get_pixel(*x, *y).0[0].abs_diff(marked.get_pixel(*x, *y).0[0]) > 40)
            .count()
    };
    assert!(differing(540, 600) > 10_000, "the foot is dark, with lines on it");
    assert!(differing(0, 480) < 1_000, "the picture is left alone");
    assert_eq!(picture("thumbnail").await.dimensions(), (320, 240));
    world.end().await;
}

#[tokio::test]
async fn a_small_photo_is_not_blown_up() {
    let (world, rep, customer, place) = at_a_store().await;
    let photo = hand_in(&rep, &customer, &Photo::bare(), &place).await;
    let (_, _, preview) = rep.download(&content(&photo, "preview")).await;
    assert_eq!(image::load_from_memory(&preview).unwrap().dimensions(), (96, 64));
    world.end().await;
}

#[tokio::test]
async fn a_photo_is_seen_by_who_took_it_and_who_sees_the_customer() {
    let (world, rep, customer, place) = at_a_store().await;
    let photo = hand_in(&rep, &customer, &Photo::bare(), &place).await;
    let paths = [
        format!("/photos/{}", photo["id"].as_str().unwrap()),
        content(&photo, "original"),
        content(&photo, "preview"),
    ];
    for path in &paths {
        for who in ["supervisor-01", "director-east", "sales-director"] {
            assert_eq!(world.login(who).await.download(path).await.0, 200, "{who} {path}");
        }
        for who in ["rep-02", "rep-04", "supervisor-02", "director-north"] {
            assert_eq!(world.login(who).await.get(path).await.refused(404), "not_found", "{who} {path}");
        }
        assert_eq!(world.anonymous().get(path).await.refused(401), "unauthenticated");
    }
    world.end().await;
}
