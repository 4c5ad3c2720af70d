//! Redis stopped and started again in the middle of the work.

use std::time::Duration;

use serde_json::{Value, json};

use super::crew::{Crew, Outcome};
use super::place::{Place, SOON, Server};
use super::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_reminders_are_late_and_none_is_lost_or_doubled() {
    let mut place = Place::fresh().await;
    if place.redis.is_none() {
        println!("the embedded profile has no Redis to stop: this test says nothing there");
        return;
    }
    let server = place.serve().await;
    let crew = Crew::join(&server, 300, 2).await;
    drop(server);
    let server = place.serve_and_work().await;
    let crew = crew.at(&server);
    until("Redis is there", SOON, async || ready(&server).await["queue"] == "ok").await;

    server.slow_down(50, 300).await;
    server.move_clock(json!({"now": "2026-11-16T07:45:00+08:00"})).await;
    until("WeChat has some", SOON, async || place.messages().len() >= 40).await;
    place.redis.as_mut().unwrap().kill();
    until("Redis is missed", SOON, async || ready(&server).await["queue"] == "degraded").await;
    crew.until_all_are_told(1, Duration::from_secs(60)).await;
    assert_eq!(ready(&server).await["queue"], "degraded");
    let all = |n_sent| Outcome { n_sent, ..Outcome::default() };
    assert_eq!(crew.check(&place, 1).await, all(300));

    place.redis.as_mut().unwrap().again().await;
    until("Redis is back", SOON, async || ready(&server).await["queue"] == "ok").await;
    server.move_clock(json!({"now": "2026-11-17T07:45:00+08:00"})).await;
    crew.until_all_are_told(2, Duration::from_secs(60)).await;
    assert_eq!(crew.check(&place, 2).await, all(600));
}

/// The probe, which says yes with and without Redis.
async fn ready(server: &Server) -> Value {
    server.raw("/readyz").await.ok()
}
