//! Where a decision stands: what its events add up to.
//!
//! Events are kept for ever and the state is their fold, so replaying them gives the same state again. An event says
//! what happened in full; the fold decides nothing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::event::{Event, NewSeat};
use super::seat::{Origin, Seat, SeatStatus};
use crate::ids::UserId;

names! {
    /// How a decision stands.
    pub enum Status as ApprovalStatus {
        /// Waited for.
        Open = "open",
        /// Given back to who asked.
        Returned = "returned",
        /// Yes.
        Approved = "approved",
        /// No.
        Rejected = "rejected",
        /// Taken back by who asked, or nobody needs to decide any more.
        Withdrawn = "withdrawn",
        /// What it was about has changed or its time is over.
        Lapsed = "lapsed",
        /// Nobody could be found who decides.
        Failed = "failed",
    }
}

impl Status {
    /// Does anything more happen?
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Open | Self::Returned)
    }
}

/// Where a decision stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// How it stands.
    pub status: Status,
    /// 1 for the first time it was handed in.
    pub round: u32,
    /// Who asked.
    pub initiator: UserId,
    /// What exactly was handed in last.
    pub content_hash: Option<String>,
    /// Whom the initiator chose, where the flow lets them.
    pub chosen: Vec<UserId>,
    /// Nodes that were asked, in order.
    pub tasks: Vec<Task>,
    /// The ways that were taken at once: how many, and how many have arrived.
    pub forks: Vec<Fork>,
    /// Nodes that are asked again in this round although what was handed in has not changed.
    pub asked_again: Vec<String>,
    /// Who gave it back last, and in which task.
    pub returned_from: Option<u32>,
    /// The initiator would like to withdraw it.
    pub is_withdrawal_asked: bool,
    /// How many decisions were taken so far, in all rounds.
    pub n_decisions: u32,
    /// The decision that was taken last, while nobody has acted since.
    pub last_decision: Option<LastDecision>,
    /// When somebody was last reminded by hand.
    pub reminded_at: Option<DateTime<Utc>>,
    /// Was it an admin who ended it over everybody's head?
    pub is_overridden: bool,
}

/// The decision that was taken last, and what it led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDecision {
    /// Where.
    pub seat: u32,
    /// By whom; none for the machine.
    pub by: Option<UserId>,
    /// Which forks reached their join by it.
    pub arrived: Vec<u32>,
    /// Whose turn came by it.
    pub turns: Vec<u32>,
}

/// Ways that were taken at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// The node that took them.
    pub node: String,
    /// How many.
    pub n_branches: u32,
    /// How many have reached the join.
    pub n_arrived: u32,
}

/// A node that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its place among the tasks.
    pub id: u32,
    /// The node's key.
    pub node: String,
    /// In which round.
    pub round: u32,
    /// The forks it is inside of, outermost first.
    pub path: Vec<u32>,
    /// How it stands.
    pub status: TaskStatus,
    /// What was handed in when it was asked.
    pub content_hash: Option<String>,
    /// Who was asked.
    pub seats: Vec<Seat>,
    /// A question to the initiator that waits for its answer: the clock stands still.
    pub question: Option<String>,
    /// How many tasks there were when it was left.
    pub left_at: Option<u32>,
}

names! {
    /// How a node stands.
    pub enum TaskStatus {
        /// Waited for.
        Open = "open",
        /// Enough agreed.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Given back.
        Returned = "returned",
        /// Not needed any more.
        Cancelled = "cancelled",
    }
}

impl State {
    /// Before anything happened.
    pub fn blank(initiator: UserId) -> Self {
        Self {
            status: Status::Open,
            round: 1,
            initiator,
            content_hash: None,
            chosen: Vec::new(),
            tasks: Vec::new(),
            forks: Vec::new(),
            asked_again: Vec::new(),
            returned_from: None,
            is_withdrawal_asked: false,
            n_decisions: 0,
            last_decision: None,
            reminded_at: None,
            is_overridden: false,
        }
    }

    /// What the events add up to. None where the first is not the opening.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a (Event, DateTime<Utc>)>) -> Option<Self> {
        let mut events = events.into_iter();
        let (first, at) = events.next()?;
        let Event::Opened { initiator, .. } = first else { return None };
        let mut state = Self::blank(*initiator);
        state.apply(first, *at);
        for (event, at) in events {
            state.apply(event, *at);
        }
        Some(state)
    }

    /// The task by its place.
    pub fn task(&self, id: u32) -> Option<&Task> {
        self.tasks.get(usize::try_from(id).ok()?)
    }

    /// The tasks that are waited for.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.status == TaskStatus::Open)
    }

    /// The seat by its number, with its task.
    pub fn seat(&self, id: u32) -> Option<(&Task, &Seat)> {
        self.tasks
            .iter()
            .rev()
            .find_map(|task| task.seats.iter().find(|seat| seat.id == id).map(|seat| (task, seat)))
    }

    /// Whose turn it is.
    pub fn open_seats(&self) -> impl Iterator<Item = (&Task, &Seat)> {
        self.open_tasks()
            .flat_map(|task| task.seats.iter().map(move |seat| (task, seat)))
            .filter(|(_, seat)| seat.status == SeatStatus::Open)
    }

    /// Are these ways, fork by fork, among those that `path` lies inside of? Every round forks anew.
    pub(super) fn is_around(&self, outer: &[u32], path: &[u32]) -> bool {
        let fork = |id: &u32| {
            let fork = usize::try_from(*id).ok().and_then(|id| self.forks.get(id));
            fork.map(|fork| fork.node.as_str())
        };
        outer.len() <= path.len() && outer.iter().zip(path).all(|(outer, inner)| fork(outer) == fork(inner))
    }

    /// The number of the next seat.
    pub(super) fn next_seat(&self) -> u32 {
        let n_seats: usize = self.tasks.iter().map(|task| task.seats.len()).sum();
        u32::try_from(n_seats).unwrap_or(u32::MAX)
    }

    pub(super) fn n_tasks(&self) -> u32 {
        u32::try_from(self.tasks.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn task_mut(&mut self, id: u32) -> Option<&mut Task> {
        self.tasks.get_mut(usize::try_from(id).ok()?)
    }

    pub(super) fn seat_mut(&mut self, id: u32) -> Option<&mut Seat> {
        self.tasks.iter_mut().rev().find_map(|task| task.seats.iter_mut().find(|seat| seat.id == id))
    }
}

impl Task {
    /// Does the seat wait for somebody whose opinion it asked for, or who was added before it?
    pub(super) fn is_held(&self, seat: u32) -> bool {
        self.seats.iter().any(|it| {
            it.parent == Some(seat)
                && matches!(it.origin, Origin::Delegated | Origin::AddedBefore)
                && it.status.is_waited_for()
        })
    }

    /// The seats of a node, as they were asked.
    pub(super) fn seated(seats: &[NewSeat]) -> Vec<Seat> {
        let seat = |seat: &NewSeat| Seat {
            id: seat.id,
            user: seat.user,
            origin: seat.origin,
            group: seat.group.clone(),
            weight: seat.weight,
            status: match seat {
                NewSeat { has_agreed: true, .. } => SeatStatus::Approved,
                NewSeat { is_open: true, .. } => SeatStatus::Open,
                _ => SeatStatus::Waiting,
            },
            also: Vec::new(),
            parent: None,
        };
        seats.iter().map(seat).collect()
    }

    pub(super) fn close(&mut self, status: TaskStatus, n_tasks: u32) {
        self.status = status;
        self.left_at = Some(n_tasks);
        self.question = None;
        for seat in &mut self.seats {
            seat.status = seat.status.moot();
        }
    }

    pub(super) fn reopen(&mut self) {
        self.status = TaskStatus::Open;
        self.left_at = None;
        for seat in &mut self.seats {
            seat.status = seat.status.revived();
        }
    }
}
