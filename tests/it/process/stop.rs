//! A process that is asked to stop.

use std::time::{Duration, Instant};

use serde_json::json;

use super::crew::{Crew, Outcome};
use super::place::{Place, SOON};
use super::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_asked_to_stop_finishes_what_it_holds_and_the_next_goes_on_at_once() {
    let place = Place::fresh().await;
    let server = place.serve().await;
    let crew = Crew::join(&server, 1_000, 1).await;
    drop(server);

    let mut server = place.serve_and_work().await;
    server.slow_down(200, 1_000).await;
    server.move_clock(json!({"now": "2026-11-16T07:45:00+08:00"})).await;
    until("WeChat has some", SOON, async || place.messages().len() >= 50).await;
    assert_eq!(server.process.stop(Duration::from_secs(25)).await, Some(0), "{}", place.logged());
    let n_before = place.messages().len();
    assert!(n_before < 1_000, "nothing was left to do");

    let started = Instant::now();
    let server = place.serve_and_work().await;
    let n_after = async || place.messages().len();
    until("the next goes on", Duration::from_secs(5), async || n_after().await > n_before).await;
    println!("stopped after {n_before} of 1000; the next went on after {:?}", started.elapsed());
    let crew = crew.at(&server);
    crew.until_all_are_told(1, Duration::from_secs(60)).await;
    let all = Outcome { n_sent: 1_000, ..Outcome::default() };
    assert_eq!(crew.check(&place, 1).await, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_asked_to_stop_finishes_what_it_holds() {
    let place = Place::fresh().await;
    let server = place.serve().await;
    let crew = Crew::join(&server, 200, 1).await;
    server.slow_down(100, 200).await;
    let mut worker = place.work();
    server.move_clock(json!({"now": "2026-11-16T07:45:00+08:00"})).await;
    until("WeChat has some", SOON, async || place.messages().len() >= 20).await;
    assert_eq!(worker.stop(Duration::from_secs(25)).await, Some(0), "{}", place.logged());

    let _next = place.work();
    crew.until_all_are_told(1, Duration::from_secs(60)).await;
    let all = Outcome { n_sent: 200, ..Outcome::default() };
    assert_eq!(crew.check(&place, 1).await, all);
}
