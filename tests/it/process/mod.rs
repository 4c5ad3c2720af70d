//! The built program in processes of its own: killed, stopped, replicated, with Redis away. The program is the one
//! named by GUGAN_BIN, else `target/debug/gugan`.

mod commands;
mod concurrency;
mod crew;
mod kill;
mod logs;
mod photos;
pub mod place;
mod redis_away;
mod replicas;
mod stop;
mod trouble;
mod wechat_apart;

use std::time::{Duration, Instant};

/// Asks again and again until the answer is yes; fails with `what` after `at_most`.
pub async fn until(what: &str, at_most: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < at_most, "{what}: not within {at_most:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
