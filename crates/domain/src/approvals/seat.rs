//! Who was asked in a node, how they came to it, and how they stand.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// Somebody who was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Its number within the decision.
    pub id: u32,
    /// Who.
    pub user: UserId,
    /// How they came to it.
    pub origin: Origin,
    /// For a quorum by group.
    pub group: Option<String>,
    /// For a weighted vote.
    pub weight: u32,
    /// How it stands.
    pub status: SeatStatus,
    /// Superiors who joined and may answer instead.
    pub also: Vec<UserId>,
    /// The seat that this one was added to.
    pub parent: Option<u32>,
}

impl Seat {
    /// May this person answer here?
    pub fn is_held_by(&self, user: UserId) -> bool {
        self.user == user || self.also.contains(&user)
    }

    /// Everybody who may answer here.
    pub fn holders(&self) -> impl Iterator<Item = UserId> + '_ {
        std::iter::once(self.user).chain(self.also.iter().copied())
    }

    /// Does it count in the node's rule? What was added by hand is counted on top of it.
    pub fn is_of_the_rule(&self) -> bool {
        self.origin.is_of_the_rule() && !matches!(self.status, SeatStatus::Transferred | SeatStatus::Removed)
    }

    /// Was it added by hand, and still counts?
    pub fn is_added(&self) -> bool {
        matches!(self.origin, Origin::AddedBefore | Origin::AddedAfter) && self.status != SeatStatus::Removed
    }
}

names! {
    /// How somebody came to be asked.
    pub enum Origin as SeatOrigin {
        /// By the flow.
        Resolved = "resolved",
        /// The admin, because the flow found nobody.
        Admin = "admin",
        /// Handed over by somebody for good.
        Transferred = "transferred",
        /// Asked by somebody for their opinion; the question goes back to them.
        Delegated = "delegated",
        /// Added by somebody, to answer before them.
        AddedBefore = "added_before",
        /// Added by somebody, to answer after them.
        AddedAfter = "added_after",
    }
}

impl Origin {
    pub(super) fn is_of_the_rule(self) -> bool {
        matches!(self, Self::Resolved | Self::Admin | Self::Transferred)
    }
}

names! {
    /// How somebody who was asked stands.
    pub enum SeatStatus {
        /// Not yet their turn.
        Waiting = "waiting",
        /// Their turn.
        Open = "open",
        /// Agreed.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Handed over.
        Transferred = "transferred",
        /// Taken away again.
        Removed = "removed",
        /// Not needed any more: it was their turn.
        Moot = "moot",
        /// Not needed any more: it was not yet their turn.
        MootWaiting = "moot_waiting",
    }
}

impl SeatStatus {
    /// Has the person yet to answer?
    pub fn is_waited_for(self) -> bool {
        matches!(self, Self::Open | Self::Waiting)
    }

    pub(super) fn moot(self) -> Self {
        match self {
            Self::Open => Self::Moot,
            Self::Waiting => Self::MootWaiting,
            other => other,
        }
    }

    pub(super) fn revived(self) -> Self {
        match self {
            Self::Moot => Self::Open,
            Self::MootWaiting => Self::Waiting,
            other => other,
        }
    }
}
