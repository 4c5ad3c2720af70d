//! Standing tasks (长期任务): an instruction as a set of customers, a rhythm, and the evidence that counts as done.

use crate::writing::is_blank;
use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;

/// Which customers. Conditions hold together; of those that are left, the first so many by what they ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Selection {
    /// Of these people.
    pub owner_ids: Vec<Uuid>,
    /// In this region and below.
    pub region_id: Option<Uuid>,
    /// Of these kinds.
    pub kinds: Vec<String>,
    /// With these price tiers.
    pub price_tiers: Vec<String>,
    /// The first so many by the value of their orders of the last 90 days.
    pub top: Option<u32>,
    /// These alone.
    pub customer_ids: Vec<Uuid>,
}

impl Selection {
    /// Does it narrow anything down?
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every", deny_unknown_fields)]
pub enum Rhythm {
    /// Each day.
    Day,
    /// So many times a week, Monday to Sunday.
    Week {
        /// How many times.
        times: u32,
    },
    /// Once in so many days.
    Days {
        /// How many days.
        days: u32,
    },
}

/// What counts as done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum DoneBy {
    /// A completed visit.
    Visit,
    /// An order.
    Order,
    /// Evidence of a kind that nobody refuses.
    Evidence {
        /// Which kind.
        evidence_kind: String,
    },
    /// A communication with its outcome.
    Communication,
}

impl DoneBy {
    /// The kind of the timeline's line that shows it.
    pub fn timeline_kind(&self) -> &'static str {
        match self {
            Self::Visit => "visit_completed",
            Self::Order => "order_placed",
            Self::Evidence { .. } => "evidence_recorded",
            Self::Communication => "communication",
        }
    }

    /// The kind of the line that says whether somebody believes it, where somebody looks.
    fn review_kind(&self) -> Option<&'static str> {
        match self {
            Self::Visit => Some("visit_reviewed"),
            Self::Evidence { .. } => Some("evidence_reviewed"),
            Self::Order | Self::Communication => None,
        }
    }
}

/// A line of a timeline, as far as it may show that something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed<'a> {
    /// The kind of line.
    pub kind: &'a str,
    /// The record it is about.
    pub subject: Uuid,
    /// The day.
    pub on: NaiveDate,
    /// Which evidence, where it is evidence.
    pub evidence: Option<&'a str>,
    /// The machine's verdict, where there is one.
    pub verdict: Option<&'a str>,
    /// A reviewer's word, where it is one.
    pub is_accepted: Option<bool>,
}

/// A standing task as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Which customers.
    pub selection: Selection,
    /// How often.
    pub rhythm: Rhythm,
    /// Any of these counts.
    pub done_by: Vec<DoneBy>,
}

impl Task {
    /// May it be published? All that is wrong.
    pub fn check(&self) -> Vec<Refusal> {
        let mut faults = Vec::new();
        let names_no_kind =
            |it: &DoneBy| matches!(it, DoneBy::Evidence { evidence_kind } if is_blank(evidence_kind));
        if self.done_by.is_empty() || self.done_by.iter().any(names_no_kind) {
            faults.push(Refusal::NothingCountsAsDone);
        }
        if self.selection.is_empty() {
            faults.push(Refusal::NothingSelected);
        }
        if !self.rhythm.is_possible() {
            faults.push(Refusal::RhythmImpossible);
        }
        faults
    }

    /// The kinds of lines that say whether it was done.
    pub fn timeline_kinds(&self) -> Vec<&'static str> {
        self.done_by
            .iter()
            .flat_map(|it| std::iter::once(it.timeline_kind()).chain(it.review_kind()))
            .collect()
    }

    /// The days on which it was done, of a customer's lines in order of time. What a reviewer does not believe, or
    /// the machine refuses and nobody vouches for, was not done.
    pub fn done_on(&self, deeds: &[Deed<'_>]) -> Vec<NaiveDate> {
        let word = |deed: &Deed<'_>| {
            let about = deeds.iter().filter(|it| it.subject == deed.subject);
            about.filter_map(|it| it.is_accepted).next_back()
        };
        let stands = |deed: &Deed<'_>| word(deed).unwrap_or(deed.verdict != Some("reject"));
        deeds.iter().filter(|deed| self.is_done_by(deed) && stands(deed)).map(|deed| deed.on).collect()
    }

    fn is_done_by(&self, deed: &Deed<'_>) -> bool {
        self.done_by.iter().any(|it| {
            let is_kind = match it {
                DoneBy::Evidence { evidence_kind } => deed.evidence == Some(evidence_kind),
                _ => true,
            };
            is_kind && it.timeline_kind() == deed.kind
        })
    }
}

/// How often it was done at a customer's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// On how many days of the period.
    pub n_done: u32,
    /// The last day.
    pub last_on: Option<NaiveDate>,
}

impl Rhythm {
    fn is_possible(self) -> bool {
        match self {
            Self::Day => true,
            Self::Week { times } => (1..=7).contains(&times),
            Self::Days { days } => (1..=366).contains(&days),
        }
    }

    /// The first day of the period that a day lies in: what was done since counts.
    pub fn since(self, day: NaiveDate) -> NaiveDate {
        let back = match self {
            Self::Day => 0,
            Self::Week { .. } => u64::from(day.weekday().num_days_from_monday()),
            Self::Days { days } => u64::from(days.max(1)) - 1,
        };
        day.checked_sub_days(Days::new(back)).unwrap_or(day)
    }

    /// What was done on these days, of the period that `day` lies in. A day counts once.
    pub fn progress(self, done_on: &[NaiveDate], day: NaiveDate) -> Progress {
        let since = self.since(day);
        let mut days: Vec<NaiveDate> =
            done_on.iter().copied().filter(|it| (since..=day).contains(it)).collect();
        days.sort_unstable();
        days.dedup();
        Progress { n_done: u32::try_from(days.len()).unwrap_or(u32::MAX), last_on: days.last().copied() }
    }

    /// Is the period's part done?
    pub fn is_covered(self, progress: Progress) -> bool {
        let wanted = match self {
            Self::Week { times } => times,
            Self::Day | Self::Days { .. } => 1,
        };
        progress.n_done >= wanted
    }

    /// Should somebody go on `day`? Not twice on a day.
    pub fn is_due(self, progress: Progress, day: NaiveDate) -> bool {
        !self.is_covered(progress) && progress.last_on != Some(day)
    }
}
