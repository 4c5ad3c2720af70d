//! What lies around: by distance, in scope, in whatever coordinate system was asked and stored.

use serde_json::{Value, json};

use crate::support::{Person, World};

async fn around(person: &Person, place: &Value, radius_m: u32) -> Vec<(String, i64)> {
    let path = format!(
        "/customers/nearby?lat={}&lng={}&system={}&radius_m={radius_m}",
        place["lat"],
        place["lng"],
        place["system"].as_str().unwrap()
    );
    let found = person.get(&path).await.ok();
    let items = found["items"].as_array().unwrap().iter();
    items.map(|it| (it["name"].as_str().unwrap().to_owned(), it["distance_m"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn the_nearest_come_first_and_only_those_within_the_radius() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let here = rep.customer("DC001").await["location"].clone();
    let found = around(&rep, &here, 2_000).await;
    assert_eq!(found[0], ("月塘里便利店".to_owned(), 0));
    assert!(found.len() >= 3 && found.is_sorted_by_key(|(_, metres)| *metres), "{found:?}");
    assert!(found.iter().all(|(_, metres)| *metres <= 2_000));
    let edge = u32::try_from(found[1].1).unwrap();
    assert_eq!(around(&rep, &here, edge + 1).await.len(), 2);
    assert_eq!(around(&rep, &here, edge - 1).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_place_is_found_in_another_coordinate_system() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let made = rep
        .make(json!({"name": "卫星坐标店", "location": {"lat": 29.85, "lng": 121.58, "system": "wgs84"}}))
        .await
        .ok();
    let asked = json!({"lat": 29.85, "lng": 121.58, "system": "wgs84"});
    assert_eq!(around(&rep, &asked, 50).await, [("卫星坐标店".to_owned(), 0)]);
    // The same numbers as a map of the mainland are half a kilometre off.
    let map = json!({"lat": 29.85, "lng": 121.58, "system": "gcj02"});
    assert_eq!(around(&rep, &map, 50).await, []);
    assert_eq!(around(&rep, &map, 900).await[0].0, made["name"].as_str().unwrap());
    world.end().await;
}

#[tokio::test]
async fn others_customers_are_not_on_the_map() {
    let world = World::start().await;
    let here = world.login("rep-01").await.customer("DC001").await["location"].clone();
    assert_eq!(around(&world.login("rep-04").await, &here, 20_000).await, []);
    let supervisor = around(&world.login("supervisor-01").await, &here, 20_000).await;
    let director = around(&world.login("director-east").await, &here, 20_000).await;
    assert_eq!(supervisor, director);
    assert!(supervisor.len() > around(&world.login("rep-01").await, &here, 20_000).await.len());
    world.end().await;
}

#[tokio::test]
async fn a_question_without_a_system_or_too_far_is_refused() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for (query, code) in [
        ("lat=29&lng=121&radius_m=100", "required"),
        ("lat=29&lng=121&system=utm&radius_m=100", "system_unknown"),
        ("lat=29&lng=121&system=gcj02&radius_m=20001", "out_of_range"),
        ("lat=99&lng=121&system=gcj02&radius_m=100", "location_invalid"),
        ("lat=29&lng=121&system=gcj02&radius_m=100&limit=101", "invalid_parameter"),
    ] {
        let answer = rep.get(&format!("/customers/nearby?{query}")).await;
        assert_eq!(answer.refused(422), code, "{query}");
    }
    world.end().await;
}
