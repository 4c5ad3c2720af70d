//! Can the person have come here, and is the point a real one?

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fix, Reason, Thresholds};
use crate::geo;

/// Where a person was before, by what was handed in last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The fix before this one.
    pub last: Option<Fix>,
    /// How many other stores this very point, to six decimals, was given for.
    pub n_other_stores: u32,
}

/// A metre in millimetres.
const M: i64 = 1_000;

/// What earlier fixes say against this one. A fix that does not say when it was made says nothing about speed: what
/// was captured without signal is handed in all at once.
pub fn judge_travel(seen: &Seen, fix: &Fix, limits: &Thresholds) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if seen.n_other_stores + 1 >= limits.static_stores {
        reasons.push(Reason::StaticLocation);
    }
    if seen.last.as_ref().is_some_and(|last| is_too_fast(last, fix, limits)) {
        reasons.push(Reason::ImpossibleTravel);
    }
    reasons
}

fn is_too_fast(last: &Fix, fix: &Fix, limits: &Thresholds) -> bool {
    let Some((before, after)) = last.fixed_at.zip(fix.fixed_at) else {
        return false;
    };
    let error_mm = |fix: &Fix| fix.accuracy_mm.unwrap_or(limits.accuracy_limit_m * M);
    let surely_mm = geo::distance_mm(last.point, fix.point) - error_mm(last) - error_mm(fix);
    surely_mm > limits.travel_least_m * M && surely_mm > farthest_mm(before, after, limits)
}

/// As far as one gets in the time between, which is whole seconds and one more for rounding.
fn farthest_mm(before: DateTime<Utc>, after: DateTime<Utc>, limits: &Thresholds) -> i64 {
    let between = (after - before).abs() + TimeDelta::seconds(1);
    limits.travel_km_per_h.saturating_mul(1_000 * M).saturating_mul(between.num_seconds()) / 3_600
}
