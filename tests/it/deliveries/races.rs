//! Two at once, and the same one again.

use serde_json::{Value, json};

use super::{slip, under_way};

#[tokio::test]
async fn of_two_drivers_who_sign_off_at_the_same_moment_one_wins() {
    let run = under_way("DC001").await;
    let other = run.world.login("logistics-01").await;
    let (mine, theirs) = (
        run.driver.shoot(&run.delivery, &run.customer, 0.0).await,
        other.shoot(&run.delivery, &run.customer, 0.0).await,
    );
    let (left, right) = futures::join!(
        run.driver.with_delivery(&run.delivery, "sign-off", slip(&run.delivery, &run.customer, 0.0, &mine)),
        other.with_delivery(&run.delivery, "sign-off", slip(&run.delivery, &run.customer, 0.0, &theirs)),
    );
    let (winner, loser) = if left.status == 200 { (left, right) } else { (right, left) };
    assert_eq!(winner.ok()["status"], "signed");
    assert_eq!(loser.refused(409), "delivery_already_closed");
    let order = run.driver.order(&run.order).await;
    for line in order["lines"].as_array().unwrap() {
        assert_eq!(line["accepted_quantity"], line["quantity"], "nothing counts twice");
    }
    assert_eq!(run.driver.delivery(&run.delivery).await["attempts"].as_array().unwrap().len(), 1);
    run.world.end().await;
}

#[tokio::test]
async fn of_two_who_start_a_delivery_of_the_same_order_one_wins() {
    let run = under_way("DC001").await;
    let orders = run.world.login("logistics-01").await.get("/orders?status=accepted&limit=100").await.ok();
    let free = orders["items"].as_array().unwrap().iter().find(|it| it["id"] != run.order["id"]).unwrap();
    let other = run.world.login("logistics-01").await;
    let (left, right) = futures::join!(run.driver.deliver(free), other.deliver(free));
    let mut statuses = [left.status, right.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let winner = if left.status == 201 { left } else { right };
    assert_eq!(winner.ok()["number"], "DN-20261116-0002");
    run.world.end().await;
}

#[tokio::test]
async fn a_sign_off_that_is_sent_again_with_its_key_counts_once() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    let body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    let path = format!("/deliveries/{}/sign-off", run.delivery["id"].as_str().unwrap());
    let first = run.driver.post_once(&path, "sign-off-1", body.clone()).await.ok();
    let again = run.driver.post_once(&path, "sign-off-1", body.clone()).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.ok(), first);
    let order = run.driver.order(&run.order).await;
    for line in order["lines"].as_array().unwrap() {
        assert_eq!(line["accepted_quantity"], line["quantity"]);
    }
    assert_eq!(run.driver.delivery(&run.delivery).await["attempts"].as_array().unwrap().len(), 1);
    let mut other = body;
    other["signer_name"] = json!("别人");
    let answer = run.driver.post_once(&path, "sign-off-1", other).await;
    assert_eq!(answer.refused(422), "idempotency_key_reused");
    run.world.end().await;
}

#[tokio::test]
async fn who_has_seen_an_older_version_is_told_so() {
    let run = under_way("DC001").await;
    let path = format!("/deliveries/{}/depart", run.delivery["id"].as_str().unwrap());
    assert_eq!(run.driver.post_if(&path, 9, json!({})).await.refused(412), "version_conflict");
    let departed: Value = run.driver.post_if(&path, 1, json!({})).await.ok();
    assert_eq!(departed["version"], 2);
    run.world.end().await;
}

#[tokio::test]
async fn a_departure_does_not_undo_a_signature_of_the_same_moment() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    let body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    let trip = run.driver.get("/trips").await.ok()["items"][0]["id"].clone();
    let depart = format!("/trips/{}/depart", trip.as_str().unwrap());
    let (signed, departed) = futures::join!(
        run.driver.with_delivery(&run.delivery, "sign-off", body),
        run.driver.post(&depart, json!({}))
    );
    assert_eq!(signed.ok()["status"], "signed");
    departed.ok();
    assert_eq!(run.driver.delivery(&run.delivery).await["status"], "signed");
    run.world.end().await;
}
