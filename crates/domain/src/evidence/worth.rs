//! How sure a verdict is, and which of those that pass a person looks at all the same.

use super::{Judgement, Reason, Shot, Store, Thresholds, TicketState, Verdict};
use crate::geo;

/// A metre in millimetres.
const M: i64 = 1_000;

/// How much speaks for the photo, in hundredths; shown to people and never decisive. Missing facts of the photo's own
/// leave 75 to 80.
pub fn confidence(shot: &Shot, store: &Store, judgement: &Judgement, limits: &Thresholds) -> u8 {
    let has = |reason| judgement.reasons.contains(&reason);
    let mut sum = 0;
    if shot.ticket == TicketState::Valid && !shot.is_duplicate && !has(Reason::DuplicateSimilar) {
        sum += 50;
    }
    sum += by_place(shot, judgement, limits);
    if let (Some(photo), Some(point)) = (shot.exif_point, store.point)
        && geo::distance_mm(photo, point) <= 300 * M + shot.exif_error_mm.unwrap_or(50 * M)
    {
        sum += 10;
    }
    if shot.taken_at.is_some_and(|taken_at| (shot.received_at - taken_at).num_minutes().abs() < 5) {
        sum += 10;
    }
    sum + if store.is_confirmed { 5 } else { 0 }
}

/// Inside with a good fix, or with a fair one.
fn by_place(shot: &Shot, judgement: &Judgement, limits: &Thresholds) -> u8 {
    let is_inside = judgement.distance_mm.is_some()
        && !judgement.reasons.iter().any(|reason| {
            matches!(
                reason,
                Reason::FarAway | Reason::OutsideFence | Reason::FenceUnclear | Reason::StaticLocation
            )
        });
    match shot.fix.as_ref().and_then(|fix| fix.accuracy_mm) {
        Some(accuracy_mm) if is_inside && accuracy_mm <= limits.certain_accuracy_m * M => 25,
        Some(accuracy_mm) if is_inside && accuracy_mm <= limits.accuracy_cap_m * M => 15,
        _ => 0,
    }
}

/// Is a photo that passes drawn? By a digest of its id: the same answer whoever asks, and nobody can tell before. What
/// the machine could not look at itself always is.
pub fn is_drawn(judgement: &Judgement, digest: u32, limits: &Thresholds) -> bool {
    let is_unseen = judgement.reasons.contains(&Reason::NotDrawn);
    judgement.verdict == Verdict::Pass && (is_unseen || digest % 1_000_000 < limits.draw_ppm)
}
