//! A server killed in the middle of its work.

use std::time::Duration;

use serde_json::json;

use super::crew::Crew;
use super::place::{Place, SOON};
use super::until;

const N_PEOPLE: usize = 2_000;
/// The pushes of one killed process of which nobody knows whether they arrived.
const MOST_UNKNOWN: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_twice_in_2000_reminders_loses_none_and_doubles_none() {
    let place = Place::fresh().await;
    let server = place.serve().await;
    let crew = Crew::join(&server, N_PEOPLE, 1).await;
    drop(server);

    for (n_sent, monday) in [(300, Some("2026-11-16T07:45:00+08:00")), (900, None)] {
        let mut server = place.serve_and_work().await;
        // WeChat answers late, so the kill hits messages that it has and that nobody here knows of.
        server.slow_down(20, 1_200).await;
        if let Some(monday) = monday {
            server.move_clock(json!({"now": monday})).await;
        }
        until("WeChat has some", SOON, async || place.messages().len() >= n_sent).await;
        server.process.kill();
    }

    let n_before = place.messages().len();
    assert!(n_before < N_PEOPLE, "killed too late to tell anything: {n_before} were sent");
    let server = place.serve_and_work().await;
    let crew = crew.at(&server);
    crew.until_all_are_told(1, Duration::from_secs(90)).await;
    until("no job is left", SOON, async || server.n_due().await == 0).await;

    let outcome = crew.check(&place, 1).await;
    println!("killed after {n_before} of {N_PEOPLE}: {outcome:?}");
    assert!(outcome.n_unknown > 0, "the kills hit nothing");
    assert!(outcome.n_unknown <= 2 * MOST_UNKNOWN, "two kills leave too much unknown: {outcome:?}");
    crew.follow_up(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_notices_under_faults_and_two_kills_lose_none_and_double_none() {
    let place = Place::fresh().await;
    let server = place.serve().await;
    let n_days = 5;
    let crew = Crew::join(&server, N_PEOPLE, n_days).await;
    drop(server);

    for (day, date) in ["16", "17", "18", "19", "20"].into_iter().enumerate() {
        let mut server = place.serve_and_work().await;
        // One in five is refused, one in twenty is taken and its answer lost.
        for (errcode, count) in [(43101, 200), (-2, 50), (43101, 200), (-2, 50)] {
            server.fault(errcode, count).await;
        }
        let n_before = place.messages().len();
        server.move_clock(json!({"now": format!("2026-11-{date}T07:45:00+08:00")})).await;
        if day < 2 {
            until("WeChat has some", SOON, async || place.messages().len() >= n_before + 300).await;
            server.process.kill();
            server = place.serve_and_work().await;
        }
        let crew = crew.at(&server);
        crew.until_all_are_told(day + 1, Duration::from_secs(120)).await;
        until("no job is left", SOON, async || server.n_due().await == 0).await;
    }

    let server = place.serve_and_work().await;
    let crew = crew.at(&server);
    let outcome = crew.check(&place, n_days).await;
    println!("10,000 notices to 2,000 people: {outcome:?}");
    assert!(outcome.n_fallback >= 400 && outcome.n_unknown >= 100, "the faults were met: {outcome:?}");
    crew.follow_up(&server).await;
    crew.check(&place, n_days).await;
}
