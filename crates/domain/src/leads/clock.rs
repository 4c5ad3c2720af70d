use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use crate::working_time::{Calendar, at_local, local_date};

/// A lead is answered within this much clock time.
const RESPONSE: TimeDelta = TimeDelta::hours(72);

/// What happens on a rung of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The owner is reminded.
    RemindOwner,
    /// The owner's superior hears of it.
    TellSuperior,
}

/// When a lead should have been answered.
pub fn due_at(created_at: DateTime<Utc>) -> DateTime<Utc> {
    created_at + RESPONSE
}

/// Was it answered in time? Unknown while it still may be.
pub fn is_in_time(
    created_at: DateTime<Utc>,
    first_response_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<bool> {
    let due_at = due_at(created_at);
    match first_response_at {
        Some(at) => Some(at <= due_at),
        None if now > due_at => Some(false),
        None => None,
    }
}

/// What the next rung does, for a lead that stands on this one.
pub fn act_at(rung: i32) -> Option<Act> {
    match rung {
        0 => Some(Act::RemindOwner),
        1 => Some(Act::TellSuperior),
        _ => None,
    }
}

/// When the rung above this one is reached: half-way, and at the end. Where the end falls on a day off, nobody is
/// called before 09:00 of the next working day; the lead is late all the same.
pub fn rung_at(calendar: &Calendar, created_at: DateTime<Utc>, rung: i32) -> Option<DateTime<Utc>> {
    match act_at(rung)? {
        Act::RemindOwner => Some(created_at + RESPONSE / 2),
        Act::TellSuperior => Some(on_a_working_day(calendar, due_at(created_at))),
    }
}

/// The first rung of a lead that comes in now. One that comes in too late for an answer in time, as history does, has
/// none.
pub fn first_rung_at(
    calendar: &Calendar,
    created_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    if due_at(created_at) <= now { None } else { rung_at(calendar, created_at, 0) }
}

/// The instant itself, or the morning of the next working day. In a year without a calendar every day is one: rather
/// a call on a day off than none.
fn on_a_working_day(calendar: &Calendar, at: DateTime<Utc>) -> DateTime<Utc> {
    let day = local_date(at);
    if calendar.is_working_day(day).unwrap_or(true) {
        return at;
    }
    let morning = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    calendar.next_working_day(day).map_or(at, |day| at_local(day, morning))
}
