//! Is the person where the store is?

use chrono::{DateTime, Utc};

use super::{Judgement, Reason, Thresholds};
use crate::geo::{self, Point, System};

/// Where the store is, and how well that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// Absent while nobody has been there.
    pub point: Option<Point>,
    /// Confirmed on the spot, as opposed to geocoded or picked from a map.
    pub is_confirmed: bool,
    /// Radius of its fence in metres.
    pub fence_radius_m: i64,
}

/// Where the phone says it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// In the system the phone named.
    pub point: Point,
    /// Radius of its error in millimetres, where the phone says.
    pub accuracy_mm: Option<i64>,
    /// When it was measured, in UTC, where the phone says.
    pub fixed_at: Option<DateTime<Utc>>,
}

/// A metre in millimetres.
const M: i64 = 1_000;

/// Judges the place alone. `is_second_signal` is whether a photo, or its time, also says that this is elsewhere:
/// without it distance alone never rejects.
pub fn judge_place(
    store: &Store,
    fix: Option<&Fix>,
    is_second_signal: bool,
    limits: &Thresholds,
) -> Judgement {
    let Some(fix) = fix else {
        return Judgement::of(vec![Reason::NoLocation], None);
    };
    let mut reasons = Vec::new();
    match fix.accuracy_mm {
        Some(0) => reasons.push(Reason::StaticLocation),
        Some(accuracy_mm) if accuracy_mm <= limits.accuracy_limit_m * M => {}
        _ => reasons.push(Reason::AccuracyLow),
    }
    let Some(point) = store.point else {
        reasons.push(Reason::StoreLocationUnknown);
        return Judgement::of(reasons, None);
    };
    let distance_mm = geo::distance_mm(fix.point, point);
    reasons.extend(by_distance(store, fix, distance_mm, is_second_signal, limits));
    if !store.is_confirmed && distance_mm > store.fence_radius_m * M {
        reasons.push(Reason::StoreLocationDoubtful);
    }
    Judgement::of(reasons, Some(distance_mm))
}

fn by_distance(
    store: &Store,
    fix: &Fix,
    distance_mm: i64,
    is_second_signal: bool,
    limits: &Thresholds,
) -> Vec<Reason> {
    let uncertainty_m =
        if store.is_confirmed { limits.confirmed_uncertainty_m } else { limits.guessed_uncertainty_m };
    let accuracy_mm = fix.accuracy_mm.unwrap_or(limits.accuracy_cap_m * M);
    let sure_mm = (store.fence_radius_m + uncertainty_m) * M;
    let widest_mm = sure_mm + accuracy_mm.min(limits.accuracy_cap_m * M);
    if distance_mm <= sure_mm {
        return Vec::new();
    }
    if distance_mm <= widest_mm {
        return vec![Reason::FenceUnclear];
    }
    let is_certain = store.is_confirmed
        && accuracy_mm <= limits.certain_accuracy_m * M
        && distance_mm > limits.far_away_m * M + accuracy_mm;
    if is_certain && is_second_signal {
        return vec![Reason::FarAway];
    }
    let mut reasons = vec![Reason::OutsideFence];
    if is_system_suspect(store, fix, distance_mm, limits) {
        reasons.push(Reason::CoordSystemSuspect);
    }
    reasons
}

/// Would the same numbers, read in the other coordinate system, be inside the fence?
fn is_system_suspect(store: &Store, fix: &Fix, distance_mm: i64, limits: &Thresholds) -> bool {
    let (least, most) = limits.system_shift_m;
    let other = match fix.point.system {
        System::Wgs84 => System::Gcj02,
        System::Gcj02 | System::Bd09 => System::Wgs84,
    };
    let reread = Point { system: other, ..fix.point };
    (least * M..=most * M).contains(&distance_mm)
        && store.point.is_some_and(|point| geo::distance_mm(reread, point) <= store.fence_radius_m * M)
}
