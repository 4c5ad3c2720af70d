//! Decisions that are waited for, and what happens when they are not made in time.
//!
//! The service level is a budget of working time. At 50 % the assignees are reminded, at 100 % the superior joins,
//! at 150 % the superior's superior. A year whose calendar is not published leaves the clock unprojected; it never
//! fails the command that started it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::working_time::Calendar;

/// What kind of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A photo or a place that a person has to look at.
    EvidenceReview,
    /// An order over a limit.
    SpecialApproval,
    /// A contract.
    LegalReview,
    /// A commission line somebody does not believe.
    Dispute,
}

impl Kind {
    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::EvidenceReview => "evidence_review",
            Self::SpecialApproval => "special_approval",
            Self::LegalReview => "legal_review",
            Self::Dispute => "dispute",
        }
    }

    /// How much working time the decision may take, in minutes, unless configured otherwise.
    pub fn budget_minutes(self) -> i32 {
        60 * match self {
            Self::SpecialApproval => 4,
            Self::EvidenceReview => 8,
            Self::LegalReview => 16,
            Self::Dispute => 40,
        }
    }
}

/// What a rung of the ladder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Remind those who have to decide.
    Remind,
    /// Bring in the superior of those who joined last.
    Superior,
}

/// A rung: at this share of the budget, do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Percent of the budget.
    pub percent: i32,
    /// What happens.
    pub act: Act,
}

/// The ladder, from the first rung up.
pub const LADDER: [Rung; 3] = [
    Rung { percent: 50, act: Act::Remind },
    Rung { percent: 100, act: Act::Superior },
    Rung { percent: 150, act: Act::Superior },
];

/// The rung above `rung` (0 is the ground).
pub fn rung_above(rung: i32) -> Option<Rung> {
    usize::try_from(rung).ok().and_then(|rung| LADDER.get(rung)).copied()
}

/// When the rung above `rung` is reached. None at the top, or while the year's calendar is not published.
pub fn next_rung_at(
    calendar: &Calendar,
    opened_at: DateTime<Utc>,
    budget_minutes: i32,
    rung: i32,
) -> Option<DateTime<Utc>> {
    let above = rung_above(rung)?;
    let seconds = i64::from(budget_minutes) * 60 * i64::from(above.percent) / 100;
    calendar.add(opened_at, TimeDelta::seconds(seconds)).ok()
}

/// When the decision is due. None while the year's calendar is not published.
pub fn due_at(calendar: &Calendar, opened_at: DateTime<Utc>, budget_minutes: i32) -> Option<DateTime<Utc>> {
    calendar.add(opened_at, TimeDelta::minutes(i64::from(budget_minutes))).ok()
}

/// A decision that a person may take here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// How a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waited for.
    Open,
    /// Yes.
    Approved,
    /// No.
    Rejected,
    /// Nobody needs to decide any more.
    Withdrawn,
}

impl Status {
    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Status {
    /// The status by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Approved, Self::Rejected, Self::Withdrawn].into_iter().find(|it| it.name() == name)
    }
}

/// Why somebody may not decide.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody was quicker.
    #[error("it is already decided")]
    AlreadyDecided,
    /// What waited for it went on by itself.
    #[error("nobody needs to decide it any more")]
    Withdrawn,
    /// The person has no open to-do on it.
    #[error("it is not yours to decide")]
    NotYours,
    /// The person who asked may not answer.
    #[error("nobody decides on their own matter")]
    OwnMatter,
    /// A refusal, or vouching for what was refused, needs a sentence.
    #[error("say why")]
    CommentMissing,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyDecided => "already_decided",
            Self::Withdrawn => "approval_withdrawn",
            Self::NotYours => "not_your_todo",
            Self::OwnMatter => "own_matter",
            Self::CommentMissing => "comment_missing",
        }
    }
}

/// What is known when somebody decides.
#[derive(Clone, Debug)]
pub struct Standing {
    /// How it stands now.
    pub status: Status,
    /// Who asked.
    pub initiator: UserId,
    /// Who has an open to-do on it.
    pub assignees: Vec<UserId>,
    /// Approving overrides a machine's `reject`.
    pub is_override: bool,
}

/// Decides whether the decision stands.
pub fn decide(
    standing: &Standing,
    who: UserId,
    decision: Decision,
    comment: Option<&str>,
) -> Result<Status, Refusal> {
    match standing.status {
        Status::Open => {}
        Status::Approved | Status::Rejected => return Err(Refusal::AlreadyDecided),
        Status::Withdrawn => return Err(Refusal::Withdrawn),
    }
    if who == standing.initiator {
        return Err(Refusal::OwnMatter);
    }
    if !standing.assignees.contains(&who) {
        return Err(Refusal::NotYours);
    }
    let needs_comment = decision == Decision::Reject || standing.is_override;
    if needs_comment && comment.is_none_or(|comment| comment.trim().is_empty()) {
        return Err(Refusal::CommentMissing);
    }
    Ok(match decision {
        Decision::Approve => Status::Approved,
        Decision::Reject => Status::Rejected,
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::*;

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        let local = NaiveDate::from_ymd_opt(2026, 11, day).unwrap().and_hms_opt(hour, minute, 0).unwrap();
        (local - TimeDelta::hours(8)).and_utc()
    }

    #[test]
    fn eight_working_hours_climb_three_rungs() {
        let calendar = Calendar::mainland();
        let opened_at = at(23, 15, 0);
        let rung = |rung| next_rung_at(calendar, opened_at, 480, rung);
        assert_eq!(rung(0), Some(at(24, 10, 0)));
        assert_eq!(rung(1), Some(at(24, 15, 0)));
        assert_eq!(rung(2), Some(at(25, 10, 0)));
        assert_eq!(rung(3), None);
    }

    #[test]
    fn a_year_without_a_calendar_leaves_the_clock_unprojected() {
        let opened_at = at(23, 9, 0) + TimeDelta::days(200);
        assert_eq!(due_at(Calendar::mainland(), opened_at, 480), None);
    }

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn standing() -> Standing {
        let status = Status::Open;
        Standing { status, initiator: user(1), assignees: vec![user(1), user(2)], is_override: false }
    }

    #[test]
    fn only_who_has_the_todo_decides_and_never_on_their_own_matter() {
        let approve = |who| decide(&standing(), who, Decision::Approve, None);
        assert_eq!(approve(user(2)), Ok(Status::Approved));
        assert_eq!(approve(user(1)), Err(Refusal::OwnMatter));
        assert_eq!(approve(user(3)), Err(Refusal::NotYours));
    }

    #[test]
    fn a_refusal_and_an_override_say_why() {
        let is_override = Standing { is_override: true, ..standing() };
        let decided = |standing: &Standing, decision, comment| decide(standing, user(2), decision, comment);
        assert_eq!(decided(&standing(), Decision::Reject, Some(" ")), Err(Refusal::CommentMissing));
        assert_eq!(decided(&standing(), Decision::Reject, Some("照片不是这家店")), Ok(Status::Rejected));
        assert_eq!(decided(&is_override, Decision::Approve, None), Err(Refusal::CommentMissing));
    }

    #[test]
    fn the_second_decider_is_told_so() {
        let decided = Standing { status: Status::Approved, ..standing() };
        assert_eq!(decide(&decided, user(2), Decision::Approve, None), Err(Refusal::AlreadyDecided));
    }

    #[test]
    fn what_was_withdrawn_is_decided_by_nobody() {
        let withdrawn = Standing { status: Status::Withdrawn, ..standing() };
        assert_eq!(decide(&withdrawn, user(2), Decision::Approve, None), Err(Refusal::Withdrawn));
        assert_eq!(Status::by_name("withdrawn"), Some(Status::Withdrawn));
    }
}
