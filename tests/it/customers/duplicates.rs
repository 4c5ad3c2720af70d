//! Found when they are entered: a warning with what is shared, never a refusal.

use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn a_customer_that_is_known_is_shown_beside_the_new_file() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let known = rep.customer("DC001").await;
    let file = json!({"name": "月塘里(便利店)", "district_code": "330203", "phone": "+86 138-0000-1001",
        "uscc": known["uscc"].as_str().unwrap().to_lowercase()});
    let answer = rep.make(file).await;
    assert_eq!(answer.status, 201, "a warning keeps nobody from saving");
    let found = answer.ok()["duplicates"].clone();
    let expected =
        json!([{"id": known["id"], "name": known["name"], "by": ["uscc", "phone", "name"], "note": null}]);
    assert_eq!(found, expected);
    world.end().await;
}

#[tokio::test]
async fn a_similar_name_at_nearly_the_same_place_is_shown_too() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let known = rep.customer("DC001").await;
    let near = |north: f64| {
        let place = &known["location"];
        let lat = place["lat"].as_f64().unwrap() + north / 111_195.0;
        json!({"name": "月塘里超市便利店分店", "location": {"lat": lat, "lng": place["lng"], "system": place["system"]}})
    };
    let found = rep.make(near(40.0)).await.ok()["duplicates"].clone();
    assert_eq!((&found[0]["id"], &found[0]["by"]), (&known["id"], &json!(["place"])));
    let farther = rep.make(near(5_000.0)).await.ok()["duplicates"].clone();
    assert_eq!(
        farther[0]["by"],
        json!(["name"]),
        "only its namesake of just now, which no district tells apart"
    );
    world.end().await;
}

#[tokio::test]
async fn of_another_reps_customer_only_the_name_is_told() {
    let world = World::start().await;
    let known = world.login("rep-01").await.customer("DC001").await;
    let rep = world.login("rep-02").await;
    let made = rep.make(json!({"name": "新店", "phone": "13800001001"})).await.ok();
    let expected = json!([{"id": null, "name": known["name"], "by": ["phone"], "note": "属于其他同事"}]);
    assert_eq!(made["duplicates"], expected);
    // A change looks again, and a file is not its own duplicate.
    let changed = rep.change(&made, json!({"phone": null})).await.ok();
    assert_eq!((&changed["duplicates"], &changed["phone"]), (&json!([]), &Value::Null));
    world.end().await;
}
