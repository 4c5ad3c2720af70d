//! The daily list of key customers (当日重点客户行动清单).
//!
//! Proposed the evening before, filed before the morning meeting without typing, and done by itself through visits
//! and other verified actions. The reasons for a proposal are terms a rep can read. Non-working days owe no list.

mod filing;
mod leaves;
mod propose;
mod stages;
#[cfg(test)]
mod tests;
mod timetable;

pub use filing::{Capture, ReasonRefusal, Undone, give_reason};
pub use leaves::{Leave, LeaveRefusal, check_leave};
pub use propose::{Candidate, OpenOpportunity, Proposal, Term, propose};
pub use stages::{Action, Choice, LOST, Published, Stage, Stages, WON};
pub use timetable::{Moment, Timetable};

names! {
    /// Where a list stands.
    pub enum Status as ActionListStatus {
        /// Proposed or being put together.
        Draft = "draft",
        /// Filed before the meeting.
        Filed = "filed",
        /// Filed after the meeting began.
        Late = "late",
        /// Not filed although the meeting began.
        Missing = "missing",
        /// None is owed that day.
        Excused = "excused",
    }
}

impl Status {
    /// Has it been handed in?
    pub fn is_filed(self) -> bool {
        matches!(self, Self::Filed | Self::Late)
    }
}

/// A list with fewer items than this is thin.
pub const THIN_BELOW: usize = 3;

/// What a list is refused for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing on it.
    #[error("a list needs at least one customer")]
    Empty,
    /// It is filed; the day runs on it.
    #[error("the list is already filed")]
    AlreadyFiled,
    /// A day that is over.
    #[error("the day is over")]
    DayOver,
    /// Further ahead than anybody plans.
    #[error("the day is more than two weeks ahead")]
    DayTooFar,
    /// The same customer and opportunity twice, by its place.
    #[error("the customer is on the list twice")]
    Twice(usize),
    /// An action that the item's stage does not ask for, by its place.
    #[error("the stage does not know this action")]
    ActionUnknown(usize),
    /// More than anybody does in a day.
    #[error("a list has at most thirty customers")]
    TooLong,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "list_empty",
            Self::AlreadyFiled => "list_already_filed",
            Self::DayOver => "day_over",
            Self::DayTooFar => "day_too_far",
            Self::Twice(_) => "customer_twice",
            Self::ActionUnknown(_) => "action_unknown",
            Self::TooLong => "list_too_long",
        }
    }

    /// The field, as a JSON pointer into the list.
    pub fn pointer(&self) -> String {
        match self {
            Self::Empty | Self::TooLong => "/items".to_owned(),
            Self::Twice(place) => format!("/items/{place}/customer_id"),
            Self::ActionUnknown(place) => format!("/items/{place}/action"),
            Self::AlreadyFiled | Self::DayOver | Self::DayTooFar => String::new(),
        }
    }
}

/// One person's line of a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who owes a list.
    pub name: String,
    /// How many items were filed; none while it is missing.
    pub n_filed_items: Option<usize>,
}

/// What a superior reads at the meeting: counts, and who is missing or thin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// How many owe a list.
    pub n_owed: usize,
    /// How many have filed.
    pub n_filed: usize,
    /// Who has not.
    pub missing: Vec<String>,
    /// Whose list is thin.
    pub thin: Vec<String>,
}

impl Digest {
    /// The digest of a team. None for a team that owes nothing.
    pub fn of(team: &[Member]) -> Option<Self> {
        let names = |pick: fn(&Member) -> bool| {
            team.iter().filter(|it| pick(it)).map(|it| it.name.clone()).collect::<Vec<_>>()
        };
        let missing = names(|it| it.n_filed_items.is_none());
        let thin = names(|it| it.n_filed_items.is_some_and(|n_items| n_items < THIN_BELOW));
        (!team.is_empty()).then(|| Self {
            n_owed: team.len(),
            n_filed: team.len() - missing.len(),
            missing,
            thin,
        })
    }

    /// Is there anything to act on? Otherwise it need not ring.
    pub fn is_urgent(&self) -> bool {
        !self.missing.is_empty()
    }
}
