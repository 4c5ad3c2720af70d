//! What happened to a decision, and what it does to the state.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::seat::{Origin, Seat, SeatStatus};
use super::state::{Fork, LastDecision, State, Status, Task, TaskStatus};
use crate::ids::UserId;

names! {
    /// Yes or no.
    pub enum Word {
        /// Yes.
        Approve = "approve",
        /// No.
        Reject = "reject",
    }
}

/// Somebody who is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSeat {
    /// Its number within the decision.
    pub id: u32,
    /// Who.
    pub user: UserId,
    /// How they came to it.
    pub origin: Origin,
    /// For a quorum by group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// For a weighted vote.
    pub weight: u32,
    /// Is it their turn at once?
    pub is_open: bool,
    /// They agreed to the very same before it was given back, and are not asked again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_agreed: bool,
}

names! {
    /// Why a node was passed over without asking anybody.
    pub enum PassedOver {
        /// Nobody was found.
        Nobody = "nobody",
        /// Only the initiator was found.
        OwnMatter = "own_matter",
        /// The same person agreed just before.
        SameAgain = "same_again",
        /// It was agreed in an earlier round, to the same content.
        AgreedBefore = "agreed_before",
    }
}

/// Where something is given back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Who asked.
    Initiator,
    /// The node before.
    Previous,
    /// This node.
    Node(String),
}

/// What happened. Names of people are ids; what a person wrote is kept as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields of an event are named for what they hold")]
pub enum Event {
    /// It was handed in.
    Opened {
        initiator: UserId,
        flow: String,
        version: i32,
        content_hash: Option<String>,
        chosen: Vec<UserId>,
    },
    /// A node asks people.
    Entered { task: u32, node: String, path: Vec<u32>, seats: Vec<NewSeat> },
    /// A node was passed over by the machine.
    PassedOver { node: String, why: PassedOver },
    /// People were told.
    Copied { node: String, to: Vec<UserId> },
    /// Several ways were taken.
    Forked { fork: u32, node: String, n_branches: u32 },
    /// One of them reached the join.
    Arrived { fork: u32 },
    /// It is somebody's turn.
    TurnCame { seat: u32 },
    /// Somebody answered.
    Answered {
        seat: u32,
        word: Word,
        /// Whose word it is, for whomever they gave it; none for the machine's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// A node is done.
    Left { task: u32, outcome: TaskStatus },
    /// It was given back.
    Returned { task: u32, to: Target, node: Option<String>, comment: String },
    /// A seat was handed over for good.
    Transferred { seat: u32, new: u32, to: UserId, comment: Option<String> },
    /// Somebody's opinion was asked for.
    Delegated { seat: u32, new: u32, to: UserId, comment: Option<String> },
    /// Somebody was added.
    SignerAdded { seat: u32, new: u32, to: UserId, is_before: bool, comment: Option<String> },
    /// Somebody who was added was taken away again.
    SignerRemoved { seat: u32 },
    /// The initiator is asked for more; the clock stands still.
    InfoAsked { task: u32, question: String },
    /// The initiator answered; the clock goes on.
    InfoGiven { task: u32, answer: String },
    /// A remark.
    Commented { text: String },
    /// The initiator reminded those whose turn it is.
    Reminded { to: Vec<UserId> },
    /// The initiator would like to withdraw it.
    WithdrawalAsked { reason: Option<String> },
    /// Somebody took an answer back.
    TakenBack { seat: u32, task: u32, cancelled: Vec<u32>, waiting: Vec<u32> },
    /// It was handed in again.
    Resubmitted { round: u32, content_hash: Option<String>, comment: Option<String> },
    /// What is asked was replaced by something newer, without another round.
    Renewed { initiator: UserId, content_hash: Option<String> },
    /// A superior may answer as well.
    SuperiorJoined { seat: u32, user: UserId },
    /// A rung of the ladder was reached.
    RungReached { task: u32, rung: i32, percent: i32, act: String },
    /// An admin decided over everybody's head.
    Overridden { word: Word, comment: String },
    /// It is over.
    Concluded { status: Status },
}

impl State {
    /// Adds an event that happened at `at`.
    pub fn apply(&mut self, event: &Event, at: DateTime<Utc>) {
        match event {
            Event::Opened { content_hash, chosen, .. } => {
                self.content_hash.clone_from(content_hash);
                self.chosen.clone_from(chosen);
            }
            Event::Entered { task, node, path, seats } => self.enter(*task, node, path, seats),
            Event::Forked { node, n_branches, .. } => {
                self.forks.push(Fork { node: node.clone(), n_branches: *n_branches, n_arrived: 0 });
            }
            Event::Arrived { fork } => self.arrive(*fork),
            Event::TurnCame { seat } => self.turn(*seat),
            Event::Answered { seat, word, by, .. } => self.answer(*seat, *word, *by),
            Event::Left { task, outcome } => {
                let n_tasks = self.n_tasks();
                if let Some(task) = self.task_mut(*task) {
                    task.close(*outcome, n_tasks);
                }
            }
            Event::Returned { task, to, node, .. } => self.give_back(*task, to, node.as_ref()),
            Event::TakenBack { seat, task, cancelled, waiting } => {
                self.take_back((*seat, *task), cancelled, waiting);
            }
            Event::InfoAsked { task, question } => self.ask(*task, Some(question.clone())),
            Event::InfoGiven { task, .. } => self.ask(*task, None),
            Event::Reminded { .. } => self.reminded_at = Some(at),
            Event::WithdrawalAsked { .. } => self.is_withdrawal_asked = true,
            Event::Resubmitted { round, content_hash, .. } => {
                self.status = Status::Open;
                self.round = *round;
                self.content_hash.clone_from(content_hash);
                self.is_withdrawal_asked = false;
            }
            Event::Renewed { initiator, content_hash } => {
                self.initiator = *initiator;
                self.content_hash.clone_from(content_hash);
            }
            Event::Overridden { .. } => self.is_overridden = true,
            Event::Concluded { status } => self.status = *status,
            Event::Transferred { .. }
            | Event::Delegated { .. }
            | Event::SignerAdded { .. }
            | Event::SignerRemoved { .. }
            | Event::SuperiorJoined { .. } => self.reseat(event),
            Event::PassedOver { node, .. } => self.asked_again.retain(|again| again != node),
            Event::Copied { .. } | Event::Commented { .. } | Event::RungReached { .. } => {}
        }
    }

    fn enter(&mut self, id: u32, node: &str, path: &[u32], seats: &[NewSeat]) {
        self.asked_again.retain(|again| again != node);
        self.tasks.push(Task {
            id,
            node: node.to_owned(),
            round: self.round,
            path: path.to_vec(),
            status: TaskStatus::Open,
            content_hash: self.content_hash.clone(),
            seats: Task::seated(seats),
            question: None,
            left_at: None,
        });
    }

    fn arrive(&mut self, fork_id: u32) {
        if let Some(fork) = usize::try_from(fork_id).ok().and_then(|id| self.forks.get_mut(id)) {
            fork.n_arrived += 1;
        }
        if let Some(last) = &mut self.last_decision {
            last.arrived.push(fork_id);
        }
    }

    fn turn(&mut self, seat: u32) {
        self.set(seat, SeatStatus::Open);
        if let Some(last) = &mut self.last_decision {
            last.turns.push(seat);
        }
    }

    fn answer(&mut self, seat: u32, word: Word, by: Option<UserId>) {
        let status = match word {
            Word::Approve => SeatStatus::Approved,
            Word::Reject => SeatStatus::Rejected,
        };
        self.set(seat, status);
        self.n_decisions += 1;
        self.last_decision = Some(LastDecision { seat, by, arrived: Vec::new(), turns: Vec::new() });
    }

    fn give_back(&mut self, task: u32, to: &Target, node: Option<&String>) {
        self.returned_from = Some(task);
        self.last_decision = None;
        self.n_decisions += 1;
        let returner = self.task(task).map(|task| task.node.clone());
        self.asked_again = returner.into_iter().chain(node.cloned()).collect();
        if *to == Target::Initiator {
            self.status = Status::Returned;
        } else {
            self.round += 1;
        }
    }

    fn take_back(&mut self, (seat, task): (u32, u32), cancelled: &[u32], waiting: &[u32]) {
        let n_tasks = self.n_tasks();
        for id in cancelled {
            if let Some(task) = self.task_mut(*id) {
                task.close(TaskStatus::Cancelled, n_tasks);
            }
        }
        if let Some(task) = self.task_mut(task).filter(|task| task.status != TaskStatus::Open) {
            task.reopen();
        }
        waiting.iter().for_each(|seat| self.set(*seat, SeatStatus::Waiting));
        self.set(seat, SeatStatus::Open);
        for fork in self.last_decision.take().map(|it| it.arrived).unwrap_or_default() {
            if let Some(fork) = usize::try_from(fork).ok().and_then(|fork| self.forks.get_mut(fork)) {
                fork.n_arrived = fork.n_arrived.saturating_sub(1);
            }
        }
        self.n_decisions = self.n_decisions.saturating_sub(1);
    }

    fn ask(&mut self, task: u32, question: Option<String>) {
        self.last_decision = None;
        if let Some(task) = self.task_mut(task) {
            task.question = question;
        }
    }

    fn set(&mut self, seat: u32, status: SeatStatus) {
        if let Some(seat) = self.seat_mut(seat) {
            seat.status = status;
        }
    }

    /// Somebody else is asked as well, or instead. Whoever decided last cannot take it back from then on.
    fn reseat(&mut self, event: &Event) {
        if !matches!(event, Event::SuperiorJoined { .. }) {
            self.last_decision = None;
        }
        match event {
            Event::Transferred { seat, new, to, .. } => {
                self.add(*seat, *new, *to, Origin::Transferred);
                self.set(*seat, SeatStatus::Transferred);
            }
            Event::Delegated { seat, new, to, .. } => {
                self.add(*seat, *new, *to, Origin::Delegated);
                self.set(*seat, SeatStatus::Waiting);
            }
            Event::SignerAdded { seat, new, to, is_before, .. } => {
                let origin = if *is_before { Origin::AddedBefore } else { Origin::AddedAfter };
                self.add(*seat, *new, *to, origin);
                if *is_before {
                    self.set(*seat, SeatStatus::Waiting);
                }
            }
            Event::SignerRemoved { seat } => self.set(*seat, SeatStatus::Removed),
            Event::SuperiorJoined { seat, user } => {
                if let Some(seat) = self.seat_mut(*seat) {
                    seat.also.push(*user);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, beside: u32, id: u32, user: UserId, origin: Origin) {
        let Some(task) = self.tasks.iter_mut().find(|task| task.seats.iter().any(|it| it.id == beside))
        else {
            return;
        };
        let Some(place) = task.seats.iter().position(|it| it.id == beside) else { return };
        let known = &task.seats[place];
        // What is handed over keeps its place in the vote and in the order.
        let (group, weight) = (known.group.clone(), known.weight);
        let was_handed_over = origin == Origin::Transferred;
        let parent = if was_handed_over { known.parent } else { Some(beside) };
        let origin = match origin {
            Origin::Transferred if !known.origin.is_of_the_rule() => known.origin,
            other => other,
        };
        let status = match origin {
            _ if was_handed_over => known.status,
            Origin::AddedAfter => SeatStatus::Waiting,
            _ => SeatStatus::Open,
        };
        let seat = Seat { id, user, origin, group, weight, status, also: Vec::new(), parent };
        task.seats.insert(place + 1, seat);
        if was_handed_over {
            // Whoever was added to it answers after the new holder now.
            task.seats.iter_mut().filter(|it| it.parent == Some(beside)).for_each(|it| it.parent = Some(id));
        }
    }
}
