//! A capability gap: the customer's page is missing time after time, which is not the reps' doing.

use chrono::{DateTime, Utc};

/// A record of a kind in a region, such as a demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Does it have its signed page?
    pub is_signed: bool,
    /// Until when the page may still come, in UTC. None while the year's calendar is not published.
    pub grace_until: Option<DateTime<Utc>>,
}

/// Have the last `in_a_row` of them stayed without their page after their grace? `held` is the newest first. What may
/// still get its page says nothing yet and is left out.
pub fn is_gap(held: &[Held], in_a_row: usize, now: DateTime<Utc>) -> bool {
    let is_over = |it: &Held| it.grace_until.is_some_and(|until| until <= now);
    let mut decided = held.iter().filter(|it| it.is_signed || is_over(it)).take(in_a_row);
    decided.by_ref().filter(|it| !it.is_signed).count() == in_a_row && in_a_row > 0
}
