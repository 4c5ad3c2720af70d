//! What people are told, in what words, and until when it is worth a push.
//!
//! Every matter is in the inbox first. A push is an extra: it is dropped when its matter is settled or over, and
//! nobody gets more than one for the same matter and rung. Texts are neutral: a record is to be confirmed, a person
//! is never accused.

pub mod credits;
mod route;
pub mod rules;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use crate::working_time::local_date;

pub use crate::texts::notices::*;
pub use route::{Push, Step, next_channel, next_digest, off_the_hour, route};

names! {
    /// What sort of message.
    pub enum Kind as NoticeKind {
        /// File your list.
        ActionListReminder = "action_list_reminder",
        /// How the team's lists stand.
        ActionListDigest = "action_list_digest",
        /// Something waits for you.
        TodoOpened = "todo_opened",
        /// It still waits.
        TodoReminder = "todo_reminder",
        /// It was not decided in time.
        TodoEscalated = "todo_escalated",
        /// It was decided.
        Decided = "decided",
        /// Somebody's work comes to you, for a time or for good.
        HandedOver = "handed_over",
        /// Several messages in one.
        Gathered = "gathered",
    }
}

/// A message before it is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What sort.
    pub kind: Kind,
    /// One line.
    pub title: String,
    /// What and what to do.
    pub body: String,
    /// Where the mini-program opens.
    pub page: String,
    /// Worth a push until then, in UTC; for ever when absent.
    pub push_until: Option<DateTime<Utc>>,
    /// Worth a push at all.
    pub is_push: bool,
    /// When what it speaks of is due, in UTC.
    pub due_at: Option<DateTime<Utc>>,
}

/// A to-do, in the words of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter<'a> {
    /// One line.
    pub title: &'a str,
    /// What happened.
    pub summary: &'a str,
    /// Where the mini-program opens.
    pub page: &'a str,
    /// When the decision is due, in UTC.
    pub due_at: Option<DateTime<Utc>>,
}

/// The end of the company's day, in UTC: a digest is not pushed after it.
pub fn end_of_day(at: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = local_date(at).succ_opt().unwrap_or_else(|| local_date(at));
    crate::working_time::at_local(tomorrow, chrono::NaiveTime::MIN)
}
