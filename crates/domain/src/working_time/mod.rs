//! Working time (工作时间): how long the company was open between two instants,
//! and when a budget of open time runs out.
//!
//! A working instant lies in `[opens, closes)` of a shift of a working day,
//! on the clock of `Asia/Shanghai`. Days are published by whole years; a year
//! that is not published is an error which names it, never a guess.
//!
//! Days may be unequally long. Each working day knows how much was worked before
//! it, so whole days are one subtraction and the day a budget ends on is found by
//! halving: no question walks over days, however far its two ends are apart.
//!
//! Absent: shifts that reach or cross midnight, and leave of single persons.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

mod calendars;
mod check;
mod clock;
mod company_time;
mod document;
mod hours;
mod parse;
#[cfg(test)]
mod tests;

pub use calendars::{Calendars, RegionTree};
pub use clock::Clock;
pub use company_time::{at_local, local_date, local_time, shown};
pub use document::{CalendarDocument, DayKind, PublishedYear, RegionalHours, SpecialDay, Weekdays};
pub use hours::Shift;
pub use parse::Malformed;

use company_time::local;
use hours::Hours;

/// The working days of the published years, and the hours of each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i32>,
    /// In order, each once, never none.
    working_days: Vec<WorkingDay>,
    /// Those that occur, each once.
    hours: Vec<Hours>,
    day_length: TimeDelta,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WorkingDay {
    on: NaiveDate,
    /// The place among the calendar's hours.
    hours: usize,
    /// All time worked on earlier days.
    worked_before: TimeDelta,
}

/// An answer would need the calendar of a year that is not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the working calendar of {year} is not published")]
pub struct Unpublished {
    /// The missing year.
    pub year: i32,
}

impl Calendar {
    /// Mainland China, 09:00 to 12:00 and 13:00 to 18:00, as compiled in.
    pub fn mainland() -> &'static Calendar {
        static MAINLAND: LazyLock<Calendar> = LazyLock::new(|| {
            let days = include_str!("../../../../config/calendar/mainland-2023-2026.csv");
            Calendar::parse(days, &[(hour(9), hour(12)), (hour(13), hour(18))])
                .expect("a test parses the compiled-in calendar")
        });
        &MAINLAND
    }

    /// The calendar of these years, of days in order with the hours of each; closed days may be among them. None
    /// when no day opens. An ordinary day has the length of `usual`.
    fn of<'a>(
        years: BTreeSet<i32>,
        days: impl IntoIterator<Item = (NaiveDate, &'a Hours)>,
        usual: &Hours,
    ) -> Option<Calendar> {
        let mut known: Vec<Hours> = Vec::new();
        let mut working_days = Vec::new();
        let mut worked_before = TimeDelta::zero();
        for (on, hours) in days.into_iter().filter(|(_, hours)| !hours.is_closed()) {
            let place = known.iter().position(|it| it == hours).unwrap_or_else(|| {
                known.push(hours.clone());
                known.len() - 1
            });
            working_days.push(WorkingDay { on, hours: place, worked_before });
            worked_before += hours.length();
        }
        let opens = !working_days.is_empty();
        opens.then(|| Calendar { years, working_days, hours: known, day_length: usual.length() })
    }

    /// Whether the company works on this day.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, Unpublished> {
        self.check_published(day, day)?;
        Ok(self.working_day(day).is_some())
    }

    /// The first working day strictly after this one, whose own year may be unpublished.
    pub fn next_working_day(&self, after: NaiveDate) -> Result<NaiveDate, Unpublished> {
        let next = after.succ_opt().ok_or(Unpublished { year: after.year() })?;
        Ok(self.nth_working_day(next, 0)?.on)
    }

    /// How long an ordinary working day is open: what "a working day" means where time is counted in days.
    pub fn day_length(&self) -> TimeDelta {
        self.day_length
    }

    /// The time worked from `a` to `b`, negative when `b` comes first. A midnight
    /// that only ends the span does not ask for the year it begins.
    pub fn between(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> Result<TimeDelta, Unpublished> {
        let first = local(a.min(b));
        let end = local(a.max(b));
        let last = if first < end { end - TimeDelta::nanoseconds(1) } else { end };
        self.check_published(first.date(), last.date())?;
        Ok(self.worked_until(local(b)) - self.worked_until(local(a)))
    }

    /// `from` itself for no time at all, else the earliest instant until which
    /// that much is worked: a whole day ends at closing, not at the next opening.
    /// A negative time looks back by the same rule.
    pub fn add(&self, from: DateTime<Utc>, working: TimeDelta) -> Result<DateTime<Utc>, Unpublished> {
        if working.is_zero() {
            return Ok(from);
        }
        let start = local(from);
        let worked = self.worked_until(start).checked_add(&working);
        match worked.and_then(|worked| self.earliest(worked)) {
            Some(end) => {
                self.check_published(start.date().min(end.date()), start.date().max(end.date()))?;
                Ok(at_local(end.date(), end.time()))
            }
            None if working > TimeDelta::zero() => Err(self.unpublished_from(start.year())),
            None => Err(self.unpublished_back_from(start.year())),
        }
    }

    /// `from` moved forward to a working instant, then the same time of day
    /// `n` working days later, also where that day closes earlier.
    pub fn add_working_days(&self, from: DateTime<Utc>, n: u32) -> Result<DateTime<Utc>, Unpublished> {
        let start = self.opening(local(from))?;
        let day = self.nth_working_day(start.date(), n)?;
        Ok(at_local(day.on, start.time()))
    }

    /// The instant itself when it is a working one, else the next opening.
    fn opening(&self, from: NaiveDateTime) -> Result<NaiveDateTime, Unpublished> {
        self.check_published(from.date(), from.date())?;
        let today = self.working_day(from.date()).and_then(|hours| hours.opening(from.time()));
        if let Some(time) = today {
            return Ok(from.date().and_time(time));
        }
        let next = from.date().succ_opt().ok_or(Unpublished { year: from.year() })?;
        let day = self.nth_working_day(next, 0)?;
        let opens = self.hours[day.hours].opening(NaiveTime::MIN);
        Ok(day.on.and_time(opens.expect("a working day has hours")))
    }

    /// The working day `n` places after the first one at or after `from`.
    fn nth_working_day(&self, from: NaiveDate, n: u32) -> Result<WorkingDay, Unpublished> {
        let nth = usize::try_from(n).ok().and_then(|n| self.n_before(from).checked_add(n));
        let day = nth.and_then(|nth| self.working_days.get(nth));
        let day = *day.ok_or_else(|| self.unpublished_from(from.year()))?;
        self.check_published(from, day.on)?;
        Ok(day)
    }

    /// All time worked since the first published day. Days of unpublished years
    /// count as closed; whoever subtracts two of these checks the years between.
    fn worked_until(&self, at: NaiveDateTime) -> TimeDelta {
        match self.working_days.get(self.n_before(at.date())) {
            Some(day) if day.on == at.date() => {
                day.worked_before + self.hours[day.hours].worked_until(at.time())
            }
            Some(day) => day.worked_before,
            None => self.worked_in_all(),
        }
    }

    fn worked_in_all(&self) -> TimeDelta {
        let last = self.working_days.last();
        last.map_or(TimeDelta::zero(), |day| day.worked_before + self.hours[day.hours].length())
    }

    /// The earliest instant until which this much was worked since the first
    /// published day; none when that lies outside the published days.
    fn earliest(&self, worked: TimeDelta) -> Option<NaiveDateTime> {
        let n_begun = self.working_days.partition_point(|day| day.worked_before < worked);
        let day = self.working_days.get(n_begun.checked_sub(1)?)?;
        let time = self.hours[day.hours].reached(worked - day.worked_before)?;
        Some(day.on.and_time(time))
    }

    /// The hours of a day that works.
    fn working_day(&self, day: NaiveDate) -> Option<&Hours> {
        let found = self.working_days.get(self.n_before(day)).filter(|it| it.on == day)?;
        Some(&self.hours[found.hours])
    }

    /// How many working days come before this day: its rank.
    fn n_before(&self, day: NaiveDate) -> usize {
        self.working_days.partition_point(|working| working.on < day)
    }

    fn check_published(&self, first: NaiveDate, last: NaiveDate) -> Result<(), Unpublished> {
        let missing = (first.year()..=last.year()).find(|year| !self.years.contains(year));
        missing.map_or(Ok(()), |year| Err(Unpublished { year }))
    }

    fn unpublished_from(&self, mut year: i32) -> Unpublished {
        while self.years.contains(&year) {
            year += 1;
        }
        Unpublished { year }
    }

    fn unpublished_back_from(&self, mut year: i32) -> Unpublished {
        while self.years.contains(&year) {
            year -= 1;
        }
        Unpublished { year }
    }
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).expect("the hours above are below 24")
}
