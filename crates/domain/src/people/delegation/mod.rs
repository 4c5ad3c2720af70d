//! Standing agents (代理): for a window of time somebody answers in another's place.
//!
//! A window is half-open: it holds from its first instant and no longer at its last. A person has one window at a
//! time at most, so that whoever answers for them at an instant is one person. Windows may follow one another: the
//! agent's own agent answers. Such a chain has at most eight steps and never leads back. Both are judged at the
//! instants that two windows share, since windows that never meet cannot pass anything on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::ids::UserId;

#[cfg(test)]
mod tests;

/// So many agents, one for the other, are the most.
pub const LONGEST_CHAIN: usize = 8;

/// A window in which an agent answers for a principal. Both ends in UTC, the last one no longer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// In whose place.
    pub principal: UserId,
    /// Who answers.
    pub agent: UserId,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it.
    pub until: DateTime<Utc>,
}

impl Delegation {
    /// Does it hold at the instant?
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }

    /// Is there an instant at which both hold?
    pub fn meets(&self, other: &Self) -> bool {
        self.from.max(other.from) < self.until.min(other.until)
    }
}

/// Why a window is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody stands in for themselves.
    #[error("nobody is their own agent")]
    ToOneself,
    /// It ends before it begins, or in that instant.
    #[error("the window holds no instant")]
    Empty,
    /// The person has another window, this one, at a common instant.
    #[error("the person has another window then")]
    Overlaps(Delegation),
    /// At some instant of it the question would come back to the person.
    #[error("the agents would pass it on in a ring")]
    Ring,
    /// At some instant of it more than eight would pass it on.
    #[error("more than eight agents would pass it on")]
    TooLong,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ToOneself => "delegation_to_oneself",
            Self::Empty => "delegation_window_empty",
            Self::Overlaps(_) => "delegation_overlaps",
            Self::Ring => "delegation_ring",
            Self::TooLong => "delegation_chain_too_long",
        }
    }
}

/// May the window be set beside those that stand? Windows that have nothing to do with it do no harm among them.
pub fn check(new: &Delegation, standing: &[Delegation]) -> Result<(), Refusal> {
    if new.principal == new.agent {
        return Err(Refusal::ToOneself);
    }
    if new.until <= new.from {
        return Err(Refusal::Empty);
    }
    let meeting: Vec<Delegation> = standing.iter().filter(|it| it.meets(new)).copied().collect();
    if let Some(other) = meeting.iter().find(|it| it.principal == new.principal) {
        return Err(Refusal::Overlaps(*other));
    }
    // Between two beginnings windows only end, which makes no chain longer: the beginnings are all there is to look at.
    let beginnings = meeting.iter().map(|it| it.from.max(new.from)).chain([new.from]);
    for at in beginnings {
        check_at(new, &meeting, at)?;
    }
    Ok(())
}

fn check_at(new: &Delegation, standing: &[Delegation], at: DateTime<Utc>) -> Result<(), Refusal> {
    let after = agent(new.agent, standing, at);
    if after.contains(&new.principal) {
        return Err(Refusal::Ring);
    }
    if n_before(new.principal, standing, at) + 1 + after.len() > LONGEST_CHAIN {
        return Err(Refusal::TooLong);
    }
    Ok(())
}

/// How many steps the longest chain has that ends at somebody. Counted up to one more than may be.
fn n_before(user: UserId, standing: &[Delegation], at: DateTime<Utc>) -> usize {
    let mut reached = vec![user];
    for n in 0..=LONGEST_CHAIN {
        let passes_on = |it: &&Delegation| it.holds(at) && reached.contains(&it.agent);
        reached = standing.iter().filter(passes_on).map(|it| it.principal).collect();
        if reached.is_empty() {
            return n;
        }
    }
    LONGEST_CHAIN + 1
}

/// Who stands in for somebody at the instant, one for the other; the last one acts. Nobody when it is empty.
///
/// What was accepted has no ring. Should one stand there all the same, everybody is named once.
pub fn agent(principal: UserId, standing: &[Delegation], at: DateTime<Utc>) -> Vec<UserId> {
    let next: HashMap<UserId, UserId> =
        standing.iter().filter(|it| it.holds(at)).map(|it| (it.principal, it.agent)).collect();
    let mut chain = Vec::new();
    let mut last = principal;
    while let Some(agent) = next.get(&last)
        && *agent != principal
        && !chain.contains(agent)
    {
        chain.push(*agent);
        last = *agent;
    }
    chain
}
