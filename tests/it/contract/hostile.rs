//! What nobody types in good faith is refused in the same words on both databases.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn control_characters_are_refused_wherever_they_stand() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    let customer = rep.a_customer().await;
    let item = json!({"customer_id": customer["id"], "objective": "a\u{0}b"});
    let draft = json!({"items": [item]});
    assert_eq!(rep.put("/action-lists/2026-11-16", draft).await.refused(422), "control_character");
    let login = json!({"username": "a\u{0}", "password": "x"});
    let answer = world.anonymous().post("/auth/console/login", login).await;
    assert_eq!(answer.refused(422), "control_character");
    assert_eq!(rep.get("/customers?name=%00").await.refused(422), "control_character");
    world.end().await;
}

#[tokio::test]
async fn a_day_no_calendar_knows_is_refused() {
    let world = World::start().await;
    let rep = world.login("rep-01").await;
    for day in ["1999-12-31", "2101-01-01", "-9999-01-01"] {
        assert_eq!(rep.get(&format!("/action-lists/{day}")).await.refused(422), "invalid_parameter", "{day}");
    }
    for path in ["/action-lists/suggestions?date=9999-12-31", "/action-lists/suggestions?date=-9999-01-01"] {
        assert_eq!(rep.get(path).await.refused(422), "invalid_parameter", "{path}");
    }
    world.end().await;
}

#[tokio::test]
async fn the_clock_stays_within_what_both_databases_keep() {
    let world = World::start().await;
    let clock = json!({"now": "+262142-12-31T23:59:55Z"});
    assert_eq!(world.anonymous().post("/dev/clock", clock).await.refused(422), "out_of_range");
    assert_eq!(world.raw("/readyz").await.status, 200);
    world.end().await;
}

#[tokio::test]
async fn a_year_without_a_calendar_fails_no_command_and_is_announced() {
    let world = World::start().await;
    world.at("2026-12-31T17:00:00+08:00").await;
    let operations = world.inbox_of("operations-01").await;
    let announced: Vec<_> =
        operations.iter().filter(|it| it["title"].as_str().unwrap().contains("2027")).collect();
    assert_eq!(announced.len(), 1, "once, however many nights pass");

    let rep = world.login("rep-01").await;
    let customer = rep.customer("DC001").await;
    let visit = rep.check_in(&customer, 1_000.0).await;
    assert_eq!(visit["verdict"], "review");
    let supervisor = world.login("supervisor-01").await;
    let todo = supervisor.todos().await.remove(0);
    assert!(todo["due_at"].is_null(), "it cannot be said yet");
    world.at("2027-01-04T09:00:00+08:00").await;
    assert_eq!(rep.list("2027-01-04").await["status"], "excused");
    assert_eq!(rep.file_list("2027-01-04").await.status, 200);
    world.end().await;
}
