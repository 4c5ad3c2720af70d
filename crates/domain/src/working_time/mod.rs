//! Working time (工作时间): how long the company was open between two instants,
//! and when a budget of open time runs out.
//!
//! A working instant lies in `[opens, closes)` of a segment of a working day,
//! on the clock of `Asia/Shanghai`. Days are published by whole years; a year
//! that is not published is an error which names it, never a guess.
//!
//! Every working day is equally long, so the sorted list of working days is all
//! that is needed: the rank of a day times that length is the time worked
//! before it, and the rank found by division is the day a budget ends on. No
//! question walks over days, however far its two ends are apart.
//!
//! Absent: shifts that cross midnight, and leave of single persons.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

mod company_time;
mod parse;
#[cfg(test)]
mod tests;

pub use company_time::{at_local, local_date, local_time};
pub use parse::Malformed;

use company_time::local;

/// The working days of the published years, and the hours of each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i32>,
    /// In order, each once.
    working_days: Vec<NaiveDate>,
    /// In order, apart, never empty, in whole seconds.
    segments: Vec<Segment>,
    day_length: TimeDelta,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    opens: NaiveTime,
    closes: NaiveTime,
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

    /// Whether the company works on this day.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, Unpublished> {
        self.check_published(day, day)?;
        Ok(self.working_days.binary_search(&day).is_ok())
    }

    /// The first working day strictly after this one, whose own year may be unpublished.
    pub fn next_working_day(&self, after: NaiveDate) -> Result<NaiveDate, Unpublished> {
        let next = after.succ_opt().ok_or(Unpublished { year: after.year() })?;
        self.nth_working_day(next, 0)
    }

    /// How long one working day is open.
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
    /// `n` working days later.
    pub fn add_working_days(&self, from: DateTime<Utc>, n: u32) -> Result<DateTime<Utc>, Unpublished> {
        let start = self.opening(local(from))?;
        let day = self.nth_working_day(start.date(), n)?;
        Ok(at_local(day, start.time()))
    }

    /// The instant itself when it is a working one, else the next opening.
    fn opening(&self, from: NaiveDateTime) -> Result<NaiveDateTime, Unpublished> {
        if self.is_working_day(from.date())?
            && let Some(segment) = self.segments.iter().find(|segment| from.time() < segment.closes)
        {
            return Ok(from.date().and_time(from.time().max(segment.opens)));
        }
        let day = self.next_working_day(from.date())?;
        Ok(day.and_time(self.segments[0].opens))
    }

    /// The working day `n` places after the first one at or after `from`.
    fn nth_working_day(&self, from: NaiveDate, n: u32) -> Result<NaiveDate, Unpublished> {
        let nth = usize::try_from(n).ok().and_then(|n| self.n_before(from).checked_add(n));
        let day = nth.and_then(|nth| self.working_days.get(nth));
        let day = *day.ok_or_else(|| self.unpublished_from(from.year()))?;
        self.check_published(from, day)?;
        Ok(day)
    }

    /// All time worked since the first published day. Days of unpublished years
    /// count as closed; whoever subtracts two of these checks the years between.
    fn worked_until(&self, at: NaiveDateTime) -> TimeDelta {
        let n_before = self.n_before(at.date());
        let whole_days = self.length_of(n_before);
        if self.working_days.get(n_before) != Some(&at.date()) {
            return whole_days;
        }
        let reached = |segment: &Segment| at.time().clamp(segment.opens, segment.closes) - segment.opens;
        whole_days + self.segments.iter().map(reached).sum::<TimeDelta>()
    }

    /// The earliest instant until which this much was worked since the first
    /// published day; none when that lies outside the published days.
    fn earliest(&self, worked: TimeDelta) -> Option<NaiveDateTime> {
        if worked <= TimeDelta::zero() {
            return None;
        }
        let before = (worked - TimeDelta::nanoseconds(1)).num_seconds();
        let n_before = usize::try_from(before / self.day_length.num_seconds()).ok()?;
        let day = self.working_days.get(n_before)?;
        let mut left = worked - self.length_of(n_before);
        for segment in &self.segments {
            let length = segment.closes - segment.opens;
            if left <= length {
                return Some(day.and_time(segment.opens + left));
            }
            left -= length;
        }
        None
    }

    fn length_of(&self, n_working_days: usize) -> TimeDelta {
        self.day_length * i32::try_from(n_working_days).expect("a date counts fewer days than an i32")
    }

    /// How many working days come before this day: its rank.
    fn n_before(&self, day: NaiveDate) -> usize {
        self.working_days.partition_point(|working| *working < day)
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
