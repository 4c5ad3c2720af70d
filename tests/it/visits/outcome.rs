//! The structured outcome, and what follows by itself.

use serde_json::{Value, json};

use super::monday;
use crate::support::World;
use crate::support::people::at_store;

#[tokio::test]
async fn every_outcome_can_be_recorded_and_files_itself() {
    let (world, rep, customer) = monday().await;
    for (result_code, word) in [
        ("order", "下单"),
        ("interest", "有意向"),
        ("no_interest", "暂无意向"),
        ("complaint", "投诉"),
        ("closed", "门店未营业"),
    ] {
        let visit = rep.check_in(&customer, 0.0).await;
        let more = rep.storefront(&customer, 0.0).await;
        let path = format!("/visits/{}/complete", visit["id"].as_str().unwrap());
        let outcome = json!({"result_code": result_code, "note": "老板娘在", "needs": ["小规格纸品"], "photo_ids": [more["id"]]});
        let done = rep.post(&path, outcome).await.ok();
        assert_eq!(done["status"], "completed");
        assert_eq!(done["result_code"], result_code);
        assert_eq!((&done["note"], &done["needs"]), (&json!("老板娘在"), &json!(["小规格纸品"])));
        assert_eq!(done["photo_ids"], json!([visit["photo_ids"][0], more["id"]]));
        assert_eq!(rep.visit(&visit).await, done);

        let entry = rep.timeline(&customer).await.remove(0);
        assert_eq!(entry["kind"], "visit_completed");
        assert_eq!(entry["subject_id"], visit["id"]);
        assert!(entry["title"].as_str().unwrap().ends_with(word), "{entry}");
        assert_eq!(entry["facts"]["result_code"], result_code);
    }
    let file = rep.customer("DC001").await;
    assert!(file["last_verified_at"].as_str().unwrap().starts_with("2026-11-16T02:0"));
    world.end().await;
}

#[tokio::test]
async fn the_item_of_the_list_turns_done_by_itself() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    world.at("2026-11-16T07:30:00+08:00").await;
    let list = rep.file_list("2026-11-16").await.ok();
    assert_eq!(list["n_done"], 0);
    world.at("2026-11-16T10:00:00+08:00").await;
    let items = list["items"].as_array().unwrap();
    let customers = rep.get("/customers?limit=100").await.ok();
    let (item, customer) = items
        .iter()
        .find_map(|item| {
            let all = customers["items"].as_array().unwrap();
            let of_item =
                all.iter().find(|it| it["id"] == item["customer_id"] && it["location_confirmed"] == true);
            of_item.map(|customer| (item, customer))
        })
        .unwrap();

    let visit = rep.check_in(customer, 0.0).await;
    assert_eq!(visit["planned"], true);
    assert_eq!(visit["action_item_id"], item["id"], "found by the customer");
    assert_eq!(rep.list("2026-11-16").await["n_done"], 0, "a bare check-in is not done");
    rep.complete(&visit, "interest").await.ok();
    let list = rep.list("2026-11-16").await;
    assert_eq!(list["n_done"], 1);
    for after in list["items"].as_array().unwrap() {
        let is_done = after["id"] == item["id"];
        assert_eq!(after["status"], if is_done { "done" } else { "pending" });
        assert_eq!(after["done_at"].is_string(), is_done);
    }

    // A second visit to the same customer finds no item left.
    let second = rep.check_in(customer, 0.0).await;
    assert_eq!((&second["planned"], &second["action_item_id"]), (&json!(false), &Value::Null));
    world.end().await;
}

#[tokio::test]
async fn a_visit_is_planned_only_when_it_stands_on_a_filed_list() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 0.0).await;
    assert_eq!(visit["planned"], false, "nothing was filed");
    let items = json!({"items": [{"customer_id": customer["id"]}]});
    rep.put("/action-lists/2026-11-16", items).await.ok();
    let visit = rep.check_in(&customer, 0.0).await;
    assert_eq!(visit["planned"], false, "a draft is no plan");
    assert!(visit["action_item_id"].is_string());
    rep.file_list("2026-11-16").await.ok();
    assert_eq!(rep.check_in(&customer, 0.0).await["planned"], true);
    let other = rep.customer("DC002").await;
    assert_eq!(rep.check_in(&other, 0.0).await["planned"], false, "not on the list");
    world.end().await;
}

#[tokio::test]
async fn an_item_of_another_customer_or_colleague_is_not_the_visits() {
    let (world, rep, customer) = monday().await;
    let list = rep.file_list("2026-11-16").await.ok();
    let items = list["items"].as_array().unwrap();
    let of_another = items.iter().find(|it| it["customer_id"] != customer["id"]).unwrap();
    let colleague = world.login("rep-02").await.file_list("2026-11-16").await.ok();
    let photo = rep.storefront(&customer, 0.0).await;
    for item in [of_another, &colleague["items"][0]] {
        let body = json!({
            "customer_id": customer["id"], "action_item_id": item["id"],
            "location": at_store(&customer, 0.0), "photo_ids": [photo["id"]],
        });
        let answer = rep.post("/visits", body).await;
        assert_eq!(answer.pointers(), ["/action_item_id"]);
        assert_eq!(answer.refused(422), "action_item_unknown");
    }
    world.end().await;
}

#[tokio::test]
async fn an_outcome_is_recorded_once_and_by_who_was_there() {
    let (world, rep, customer) = monday().await;
    let visit = rep.check_in(&customer, 0.0).await;
    let path = format!("/visits/{}/complete", visit["id"].as_str().unwrap());
    let outcome = || json!({"result_code": "order"});
    let unknown = rep.post(&path, json!({"result_code": "fine"})).await;
    assert_eq!(unknown.pointers(), ["/result_code"]);
    let supervisor = world.login("supervisor-01").await;
    assert_eq!(supervisor.post(&path, outcome()).await.refused(404), "not_found");
    let other = world.login("rep-04").await;
    assert_eq!(other.post(&path, outcome()).await.refused(404), "not_found");
    let foreign_photo = rep.storefront(&rep.customer("DC002").await, 0.0).await;
    let with_foreign = json!({"result_code": "order", "photo_ids": [foreign_photo["id"]]});
    assert_eq!(rep.post(&path, with_foreign).await.refused(422), "photo_unknown");
    assert_eq!(rep.post_if(&path, 7, outcome()).await.refused(412), "version_conflict");

    let done = rep.post_if(&path, 1, outcome()).await.ok();
    assert_eq!(rep.complete(&visit, "closed").await.refused(409), "visit_already_completed");
    assert_eq!(rep.visit(&visit).await, done);
    assert_eq!(rep.timeline(&customer).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_phone_that_asks_again_with_its_key_checks_in_once() {
    let (world, rep, customer) = monday().await;
    let photo = rep.storefront(&customer, 0.0).await;
    let body = json!({"customer_id": customer["id"], "location": at_store(&customer, 0.0), "photo_ids": [photo["id"]]});
    let first = rep.post_once("/visits", "check-in-1", body.clone()).await.ok();
    let again = rep.post_once("/visits", "check-in-1", body).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.ok(), first);
    assert_eq!(rep.get("/visits").await.ok()["items"].as_array().unwrap().len(), 1);
    world.end().await;
}
