//! Several processes at the same work.

use std::time::Duration;

use serde_json::json;

use super::crew::{Crew, Outcome};
use super::place::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_share_500_reminders_and_one_handles_the_instant() {
    let place = Place::fresh().await;
    let server = place.serve().await;
    let crew = Crew::join(&server, 500, 1).await;
    let (_one, _other) = (place.work(), place.work());
    server.move_clock(json!({"now": "2026-11-16T07:45:00+08:00"})).await;

    crew.until_all_are_told(1, Duration::from_secs(60)).await;

    let all = Outcome { n_sent: 500, ..Outcome::default() };
    assert_eq!(crew.check(&place, 1).await, all);
    let log = place.logged();
    for sweep in ["actions.propose", "actions.remind"] {
        let n_swept = log.lines().filter(|line| line.contains("swept") && line.contains(sweep)).count();
        assert_eq!(n_swept, 1, "{sweep}: {log}");
    }
}
