//! May a photo that was received before prove something now?

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Reason;
use crate::ids::{CustomerId, UserId};
use crate::working_time::local_date;

/// How long the tickets and the photos of a delivery last: until its driver is back.
pub const ON_THE_ROAD: TimeDelta = TimeDelta::hours(36);

/// How long a photo proves something after it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// Until the company's midnight, as a check-in's.
    TheDay,
    /// Until the driver is back, as a sign-off's.
    TheRoad,
}

/// What became of a photo since it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// When it arrived, in UTC.
    pub received_at: DateTime<Utc>,
    /// It has proved something else.
    pub is_spent: bool,
}

/// What its past says against a photo that is to prove something now.
pub fn judge_past(past: &Past, lasts: Lasts, now: DateTime<Utc>) -> Vec<Reason> {
    let is_stale = match lasts {
        Lasts::TheDay => local_date(past.received_at) < local_date(now),
        Lasts::TheRoad => now - past.received_at > ON_THE_ROAD,
    };
    let mut reasons = Vec::new();
    reasons.extend(past.is_spent.then_some(Reason::DuplicateExact));
    reasons.extend(is_stale.then_some(Reason::StalePhoto));
    reasons
}

/// What a picture was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// By whom.
    pub user: UserId,
    /// At whose store.
    pub customer: CustomerId,
    /// What it is to show.
    pub purpose: &'a str,
    /// The company's day on which it arrived.
    pub day: NaiveDate,
}

/// Is a second picture with the same bytes a copy? It is not where person, store, purpose and day are the same: one
/// set of photos serves all deliveries of a stop.
pub fn is_copy(first: &Origin<'_>, second: &Origin<'_>) -> bool {
    first != second
}
