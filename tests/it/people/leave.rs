//! Whoever leaves is out at once, and their work is somebody's.

use serde_json::{Value, json};

use super::delegations::id_of;
use crate::imports::all;
use crate::support::World;

#[tokio::test]
async fn a_leaver_is_out_at_once_and_every_moved_item_is_listed() {
    let world = World::start().await;
    let (admin, rep) = (world.login("admin").await, world.login("rep-01").await);
    let customers = all(&rep, "/customers?").await;
    let open = all(&rep, "/opportunities?status=open&").await;
    let closed = all(&rep, "/opportunities?").await.len() - open.len();
    assert!(!customers.is_empty() && !open.is_empty() && closed > 0);
    let (id, supervisor) = (id_of(&world, "rep-01").await, id_of(&world, "supervisor-01").await);

    let left = admin.post(&format!("/users/{id}/leave"), json!({})).await.ok();
    assert_eq!(left["user"]["active_to"], "2026-11-14");
    assert_eq!(left["to_user_id"], json!(supervisor));
    assert_eq!(left["n_moved"], customers.len() + open.len());
    let counts =
        json!([{"kind": "customer", "n": customers.len()}, {"kind": "opportunity", "n": open.len()}]);
    assert_eq!(left["counts"], counts);
    assert_eq!(rep.get("/me").await.refused(401), "unauthenticated");
    let answer = world.anonymous().post("/auth/wechat/login", json!({"code": "sim:rep-01"})).await;
    assert_eq!(answer.refused(409), "not_employed");

    let listed = all(&admin, &format!("/users/{id}/moved?")).await;
    let moved = |kind: &str, of: &[Value]| {
        let mut ids: Vec<String> =
            of.iter().filter(|it| it["kind"] == kind).map(|it| it["id"].to_string()).collect();
        ids.sort();
        ids
    };
    let mut expected: Vec<String> = customers.iter().map(|it| it["id"].to_string()).collect();
    expected.sort();
    assert_eq!(moved("customer", &listed), expected);
    assert_eq!(moved("customer", left["moved"].as_array().unwrap()), expected);
    let one = admin.get(&format!("/customers/{}", customers[0]["id"].as_str().unwrap())).await.ok();
    assert_eq!(one["owner_id"], json!(supervisor));
    let owners = admin.get(&format!("/customers/{}/owners", customers[0]["id"].as_str().unwrap())).await.ok();
    assert_eq!(
        (&owners["items"][0]["how"], &owners["items"][0]["owner_id"]),
        (&json!("handed_over"), &json!(supervisor))
    );
    let inbox = world.inbox_of("supervisor-01").await;
    assert!(inbox[0]["body"].as_str().unwrap().contains(&left["n_moved"].to_string()), "{inbox:?}");
    world.end().await;
}

#[tokio::test]
async fn leaving_twice_moves_nothing_twice() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let path = format!("/users/{}/leave", id_of(&world, "rep-01").await);
    let first = admin.post(&path, json!({})).await.ok();
    let second = admin.post(&path, json!({"to_user_id": id_of(&world, "rep-02").await})).await.ok();
    assert_eq!((&second["n_moved"], &second["moved"]), (&json!(0), &json!([])));
    assert_eq!(second["user"], first["user"]);
    assert_eq!(world.inbox_of("rep-02").await.len(), 0, "nothing came, nothing is told");
    world.end().await;
}

#[tokio::test]
async fn the_work_goes_to_whoever_is_named_if_they_are_there() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let (leaver, other) = (id_of(&world, "rep-01").await, id_of(&world, "rep-02").await);
    let path = format!("/users/{leaver}/leave");
    let itself = admin.post(&path, json!({"to_user_id": leaver})).await;
    assert_eq!(itself.pointers(), ["/to_user_id"]);
    assert_eq!(itself.refused(422), "person_not_active");
    let nobody = json!({"to_user_id": uuid::Uuid::new_v4()});
    assert_eq!(admin.post(&path, nobody).await.refused(422), "person_unknown");
    let left = admin.post(&path, json!({"on": "2026-11-13", "to_user_id": other})).await.ok();
    assert_eq!((&left["to_user_id"], &left["user"]["active_to"]), (&json!(other), &json!("2026-11-13")));
    // The next to leave has an inactive neighbour: the manager is the nearest.
    let back = admin.post(&format!("/users/{other}/leave"), json!({"to_user_id": leaver})).await;
    assert_eq!(back.refused(422), "person_not_active");
    world.end().await;
}

/// Whose manager is whom, of those the admin sees.
async fn manager_of(world: &World, username: &str) -> Value {
    let users = all(&world.login("admin").await, "/users?").await;
    users.into_iter().find(|it| it["username"] == username).unwrap()["manager_id"].clone()
}

#[tokio::test]
async fn a_leavers_team_has_a_manager_again() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let id = async |username: &str| id_of(&world, username).await;
    let (first, second, rep) = (id("supervisor-01").await, id("supervisor-02").await, id("rep-01").await);
    // A peer takes the team over and sees it.
    let left = admin.post(&format!("/users/{first}/leave"), json!({"to_user_id": second})).await.ok();
    assert!(left["counts"].as_array().unwrap().contains(&json!({"kind": "user", "n": 3})), "{left}");
    assert_eq!(manager_of(&world, "rep-01").await, json!(second));
    let peer = world.login("supervisor-02").await;
    assert_eq!(peer.get(&format!("/users/{rep}")).await.ok()["username"], "rep-01");
    // One of the team takes the customers and does not lead: the others go to the director.
    let rep_04 = id("rep-04").await;
    admin.post(&format!("/users/{second}/leave"), json!({"to_user_id": rep_04})).await.ok();
    assert_eq!(manager_of(&world, "rep-05").await, json!(id("director-north").await));
    // One from below who leads takes the leaver's place.
    admin.put(&format!("/users/{rep_04}"), json!({"role": "supervisor"})).await.ok();
    let director = id("director-north").await;
    admin.post(&format!("/users/{director}/leave"), json!({"to_user_id": rep_04})).await.ok();
    assert_eq!(manager_of(&world, "rep-04").await, json!(id("sales-director").await));
    assert_eq!(manager_of(&world, "rep-05").await, json!(rep_04));
    world.end().await;
}

#[tokio::test]
async fn a_leavers_windows_end_on_both_sides() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let (leaver, other) = (id_of(&world, "rep-01").await, id_of(&world, "rep-02").await);
    for (principal, agent, hour) in [(&leaver, &other, 8), (&other, &leaver, 12)] {
        let window = json!({"to_user_id": agent, "from": format!("2026-11-16T{hour:02}:00:00+08:00"), "until": format!("2026-11-16T{:02}:00:00+08:00", hour + 2)});
        admin.post(&format!("/users/{principal}/delegations"), window).await.ok();
    }
    admin.post(&format!("/users/{leaver}/leave"), json!({})).await.ok();
    let windows = all(&admin, &format!("/users/{leaver}/delegations?")).await;
    assert_eq!(windows.len(), 2);
    for window in windows {
        assert_eq!(window["from"], window["until"], "it holds at no instant");
    }
    world.end().await;
}

#[tokio::test]
async fn whose_last_day_is_over_is_seen_out_like_any_leaver() {
    let world = World::start().await;
    let (admin, rep) = (world.login("admin").await, world.login("rep-01").await);
    let n_customers = all(&rep, "/customers?").await.len();
    let (id, supervisor) = (id_of(&world, "rep-01").await, id_of(&world, "supervisor-01").await);
    let asked = json!({"title": "领用", "summary": "样品"});
    let approval = rep.post("/approvals", asked).await.ok();
    let manager = format!("/users/{supervisor}");
    admin.put(&format!("/users/{id}"), json!({"active_to": "2026-11-15"})).await.ok();
    admin.put(&manager, json!({"active_to": "2026-11-15"})).await.ok();
    world.at("2026-11-15T23:00:00+08:00").await;
    assert_eq!(all(&rep, "/customers?").await.len(), n_customers, "the last day is a working day");

    world.at("2026-11-16T08:00:00+08:00").await;
    let moved = all(&admin, &format!("/users/{id}/moved?")).await;
    assert_eq!(moved.iter().filter(|it| it["kind"] == "customer").count(), n_customers);
    assert!(all(&admin, "/customers?").await.iter().all(|it| it["owner_id"] != json!(id)));
    let todos = all(&world.login("director-east").await, "/todos?status=open&").await;
    assert!(todos.iter().any(|it| it["approval_id"] == approval["id"]), "{todos:?}");
    assert!(!all(&admin, &format!("{manager}/moved?")).await.is_empty());

    admin.put(&format!("/users/{id}"), json!({"active_to": null})).await.ok();
    world.login("rep-01").await.get("/me").await.ok();
    world.end().await;
}

#[tokio::test]
async fn what_comes_between_leaving_and_the_last_day_moves_when_it_is_over() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    let id = id_of(&world, "rep-01").await;
    admin.post(&format!("/users/{id}/leave"), json!({"on": "2026-11-15"})).await.ok();
    let rep = world.login("rep-01").await;
    let late = rep.post("/customers", json!({"name": "最后一天的店"})).await.ok();
    world.at("2026-11-16T08:00:00+08:00").await;
    let file = admin.get(&format!("/customers/{}", late["id"].as_str().unwrap())).await.ok();
    assert_eq!(file["owner_id"], json!(id_of(&world, "supervisor-01").await));
    world.end().await;
}
