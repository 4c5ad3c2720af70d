use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;

/// The day it is for the company.
pub fn local_date(at: DateTime<Utc>) -> NaiveDate {
    local(at).date()
}

/// The time of day it is for the company.
pub fn local_time(at: DateTime<Utc>) -> NaiveTime {
    local(at).time()
}

/// What the company's clock shows, in a form like `%Y-%m-%d %H:%M`.
pub fn shown(at: DateTime<Utc>, form: &str) -> String {
    local(at).format(form).to_string()
}

/// The instant at which the company's clock shows this day and time.
///
/// Of a time shown twice the first; a time that was skipped (summer time, last
/// in 1991) is read as if the clock had not been moved.
pub fn at_local(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let shown = day.and_time(time);
    match Shanghai.from_local_datetime(&shown).earliest() {
        Some(at) => at.to_utc(),
        None => shown.checked_sub_signed(TimeDelta::hours(8)).unwrap_or(NaiveDateTime::MIN).and_utc(),
    }
}

/// What the company's clock shows. The last hours that can be written stay put
/// instead of panicking: an instant may come from outside.
pub(super) fn local(at: DateTime<Utc>) -> NaiveDateTime {
    let at = at.naive_utc();
    let offset = Shanghai.offset_from_utc_datetime(&at).fix();
    at.checked_add_offset(offset).unwrap_or(NaiveDateTime::MAX)
}
