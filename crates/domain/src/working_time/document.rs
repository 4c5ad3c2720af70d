use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{Calendar, Calendars, Hours, RegionTree, Shift};

/// The document `calendar`: what operations publish. Monday to Friday work the
/// usual hours, Saturday and Sunday are closed; everything else is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDocument {
    /// What people call it.
    pub name: String,
    /// The shifts of an ordinary working day, and of a make-up day that says no others.
    pub hours: Vec<Shift>,
    /// Weekdays with other hours.
    #[serde(default)]
    pub weekdays: Weekdays,
    /// The years it speaks for, each as a whole.
    pub years: Vec<PublishedYear>,
    /// Holidays and make-up working days.
    pub days: Vec<SpecialDay>,
    /// What differs in a region and in those below it, compared with the company.
    #[serde(default)]
    pub regions: Vec<RegionalHours>,
}

/// The hours of single weekdays. One that is absent has the ordinary hours, and
/// those of Saturday and Sunday are none; an empty list is a closed day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weekdays {
    /// Monday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monday: Option<Vec<Shift>>,
    /// Tuesday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuesday: Option<Vec<Shift>>,
    /// Wednesday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wednesday: Option<Vec<Shift>>,
    /// Thursday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thursday: Option<Vec<Shift>>,
    /// Friday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub friday: Option<Vec<Shift>>,
    /// Saturday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saturday: Option<Vec<Shift>>,
    /// Sunday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sunday: Option<Vec<Shift>>,
}

impl Weekdays {
    /// All of them by the names in the document.
    pub(super) fn named(&self) -> [(&'static str, Option<&[Shift]>); 7] {
        [
            ("monday", self.monday.as_deref()),
            ("tuesday", self.tuesday.as_deref()),
            ("wednesday", self.wednesday.as_deref()),
            ("thursday", self.thursday.as_deref()),
            ("friday", self.friday.as_deref()),
            ("saturday", self.saturday.as_deref()),
            ("sunday", self.sunday.as_deref()),
        ]
    }
}

/// A year whose days are all known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedYear {
    /// The year.
    pub year: i32,
    /// Where its holidays come from.
    pub source: String,
}

/// A day unlike its weekday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialDay {
    /// The day.
    pub on: NaiveDate,
    /// Whether it works.
    pub kind: DayKind,
    /// What people call it.
    pub name: String,
    /// Its own shifts, whatever its kind: half a holiday, a short make-up day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<Shift>>,
}

names! {
    /// What a special day is.
    pub enum DayKind {
        /// Closed (节假日).
        Holiday = "holiday",
        /// Open in exchange for a holiday, at the ordinary hours (调休上班).
        Makeup = "makeup",
    }
}

/// What differs in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionalHours {
    /// The region's code, or its id.
    pub region: String,
    /// Other ordinary hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<Shift>>,
    /// Weekdays with other hours than the company's.
    #[serde(default)]
    pub weekdays: Weekdays,
    /// Days that are otherwise than the company's.
    #[serde(default)]
    pub days: Vec<SpecialDay>,
}

impl CalendarDocument {
    /// The calendars it stands for; none when it has faults. What it says of a
    /// region that is gone is passed over.
    pub fn calendars(&self, regions: &RegionTree) -> Option<Calendars> {
        let own = self.regions.iter().filter_map(|it| Some((regions.find(&it.region)?, it)));
        let own = own.map(|(id, it)| Some((id, self.calendar(Some(it))?))).collect::<Option<_>>()?;
        Some(Calendars::new(self.calendar(None)?, own, regions))
    }

    /// The calendar of the company, or of a region.
    pub(super) fn calendar(&self, region: Option<&RegionalHours>) -> Option<Calendar> {
        let week = Week::of(self, region)?;
        let years: BTreeSet<i32> = self.years.iter().map(|it| it.year).collect();
        let special = self.special(region)?;
        let days = years
            .iter()
            .filter_map(|year| NaiveDate::from_yo_opt(*year, 1))
            .flat_map(|first| first.iter_days().take_while(move |day| day.year() == first.year()));
        let days = days.map(|day| (day, special.get(&day).unwrap_or_else(|| week.on(day.weekday()))));
        Calendar::of(years.clone(), days, &week.usual)
    }

    /// The hours of the days that are unlike their weekday; the region's own word comes last.
    fn special(&self, region: Option<&RegionalHours>) -> Option<BTreeMap<NaiveDate, Hours>> {
        let usual = region.and_then(|it| it.hours.as_deref()).unwrap_or(&self.hours);
        let own = region.map(|it| it.days.as_slice()).unwrap_or_default();
        let hours = |day: &SpecialDay| {
            let shifts = match (&day.hours, day.kind) {
                (Some(hours), _) => hours.as_slice(),
                (None, DayKind::Makeup) => usual,
                (None, DayKind::Holiday) => &[],
            };
            Some((day.on, Hours::of(shifts)?))
        };
        self.days.iter().chain(own).map(hours).collect()
    }
}

/// The hours of an ordinary week.
struct Week {
    usual: Hours,
    /// From Monday.
    days: Vec<Hours>,
}

impl Week {
    fn of(document: &CalendarDocument, region: Option<&RegionalHours>) -> Option<Self> {
        let usual = region.and_then(|it| it.hours.as_deref()).unwrap_or(&document.hours);
        let own = region.map(|it| it.weekdays.named());
        let hours = |(place, (_, said)): (usize, (_, Option<&[Shift]>))| {
            let own = own.and_then(|days| days[place].1);
            let ordinary = if place < 5 { usual } else { &[] };
            Hours::of(own.or(said).unwrap_or(ordinary))
        };
        let days = document.weekdays.named().into_iter().enumerate().map(hours).collect::<Option<_>>()?;
        Some(Self { usual: Hours::of(usual)?, days })
    }

    fn on(&self, weekday: Weekday) -> &Hours {
        &self.days[weekday.num_days_from_monday() as usize]
    }
}
