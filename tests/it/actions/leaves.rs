//! Days on which somebody owes no list.

use serde_json::{Value, json};

use super::{MONDAY, SUNDAY_EVENING, told};
use crate::support::{Answer, Person, World};

impl Person {
    async fn away(&self, user: &Value, from_on: &str, until_on: &str) -> Answer {
        let path = format!("/users/{}/leaves", user.as_str().unwrap());
        self.post(&path, json!({"from_on": from_on, "until_on": until_on})).await
    }
}

#[tokio::test]
async fn who_is_away_owes_no_list_and_counts_nowhere() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let me = rep.get("/me").await.ok()["id"].clone();
    let leave = rep.away(&me, MONDAY, "2026-11-17").await.ok();
    assert_eq!(rep.away(&me, MONDAY, "2026-11-17").await.ok(), leave, "the same answer");
    assert_eq!(rep.list(MONDAY).await["status"], "excused");
    assert_eq!(rep.list("2026-11-18").await["status"], "draft");
    let ran = world.at(SUNDAY_EVENING).await;
    let proposed = ran.as_array().unwrap().iter().find(|run| run["name"] == "actions.propose").unwrap();
    assert_eq!(proposed["n"], 5, "nothing is proposed to who is away");
    world.at("2026-11-16T10:00:00+08:00").await;
    assert!(told(&world, "rep-01", "action_list_reminder").await.is_empty());
    let digest = told(&world, "supervisor-01", "action_list_digest").await.remove(0);
    assert!(digest["body"].as_str().unwrap().starts_with("应交 2 人"), "{digest}");
    let supervisor = world.login("supervisor-01").await;
    let team = supervisor.get(&format!("/action-lists?date={MONDAY}&limit=100")).await.ok();
    let own = team["items"].as_array().unwrap().iter().find(|it| it["user_id"] == me).unwrap();
    assert_eq!(own["status"], "excused");
    let heard = told(&world, "supervisor-01", "decided").await.remove(0);
    assert!(heard["title"].as_str().unwrap().ends_with("登记了请假"), "{heard}");
    world.end().await;
}

#[tokio::test]
async fn a_leave_is_ones_own_or_that_of_somebody_one_leads() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let me = rep.get("/me").await.ok()["id"].clone();
    let other = world.login("rep-02").await;
    assert_eq!(other.away(&me, MONDAY, MONDAY).await.refused(404), "not_found");
    assert_eq!(world.login("supervisor-02").await.away(&me, MONDAY, MONDAY).await.refused(404), "not_found");
    world.login("supervisor-01").await.away(&me, MONDAY, MONDAY).await.ok();
    let late = rep.away(&me, "2026-11-14", MONDAY).await;
    assert_eq!(late.pointers(), ["/from_on"]);
    assert_eq!(late.refused(422), "leave_in_the_past");
    assert_eq!(rep.away(&me, "2026-11-18", "2026-11-17").await.refused(422), "leave_ends_before");
    world.end().await;
}
