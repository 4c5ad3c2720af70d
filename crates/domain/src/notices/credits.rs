//! Which of two reports about one acceptance counts.
//!
//! A phone says at once what its owner answered to a prompt, and the platform says it in an event. Either may be lost,
//! late or first; together they are one credit.

use chrono::{DateTime, TimeDelta, Utc};

/// Two reports this close together speak of the same tap.
pub const SAME_TAP: TimeDelta = TimeDelta::seconds(30);

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The phone, right after the tap.
    Client,
    /// The platform's event.
    Event,
}

/// A report about one person and template that no other was matched with yet.
#[derive(Clone, Copy, Debug)]
pub struct Report<Id> {
    /// Its row.
    pub id: Id,
    /// Who said so.
    pub source: Source,
    /// When the tap was, in UTC.
    pub at: DateTime<Utc>,
}

/// The earlier report that speaks of the same acceptance, the closest one; none means a new credit.
pub fn same_tap<Id: Copy>(unmatched: &[Report<Id>], source: Source, at: DateTime<Utc>) -> Option<Id> {
    let others = unmatched.iter().filter(|it| it.source != source && (it.at - at).abs() <= SAME_TAP);
    others.min_by_key(|it| (it.at - at).abs()).map(|it| it.id)
}
