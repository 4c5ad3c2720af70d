//! Timeline and archive fill themselves from every step and are read by kind.

use serde_json::{Value, json};

use super::path;
use crate::support::Person;

async fn items(person: &Person, path: &str) -> Vec<Value> {
    person.get(path).await.ok()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_photo_is_in_the_archive_by_its_kind() {
    let (world, rep, store) = crate::visits::monday().await;
    let visit = rep.check_in(&store, 5.0).await;
    world.advance("PT10M").await;
    rep.complete(&visit, "interest").await.ok();
    let found = items(&rep, &path(&store, "/evidence")).await;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["form"], &found[0]["kind"]), (&json!("photo"), &json!("storefront")));
    assert_eq!(found[0]["verdict"], "pass");
    assert_eq!(items(&rep, &path(&store, "/evidence?kind=storefront")).await.len(), 1);
    assert_eq!(items(&rep, &path(&store, "/evidence?kind=goods")).await.len(), 0);
    let stranger = world.login("rep-02").await;
    assert_eq!(stranger.get(&path(&store, "/evidence")).await.refused(404), "not_found");
    world.end().await;
}

#[tokio::test]
async fn a_timeline_is_read_by_kind_person_and_time() {
    let (world, rep, store) = crate::visits::monday().await;
    let call = json!({"touch_point": "phone", "outcome": "connected"});
    rep.with_customer(&store, "communications", call).await.ok();
    world.advance("PT1H").await;
    let supervisor = world.login("supervisor-01").await;
    supervisor.change(&store, json!({"decision_chain": ["店主", "采购"]})).await.ok();
    let of = async |query: &str| items(&rep, &path(&store, &format!("/timeline?{query}"))).await;
    assert_eq!(of("kind=communication").await.len(), 1);
    assert_eq!(of("kind=file_changed").await.len(), 1);
    let who = supervisor.own_id().await;
    assert_eq!(of(&format!("actor_id={}", who.as_str().unwrap())).await[0]["kind"], "file_changed");
    assert_eq!(of("until=2026-11-16T10:30:00%2B08:00").await[0]["kind"], "communication");
    assert_eq!(of("from=2026-11-16T10:30:00%2B08:00").await.len(), 1);
    world.end().await;
}
