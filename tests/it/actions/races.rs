//! Two phones, one list.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{MONDAY, SUNDAY_EVENING};
use crate::support::World;
use crate::support::people::at_store;

#[tokio::test]
async fn of_six_taps_at_once_one_files_and_the_others_read_that_it_is_filed() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let answers = join_all((0..6).map(|_| rep.file_list(MONDAY))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    for answer in answers.into_iter().filter(|answer| answer.status == 409) {
        assert_eq!(answer.refused(409), "list_already_filed");
    }
    assert_eq!(rep.list(MONDAY).await["items"].as_array().unwrap().len(), 5);
    world.end().await;
}

#[tokio::test]
async fn of_six_drafts_at_once_every_one_is_taken_and_one_of_them_stands() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let customers = rep.get("/customers?limit=6").await.ok()["items"].as_array().unwrap().clone();
    let drafts = customers.iter().map(|it| json!({"items": [{"customer_id": it["id"]}]}));
    let path = format!("/action-lists/{MONDAY}");
    let answers = join_all(drafts.map(|draft| rep.put(&path, draft))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(rep.list(MONDAY).await["items"].as_array().unwrap().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn an_item_of_another_day_does_not_make_a_visit_planned() {
    let world = World::start().await;
    world.at(SUNDAY_EVENING).await;
    let rep = world.login("rep-01").await;
    let item = rep.list(MONDAY).await["items"][0].clone();
    let customer = rep.get(&format!("/customers/{}", item["customer_id"].as_str().unwrap())).await.ok();
    let photo = rep.storefront(&customer, 0.0).await;
    let draft = json!({
        "customer_id": customer["id"],
        "action_item_id": item["id"],
        "location": at_store(&customer, 0.0),
        "photo_ids": [photo["id"]],
    });
    let answer = rep.post("/visits", draft).await;
    assert_eq!(answer.pointers(), ["/action_item_id"]);
    assert_eq!(answer.refused(422), "action_item_unknown");
    world.end().await;
}

#[tokio::test]
async fn a_colleague_without_customers_files_an_empty_list() {
    let world = World::start().await;
    let body = json!({"code": "sim-new:new"});
    let ticket = world.anonymous().post("/auth/wechat/login", body).await.ok()["bind_ticket"].clone();
    let bind = json!({"bind_ticket": ticket, "phone_code": "sim-phone:13800000007"});
    let session: Value = world.anonymous().post("/auth/wechat/bind", bind).await.ok();
    let mut colleague = world.anonymous();
    colleague.token = session["token"].as_str().map(str::to_owned);
    assert_eq!(colleague.file_list(MONDAY).await.ok()["status"], "filed");
    world.end().await;
}
