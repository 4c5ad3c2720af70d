//! Who drives, and whose delivery it is.

use serde_json::{Value, json};

use super::{slip, under_way};
use crate::imports::import;
use crate::support::{Person, World};

/// Two more in logistics, one of whom left on Saturday.
async fn colleagues(world: &World) -> Person {
    let rows = "user_id,username,name,phone,role,region_code,manager_id,active_to\n\
        D7,driver-07,傅远山,13900000071,logistics,zj,logistics-01,\n\
        D8,driver-08,池一帆,13900000072,logistics,zj,logistics-01,2026-11-14\n";
    let imported = import(world, &world.login("operations-01").await, "users", rows).await;
    assert_eq!(imported["n_stored"], 2, "{imported}");
    // Bound by the phone, as on the first day.
    let login = json!({"code": "sim-new:driver-07"});
    let stranger = world.anonymous().post("/auth/wechat/login", login).await.ok();
    let bind = json!({"bind_ticket": stranger["bind_ticket"], "phone_code": "sim-phone:13900000071"});
    let session = world.anonymous().post("/auth/wechat/bind", bind).await.ok();
    let token = session["token"].as_str().map(str::to_owned);
    Person { token, username: "driver-07".to_owned(), ..world.anonymous() }
}

#[tokio::test]
async fn a_delivery_is_its_drivers_and_the_drivers_managers() {
    let run = under_way("DC001").await;
    let colleague = colleagues(&run.world).await;
    let read = colleague.get(&format!("/deliveries/{}", run.delivery["id"].as_str().unwrap())).await;
    assert_eq!(read.refused(404), "not_found", "a driver sees what he carries");
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    let body = || slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    let tries = [("depart", json!({})), ("sign-off", body()), ("fail", json!({"reason": "太远"}))];
    for (verb, body) in tries {
        let answer = colleague.with_delivery(&run.delivery, verb, body).await;
        assert_eq!(answer.refused(404), "not_found", "{verb}");
    }
    let path = format!("/deliveries/{}/depart", run.delivery["id"].as_str().unwrap());
    let guess = colleague.post_if(&path, 99, json!({})).await;
    assert_eq!(guess.refused(404), "not_found", "no version is told to who may not act");
    assert_eq!(run.driver.delivery(&run.delivery).await, run.delivery);

    let manager = run.world.login("logistics-01").await;
    manager.with_delivery(&run.delivery, "depart", json!({})).await.ok();
    let signed = manager.with_delivery(&run.delivery, "sign-off", body()).await.ok();
    assert_eq!(signed["status"], "signed");
    run.world.end().await;
}

#[tokio::test]
async fn a_driver_has_no_say_over_the_managers_own_delivery() {
    let run = under_way("DC001").await;
    run.driver.with_delivery(&run.delivery, "fail", json!({"reason": "换人"})).await.ok();
    let own = run.world.login("logistics-01").await.deliver(&run.order).await.ok();
    let answer = run.driver.with_delivery(&own, "depart", json!({})).await;
    assert_eq!(answer.refused(404), "not_found");
    run.world.end().await;
}

#[tokio::test]
async fn who_left_the_company_drives_no_more() {
    let world = World::start().await;
    world.at("2026-11-16T08:00:00+08:00").await;
    let colleague = colleagues(&world).await;
    let everybody = world.login("admin").await.get("/users?role=logistics&limit=100").await.ok();
    let id = |username: &str| -> Value {
        let all = everybody["items"].as_array().unwrap();
        all.iter().find(|it| it["username"] == username).unwrap()["id"].clone()
    };
    let dispatcher = world.login("logistics-01").await;
    let order = dispatcher.order_of(&dispatcher.customer("DC001").await).await;
    let name = async |driver: Value| {
        dispatcher.post("/deliveries", json!({"order_id": order["id"], "driver_id": driver})).await
    };
    let left = name(id("driver-08")).await;
    assert_eq!(left.pointers(), ["/driver_id"]);
    assert_eq!(left.refused(422), "driver_unknown");
    let started = name(id("driver-07")).await.ok();
    assert_eq!(started["driver_id"], id("driver-07"));
    colleague.with_delivery(&started, "depart", json!({})).await.ok();
    world.end().await;
}

#[tokio::test]
async fn a_reason_for_taking_goods_back_is_short() {
    let run = under_way("DC001").await;
    let photo_ids = run.driver.shoot(&run.delivery, &run.customer, 0.0).await;
    let mut body = slip(&run.delivery, &run.customer, 0.0, &photo_ids);
    body["lines"][0]["rejected_quantity"] = body["lines"][0]["accepted_quantity"].clone();
    body["lines"][0]["accepted_quantity"] = json!("0");
    body["lines"][0]["reject_reason"] = json!("破".repeat(101));
    let answer = run.driver.with_delivery(&run.delivery, "sign-off", body.clone()).await;
    assert_eq!(answer.pointers(), ["/lines/0/reject_reason"]);
    assert_eq!(answer.refused(422), "text_too_long");
    body["lines"][0]["reject_reason"] = json!("破".repeat(100));
    run.driver.with_delivery(&run.delivery, "sign-off", body).await.ok();
    run.world.end().await;
}
