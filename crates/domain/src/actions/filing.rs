//! A list filed where there was no signal, and what became of the plan.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Stages;
use crate::working_time::local_date;

/// When a phone says that it filed, and when, by its own clock, it sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// By the phone's clock.
    pub filed_at: DateTime<Utc>,
    /// By the phone's clock, at the moment of sending; without it nothing is known of that clock.
    pub sent_at: Option<DateTime<Utc>>,
}

impl Capture {
    /// From when the filing counts: from its own time when it arrived within two hours and the phone's clock is off
    /// by less than five minutes, else from its arrival.
    pub fn counted_from(&self, received_at: DateTime<Utc>) -> DateTime<Utc> {
        let is_trusted =
            self.sent_at.is_some_and(|sent_at| (sent_at - received_at).abs() < TimeDelta::minutes(5));
        let is_fresh = received_at - self.filed_at <= TimeDelta::hours(2);
        let is_past = self.filed_at <= received_at;
        if is_trusted && is_fresh && is_past { self.filed_at } else { received_at }
    }
}

/// An item that somebody gives a reason for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone<'a> {
    /// The day of its list.
    pub day: NaiveDate,
    /// Has the list been filed?
    pub is_filed: bool,
    /// Has something turned it done?
    pub is_done: bool,
    /// The code of the reason.
    pub reason: &'a str,
}

/// Why no reason is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReasonRefusal {
    /// Nothing was planned yet.
    #[error("the list is not filed")]
    NotFiled,
    /// There is nothing to explain.
    #[error("the item is done")]
    Done,
    /// The day is still to come.
    #[error("the day is still ahead")]
    Ahead,
    /// Not a reason of the list.
    #[error("there is no such reason")]
    Unknown,
}

impl ReasonRefusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFiled => "list_not_filed",
            Self::Done => "item_done",
            Self::Ahead => "day_ahead",
            Self::Unknown => "reason_unknown",
        }
    }

    /// The field that is wrong, as a JSON pointer; none where the state does not allow it.
    pub fn pointer(self) -> Option<&'static str> {
        (self == Self::Unknown).then_some("/reason_code")
    }
}

/// May this reason be given?
pub fn give_reason(undone: &Undone<'_>, stages: &Stages, now: DateTime<Utc>) -> Result<(), ReasonRefusal> {
    if !undone.is_filed {
        return Err(ReasonRefusal::NotFiled);
    }
    if undone.is_done {
        return Err(ReasonRefusal::Done);
    }
    if undone.day > local_date(now) {
        return Err(ReasonRefusal::Ahead);
    }
    let is_known = stages.undone_reasons.iter().any(|choice| choice.code == undone.reason);
    if is_known { Ok(()) } else { Err(ReasonRefusal::Unknown) }
}
