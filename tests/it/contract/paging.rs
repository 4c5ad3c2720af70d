//! Lists end, and whoever turns the pages sees everything once.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::World;

#[tokio::test]
async fn turning_the_pages_shows_every_customer_exactly_once() {
    let world = World::start().await;
    let director = world.login("sales-director").await;
    let mut seen = Vec::new();
    let mut path = "/customers?limit=7".to_owned();
    let n_pages = loop {
        let page = director.get(&path).await.ok();
        let items = page["items"].as_array().unwrap();
        assert!((1..=7).contains(&items.len()));
        seen.extend(items.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break seen.len().div_ceil(7) };
        assert_eq!(items.len(), 7, "only the last page is short");
        path = format!("/customers?limit=7&cursor={cursor}");
    };
    assert_eq!(n_pages, 10);
    assert_eq!(seen.len(), 66);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 66);
    world.end().await;
}

#[tokio::test]
async fn a_page_has_twenty_unless_asked_and_a_full_last_page_is_the_last() {
    let world = World::start().await;
    let director = world.login("sales-director").await;
    let usual = director.get("/customers").await.ok();
    assert_eq!(usual["items"].as_array().unwrap().len(), 20);
    let mut cursor = String::new();
    for _ in 0..2 {
        let page = director.get(&format!("/customers?limit=22{cursor}")).await.ok();
        cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
    }
    let last = director.get(&format!("/customers?limit=22{cursor}")).await.ok();
    assert_eq!(last["items"].as_array().unwrap().len(), 22);
    assert_eq!(last["next_cursor"], Value::Null);
    world.end().await;
}

#[tokio::test]
async fn the_pages_of_a_filtered_list_keep_to_the_filter() {
    let world = World::start().await;
    let director = world.login("sales-director").await;
    let owner = world.login("rep-01").await.get("/me").await.ok()["id"].clone();
    let filter = format!("/customers?limit=4&owner_id={}", owner.as_str().unwrap());
    let (mut path, mut n_seen) = (filter.clone(), 0);
    loop {
        let page = director.get(&path).await.ok();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["owner_id"], owner);
            n_seen += 1;
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{filter}&cursor={cursor}");
    }
    assert!((10..66).contains(&n_seen), "{n_seen}");
    world.end().await;
}

#[tokio::test]
async fn a_limit_is_between_one_and_a_hundred_and_a_cursor_is_not_made_up() {
    let world = World::start().await;
    let director = world.login("sales-director").await;
    for list in
        ["/customers", "/visits", "/orders", "/deliveries", "/users", "/regions", "/todos", "/notifications"]
    {
        for limit in ["0", "101", "-1", "abc", "", "1.5", "99999999999999999999"] {
            let answer = director.get(&format!("{list}?limit={limit}")).await;
            assert_eq!(answer.refused(422), "invalid_parameter", "{list} {limit:?}");
        }
        for cursor in ["x", "", "01a2"] {
            let answer = director.get(&format!("{list}?cursor={cursor}")).await;
            assert_eq!(answer.refused(422), "invalid_cursor", "{list} {cursor:?}");
        }
        director.get(&format!("{list}?limit=1")).await.ok();
        director.get(&format!("{list}?limit=100")).await.ok();
    }
    world.end().await;
}
