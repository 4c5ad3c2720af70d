//! The same picture at another store, after it was sent on, scaled, turned or marked.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage};
use serde_json::{Value, json};

use super::{a_ticket, at_a_store};
use crate::support::Person;
use crate::support::people::at_store;

/// A picture like no other: lights at places that the seed decides.
fn scene(seed: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(640, 480, |x, y| {
        let light = |n: u32| {
            let (cx, cy) = ((seed * 37 + n * 151) % 640, (seed * 61 + n * 97) % 480);
            255_u32.saturating_sub((x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2)) / (90 + 10 * n)) / 2
        };
        let sum = (0..6).map(light).sum::<u32>();
        let level = |part: u32| u8::try_from((sum * part / 4 + 20).min(255)).unwrap();
        Rgb([level(4), level(3), level(2)])
    }))
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
    bytes
}

/// A picture handed in for a purpose at a store, by somebody who stands there.
async fn hand_in(person: &Person, customer: &Value, purpose: &str, bytes: Vec<u8>) -> Value {
    let ticket = person.ticket(purpose, ("customer", customer["id"].as_str().unwrap())).await;
    person.upload(&ticket, bytes, Some(&at_store(customer, 0.0))).await.ok()
}

#[tokio::test]
async fn a_picture_of_another_store_is_looked_at_beside_the_first() {
    let (world, rep, customer, _) = at_a_store().await;
    let first = hand_in(&rep, &customer, "storefront", jpeg(&scene(1), 90)).await;
    assert_eq!((&first["verdict"], &first["similar_to"]), (&json!("pass"), &json!([])));
    let other = rep.customer("DC002").await;
    for changed in [
        jpeg(&scene(1).thumbnail(320, 240), 60),
        jpeg(&scene(1).brighten(20), 80),
        jpeg(&scene(1).rotate90(), 80),
        jpeg(&scene(1).fliph(), 80),
    ] {
        let copy = hand_in(&rep, &other, "storefront", changed).await;
        assert_eq!(copy["verdict"], "review");
        assert!(copy["reasons"].as_array().unwrap().contains(&json!("duplicate_similar")));
        assert_eq!(copy["duplicate_of"], Value::Null, "its bytes are its own");
        let named = copy["similar_to"].as_array().unwrap();
        let found = named.iter().find(|it| it["id"] == first["id"]).expect("the first is named");
        assert!(found["distance"].as_u64().unwrap() <= 20);
        let path = format!("/photos/{}", copy["id"].as_str().unwrap());
        assert_eq!(rep.get(&path).await.ok(), copy);
    }
    let unlike = hand_in(&rep, &other, "storefront", jpeg(&scene(2), 90)).await;
    assert_eq!((&unlike["verdict"], &unlike["similar_to"]), (&json!("pass"), &json!([])));
    world.end().await;
}

#[tokio::test]
async fn a_reviewer_sees_the_first_beside_the_copy_wherever_it_was_taken() {
    let (world, rep, customer, _) = at_a_store().await;
    let first = hand_in(&rep, &customer, "storefront", jpeg(&scene(1), 90)).await;
    let far = world.login("rep-04").await;
    let store = far.a_customer().await;
    let copy = hand_in(&far, &store, "storefront", jpeg(&scene(1), 70)).await;
    assert_eq!(copy["similar_to"][0]["id"], first["id"]);
    let reviewer = world.login("supervisor-02").await;
    let path = format!("/photos/{}", first["id"].as_str().unwrap());
    let beside = format!("beside={}", copy["id"].as_str().unwrap());
    assert_eq!(reviewer.get(&path).await.refused(404), "not_found");
    assert_eq!(reviewer.get(&format!("{path}?{beside}")).await.ok(), first);
    assert_eq!(reviewer.download(&format!("{path}/content?variant=preview&{beside}")).await.0, 200);
    assert_eq!(far.get(&format!("{path}?{beside}")).await.refused(404), "not_found", "not for who took it");
    let other = hand_in(&far, &store, "storefront", jpeg(&scene(5), 70)).await;
    let beside = format!("beside={}", other["id"].as_str().unwrap());
    assert_eq!(reviewer.get(&format!("{path}?{beside}")).await.refused(404), "not_found", "not named by it");
    world.end().await;
}

#[tokio::test]
async fn the_same_store_looks_the_same_tomorrow_and_its_goods_do_not() {
    let (world, rep, customer, _) = at_a_store().await;
    let first = hand_in(&rep, &customer, "storefront", jpeg(&scene(1), 90)).await;
    hand_in(&rep, &customer, "goods", jpeg(&scene(3), 90)).await;
    let again = hand_in(&rep, &customer, "goods", jpeg(&scene(3), 80)).await;
    assert_eq!(again["verdict"], "pass", "two shots of one stop");
    world.advance("PT24H").await;
    let front = hand_in(&rep, &customer, "storefront", jpeg(&scene(1), 70)).await;
    assert_eq!(front["verdict"], "pass");
    assert!(front["reasons"].as_array().unwrap().contains(&json!("resembles_earlier")), "a note");
    assert_eq!(front["similar_to"][0]["id"], first["id"]);
    let goods = hand_in(&rep, &customer, "goods", jpeg(&scene(3), 70)).await;
    assert_eq!(goods["verdict"], "review");
    assert!(goods["reasons"].as_array().unwrap().contains(&json!("duplicate_similar")));
    world.end().await;
}

#[tokio::test]
async fn after_ninety_days_a_picture_is_forgotten() {
    let (world, rep, customer, _) = at_a_store().await;
    hand_in(&rep, &customer, "storefront", jpeg(&scene(1), 90)).await;
    world.advance("P91D").await;
    world.settle().await;
    let rep = world.login("rep-01").await;
    let other = rep.customer("DC002").await;
    let late = hand_in(&rep, &other, "storefront", jpeg(&scene(1), 80)).await;
    assert_eq!((&late["verdict"], &late["similar_to"]), (&json!("pass"), &json!([])));
    world.end().await;
}

#[tokio::test]
async fn a_flat_picture_resembles_nothing() {
    let (world, rep, customer, place) = at_a_store().await;
    let wall = |shade: u8| DynamicImage::ImageRgb8(RgbImage::from_pixel(64, 48, Rgb([shade; 3])));
    let ticket = a_ticket(&rep, &customer).await;
    rep.upload(&ticket, jpeg(&wall(200), 90), Some(&place)).await.ok();
    let other = rep.customer("DC002").await;
    let second = hand_in(&rep, &other, "storefront", jpeg(&wall(201), 90)).await;
    assert_eq!((&second["verdict"], &second["similar_to"]), (&json!("pass"), &json!([])));
    world.end().await;
}
