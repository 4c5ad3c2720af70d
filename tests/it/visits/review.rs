//! The supervisor's word on a check-in.

use serde_json::json;

use super::{a_copied_photo, monday};
use crate::support::people::at_store;

#[tokio::test]
async fn a_supervisor_who_vouches_for_an_attempt_makes_it_a_check_in() {
    let (world, rep, customer) = monday().await;
    let other = rep.customer("DC002").await;
    let photo = a_copied_photo(&rep, &customer, &other).await;
    let visit = rep.check_in_with(&customer, Some(at_store(&customer, 0.0)), &[&photo]).await.ok();
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    let silent = supervisor.decide(&todo, "approve", None).await;
    assert_eq!(silent.pointers(), ["/comment"]);
    assert_eq!(silent.refused(422), "comment_missing");
    assert_eq!(rep.visit(&visit).await["status"], "attempted");

    supervisor.decide(&todo, "approve", Some("我当时就在店里")).await.ok();
    let vouched = rep.visit(&visit).await;
    assert_eq!(vouched["status"], "checked_in");
    assert_eq!(vouched["review"], "accepted");
    assert_eq!(vouched["verdict"], "reject", "what the machine saw is kept");
    assert_eq!(rep.timeline(&customer).await[0]["kind"], "visit_reviewed");
    assert_eq!(rep.complete(&visit, "order").await.ok()["status"], "completed");
    world.settle().await;
    let told = world.inbox_of("rep-01").await.remove(0);
    assert_eq!(told["kind"], "decided");
    assert!(told["body"].as_str().unwrap().contains("我当时就在店里"));
    world.end().await;
}

#[tokio::test]
async fn a_supervisor_who_refuses_an_attempt_leaves_it_one() {
    let (world, rep, customer) = monday().await;
    let other = rep.customer("DC002").await;
    let photo = a_copied_photo(&rep, &customer, &other).await;
    let visit = rep.check_in_with(&customer, Some(at_store(&customer, 0.0)), &[&photo]).await.ok();
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("请重新拍照")).await.ok();
    let refused = rep.visit(&visit).await;
    assert_eq!((&refused["status"], &refused["review"]), (&json!("attempted"), &json!("rejected")));
    assert_eq!(rep.complete(&visit, "order").await.refused(409), "visit_not_open");
    world.end().await;
}

#[tokio::test]
async fn a_doubtful_check_in_becomes_final_when_the_supervisor_agrees() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 1_000.0).await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "approve", None).await.ok();
    let agreed = rep.visit(&visit).await;
    assert_eq!((&agreed["status"], &agreed["review"]), (&json!("checked_in"), &json!("accepted")));
    assert_eq!(agreed["provisional"], false);
    assert!(supervisor.todos().await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_doubtful_check_in_that_is_refused_counts_no_more() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 1_000.0).await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    assert_eq!(supervisor.decide(&todo, "reject", Some(" ")).await.refused(422), "comment_missing");
    supervisor.decide(&todo, "reject", Some("位置在另一条街")).await.ok();
    let refused = rep.visit(&visit).await;
    assert_eq!((&refused["status"], &refused["review"]), (&json!("attempted"), &json!("rejected")));
    assert_eq!(refused["provisional"], false);
    assert_eq!(rep.complete(&visit, "order").await.refused(409), "visit_not_open");
    world.end().await;
}

#[tokio::test]
async fn an_outcome_outlives_a_refused_check_in() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 1_000.0).await;
    rep.complete(&visit, "complaint").await.ok();
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("位置在另一条街")).await.ok();
    let refused = rep.visit(&visit).await;
    assert_eq!((&refused["status"], &refused["review"]), (&json!("completed"), &json!("rejected")));
    assert_eq!(refused["result_code"], "complaint");
    world.end().await;
}
