//! When something happened whose record arrived later.

use chrono::{DateTime, TimeDelta, Utc};

/// A record without signal is believed for so long.
const LONGEST: TimeDelta = TimeDelta::hours(36);
/// A record that took longer to arrive had waited for a signal.
const PROMPT: TimeDelta = TimeDelta::minutes(2);
/// What had waited for a signal arrives within so long of each other.
const TOGETHER: TimeDelta = TimeDelta::minutes(5);

/// The instant the phone measured its place, where that can be: in the past, not more than 36 hours before the record
/// arrived, and not before the task existed. Else the instant of arrival.
pub fn happened_at(
    measured_at: Option<DateTime<Utc>>,
    received_at: DateTime<Utc>,
    not_before: Option<DateTime<Utc>>,
) -> DateTime<Utc> {
    let is_possible = |at: &DateTime<Utc>| {
        *at <= received_at && received_at - *at <= LONGEST && not_before.is_none_or(|first| *at >= first)
    };
    measured_at.filter(is_possible).unwrap_or(received_at)
}

/// From when the arrival of a further record says when that happened: at once after a check-in that came promptly.
/// Behind one that had waited for a signal its outcome waited too, and its arrival says nothing.
pub fn telling_from(checked_in_at: DateTime<Utc>, received_at: DateTime<Utc>) -> DateTime<Utc> {
    if received_at - checked_in_at <= PROMPT { received_at } else { received_at + TOGETHER }
}
