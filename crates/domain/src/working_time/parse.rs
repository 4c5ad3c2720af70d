use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveTime};

use super::{Calendar, Hours, Shift};

const HEADER: &str = "date,is_workday,kind,name";

/// Why a text is not a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Also the header, as line 1, and a day whose kind contradicts its mark.
    #[error("line {line} of the calendar cannot be read")]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// Two rows for one day.
    #[error("the calendar has {day} twice")]
    Twice {
        /// The repeated day.
        day: NaiveDate,
    },
    /// A year is published whole or not at all.
    #[error("the calendar of {year} lacks days")]
    Incomplete {
        /// The year with days missing.
        year: i32,
    },
    /// Empty, overlapping, out of order, or not in whole seconds.
    #[error("the working hours of a day are not whole, in order and apart")]
    Segments,
    /// No working day or no working hours: no budget would ever run out.
    #[error("the calendar never opens")]
    NeverOpens,
}

impl Calendar {
    /// A calendar from rows `date,is_workday,kind,name` and the hours of a working day.
    pub fn parse(days_csv: &str, segments: &[(NaiveTime, NaiveTime)]) -> Result<Calendar, Malformed> {
        let shift = |(opens, closes): &(NaiveTime, NaiveTime)| Shift { opens: *opens, closes: *closes };
        let shifts: Vec<Shift> = segments.iter().map(shift).collect();
        let hours = Hours::of(&shifts).ok_or(Malformed::Segments)?;
        let days = days(days_csv)?;
        let years = whole_years(&days)?;
        let working = days.iter().filter(|(_, works)| **works).map(|(day, _)| (*day, &hours));
        Calendar::of(years, working, &hours).ok_or(Malformed::NeverOpens)
    }
}

fn days(days_csv: &str) -> Result<BTreeMap<NaiveDate, bool>, Malformed> {
    let mut lines = days_csv.trim_start_matches('\u{feff}').lines().zip(1..);
    if lines.next().is_none_or(|(header, _)| header != HEADER) {
        return Err(Malformed::Line { line: 1 });
    }
    let mut days = BTreeMap::new();
    for (text, line) in lines {
        let (day, works) = row(text).ok_or(Malformed::Line { line })?;
        if days.insert(day, works).is_some() {
            return Err(Malformed::Twice { day });
        }
    }
    Ok(days)
}

/// The name is the last column and is not read, so its quotes do not matter.
fn row(text: &str) -> Option<(NaiveDate, bool)> {
    let mut columns = text.splitn(4, ',');
    let day = columns.next()?.parse().ok()?;
    let works = match (columns.next()?, columns.next()?) {
        ("1", "workday" | "makeup") => true,
        ("0", "weekend" | "holiday") => false,
        _ => return None,
    };
    columns.next().map(|_name| (day, works))
}

fn whole_years(days: &BTreeMap<NaiveDate, bool>) -> Result<BTreeSet<i32>, Malformed> {
    let mut n_days: BTreeMap<i32, u32> = BTreeMap::new();
    for day in days.keys() {
        *n_days.entry(day.year()).or_default() += 1;
    }
    let short = |(year, n): (&i32, &u32)| NaiveDate::from_yo_opt(*year, n + 1).is_some().then_some(*year);
    match n_days.iter().find_map(short) {
        Some(year) => Err(Malformed::Incomplete { year }),
        None => Ok(n_days.into_keys().collect()),
    }
}
