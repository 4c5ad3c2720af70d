//! Clocks in working time: projected anew by another calendar, found by an index, each rung once.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use super::{asks, flow, publish, request, seen, told};
use crate::support::World;

/// A request of Monday 09:00 that waits for the supervisor sixteen working hours.
async fn waiting() -> (World, Value) {
    let world = World::start().await;
    publish(&world, flow("slow", json!([asks("a", &["supervisor-01"], "all", None)]))).await;
    world.at("2026-11-16T09:00:00+08:00").await;
    let asked = request(&world.login("rep-01").await, "slow").await;
    (world, asked)
}

#[tokio::test]
async fn a_todo_says_how_much_working_time_is_left_and_how_urgent_it_is() {
    let (world, asked) = waiting().await;
    let supervisor = world.login("supervisor-01").await;
    let left = async || {
        let todo = supervisor.todos().await.remove(0);
        (todo["minutes_left"].as_i64().unwrap(), todo["priority"].as_str().unwrap().to_owned())
    };
    assert_eq!(asked["due_at"], "2026-11-17T10:00:00Z");
    assert_eq!(left().await, (960, "normal".to_owned()));
    world.at("2026-11-16T20:00:00+08:00").await;
    assert_eq!(left().await.0, 480, "the evening costs nothing");
    world.at("2026-11-17T10:00:00+08:00").await;
    assert_eq!(left().await, (420, "soon".to_owned()));
    world.at("2026-11-18T10:00:00+08:00").await;
    assert_eq!(left().await, (-60, "overdue".to_owned()));
    let counts = supervisor.get("/todos/counts").await.ok();
    assert_eq!((&counts["n_open"], &counts["n_overdue"]), (&json!(1), &json!(1)));
    assert_eq!(counts["by_kind"], json!([{"kind": "request", "n_open": 1, "n_overdue": 1}]));
    let soon = supervisor
        .get("/todos?status=open&kind=request&order=due&due_before=2026-12-01T00:00:00Z")
        .await
        .ok();
    assert_eq!(soon["items"].as_array().unwrap().len(), 1);
    let none = supervisor.get("/todos?status=open&kind=legal_review").await.ok();
    assert_eq!(none["items"], json!([]));
    assert_eq!(supervisor.get("/todos?kind=nothing").await.pointers(), ["/kind"]);
    world.end().await;
}

#[tokio::test]
async fn another_calendar_moves_what_runs() {
    let (world, asked) = waiting().await;
    let operations = world.login("operations-01").await;
    let mut calendar = operations.get("/config/calendar").await.ok()["published"]["body"].clone();
    let holiday = json!({"on": "2026-11-17", "kind": "holiday", "name": "台风停工"});
    calendar["days"].as_array_mut().unwrap().push(holiday);
    operations.put("/config/calendar/draft", calendar).await.ok();
    operations.post("/config/calendar/publish", json!({})).await.ok();
    world.advance("PT1M").await;
    let rep = world.login("rep-01").await;
    assert_eq!(seen(&rep, &asked).await["due_at"], "2026-11-18T10:00:00Z");
    world.at("2026-11-17T18:00:00+08:00").await;
    assert_eq!(
        told(&world, "supervisor-01").await.len(),
        2,
        "half of the time ended on Monday at six, and the holiday used none"
    );
    world.at("2026-11-18T09:00:10+08:00").await;
    world.end().await;
}

#[tokio::test]
async fn the_sweep_finds_what_is_due_by_an_index_however_many_clocks_run() {
    let (world, _) = waiting().await;
    let db = world.app.db.conn();
    let run = async |text: &str| {
        db.execute_raw(Statement::from_string(db.get_database_backend(), text)).await.unwrap();
    };
    // Twenty thousand clocks that run and are due in years: the plan, not the size, is what is shown here.
    let is_postgres = db.get_database_backend() == DbBackend::Postgres;
    let many = if is_postgres {
        "INSERT INTO approvals_timers SELECT gen_random_uuid(), approval_id, n, region_id, level, 0, running_since, 0,
         timestamptz '2029-01-01' + n * interval '1 second', timestamptz '2029-01-01' + n * interval '1 second', 'running'
         FROM approvals_timers, generate_series(1, 20000) AS n"
    } else {
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
         INSERT INTO approvals_timers SELECT randomblob(16), approval_id, n, region_id, level, 0, running_since, 0,
         '2029-01-01 00:00:00+00:00', '2029-01-01 00:00:00+00:00', 'running' FROM approvals_timers, numbers"
    };
    run(many).await;
    run("ANALYZE").await;
    let explain = if is_postgres { "EXPLAIN" } else { "EXPLAIN QUERY PLAN" };
    // The sweep's own statement, with an instant and a number for its marks.
    let due =
        api::commands::DUE_CLOCKS.replacen('?', "'2026-11-17 00:00:00+00:00'", 1).replacen('?', "200", 1);
    let plan = Statement::from_string(db.get_database_backend(), format!("{explain} {due}"));
    let rows = db.query_all_raw(plan).await.unwrap();
    let column = if is_postgres { "QUERY PLAN" } else { "detail" };
    let plan: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
    assert!(plan.join(" ").contains("approvals_timers_due"), "{plan:?}");
    assert!(!plan.join(" ").contains("Seq Scan"), "{plan:?}");
    let ran = world.at("2026-11-16T18:00:10+08:00").await;
    let climbed = ran.as_array().unwrap().iter().find(|it| it["name"] == "approvals.escalate").unwrap();
    assert_eq!(climbed["n"], 1, "only what is due was touched");
    world.end().await;
}

#[tokio::test]
async fn the_machine_may_decide_where_it_is_allowed_and_is_named_for_it() {
    let world = World::start().await;
    let operations = world.login("operations-01").await;
    let mut levels = operations.get("/config/service_levels").await.ok()["published"]["body"].clone();
    levels["levels"]
        .as_array_mut()
        .unwrap()
        .push(json!({"key": "quick", "name": "一小时后自动通过", "working_minutes": 60,
        "ladder": [{"percent": 50, "act": "reassign"}, {"percent": 100, "act": "auto_approve"}]}));
    operations.put("/config/service_levels/draft", levels).await.ok();
    operations.post("/config/service_levels/publish", json!({})).await.ok();
    let mut node = asks("a", &["supervisor-01"], "all", None);
    node["service_level"] = json!("quick");
    publish(&world, flow("auto", json!([node]))).await;
    world.at("2026-11-16T09:00:00+08:00").await;
    let rep = world.login("rep-01").await;
    let asked = request(&rep, "auto").await;
    world.at("2026-11-16T09:30:10+08:00").await;
    assert_eq!(seen(&rep, &asked).await["held_by"], json!(["邬海宁"]), "the turn went to the superior");
    world.at("2026-11-16T10:00:10+08:00").await;
    let ended = seen(&rep, &asked).await;
    assert_eq!((&ended["status"], &ended["decided_by"]), (&json!("approved"), &Value::Null));
    let trace = rep.get(&format!("/approvals/{}/trace", asked["id"].as_str().unwrap())).await.ok();
    let answered =
        trace["events"].as_array().unwrap().iter().find(|it| it["kind"] == "answered").unwrap().clone();
    assert_eq!((&answered["machine"], &answered["actor_id"]), (&json!("service_level"), &Value::Null));
    assert!(answered["sentence"].as_str().unwrap().contains("系统自动"), "{answered}");
    world.end().await;
}
