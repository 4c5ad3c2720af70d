//! The admin keeps people's records.

use serde_json::{Value, json};

use super::delegations::id_of;
use crate::support::World;

async fn region(world: &World, external_id: &str) -> Value {
    let regions = world.login("admin").await.get("/regions").await.ok();
    let regions = regions["items"].as_array().unwrap();
    regions.iter().find(|it| it["external_id"] == external_id).unwrap()["id"].clone()
}

#[tokio::test]
async fn somebody_new_is_taken_on_and_gets_in_by_phone() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let new = json!({"username": "rep-08", "name": "沈小舟", "phone": "138 0000 0088", "role": "rep",
        "region_id": region(&world, "east").await, "manager_id": id_of(&world, "supervisor-01").await,
        "external_id": "E-8"});
    let answer = admin.post("/users", new.clone()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!((&answer.body["phone"], &answer.body["version"]), (&json!("138****0088"), &json!(1)));
    let anonymous = world.anonymous();
    let unbound = anonymous.post("/auth/wechat/login", json!({"code": "sim-new:eight"})).await.ok();
    let bind = json!({"bind_ticket": unbound["bind_ticket"], "phone_code": "sim-phone:13800000088"});
    assert_eq!(anonymous.post("/auth/wechat/bind", bind).await.ok()["user"]["username"], "rep-08");
    let again = admin.post("/users", new).await;
    assert_eq!(again.pointers(), ["/username", "/external_id"]);
    assert_eq!(again.refused(422), "username_taken");
    world.end().await;
}

#[tokio::test]
async fn a_record_follows_the_rules_of_the_importer() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let faulty = json!({"username": " ", "name": "x", "phone": "123", "role": "rep",
        "region_id": uuid::Uuid::new_v4(), "manager_id": uuid::Uuid::new_v4(),
        "active_from": "2026-11-02", "active_to": "2026-11-01"});
    let answer = admin.post("/users", faulty).await;
    assert_eq!(answer.pointers(), ["/username", "/phone", "/active_to", "/region_id", "/manager_id"]);
    let boss = json!({"username": "x", "name": "x", "role": "boss"});
    assert_eq!(admin.post("/users", boss).await.refused(422), "role_unknown");
    let (supervisor, rep) = (id_of(&world, "supervisor-01").await, id_of(&world, "rep-01").await);
    let path = format!("/users/{supervisor}");
    let ring = admin.put(&path, json!({"manager_id": rep})).await;
    assert_eq!(ring.pointers(), ["/manager_id"]);
    assert_eq!(ring.refused(422), "manager_ring");
    assert_eq!(admin.put(&path, json!({"manager_id": supervisor})).await.refused(422), "own_manager");
    world.end().await;
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_name_and_clears_what_is_null() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let path = format!("/users/{}", id_of(&world, "rep-06").await);
    let before = admin.get(&path).await.ok();
    let after = admin.put(&path, json!({"name": "钮俊杰二", "phone": null})).await.ok();
    assert_eq!((&after["name"], &after["phone"]), (&json!("钮俊杰二"), &Value::Null));
    assert_eq!((&after["role"], &after["manager_id"]), (&before["role"], &before["manager_id"]));
    assert_eq!(after["version"], before["version"].as_i64().unwrap() + 1);
    assert_eq!(admin.get(&path).await.ok(), after);
    world.end().await;
}

#[tokio::test]
async fn the_company_keeps_an_admin() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let id = id_of(&world, "admin").await;
    let path = format!("/users/{id}");
    for change in [
        json!({"role": "operations"}),
        json!({"active_to": "2027-01-01"}),
        json!({"active_from": "2026-12-01"}),
    ] {
        assert_eq!(admin.put(&path, change.clone()).await.refused(409), "last_admin", "{change}");
    }
    assert_eq!(admin.post(&format!("{path}/leave"), json!({})).await.refused(409), "last_admin");
    let second = json!({"username": "admin-02", "name": "接班人", "role": "admin", "phone": "13800000200"});
    admin.post("/users", second).await.ok();
    admin.put(&path, json!({"active_to": "2027-01-01"})).await.ok();
    world.end().await;
}
