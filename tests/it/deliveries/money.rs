//! What a stop pays is booked once, whoever signs, looks, or takes the trip over.

use serde_json::{Value, json};

use super::trips::{Trip, path, planned};
use super::{accepted, slip};
use crate::support::people::at_store;
use crate::support::photos::Photo;
use crate::support::{Answer, Person};

impl Trip {
    /// The stop that pays on delivery.
    fn stop(&self) -> &Value {
        &self.trip["stops"][0]
    }

    /// Its whole slip with cash, `north_m` metres off the store.
    async fn paid_slip(&self, who: &Person, north_m: f64, amount: &str) -> Value {
        let deliveries = self.stop()["deliveries"].as_array().unwrap();
        let photo_ids = who.shoot(&deliveries[0], &self.store, north_m).await;
        let mut body = slip(&deliveries[0], &self.store, north_m, &photo_ids);
        body["lines"] = deliveries.iter().flat_map(accepted).collect();
        body["payment"] = json!({"method": "cash", "amount": amount});
        body
    }

    /// The same with goods that a rep has photographed before: refused.
    async fn refused_slip(&self, amount: &str) -> Value {
        let rep = self.world.login("rep-01").await;
        let bytes = Photo::bare().jpeg();
        let place = at_store(&self.store, 0.0);
        let ticket = rep.ticket("storefront", ("customer", self.store["id"].as_str().unwrap())).await;
        rep.upload(&ticket, bytes.clone(), Some(&place)).await.ok();
        let first = self.stop()["deliveries"][0]["id"].as_str().unwrap();
        let ticket = self.driver.ticket("goods", ("delivery", first)).await;
        let goods = self.driver.upload(&ticket, bytes, Some(&place)).await.ok();
        let mut body = self.paid_slip(&self.driver, 0.0, amount).await;
        body["photo_ids"][0] = goods["id"].clone();
        body
    }

    async fn sign(&self, who: &Person, body: Value) -> Answer {
        who.post(&path("stops", self.stop(), "sign-off"), body).await
    }

    /// Nobody is at the other stop.
    async fn give_up_the_other(&self) {
        let other = &self.trip["stops"][1]["deliveries"][0];
        self.driver.with_delivery(other, "fail", json!({"reason": "店主不在"})).await.ok();
    }

    async fn hand_in(&self, cash: &str) -> Answer {
        self.driver.post(&path("trips", &self.trip, "hand-in"), json!({"counted": {"cash": cash}})).await
    }

    async fn decide(&self, decision: &str) {
        let supervisor = self.world.login("supervisor-01").await;
        let todo = supervisor.todos().await.remove(0);
        supervisor.decide(&todo, decision, Some("看过照片")).await.ok();
    }
}

#[tokio::test]
async fn what_was_paid_with_a_sign_off_that_is_not_believed_counts_no_more() {
    let run = planned().await;
    run.give_up_the_other().await;
    let body = run.paid_slip(&run.driver, 1_000.0, "156.32").await;
    assert_eq!(run.sign(&run.driver, body).await.ok()["verdict"], "review");
    assert_eq!(run.hand_in("156.32").await.ok()["status"], "handed_in");
    run.decide("reject").await;
    let trip = run.driver.trip(&run.trip).await;
    assert_eq!((&trip["status"], &trip["cash"]), (&json!("in_transit"), &json!("0.00")));
    assert_eq!(trip["hand_in"], Value::Null, "no cashier has confirmed it");
    assert!(trip["stops"][0]["payments"][0]["voided_at"].is_string(), "it can be seen still");

    let body = run.paid_slip(&run.driver, 0.0, "150.00").await;
    run.sign(&run.driver, body).await.ok();
    let handed_in = run.hand_in("150.00").await.ok();
    assert_eq!(
        (&handed_in["cash"], &handed_in["hand_in"]["expected_cash"]),
        (&json!("150.00"), &json!("150.00"))
    );
    run.world.end().await;
}

#[tokio::test]
async fn what_a_cashier_has_already_is_not_handed_in_again() {
    let run = planned().await;
    run.give_up_the_other().await;
    let body = run.paid_slip(&run.driver, 1_000.0, "150.00").await;
    run.sign(&run.driver, body).await.ok();
    run.hand_in("150.00").await.ok();
    let finance = run.world.login("finance-01").await;
    let confirm = async |cash: &str| {
        finance.post(&path("trips", &run.trip, "hand-in/confirm"), json!({"cash": cash})).await
    };
    confirm("150.00").await.ok();
    run.decide("reject").await;
    let body = run.paid_slip(&run.driver, 0.0, "156.32").await;
    run.sign(&run.driver, body).await.ok();
    let handed_in = run.hand_in("6.32").await.ok();
    assert_eq!(
        (&handed_in["cash"], &handed_in["hand_in"]["expected_cash"]),
        (&json!("156.32"), &json!("6.32"))
    );
    assert_eq!(confirm("6.32").await.ok()["status"], "closed");
    run.world.end().await;
}

#[tokio::test]
async fn overlapping_sign_offs_book_what_was_taken_once() {
    let run = planned().await;
    let body = run.refused_slip("150.00").await;
    assert_eq!(run.sign(&run.driver, body).await.ok()["verdict"], "reject");
    // The second order is signed alone, with what it pays; the first waits for a word.
    let second = &run.stop()["deliveries"][1];
    let photo_ids = run.driver.shoot(second, &run.store, 0.0).await;
    let mut body = slip(second, &run.store, 0.0, &photo_ids);
    body["payment"] = json!({"method": "cash", "amount": "60.00"});
    run.driver.with_delivery(second, "sign-off", body).await.ok();
    run.decide("approve").await;
    let trip = run.driver.trip(&run.trip).await;
    let amounts: Vec<_> =
        trip["stops"][0]["payments"].as_array().unwrap().iter().map(|it| &it["amount"]).collect();
    assert_eq!((&trip["cash"], amounts), (&json!("150.00"), vec![&json!("60.00"), &json!("90.00")]));
    let first = run.driver.delivery(&run.stop()["deliveries"][0]).await;
    assert_eq!(
        (&first["status"], &first["attempts"][0]["payment"]["amount"]),
        (&json!("signed"), &json!("150.00"))
    );
    run.world.end().await;
}

#[tokio::test]
async fn a_driver_who_waits_for_a_word_hands_in_what_was_taken() {
    let run = planned().await;
    run.give_up_the_other().await;
    let body = run.refused_slip("156.32").await;
    run.sign(&run.driver, body).await.ok();
    assert_eq!(run.hand_in("0.00").await.refused(422), "difference_reason_missing");
    let handed_in = run.hand_in("156.32").await.ok();
    assert_eq!(
        (&handed_in["hand_in"]["expected_cash"], &handed_in["cash"]),
        (&json!("156.32"), &json!("0.00"))
    );
    run.decide("approve").await;
    let trip = run.driver.trip(&run.trip).await;
    assert_eq!((&trip["status"], &trip["cash"]), (&json!("handed_in"), &json!("156.32")));
    run.world.end().await;
}

#[tokio::test]
async fn a_refused_sign_off_that_nobody_vouches_for_sends_the_trip_on_its_way_again() {
    let run = planned().await;
    run.give_up_the_other().await;
    let body = run.refused_slip("156.32").await;
    run.sign(&run.driver, body).await.ok();
    run.hand_in("156.32").await.ok();
    run.decide("reject").await;
    let trip = run.driver.trip(&run.trip).await;
    assert_eq!((&trip["status"], &trip["hand_in"]), (&json!("in_transit"), &Value::Null));
    assert_eq!(run.hand_in("156.32").await.refused(409), "trip_stops_open");
    run.world.end().await;
}
