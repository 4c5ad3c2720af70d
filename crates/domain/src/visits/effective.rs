//! Does a visit count? Inside the fence or not refuted, long enough, with a photo and a result, and the first such of
//! a rep, a customer and a day.

use chrono::{DateTime, Utc};

use super::dwell_seconds;

/// What a visit to a kind of customer needs. Operation accepts what cannot be decided; the figures of loaded history
/// do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Shorter does not count.
    pub min_dwell_seconds: i64,
    /// A place near the fence that nobody refuted counts.
    pub accept_uncertain: bool,
    /// So does a customer that has no point yet.
    pub accept_no_point: bool,
}

/// Where the check-in was, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In the fence, or a reviewer vouches for it.
    Inside,
    /// Near it, and nobody refuted it.
    Uncertain,
    /// Elsewhere.
    Outside,
    /// The customer has no point.
    Unknown,
    /// Neither the phone nor a photo says where.
    Nowhere,
    /// A reviewer does not believe it.
    Refuted,
}

impl Whereabouts {
    /// By distance alone; `is_doubtful` is whether a distance beyond the fence may be the measurement's error.
    pub fn by_distance(distance_mm: Option<i64>, fence_radius_m: i64, is_doubtful: bool) -> Self {
        match distance_mm {
            None => Self::Unknown,
            Some(distance_mm) if distance_mm <= fence_radius_m.saturating_mul(1_000) => Self::Inside,
            Some(_) if is_doubtful => Self::Uncertain,
            Some(_) => Self::Outside,
        }
    }
}

/// What is known of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Where the check-in was.
    pub whereabouts: Whereabouts,
    /// When, in UTC.
    pub checked_in_at: DateTime<Utc>,
    /// Its last record, in UTC; unknown of a bare check-in.
    pub checkout_at: Option<DateTime<Utc>>,
    /// How many photos it has.
    pub n_photos: i64,
    /// A structured result is recorded.
    pub has_result: bool,
}

names! {
    /// Why a visit does not count. The names are stable codes.
    pub enum WhyNot {
        /// Elsewhere than the customer.
        OutsideFence = "outside_fence",
        /// Near the fence, where that is not enough.
        PlaceUncertain = "place_uncertain",
        /// The customer has no point to compare with.
        PlaceUnknown = "place_unknown",
        /// Neither the phone nor a photo said where.
        NoPlace = "no_place",
        /// A reviewer does not believe it.
        EvidenceRejected = "evidence_rejected",
        /// Nothing says when it ended.
        DwellUnknown = "dwell_unknown",
        /// Too short.
        DwellTooShort = "dwell_too_short",
        /// No photo.
        PhotoMissing = "photo_missing",
        /// No structured result.
        ResultMissing = "result_missing",
        /// Another of the same day counts already.
        NotFirst = "not_first",
    }
}

/// Whether a visit counts: unknown while only what may still come is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// It counts, it does not, or nobody knows yet.
    pub effective: Option<bool>,
    /// All that speaks against it.
    pub why_not: Vec<WhyNot>,
}

/// Judges the visits of one rep to one customer on one day, in order of check-in: the first that counts is the only
/// one.
pub fn judge_day(visits: &[Facts], rule: &Rule) -> Vec<Effect> {
    let mut is_counted = false;
    let judge = |facts: &Facts| {
        let mut why_not = why_not(facts, rule);
        if why_not.is_empty() && is_counted {
            why_not.push(WhyNot::NotFirst);
        }
        is_counted |= why_not.is_empty();
        let may_come = [WhyNot::DwellUnknown, WhyNot::ResultMissing];
        let effective = match why_not.as_slice() {
            [] => Some(true),
            all if all.iter().all(|it| may_come.contains(it)) => None,
            _ => Some(false),
        };
        Effect { effective, why_not }
    };
    visits.iter().map(judge).collect()
}

fn why_not(facts: &Facts, rule: &Rule) -> Vec<WhyNot> {
    let mut why_not = Vec::new();
    match facts.whereabouts {
        Whereabouts::Uncertain if !rule.accept_uncertain => why_not.push(WhyNot::PlaceUncertain),
        Whereabouts::Unknown if !rule.accept_no_point => why_not.push(WhyNot::PlaceUnknown),
        Whereabouts::Nowhere => why_not.push(WhyNot::NoPlace),
        Whereabouts::Outside => why_not.push(WhyNot::OutsideFence),
        Whereabouts::Refuted => why_not.push(WhyNot::EvidenceRejected),
        Whereabouts::Inside | Whereabouts::Uncertain | Whereabouts::Unknown => {}
    }
    match dwell_seconds(facts.checked_in_at, facts.checkout_at) {
        None => why_not.push(WhyNot::DwellUnknown),
        Some(seconds) if seconds < rule.min_dwell_seconds => why_not.push(WhyNot::DwellTooShort),
        Some(_) => {}
    }
    if facts.n_photos < 1 {
        why_not.push(WhyNot::PhotoMissing);
    }
    if !facts.has_result {
        why_not.push(WhyNot::ResultMissing);
    }
    why_not
}

/// When a visit ended: its last record before the rep's next check-in. None where there is no record but the
/// check-in.
pub fn checkout_at(
    checked_in_at: DateTime<Utc>,
    records: &[DateTime<Utc>],
    next_check_in_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let is_of_visit =
        |at: &&DateTime<Utc>| **at > checked_in_at && next_check_in_at.is_none_or(|next| **at < next);
    records.iter().filter(is_of_visit).max().copied()
}
