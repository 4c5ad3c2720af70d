//! What a flow has to know about people before it can go on.
//!
//! The rules do no look-ups. Where they need one they stop with the question; the caller answers it and asks again
//! from the start. The answers are few, and the same for the same question.

use std::collections::BTreeMap;

use super::Refusal;
use super::flow::{Of, Take, Who, Within};
use crate::ids::UserId;
use crate::people::Role;

/// A question about people. Only active people are answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Query {
    /// People of a role.
    InRole(Role, Within, Take),
    /// Managers above somebody, the nearest first, at most so many.
    Above(UserId, u32),
    /// Who heads somebody's department.
    HeadOf(UserId),
    /// Somebody by login name.
    Person(String),
}

/// What is known so far.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<Query, Vec<UserId>>);

impl Answers {
    /// Keeps an answer.
    pub fn keep(&mut self, query: Query, people: Vec<UserId>) {
        self.0.insert(query, people);
    }

    pub(super) fn of(&self, query: Query) -> Result<&[UserId], Halt> {
        match self.0.get(&query) {
            Some(people) => Ok(people),
            None => Err(Halt::Ask(query)),
        }
    }
}

/// Why the rules stopped.
#[derive(Debug, PartialEq, Eq)]
pub enum Halt {
    /// It may not be done.
    Refused(Refusal),
    /// Answer this and ask again.
    Ask(Query),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// People around a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// Who asks.
    pub initiator: UserId,
    /// Whose record it is, where it is anybody's.
    pub owner: Option<UserId>,
    /// Whom the initiator chose.
    pub chosen: &'a [UserId],
}

/// The people a part of a flow means, in order, each once.
pub(super) fn people(who: &Who, around: Around<'_>, answers: &Answers) -> Result<Vec<UserId>, Halt> {
    let person = |of: Of| match of {
        Of::Initiator => Some(around.initiator),
        Of::Owner => around.owner,
    };
    let mut found = match who {
        Who::Role { role, within, take } => answers.of(Query::InRole(*role, *within, *take))?.to_vec(),
        Who::Superior { of, levels } => match person(*of) {
            Some(of) => answers.of(Query::Above(of, *levels))?.to_vec(),
            None => Vec::new(),
        },
        Who::DepartmentHead { of } => match person(*of) {
            Some(of) => answers.of(Query::HeadOf(of))?.to_vec(),
            None => Vec::new(),
        },
        Who::Person { username } => answers.of(Query::Person(username.clone()))?.to_vec(),
        Who::Chosen { .. } => around.chosen.to_vec(),
        Who::FirstOf { choices } => {
            let mut first = Vec::new();
            for choice in choices {
                first = people(choice, around, answers)?;
                first.retain(|user| *user != around.initiator);
                if !first.is_empty() {
                    break;
                }
            }
            first
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|user| seen.insert(*user));
    Ok(found)
}
