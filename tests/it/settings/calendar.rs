//! The working calendar: who works when, as operations publish it.

use serde_json::{Value, json};

use crate::support::World;

const SATURDAY: &str = "2026-11-21";
const MONDAY: &str = "2026-11-16";

/// Puts the calendar in force with a change.
async fn publish(world: &World, change: impl FnOnce(&mut Value)) {
    let operations = world.login("operations-01").await;
    let mut calendar = operations.get("/config/calendar").await.ok()["published"]["body"].clone();
    change(&mut calendar);
    let draft = operations.put("/config/calendar/draft", calendar).await.ok();
    assert_eq!(draft["faults"], json!([]));
    operations.post("/config/calendar/publish", json!({})).await.ok();
}

fn add(list: &mut Value, entry: Value) {
    list.as_array_mut().unwrap().push(entry);
}

/// What somebody's list of that day is while nothing is filed.
async fn status(world: &World, username: &str, day: &str) -> String {
    world.login(username).await.list(day).await["status"].as_str().unwrap().to_owned()
}

/// The days that somebody was reminded to file for.
async fn reminded(world: &World, username: &str) -> Vec<String> {
    let inbox = world.inbox_of(username).await;
    let pages = inbox.iter().filter(|it| it["kind"] == "action_list_reminder").map(|it| &it["page"]);
    pages.map(|page| page.as_str().unwrap().split('=').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_the_program_ships_with_is_in_force_and_says_where_it_comes_from() {
    let world = World::start().await;
    let operations = world.login("operations-01").await;
    let calendar = operations.get("/config/calendar").await.ok();
    let published = &calendar["published"];
    assert_eq!((&published["version"], &calendar["draft"]), (&json!(0), &Value::Null));
    let years = published["body"]["years"].as_array().unwrap();
    assert_eq!(years.iter().map(|it| &it["year"]).collect::<Vec<_>>(), [2023, 2024, 2025, 2026]);
    assert!(years.iter().all(|it| it["source"].as_str().unwrap().contains("国务院")));
    assert_eq!(operations.post("/config/calendar/check", json!({})).await.ok()["faults"], json!([]));
    assert_eq!(world.login("rep-01").await.get("/config/calendar").await.status, 403);
    world.end().await;
}

#[tokio::test]
async fn a_saturday_published_as_a_make_up_day_has_its_morning() {
    let world = World::start().await;
    assert_eq!(status(&world, "rep-01", SATURDAY).await, "excused");
    publish(&world, |it| {
        add(&mut it["days"], json!({"on": SATURDAY, "kind": "makeup", "name": "盘点调休"}));
    })
    .await;
    assert_eq!(status(&world, "rep-01", SATURDAY).await, "draft");
    world.at("2026-11-21T07:46:00+08:00").await;
    assert_eq!(reminded(&world, "rep-01").await[0], SATURDAY);
    world.at("2026-11-22T07:46:00+08:00").await;
    assert_eq!(reminded(&world, "rep-01").await[0], SATURDAY, "Sunday stays free");
    assert_eq!(status(&world, "rep-01", SATURDAY).await, "missing");
    world.end().await;
}

#[tokio::test]
async fn a_region_on_holiday_is_not_reminded_while_the_others_are() {
    let world = World::start().await;
    publish(&world, |it| {
        let festival = json!({"on": MONDAY, "kind": "holiday", "name": "庙会"});
        let hours = json!([["08:00", "12:00"], ["14:00", "17:00"]]);
        add(&mut it["regions"], json!({"region": "north", "hours": hours, "days": [festival]}));
    })
    .await;
    assert_eq!(status(&world, "rep-01", MONDAY).await, "draft");
    assert_eq!(status(&world, "rep-04", MONDAY).await, "excused");
    world.at("2026-11-16T09:31:00+08:00").await;
    assert_eq!(reminded(&world, "rep-01").await, [MONDAY]);
    assert_eq!(reminded(&world, "rep-04").await, [""; 0]);
    assert_eq!(world.inbox_of("supervisor-01").await.len(), 1);
    assert_eq!(world.inbox_of("supervisor-02").await, [Value::Null; 0]);
    assert_eq!(world.inbox_of("director-north").await, [Value::Null; 0]);
    let team = world.login("sales-director").await.get("/action-lists?limit=50").await.ok();
    let regions = world.login("admin").await.get("/regions").await.ok();
    let north = regions["items"].as_array().unwrap().iter().find(|it| it["name"] == "浙北").unwrap();
    for person in team["items"].as_array().unwrap() {
        let expected = if person["region_id"] == north["id"] { "excused" } else { "missing" };
        assert_eq!(person["status"], expected, "{person}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_region_works_alone_on_its_own_saturday() {
    let world = World::start().await;
    publish(&world, |it| {
        add(&mut it["regions"], json!({"region": "east", "weekdays": {"saturday": [["09:00", "12:00"]]}}));
    })
    .await;
    world.at("2026-11-21T08:31:00+08:00").await;
    assert_eq!(reminded(&world, "rep-01").await[0], SATURDAY);
    assert_ne!(reminded(&world, "rep-04").await[0], SATURDAY);
    world.end().await;
}

#[tokio::test]
async fn a_region_without_an_entry_has_that_of_the_nearest_above() {
    let world = World::start().await;
    let regions = world.login("admin").await.get("/regions").await.ok();
    let province = regions["items"].as_array().unwrap().iter().find(|it| it["name"] == "浙江").unwrap();
    publish(&world, |it| {
        let festival = json!({"on": MONDAY, "kind": "holiday", "name": "庙会"});
        add(&mut it["regions"], json!({"region": province["id"], "days": [festival]}));
        add(&mut it["regions"], json!({"region": "north"}));
    })
    .await;
    assert_eq!(status(&world, "rep-01", MONDAY).await, "excused");
    assert_eq!(status(&world, "rep-04", MONDAY).await, "draft");
    world.end().await;
}

#[tokio::test]
async fn next_years_calendar_holds_once_it_is_published_and_until_a_reset() {
    let world = World::start().await;
    assert_eq!(status(&world, "rep-01", "2027-01-04").await, "excused", "nobody guesses");
    publish(&world, |it| {
        add(&mut it["years"], json!({"year": 2027, "source": "国办通知"}));
        add(&mut it["days"], json!({"on": "2027-01-01", "kind": "holiday", "name": "元旦"}));
    })
    .await;
    assert_eq!(status(&world, "rep-01", "2027-01-04").await, "draft");
    assert_eq!(status(&world, "rep-01", "2027-01-01").await, "excused");
    let versions = world.login("operations-01").await.get("/config/calendar/versions").await.ok();
    assert_eq!(versions["items"][0]["version"], 1);
    world.anonymous().post("/dev/reset", json!({"now": crate::support::SUNDAY_NOON})).await.ok();
    assert_eq!(status(&world, "rep-01", "2027-01-04").await, "excused");
    world.end().await;
}

#[tokio::test]
async fn a_calendar_with_faults_is_kept_as_a_draft_and_not_published() {
    let world = World::start().await;
    let operations = world.login("operations-01").await;
    let body = operations.get("/config/calendar").await.ok()["published"]["body"].clone();
    let faults = async |change: fn(&mut Value)| {
        let mut body = body.clone();
        change(&mut body);
        let draft = operations.put("/config/calendar/draft", body).await.ok();
        let refused = operations.post("/config/calendar/publish", json!({})).await;
        assert_eq!(refused.refused(422), "document_faulty");
        let faults = draft["faults"].as_array().unwrap().iter();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        faults.map(|it| (text(&it["pointer"]), text(&it["code"]))).collect::<Vec<_>>()
    };
    let check = async |change, expected: &[(&str, &str)]| {
        let expected: Vec<_> =
            expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
        assert_eq!(faults(change).await, expected);
    };
    check(|it| it["hollidays"] = json!([]), &[("/hollidays", "unknown_field")]).await;
    check(|it| it["hours"][1][0] = json!("13.00"), &[("/hours/1/0", "invalid_value")]).await;
    check(
        |it| {
            it["hours"] = json!([["13:00", "18:00"], ["09:00", "12:00"]]);
            add(&mut it["days"], json!({"on": "2027-01-01", "kind": "holiday", "name": "元旦"}));
            add(&mut it["regions"], json!({"region": "south"}));
        },
        &[
            ("/hours/1", "hours_not_in_order"),
            ("/days/141/on", "day_outside_years"),
            ("/regions/0/region", "region_unknown"),
        ],
    )
    .await;
    check(
        |it| {
            let closed = ["monday", "tuesday", "wednesday", "thursday", "friday"];
            it["weekdays"] = closed.into_iter().map(|day| (day.to_owned(), json!([]))).collect();
            it["days"] = json!([]);
        },
        &[("", "never_opens")],
    )
    .await;
    assert_eq!(status(&world, "rep-01", MONDAY).await, "draft", "what is in force stays");
    world.end().await;
}
