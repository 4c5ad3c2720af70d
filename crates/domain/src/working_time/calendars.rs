use std::collections::HashMap;

use chrono::NaiveDate;

use super::Calendar;
use crate::ids::RegionId;

/// The regions of the company by what people call them, and which lies below which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionTree {
    by_name: HashMap<String, RegionId>,
    parents: HashMap<RegionId, RegionId>,
}

impl RegionTree {
    /// Regions by their id, their code where they have one, and the region above.
    pub fn of(places: impl IntoIterator<Item = (RegionId, Option<String>, Option<RegionId>)>) -> Self {
        let mut tree = Self::default();
        for (id, code, parent) in places {
            tree.by_name.insert(id.to_string(), id);
            tree.by_name.extend(code.map(|code| (code, id)));
            tree.parents.extend(parent.map(|parent| (id, parent)));
        }
        tree
    }

    /// The region with this code or id.
    pub fn find(&self, name: &str) -> Option<RegionId> {
        self.by_name.get(name).copied()
    }
}

/// The company's calendar, and those of the regions that have one of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendars {
    company: Calendar,
    own: HashMap<RegionId, Calendar>,
    parents: HashMap<RegionId, RegionId>,
}

impl Calendars {
    pub(super) fn new(company: Calendar, own: HashMap<RegionId, Calendar>, tree: &RegionTree) -> Self {
        Self { company, own, parents: tree.parents.clone() }
    }

    /// The region's own calendar, else that of the nearest region above it which
    /// has one, else the company's. Regions in a ring end after twenty steps.
    pub fn of(&self, region: Option<RegionId>) -> &Calendar {
        let up = std::iter::successors(region, |region| self.parents.get(region).copied());
        up.take(20).find_map(|region| self.own.get(&region)).unwrap_or(&self.company)
    }

    /// Whether the company or any of its regions works on this day; a year
    /// that is not published has no such day.
    pub fn is_anybody_working_on(&self, day: NaiveDate) -> bool {
        let mut all = self.own.values().chain([&self.company]);
        all.any(|calendar| calendar.is_working_day(day).unwrap_or(false))
    }
}

impl From<Calendar> for Calendars {
    /// One calendar for everybody.
    fn from(company: Calendar) -> Self {
        Self::new(company, HashMap::new(), &RegionTree::default())
    }
}
