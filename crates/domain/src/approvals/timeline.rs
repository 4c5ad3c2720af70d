//! A decision's history in words.

use chrono::{DateTime, Utc};

use super::flow::Flow;
use super::{Event, State};
use crate::ids::UserId;

/// Something that happened, and who did it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name; nobody where a machine did it.
    pub actor: Option<&'a str>,
    /// For whom, by name.
    pub on_behalf_of: Option<&'a str>,
    /// What.
    pub event: &'a Event,
}

/// It as a sentence.
pub fn sentence(_: &Flow, _: &State, entry: &Entry<'_>, _: &dyn Fn(UserId) -> String) -> String {
    entry.actor.unwrap_or("系统自动").to_owned()
}
