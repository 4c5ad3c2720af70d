//! Who answers in whose place, and for how long.

use serde_json::{Value, json};

use crate::support::{Answer, Person, World};

pub async fn id_of(world: &World, username: &str) -> String {
    world.login(username).await.get("/me").await.ok()["id"].as_str().unwrap().to_owned()
}

fn monday(hour: u32) -> String {
    format!("2026-11-16T{hour:02}:00:00+08:00")
}

/// `by` lets `agent` answer for `principal` on Monday between the hours.
async fn delegate(
    world: &World,
    by: &Person,
    (principal, agent): (&str, &str),
    (from, until): (u32, u32),
) -> Answer {
    let body = json!({"to_user_id": id_of(world, agent).await, "from": monday(from), "until": monday(until)});
    by.post(&format!("/users/{}/delegations", id_of(world, principal).await), body).await
}

#[tokio::test]
async fn a_person_lets_a_colleague_answer_who_hears_of_it() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let answer = delegate(&world, &rep, ("rep-01", "rep-02"), (9, 18)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let window = answer.body;
    assert_eq!((&window["user_name"], &window["to_user_name"]), (&json!("应晓岚"), &json!("忻国栋")));
    assert_eq!(window["from"], "2026-11-16T01:00:00Z");
    assert_eq!(window["until"], "2026-11-16T10:00:00Z");
    let own = rep.get(&format!("/users/{}/delegations", id_of(&world, "rep-01").await)).await.ok();
    let theirs = world.login("rep-02").await;
    let theirs = theirs.get(&format!("/users/{}/delegations", id_of(&world, "rep-02").await)).await.ok();
    assert_eq!((&own["items"][0], &theirs["items"][0]), (&window, &window), "both ends see it");
    let inbox = world.inbox_of("rep-02").await;
    assert_eq!(inbox[0]["kind"], "handed_over");
    assert!(inbox[0]["title"].as_str().unwrap().contains("应晓岚"));
    assert_eq!(world.inbox_of("rep-01").await, [Value::Null; 0], "nobody is told what they did themselves");
    world.end().await;
}

#[tokio::test]
async fn whoever_stands_above_or_the_admin_may_set_it_and_nobody_else() {
    let world = World::start().await;
    for (username, from) in
        [("supervisor-01", 8), ("director-east", 9), ("sales-director", 10), ("admin", 11)]
    {
        let by = world.login(username).await;
        let answer = delegate(&world, &by, ("rep-01", "rep-02"), (from, from + 1)).await;
        assert_eq!(answer.status, 201, "{username}: {}", answer.text);
    }
    let told = world.inbox_of("rep-01").await;
    assert_eq!(told.len(), 4, "the person hears what others arranged");
    for username in ["rep-02", "supervisor-02", "director-north", "operations-01", "finance-01"] {
        let by = world.login(username).await;
        let answer = delegate(&world, &by, ("rep-01", "rep-03"), (12, 13)).await;
        assert_eq!(answer.refused(404), "not_found", "{username}");
    }
    let path = format!("/users/{}/delegations", id_of(&world, "rep-01").await);
    assert_eq!(world.login("rep-04").await.get(&path).await.refused(404), "not_found");
    assert_eq!(
        world.login("director-east").await.get(&path).await.ok()["items"].as_array().unwrap().len(),
        4
    );
    world.end().await;
}

#[tokio::test]
async fn a_person_has_one_agent_at_a_time_and_reads_which() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    delegate(&world, &rep, ("rep-01", "rep-02"), (9, 12)).await.ok();
    let answer = delegate(&world, &rep, ("rep-01", "rep-03"), (11, 14)).await;
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains("忻国栋") && detail.contains("2026-11-16 09:00"), "{detail}");
    assert_eq!(answer.refused(409), "delegation_overlaps");
    delegate(&world, &rep, ("rep-01", "rep-03"), (12, 14)).await.ok();
    world.end().await;
}

#[tokio::test]
async fn agents_pass_nothing_on_in_a_ring_and_not_through_more_than_eight() {
    let world = World::start().await;
    let admin = world.login("admin").await;
    delegate(&world, &admin, ("rep-01", "rep-02"), (9, 12)).await.ok();
    let ring = delegate(&world, &admin, ("rep-02", "rep-01"), (11, 14)).await;
    assert_eq!(ring.refused(409), "delegation_ring");
    delegate(&world, &admin, ("rep-02", "rep-01"), (12, 14)).await.ok();
    let line = [
        "rep-03",
        "supervisor-01",
        "supervisor-02",
        "director-east",
        "director-north",
        "sales-director",
        "legal-01",
        "finance-01",
        "logistics-01",
        "driver-01",
    ];
    let by_name = |names: &Value, name: &str| {
        let all = names["items"].as_array().unwrap();
        all.iter().find(|it| it["username"] == name).unwrap()["id"].clone()
    };
    let names = admin.get("/users?limit=100").await.ok();
    for (place, pair) in line.windows(2).enumerate() {
        let body = json!({"to_user_id": by_name(&names, pair[1]), "from": monday(9), "until": monday(18)});
        let path = format!("/users/{}/delegations", by_name(&names, pair[0]).as_str().unwrap());
        let answer = admin.post(&path, body).await;
        if place < 8 {
            assert_eq!(answer.status, 201, "{pair:?}: {}", answer.text);
        } else {
            assert_eq!(answer.refused(409), "delegation_chain_too_long", "{pair:?}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn what_makes_no_window_is_said_by_field() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let own = delegate(&world, &rep, ("rep-01", "rep-01"), (9, 18)).await;
    assert_eq!(own.pointers(), ["/to_user_id"]);
    assert_eq!(own.refused(422), "delegation_to_oneself");
    let empty = delegate(&world, &rep, ("rep-01", "rep-02"), (9, 9)).await;
    assert_eq!(empty.pointers(), ["/until"]);
    assert_eq!(empty.refused(422), "delegation_window_empty");
    let path = format!("/users/{}/delegations", id_of(&world, "rep-01").await);
    let past = json!({"to_user_id": id_of(&world, "rep-02").await, "from": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"});
    assert_eq!(rep.post(&path, past).await.refused(422), "delegation_window_empty");
    let unknown = json!({"to_user_id": uuid::Uuid::new_v4(), "from": monday(9), "until": monday(10)});
    assert_eq!(rep.post(&path, unknown).await.refused(422), "person_unknown");
    world.end().await;
}

#[tokio::test]
async fn a_window_is_ended_early_once() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let window = delegate(&world, &rep, ("rep-01", "rep-02"), (9, 18)).await.ok();
    let path = format!("/delegations/{}/end", window["id"].as_str().unwrap());
    let stranger = world.login("rep-02").await;
    assert_eq!(stranger.post(&path, json!({})).await.refused(404), "not_found");
    world.at(&monday(12)).await;
    let ended = rep.post(&path, json!({})).await.ok();
    assert_eq!(ended["ended_at"], ended["until"]);
    assert!(ended["until"].as_str().unwrap().starts_with("2026-11-16T04:00:0"), "{ended}");
    assert_eq!(world.login("supervisor-01").await.post(&path, json!({})).await.ok(), ended);
    delegate(&world, &rep, ("rep-01", "rep-03"), (13, 18)).await.ok();
    world.end().await;
}

#[tokio::test]
async fn two_who_close_a_ring_at_once_do_not() {
    let world = World::start().await;
    let (one, other) = (world.login("rep-01").await, world.login("rep-02").await);
    let (there, back) = tokio::join!(
        delegate(&world, &one, ("rep-01", "rep-02"), (9, 18)),
        delegate(&world, &other, ("rep-02", "rep-01"), (9, 18)),
    );
    let (won, lost) = if there.status == 201 { (there, back) } else { (back, there) };
    assert_eq!(won.status, 201, "{}", won.text);
    assert_eq!(lost.refused(409), "delegation_ring");
    world.end().await;
}
