//! What can be wrong with a calendar before it is published.

use crate::writing::is_blank;
use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::{
    CalendarDocument, DayKind, Hours, PublishedYear, RegionTree, RegionalHours, Shift, SpecialDay, Weekdays,
};
use crate::documents::Fault;
use crate::ids::RegionId;

/// More years than this nobody plans.
const MOST_YEARS: usize = 20;
/// More than these a reader cannot check; regions below one share its entry.
const MOST_REGIONS: usize = 200;
/// Every day of the years could be said singly.
const MOST_DAYS: usize = MOST_YEARS * 366;

impl CalendarDocument {
    /// Everything that is wrong with it, where these are the company's regions.
    pub fn check(&self, regions: &RegionTree) -> Vec<Fault> {
        let mut faults = blank("/name", &self.name);
        faults.extend(ordinary_hours("/hours", &self.hours));
        faults.extend(weekdays("", &self.weekdays));
        faults.extend(years(&self.years));
        faults.extend(self.days("", &self.days));
        faults.extend(self.regions(regions));
        if faults.is_empty() {
            faults = self.never_opens();
        }
        faults
    }

    fn days(&self, within: &str, days: &[SpecialDay]) -> Vec<Fault> {
        let years: BTreeSet<i32> = self.years.iter().map(|it| it.year).collect();
        let mut faults = too_many(format!("{within}/days"), days.len(), MOST_DAYS);
        let mut seen: BTreeSet<NaiveDate> = BTreeSet::new();
        for (place, day) in days.iter().enumerate() {
            let at = format!("{within}/days/{place}");
            if !years.contains(&day.on.year()) {
                faults.push(Fault::new(format!("{at}/on"), "day_outside_years"));
            }
            if !seen.insert(day.on) {
                faults.push(Fault::new(format!("{at}/on"), "day_twice"));
            }
            faults.extend(blank(&format!("{at}/name"), &day.name));
            if let Some(shifts) = &day.hours {
                faults.extend(hours(&format!("{at}/hours"), shifts));
                if day.kind == DayKind::Makeup && shifts.is_empty() {
                    faults.push(Fault::new(format!("{at}/hours"), "makeup_closed"));
                }
            }
        }
        faults
    }

    fn regions(&self, tree: &RegionTree) -> Vec<Fault> {
        let mut faults = too_many("/regions".to_owned(), self.regions.len(), MOST_REGIONS);
        let mut seen: BTreeSet<RegionId> = BTreeSet::new();
        for (place, region) in self.regions.iter().enumerate() {
            let at = format!("/regions/{place}");
            match tree.find(&region.region) {
                None => faults.push(Fault::new(format!("{at}/region"), "region_unknown")),
                Some(id) if !seen.insert(id) => {
                    faults.push(Fault::new(format!("{at}/region"), "region_twice"));
                }
                Some(_) => {}
            }
            if let Some(shifts) = &region.hours {
                faults.extend(ordinary_hours(&format!("{at}/hours"), shifts));
            }
            faults.extend(weekdays(&at, &region.weekdays));
            faults.extend(self.days(&at, &region.days));
        }
        faults
    }

    /// A budget of time on such a calendar would never run out.
    fn never_opens(&self) -> Vec<Fault> {
        let entries =
            self.regions.iter().enumerate().map(|(place, it)| (format!("/regions/{place}"), Some(it)));
        let all = std::iter::once((String::new(), None)).chain(entries);
        let is_closed = |region: Option<&RegionalHours>| self.calendar(region).is_none();
        let closed = all.filter(|(_, region)| is_closed(*region));
        closed.map(|(at, _)| Fault::new(at, "never_opens")).collect()
    }
}

fn years(years: &[PublishedYear]) -> Vec<Fault> {
    let mut faults = too_many("/years".to_owned(), years.len(), MOST_YEARS);
    if years.is_empty() {
        faults.push(Fault::new("/years", "required"));
    }
    let mut seen = BTreeSet::new();
    for (place, it) in years.iter().enumerate() {
        if !(2000..=2100).contains(&it.year) {
            faults.push(Fault::new(format!("/years/{place}/year"), "out_of_range"));
        }
        if !seen.insert(it.year) {
            faults.push(Fault::new(format!("/years/{place}/year"), "year_twice"));
        }
        faults.extend(blank(&format!("/years/{place}/source"), &it.source));
    }
    faults
}

fn weekdays(within: &str, weekdays: &Weekdays) -> Vec<Fault> {
    let said = weekdays.named().into_iter().filter_map(|(name, shifts)| Some((name, shifts?)));
    said.flat_map(|(name, shifts)| hours(&format!("{within}/weekdays/{name}"), shifts)).collect()
}

/// Ordinary hours say how long a working day is, so there are some.
fn ordinary_hours(at: &str, shifts: &[Shift]) -> Vec<Fault> {
    if shifts.is_empty() { vec![Fault::new(at, "required")] } else { hours(at, shifts) }
}

/// Names the first shift that ends before it begins, or begins before the one before it ends.
fn hours(at: &str, shifts: &[Shift]) -> Vec<Fault> {
    let wrong = (1..=shifts.len()).find(|n| Hours::of(&shifts[..*n]).is_none());
    wrong.map(|n| Fault::new(format!("{at}/{}", n - 1), "hours_not_in_order")).into_iter().collect()
}

fn blank(at: &str, text: &str) -> Vec<Fault> {
    if is_blank(text) { vec![Fault::new(at, "required")] } else { Vec::new() }
}

fn too_many(at: String, n: usize, most: usize) -> Vec<Fault> {
    if n > most { vec![Fault::new(at, "too_many_entries")] } else { Vec::new() }
}
