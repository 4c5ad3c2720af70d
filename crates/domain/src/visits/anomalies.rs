//! What is odd about a check-in: a flag for a reviewer, never an accusation and never a penalty by itself.

use chrono::{DateTime, TimeDelta, Utc};

use crate::geo::{self, Point};

names! {
    /// Something odd. The names are stable codes.
    pub enum Flag as VisitFlag {
        /// Faster than a vehicle since the check-in before.
        Teleport = "teleport",
        /// The same place three times to six decimals.
        FixRepeated = "fix_repeated",
        /// An accuracy of exactly zero.
        AccuracyZero = "accuracy_zero",
        /// The phone's clock is ahead of ours.
        ClockSkew = "clock_skew",
    }
}

/// A place as a phone gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Where.
    pub point: Point,
    /// The radius of its error in millimetres, where the phone says.
    pub accuracy_mm: Option<i64>,
    /// When, in UTC: by the phone, else by us.
    pub at: DateTime<Utc>,
}

/// Faster than this is not driving: 150 km/h, as millimetres in an hour.
const FASTEST_MM_AN_HOUR: i64 = 150_000_000;
/// A phone that finds its place anew jumps by up to this much.
const ALWAYS_MM: i64 = 1_000_000;
/// A phone's clock may be ahead by this much.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// What is odd about a check-in that arrived `now`, after those before it, newest first.
pub fn flags(seen: &Seen, earlier: &[Seen], now: DateTime<Utc>) -> Vec<Flag> {
    let mut flags = Vec::new();
    if earlier.first().is_some_and(|last| is_teleport(last, seen)) {
        flags.push(Flag::Teleport);
    }
    let n_same =
        earlier.iter().take(2).filter(|it| geo::is_same_to_six_decimals(it.point, seen.point)).count();
    if n_same == 2 {
        flags.push(Flag::FixRepeated);
    }
    if seen.accuracy_mm == Some(0) {
        flags.push(Flag::AccuracyZero);
    }
    if seen.at - now > SKEW {
        flags.push(Flag::ClockSkew);
    }
    flags
}

/// What the measurements may be off by is not counted as travelled.
fn is_teleport(last: &Seen, seen: &Seen) -> bool {
    let error_mm = last.accuracy_mm.unwrap_or_default() + seen.accuracy_mm.unwrap_or_default();
    let travelled_mm = geo::distance_mm(last.point, seen.point) - error_mm;
    let seconds = (seen.at - last.at).num_seconds().max(0);
    travelled_mm > ALWAYS_MM
        && travelled_mm.saturating_mul(3_600) > FASTEST_MM_AN_HOUR.saturating_mul(seconds)
}
