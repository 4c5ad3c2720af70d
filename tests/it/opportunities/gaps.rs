//! Signed pages that stay away are the supplying function's gap, not the reps'.

use serde_json::{Value, json};

use super::{monday, path};
use crate::support::{Person, World};

async fn gaps(world: &World, status: &str) -> Vec<Value> {
    let director = world.login("director-east").await;
    let gaps = director.get(&format!("/opportunities/gaps?status={status}")).await.ok();
    gaps["items"].as_array().unwrap().clone()
}

/// Three demos of two reps in one region without their page.
async fn three_demos() -> (World, Person, Value, Value, Vec<Value>) {
    let (world, rep, customer, opportunity) = monday().await;
    let other = world.login("rep-02").await;
    let others = other.a_customer().await;
    let theirs = other.opportunity(&others).await;
    let demos = vec![
        rep.hold_demo(&opportunity, &customer, false).await,
        other.hold_demo(&theirs, &others, false).await,
        rep.hold_demo(&opportunity, &customer, false).await,
    ];
    (world, rep, customer, opportunity, demos)
}

#[tokio::test]
async fn three_demos_in_a_row_without_their_page_open_one_gap_when_the_grace_is_over() {
    let (world, rep, customer, opportunity, demos) = three_demos().await;
    world.at("2026-11-18T09:59:00+08:00").await;
    assert!(gaps(&world, "open").await.is_empty(), "their two working days are not over");
    world.at("2026-11-18T10:05:00+08:00").await;
    let open = gaps(&world, "open").await;
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0]["kind"], &open[0]["supplier"]), (&json!("solution_demo"), &json!("技术支持")));
    assert_eq!(open[0]["evidence_ids"].as_array().unwrap().len(), 3);
    for username in ["director-east", "operations-01"] {
        let told = world.inbox_of(username).await;
        let told: Vec<_> = told.iter().filter(|it| it["subject_type"] == "gap").collect();
        assert_eq!(told.len(), 1, "{username}");
        assert!(told[0]["title"].as_str().unwrap().starts_with("技术支持能力缺口"), "{}", told[0]);
    }
    assert!(!world.inbox_of("rep-01").await.iter().any(|it| it["subject_type"] == "gap"));
    assert!(!world.inbox_of("director-north").await.iter().any(|it| it["subject_type"] == "gap"));

    // A fourth changes nothing while it is open; one page ends the row.
    rep.hold_demo(&opportunity, &customer, false).await;
    world.at("2026-11-23T10:00:00+08:00").await;
    assert_eq!(gaps(&world, "open").await.len(), 1);
    let page = rep.page(&opportunity, "signed_slip", &customer).await;
    let pages = format!("/evidence/{}/pages", demos[2]["id"].as_str().unwrap());
    rep.post(&path(&opportunity, &pages), json!({"photo_ids": [page["id"]]})).await.ok();
    assert!(gaps(&world, "open").await.is_empty());
    assert_eq!(gaps(&world, "closed").await[0]["closed_by"], demos[2]["id"]);
    world.end().await;
}

#[tokio::test]
async fn a_page_in_time_ends_the_row() {
    let (world, rep, customer, opportunity, demos) = three_demos().await;
    let page = rep.page(&opportunity, "signed_slip", &customer).await;
    let pages = format!("/evidence/{}/pages", demos[0]["id"].as_str().unwrap());
    rep.post(&path(&opportunity, &pages), json!({"photo_ids": [page["id"]]})).await.ok();
    world.at("2026-11-19T10:05:00+08:00").await;
    assert!(gaps(&world, "open").await.is_empty());
    world.end().await;
}
