//! Numbers that people read, such as `DN-20261123-0007`: unique and rising per kind and day, not without gaps.
//!
//! On PostgreSQL each process draws them in blocks, on a connection of its own that commits at once, so no command
//! holds the counter for another. What is left of a block is dropped at a change of the day and when the process
//! ends. SQLite's writer is alone, so there a command counts up in its own transaction.
//!
//! A reset of the development clock leaves the counters as they are: a process may still hold a block of a day that
//! comes again.

use std::collections::HashMap;

use chrono::NaiveDate;
use platform::Tx;
use tokio::sync::Mutex;

use super::rows;
use crate::App;
use crate::error::Result;

/// How many are drawn at once: few enough that a restart leaves small gaps.
const BLOCK: i32 = 32;

/// What this process has drawn and not used, for each kind. Held by [`super::Cache`].
#[derive(Default)]
pub(super) struct Numbers(Mutex<HashMap<&'static str, Block>>);

struct Block {
    day: NaiveDate,
    next: i32,
    last: i32,
}

/// The next number of its kind and day.
pub async fn next_number(app: &App, tx: &Tx, kind: &'static str, day: NaiveDate) -> Result<String> {
    Ok(next_numbers(app, tx, (kind, day), 1).await?.remove(0))
}

/// The next `n` numbers of a kind and day, rising.
pub async fn next_numbers(
    app: &App,
    tx: &Tx,
    (kind, day): (&'static str, NaiveDate),
    n: usize,
) -> Result<Vec<String>> {
    let n_wanted = i32::try_from(n).map_err(anyhow::Error::from)?;
    let counts: Vec<i32> = match app.db.apart() {
        Some(apart) => {
            let draw = async |n: i32| rows::count_up(apart, (kind, day), n).await;
            app.settings.numbers.take((kind, day), n_wanted, draw).await?
        }
        None => counted(rows::count_up(tx.db(), (kind, day), n_wanted).await?, n_wanted).collect(),
    };
    Ok(counts.into_iter().map(|n| written(kind, day, n)).collect())
}

/// The next number within the transaction alone: for a load that goes from day to day.
pub async fn next_number_within(tx: &Tx, kind: &'static str, day: NaiveDate) -> Result<String> {
    Ok(written(kind, day, rows::count_up(tx.db(), (kind, day), 1).await?))
}

fn written(kind: &str, day: NaiveDate, n: i32) -> String {
    format!("{kind}-{}-{n:04}", day.format("%Y%m%d"))
}

/// The `n` counts that end with `last`.
fn counted(last: i32, n: i32) -> std::ops::RangeInclusive<i32> {
    last - n + 1..=last
}

impl Numbers {
    /// Takes `n` counts out of the block in hand, and out of a new one where it does not last. One draws at a time;
    /// the others wait and find its block.
    async fn take(
        &self,
        (kind, day): (&'static str, NaiveDate),
        n: i32,
        draw: impl AsyncFnOnce(i32) -> anyhow::Result<i32>,
    ) -> anyhow::Result<Vec<i32>> {
        let mut blocks = self.0.lock().await;
        let block = blocks.entry(kind).or_insert(Block { day, next: 1, last: 0 });
        if block.day != day {
            *block = Block { day, next: 1, last: 0 };
        }
        let mut counts: Vec<i32> = block.take(n).collect();
        let n_missing = n - i32::try_from(counts.len())?;
        if n_missing > 0 {
            let n_drawn = n_missing.max(BLOCK);
            let drawn = counted(draw(n_drawn).await?, n_drawn);
            *block = Block { day, next: *drawn.start(), last: *drawn.end() };
            counts.extend(block.take(n_missing));
        }
        Ok(counts)
    }
}

impl Block {
    fn take(&mut self, n: i32) -> std::ops::Range<i32> {
        let first = self.next;
        self.next = (first + n).min(self.last + 1);
        first..self.next
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI32, Ordering};

    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
    }

    async fn take(numbers: &Numbers, on: NaiveDate, n: i32, counter: &AtomicI32) -> Vec<i32> {
        let draw = async |n: i32| Ok(counter.fetch_add(n, Ordering::SeqCst) + n);
        numbers.take(("SO", on), n, draw).await.unwrap()
    }

    #[tokio::test]
    async fn a_block_is_used_up_before_another_is_drawn() {
        let (numbers, counter) = (Numbers::default(), AtomicI32::new(0));
        assert_eq!(take(&numbers, day(23), 30, &counter).await, (1..=30).collect::<Vec<_>>());
        counter.store(100, Ordering::SeqCst);
        assert_eq!(take(&numbers, day(23), 4, &counter).await, [31, 32, 101, 102]);
        assert_eq!(take(&numbers, day(23), 1, &counter).await, [103]);
    }

    #[tokio::test]
    async fn many_at_once_take_all_they_want() {
        let (numbers, counter) = (Numbers::default(), AtomicI32::new(0));
        assert_eq!(take(&numbers, day(23), 100, &counter).await, (1..=100).collect::<Vec<_>>());
        assert_eq!(take(&numbers, day(23), 1, &counter).await, [101]);
    }

    #[tokio::test]
    async fn what_is_left_of_a_day_is_dropped_though_the_day_comes_again() {
        let (numbers, counter) = (Numbers::default(), AtomicI32::new(0));
        assert_eq!(take(&numbers, day(23), 1, &counter).await, [1]);
        assert_eq!(take(&numbers, day(24), 1, &AtomicI32::new(0)).await, [1]);
        assert_eq!(take(&numbers, day(23), 1, &counter).await, [33]);
    }
}
