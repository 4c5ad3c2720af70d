//! Check-in and structured outcome of a visit.
//!
//! A check-in is judged, never refused for what it shows: a certain fraud is stored as an attempt, and the person
//! is told what to do next. There is no check-out tap. Whether a visit counts is derived from what was recorded.

mod anomalies;
mod effective;
mod moment;
#[cfg(test)]
#[expect(clippy::float_arithmetic, reason = "the tests place phones on a map")]
mod tests;

use chrono::{DateTime, Utc};

pub use anomalies::{Flag, Seen, flags};
pub use effective::{Effect, Facts, Rule, Whereabouts, WhyNot, checkout_at, judge_day};
pub use moment::{happened_at, telling_from};

use crate::evidence::{Judgement, Verdict};

names! {
    /// Where a visit stands.
    pub enum Status as VisitStatus {
        /// The check-in was refused by its verdict; kept for the reviewer.
        Attempted = "attempted",
        /// The rep is at the customer.
        CheckedIn = "checked_in",
        /// The outcome is recorded.
        Completed = "completed",
    }
}

names! {
    /// What came of a visit.
    pub enum Outcome as VisitOutcome {
        /// 下单
        Order = "order",
        /// 有意向
        Interest = "interest",
        /// 无意向
        NoInterest = "no_interest",
        /// 投诉
        Complaint = "complaint",
        /// 门店关门
        Closed = "closed",
    }
}

/// What a check-in or an outcome is refused for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A check-in without a photo of the storefront.
    #[error("a check-in needs at least one storefront photo")]
    PhotoMissing,
    /// The check-in had been refused.
    #[error("the check-in of this visit was refused; check in again")]
    NotOpen,
    /// Somebody recorded another outcome before.
    #[error("the outcome is already recorded")]
    AlreadyCompleted,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PhotoMissing => "photo_missing",
            Self::NotOpen => "visit_not_open",
            Self::AlreadyCompleted => "visit_already_completed",
        }
    }
}

/// What a check-in leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct CheckedIn {
    /// Attempted when rejected.
    pub status: Status,
    /// Counts for now, and somebody looks at it.
    pub is_provisional: bool,
    /// Somebody is asked to decide: on `review` and on `reject`.
    pub needs_review: bool,
}

/// Decides what a judged check-in leads to. Photos of anything but the storefront come on top.
pub fn check_in(n_storefronts: usize, judgement: &Judgement) -> Result<CheckedIn, Refusal> {
    if n_storefronts == 0 {
        return Err(Refusal::PhotoMissing);
    }
    let is_rejected = judgement.verdict == Verdict::Reject;
    Ok(CheckedIn {
        status: if is_rejected { Status::Attempted } else { Status::CheckedIn },
        is_provisional: judgement.verdict == Verdict::Review,
        needs_review: judgement.verdict >= Verdict::Review,
    })
}

/// May the outcome be recorded now?
pub fn complete(status: Status) -> Result<Status, Refusal> {
    match status {
        Status::CheckedIn => Ok(Status::Completed),
        Status::Attempted => Err(Refusal::NotOpen),
        Status::Completed => Err(Refusal::AlreadyCompleted),
    }
}

/// What a reviewer's word does to a visit: a vouched attempt becomes a check-in; a refuted check-in an attempt,
/// unless its outcome is recorded, which nobody loses.
pub fn reviewed(status: Status, is_accepted: bool) -> Status {
    match (status, is_accepted) {
        (Status::Attempted, true) => Status::CheckedIn,
        (Status::CheckedIn, false) => Status::Attempted,
        (status, _) => status,
    }
}

/// How long the person was there: from check-in to the visit's last record. Unknown without one, which is not zero.
pub fn dwell_seconds(checked_in_at: DateTime<Utc>, last_record_at: Option<DateTime<Utc>>) -> Option<i64> {
    last_record_at.map(|last| (last - checked_in_at).num_seconds().max(0))
}

#[cfg(test)]
mod steps {
    use super::*;
    use crate::evidence::Reason;

    fn check(reasons: Vec<Reason>, status: Status, is_provisional: bool, needs_review: bool) {
        let decided = check_in(1, &Judgement::of(reasons, None)).unwrap();
        assert_eq!(decided, CheckedIn { status, is_provisional, needs_review });
    }

    #[test]
    fn a_doubtful_place_is_provisional_and_a_certain_fraud_an_attempt() {
        check(vec![], Status::CheckedIn, false, false);
        check(vec![Reason::FenceUnclear], Status::CheckedIn, false, false);
        check(vec![Reason::OutsideFence], Status::CheckedIn, true, true);
        check(vec![Reason::OutsideFence, Reason::DuplicateExact], Status::Attempted, false, true);
    }

    #[test]
    fn a_check_in_needs_a_photo() {
        assert_eq!(check_in(0, &Judgement::of(vec![], None)), Err(Refusal::PhotoMissing));
    }

    #[test]
    fn an_outcome_is_recorded_once() {
        assert_eq!(complete(Status::CheckedIn), Ok(Status::Completed));
        assert_eq!(complete(Status::Attempted), Err(Refusal::NotOpen));
        assert_eq!(complete(Status::Completed), Err(Refusal::AlreadyCompleted));
    }

    #[test]
    fn a_reviewer_vouches_for_an_attempt_and_never_undoes_an_outcome() {
        assert_eq!(reviewed(Status::Attempted, true), Status::CheckedIn);
        assert_eq!(reviewed(Status::CheckedIn, false), Status::Attempted);
        assert_eq!(reviewed(Status::Completed, false), Status::Completed);
    }

    #[test]
    fn an_unknown_dwell_is_not_zero() {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        assert_eq!(dwell_seconds(at, None), None);
        assert_eq!(dwell_seconds(at, Some(at + chrono::TimeDelta::minutes(10))), Some(600));
    }
}
