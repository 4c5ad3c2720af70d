//! Evidence that does not hold after all.

use serde_json::{Value, json};

use super::{demo, monday, path};
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Person, World};

/// An opportunity in the stage of needs by a record that somebody has to look at, and the supervisor's to-do.
async fn in_needs_for_now() -> (World, Person, Value, Value, Value) {
    let (world, rep, customer, opportunity) = monday().await;
    let id = opportunity["id"].as_str().unwrap();
    let far = at_store(&customer, 1_200.0);
    let scene = rep.photo("evidence", ("opportunity", id), &Photo::bare(), Some(&far)).await;
    let fields = json!({"needs": ["每周三送 20 箱"], "contact": "王建国"});
    let record = rep.prove(&opportunity, "needs_record", fields, &[&scene]).await.ok();
    rep.advance(&opportunity, "needs").await.ok();
    (world, rep, customer, opportunity, record)
}

#[tokio::test]
async fn a_stage_whose_evidence_is_rejected_stays_and_is_unsupported() {
    let (world, rep, customer, opportunity, record) = in_needs_for_now().await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    assert_eq!((&todo["subject_type"], &todo["subject_id"]), (&json!("evidence"), &record["id"]));
    supervisor.decide(&todo, "reject", Some("照片不是这家店")).await.ok();
    let look = rep.look(&opportunity).await;
    assert_eq!(look["stage"], "needs", "nothing moves silently");
    assert_eq!(
        (&look["unsupported"]["stage"], &look["unsupported"]["evidence_id"]),
        (&json!("needs"), &record["id"])
    );
    assert!(look["unsupported"]["since"].is_string());
    assert_eq!(
        (&look["n_verified_actions"], &look["evidence"][0]["status"]),
        (&json!(0), &json!("rejected"))
    );
    world.settle().await;
    let inbox = world.inbox_of("rep-01").await;
    let told = inbox.iter().find(|it| it["title"].as_str().unwrap().starts_with("阶段证据待补"));
    assert!(told.unwrap()["body"].as_str().unwrap().contains("需求确认"));
    let listed = supervisor.get("/opportunities?unsupported=true").await.ok();
    assert_eq!(listed["items"][0]["id"], opportunity["id"]);

    // Another of the kinds that the stage takes clears it.
    let scan = rep.page(&opportunity, "evidence", &customer).await;
    rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&scan]).await.ok();
    assert_eq!(rep.look(&opportunity).await["unsupported"], Value::Null);
    world.end().await;
}

#[tokio::test]
async fn going_back_before_the_stage_clears_it_too() {
    let (world, rep, _, opportunity, _) = in_needs_for_now().await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("照片不是这家店")).await.ok();
    let back = rep.advance(&opportunity, "contact").await.ok();
    assert_eq!((&back["stage"], &back["unsupported"]), (&json!("contact"), &Value::Null));
    assert_eq!(rep.advance(&opportunity, "needs").await.refused(409), "evidence_missing");
    world.end().await;
}

#[tokio::test]
async fn evidence_that_is_accepted_becomes_final() {
    let (world, rep, _, opportunity, record) = in_needs_for_now().await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "approve", None).await.ok();
    let look = rep.look(&opportunity).await;
    assert_eq!(
        (&look["evidence"][0]["status"], &look["evidence"][0]["review"]),
        (&json!("accepted"), &json!("accepted"))
    );
    assert_eq!((&look["unsupported"], &look["n_verified_actions"]), (&Value::Null, &json!(1)));
    assert_eq!(record["provisional"], true);
    world.end().await;
}

#[tokio::test]
async fn what_held_up_nothing_leaves_the_stage_supported() {
    let (world, rep, customer, opportunity, _) = in_needs_for_now().await;
    let scan = rep.page(&opportunity, "evidence", &customer).await;
    rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&scan]).await.ok();
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("照片不是这家店")).await.ok();
    assert_eq!(rep.look(&opportunity).await["unsupported"], Value::Null, "the quote still stands");
    world.end().await;
}

#[tokio::test]
async fn a_page_that_is_certainly_a_copy_completes_nothing_until_somebody_has_looked() {
    let (world, rep, customer, opportunity) = monday().await;
    let held = rep.hold_demo(&opportunity, &customer, false).await;
    // The page of another opportunity's demo, of another customer.
    let other_customer = rep.customer("DC002").await;
    let other = rep.opportunity(&other_customer).await;
    let bytes = Photo::bare().jpeg();
    let mut page = Value::Null;
    for (opportunity, customer) in [(&other, &other_customer), (&opportunity, &customer)] {
        let ticket = rep.ticket("signed_slip", ("opportunity", opportunity["id"].as_str().unwrap())).await;
        page = rep.upload(&ticket, bytes.clone(), Some(&at_store(customer, 0.0))).await.ok();
    }
    assert_eq!(page["verdict"], "reject");
    let pages = format!("/evidence/{}/pages", held["id"].as_str().unwrap());
    let added = rep.post(&path(&opportunity, &pages), json!({"photo_ids": [page["id"]]})).await.ok();
    assert_eq!((&added["status"], &added["review"]), (&json!("accepted"), &json!("pending")));
    assert_eq!(added["missing"][0]["code"], "signature_missing");
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "approve", Some("两家店同一天签的同一份")).await.ok();
    assert_eq!(rep.look(&opportunity).await["evidence"][0]["missing"], json!([]));
    world.end().await;
}

#[tokio::test]
async fn a_record_that_was_rejected_takes_no_more_pages() {
    let (world, rep, customer, opportunity, record) = in_needs_for_now().await;
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    supervisor.decide(&todo, "reject", Some("照片不是这家店")).await.ok();
    let photo = rep.page(&opportunity, "evidence", &customer).await;
    let pages = format!("/evidence/{}/pages", record["id"].as_str().unwrap());
    let answer = rep.post(&path(&opportunity, &pages), json!({"photo_ids": [photo["id"]]})).await;
    assert_eq!(answer.refused(409), "evidence_rejected");
    assert_eq!(rep.prove(&opportunity, "solution_demo", demo(), &[]).await.ok()["status"], "accepted");
    world.end().await;
}

#[tokio::test]
async fn a_leader_may_reject_what_the_machine_let_pass_and_nobody_rejects_the_own() {
    let (world, rep, customer, opportunity) = monday().await;
    let scan = rep.page(&opportunity, "evidence", &customer).await;
    let quote =
        rep.prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&scan]).await.ok();
    rep.advance(&opportunity, "needs").await.ok();
    let reject = path(&opportunity, &format!("/evidence/{}/reject", quote["id"].as_str().unwrap()));
    let reason = json!({"reason": "这是去年的报价单"});
    assert_eq!(rep.post(&reject, reason.clone()).await.refused(403), "forbidden");
    assert_eq!(
        world.login("supervisor-02").await.post(&reject, reason.clone()).await.refused(404),
        "not_found"
    );
    let supervisor = world.login("supervisor-01").await;
    assert_eq!(supervisor.post(&reject, json!({"reason": " "})).await.refused(422), "comment_missing");
    assert_eq!(supervisor.post(&reject, reason.clone()).await.ok()["status"], "rejected");
    assert_eq!(rep.look(&opportunity).await["unsupported"]["stage"], "needs");
    assert_eq!(supervisor.post(&reject, reason).await.refused(409), "evidence_rejected");
    let own = supervisor.page(&opportunity, "evidence", &customer).await;
    let own = supervisor
        .prove(&opportunity, "competitor_quote", json!({"competitor": "百岁山"}), &[&own])
        .await
        .ok();
    let reject = path(&opportunity, &format!("/evidence/{}/reject", own["id"].as_str().unwrap()));
    assert_eq!(supervisor.post(&reject, json!({"reason": "错了"})).await.refused(409), "own_matter");
    assert_eq!(rep.look(&opportunity).await["unsupported"], Value::Null);
    world.end().await;
}
