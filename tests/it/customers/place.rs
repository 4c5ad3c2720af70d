//! Where a store is: picked on a map, learned from the phones of people who were there, moved with somebody's word.

use serde_json::{Value, json};

use super::a_store;
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

/// Where the new store really is.
fn there(north_m: f64, accuracy_m: f64) -> Value {
    json!({"lat": 29.87 + north_m / 111_195.0, "lng": 121.55, "system": "gcj02", "accuracy_m": accuracy_m})
}

/// Checks in at a customer's with the phone at a place.
async fn check_in(rep: &Person, customer: &Value, place: Value) {
    let subject = ("customer", customer["id"].as_str().unwrap());
    let photo = rep.photo("storefront", subject, &Photo::bare(), Some(&place)).await;
    rep.check_in_with(customer, Some(place), &[&photo]).await.ok();
}

#[tokio::test]
async fn the_first_good_fix_is_provisional_and_three_of_two_people_confirm() {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let supervisor = world.login("supervisor-01").await;
    let made = rep.make(a_store("新月便利店")).await.ok();
    check_in(&rep, &made, there(0.0, 80.0)).await;
    assert_eq!(rep.file_of(&made).await.ok()["location"], Value::Null, "80 m is no good fix");
    world.advance("PT1H").await;
    check_in(&rep, &made, there(0.0, 20.0)).await;
    let first = rep.file_of(&made).await.ok();
    assert_eq!(
        (&first["location_source"], &first["location_confirmed"]),
        (&json!("first_fix"), &json!(false))
    );
    assert_eq!(first["location_uncertainty_m"], 20);
    world.advance("PT1H").await;
    check_in(&rep, &made, there(30.0, 20.0)).await;
    assert_eq!(rep.file_of(&made).await.ok()["location_confirmed"], false, "one person is no two");
    world.advance("PT1H").await;
    check_in(&supervisor, &made, there(15.0, 20.0)).await;
    let agreed = rep.file_of(&made).await.ok();
    assert_eq!(
        (&agreed["location_source"], &agreed["location_confirmed"]),
        (&json!("median_of_visits"), &json!(true))
    );
    let off = agreed["location"]["lat"].as_f64().unwrap() - (29.87 + 15.0 / 111_195.0);
    assert!(off.abs() < 0.000_01, "the median: {}", agreed["location"]);
    assert_eq!(rep.timeline(&made).await[0]["kind"], "location_learned");
    world.end().await;
}

#[tokio::test]
async fn a_confirmed_point_moves_a_little_by_hand_and_far_with_somebodys_word() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let store = rep.customer("DC001").await;
    let moved = |north_m: f64| {
        let mut place = at_store(&store, north_m);
        place.as_object_mut().unwrap().remove("accuracy_m");
        json!({"location": place, "location_source": "map_pick"})
    };
    let kept = rep.change(&store, moved(290.0)).await.ok();
    assert_eq!((&kept["location_confirmed"], &kept["location_source"]), (&json!(true), &json!("map_pick")));
    let far = rep.change(&store, moved(700.0)).await.ok();
    assert_eq!(far["location"], kept["location"], "it stays until somebody has agreed");
    assert_eq!(far["proposed_location"]["source"], "map_pick");
    world.settle().await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    assert_eq!((&todo["kind"], &todo["subject_id"]), (&json!("location_change"), &store["id"]));
    supervisor.decide(&todo, "approve", None).await.ok();
    let agreed = rep.get(&format!("/customers/{}", store["id"].as_str().unwrap())).await.ok();
    assert_eq!(agreed["location"]["lat"], far["proposed_location"]["lat"]);
    assert_eq!(agreed["proposed_location"], json!(null));
    let no_system = json!({"location": {"lat": 29.0, "lng": 121.0}});
    assert_eq!(rep.change(&store, no_system).await.refused(422), "required");
    let nowhere = json!({"location": {"lat": 99.0, "lng": 121.0, "system": "gcj02"}});
    assert_eq!(rep.change(&store, nowhere).await.refused(422), "location_invalid");
    let learned = json!({"location": {"lat": 29.87, "lng": 121.5, "system": "gcj02"}, "location_source": "median_of_visits"});
    assert_eq!(rep.change(&store, learned).await.refused(422), "value_unknown", "nobody learns by hand");
    world.end().await;
}

#[tokio::test]
async fn people_who_agree_on_another_place_leave_a_proposal() {
    let world = World::start().await;
    world.at("2026-11-16T10:00:00+08:00").await;
    let (rep, supervisor) = (world.login("rep-01").await, world.login("supervisor-01").await);
    let store = rep.customer("DC001").await;
    for (person, north_m) in [(&rep, 800.0), (&rep, 810.0), (&supervisor, 805.0)] {
        check_in(person, &store, at_store(&store, north_m)).await;
        world.advance("PT1H").await;
    }
    let file = rep.file_of(&store).await.ok();
    assert_eq!(file["location"], store["location"], "a confirmed point does not walk by itself");
    let lat = file["proposed_location"]["lat"].as_f64().unwrap();
    assert!((lat - store["location"]["lat"].as_f64().unwrap() - 805.0 / 111_195.0).abs() < 0.000_01);
    world.end().await;
}
