//! Going on: from a node that is done to the next ones, until people are asked or the flow ends.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Refusal;
use super::ask::{self, Answers, Around, Halt, Query};
use super::event::{Event, NewSeat, PassedOver};
use super::flow::{Approval, Flow, Nobody, Node, OwnMatter, Rule, SameAgain, Take, Within};
use super::seat::{Origin, Seat, SeatStatus};
use super::state::{State, Status, Task, TaskStatus};
use super::tally::{Tally, tally};
use crate::ids::UserId;
use crate::people::Role;

/// What a decision is about and goes through.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The flow, in the version that it began with.
    pub flow: &'a Flow,
    /// The fields of the record.
    pub facts: &'a Value,
    /// Whose record it is.
    pub owner: Option<UserId>,
    /// What is known about people.
    pub answers: &'a Answers,
    /// Now.
    pub now: DateTime<Utc>,
}

/// More steps than any flow has: what goes on longer goes round.
pub(super) const MOST_STEPS: u32 = 200;

/// A command in the making: the state as it becomes, and what happened.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub case: Case<'a>,
    pub state: State,
    pub events: Vec<Event>,
    n_steps: u32,
}

impl<'a> Run<'a> {
    pub(super) fn new(case: Case<'a>, state: State) -> Self {
        Self { case, state, events: Vec::new(), n_steps: 0 }
    }

    /// It happened.
    pub(super) fn emit(&mut self, event: Event) {
        self.state.apply(&event, self.case.now);
        self.events.push(event);
    }

    pub(super) fn conclude(&mut self, status: Status) {
        let open: Vec<u32> = self.state.open_tasks().map(|task| task.id).collect();
        for task in open {
            self.emit(Event::Left { task, outcome: TaskStatus::Cancelled });
        }
        self.emit(Event::Concluded { status });
    }

    /// Sees whether a task is done by what was answered, and goes on if so.
    pub(super) fn settle(&mut self, id: u32) -> Result<(), Halt> {
        let flow = self.case.flow;
        let Some(task) = self.state.task(id) else { return Ok(()) };
        let Some(node) = flow.approval(&task.node) else { return Ok(()) };
        let path = task.path.clone();
        match tally(node, task) {
            Tally::Pending => {
                self.next_turn(id);
                Ok(())
            }
            Tally::Approved => {
                self.emit(Event::Left { task: id, outcome: TaskStatus::Approved });
                self.go(node.next.as_deref(), path)
            }
            Tally::Rejected => {
                self.emit(Event::Left { task: id, outcome: TaskStatus::Rejected });
                self.conclude(Status::Rejected);
                Ok(())
            }
        }
    }

    /// The next one's turn comes when nobody else's is: in a sequence, and where whoever would have handed the turn
    /// on did not agree.
    fn next_turn(&mut self, id: u32) {
        let Some(task) = self.state.task(id) else { return };
        let is_busy = task.seats.iter().any(|seat| seat.status == SeatStatus::Open);
        let is_next = |seat: &&Seat| seat.status == SeatStatus::Waiting && !task.is_held(seat.id);
        if !is_busy && let Some(seat) = task.seats.iter().find(is_next).map(|seat| seat.id) {
            self.emit(Event::TurnCame { seat });
        }
    }

    /// Goes on to a node; to the end where there is none.
    pub(super) fn go(&mut self, to: Option<&str>, path: Vec<u32>) -> Result<(), Halt> {
        self.n_steps += 1;
        if self.n_steps > MOST_STEPS {
            return Err(Refusal::GoesRound.into());
        }
        let flow = self.case.flow;
        let Some(key) = to else {
            if self.state.status == Status::Open && self.state.open_tasks().next().is_none() {
                self.emit(Event::Concluded { status: Status::Approved });
            }
            return Ok(());
        };
        match flow.node(key).ok_or(Refusal::FlowBroken)? {
            Node::Approval(node) => self.enter(node, path),
            Node::Choice(node) => {
                let way = node.ways.iter().find(|way| way.when.holds(self.case.facts));
                self.go(Some(way.map_or(&node.otherwise, |way| &way.to)), path)
            }
            Node::Parallel(node) => {
                let branches: Vec<&str> = node.branches.iter().map(String::as_str).collect();
                self.fork(&node.key, &branches, &path)
            }
            Node::Inclusive(node) => {
                let held = node.ways.iter().filter(|way| way.when.holds(self.case.facts));
                let mut branches: Vec<&str> = held.map(|way| way.to.as_str()).collect();
                if branches.is_empty() {
                    branches.push(&node.otherwise);
                }
                self.fork(&node.key, &branches, &path)
            }
            Node::Join(node) => self.arrive(node.next.as_deref(), path),
            Node::Copy(node) => {
                let mut to = Vec::new();
                for who in &node.to {
                    to.extend(ask::people(who, self.around(), self.case.answers)?);
                }
                to.sort_unstable();
                to.dedup();
                self.emit(Event::Copied { node: node.key.clone(), to });
                self.go(node.next.as_deref(), path)
            }
        }
    }

    fn fork(&mut self, node: &str, branches: &[&str], path: &[u32]) -> Result<(), Halt> {
        let fork = u32::try_from(self.state.forks.len()).unwrap_or(u32::MAX);
        let n_branches = u32::try_from(branches.len()).unwrap_or(u32::MAX);
        self.emit(Event::Forked { fork, node: node.to_owned(), n_branches });
        for branch in branches {
            if self.state.status.is_over() {
                return Ok(());
            }
            let path = path.iter().copied().chain([fork]).collect();
            self.go(Some(branch), path)?;
        }
        Ok(())
    }

    fn arrive(&mut self, next: Option<&str>, mut path: Vec<u32>) -> Result<(), Halt> {
        let fork = path.pop().ok_or(Refusal::FlowBroken)?;
        self.emit(Event::Arrived { fork });
        let known = usize::try_from(fork).ok().and_then(|fork| self.state.forks.get(fork));
        if known.is_some_and(|fork| fork.n_arrived >= fork.n_branches) { self.go(next, path) } else { Ok(()) }
    }

    fn around(&self) -> Around<'static> {
        // The chosen ones are handed over by value below; this keeps the borrow short.
        Around { initiator: self.state.initiator, owner: self.case.owner, chosen: &[] }
    }

    /// Asks the people of a node, or passes it over.
    fn enter(&mut self, node: &Approval, path: Vec<u32>) -> Result<(), Halt> {
        let is_asked_again = self.state.asked_again.contains(&node.key);
        if !is_asked_again && self.is_agreed_before(&node.key) {
            return self.pass_over(node, PassedOver::AgreedBefore, path);
        }
        let (mut seats, had_initiator) = self.seats(node)?;
        let missing = missing_groups(node, &seats);
        if seats.is_empty() || !missing.is_empty() {
            match node.nobody {
                Nobody::Skip if seats.is_empty() => {
                    let why = if had_initiator { PassedOver::OwnMatter } else { PassedOver::Nobody };
                    return self.pass_over(node, why, path);
                }
                Nobody::Skip => {}
                Nobody::Fail => return self.fail(),
                Nobody::Admin => match self.admin()? {
                    Some(admin) => self.add_admin(admin, &mut seats, missing),
                    None => return self.fail(),
                },
            }
        }
        if node.same_again == SameAgain::Skip && !is_asked_again && self.agreed_just_before(node, &seats) {
            return self.pass_over(node, PassedOver::SameAgain, path);
        }
        let agreed = self.agreed_before_it_was_given_back(&node.key);
        for seat in &mut seats {
            seat.has_agreed = agreed.contains(&(seat.user, seat.group.as_ref()));
        }
        let has_agreed = seats.iter().any(|seat| seat.has_agreed);
        let first = seats.iter().position(|seat| !seat.has_agreed);
        for (place, seat) in seats.iter_mut().enumerate() {
            seat.is_open = !seat.has_agreed && (node.rule != Rule::Sequential || Some(place) == first);
        }
        let task = self.state.n_tasks();
        self.emit(Event::Entered { task, node: node.key.clone(), path, seats });
        // Whoever gave it back may be asked no more: then what was agreed before may be enough.
        if has_agreed { self.settle(task) } else { Ok(()) }
    }

    /// Refused where it would begin, ended where it runs.
    fn fail(&mut self) -> Result<(), Halt> {
        if matches!(self.events.first(), Some(Event::Opened { .. })) {
            return Err(Refusal::NobodyToDecide.into());
        }
        self.conclude(Status::Failed);
        Ok(())
    }

    fn pass_over(&mut self, node: &Approval, why: PassedOver, path: Vec<u32>) -> Result<(), Halt> {
        self.emit(Event::PassedOver { node: node.key.clone(), why });
        self.go(node.next.as_deref(), path)
    }

    /// Was it agreed in an earlier round, to what is handed in now?
    fn is_agreed_before(&self, node: &str) -> bool {
        let state = &self.state;
        let last = state.tasks.iter().rev().find(|task| task.node == node);
        last.is_some_and(|task| {
            task.status == TaskStatus::Approved
                && task.round < state.round
                && task.content_hash == state.content_hash
        })
    }

    /// Who agreed in the node, for which group, before somebody beside them gave it back, where what is handed in now is
    /// the same.
    fn agreed_before_it_was_given_back(&self, node: &str) -> Vec<(UserId, Option<&String>)> {
        let last = self.state.tasks.iter().rev().find(|task| task.node == node);
        let is_broken_off = |task: &&Task| {
            matches!(task.status, TaskStatus::Returned | TaskStatus::Cancelled)
                && task.content_hash.is_some()
                && task.content_hash == self.state.content_hash
        };
        let agreed = last.filter(is_broken_off).into_iter().flat_map(|task| &task.seats);
        let agreed = agreed.filter(|seat| seat.status == SeatStatus::Approved && seat.is_of_the_rule());
        agreed.map(|seat| (seat.user, seat.group.as_ref())).collect()
    }

    /// Did everybody who would be asked agree to the same in the node just before, on this way?
    fn agreed_just_before(&self, node: &Approval, seats: &[NewSeat]) -> bool {
        let is_before = |task: &&Task| {
            task.status == TaskStatus::Approved
                && task.content_hash == self.state.content_hash
                && self.case.flow.leads(&task.node, &node.key)
        };
        let before: Vec<&Task> = self.state.tasks.iter().rev().filter(is_before).collect();
        let Some(before) = last_of(self.case.flow, &before) else { return false };
        let agreed = |user: UserId| {
            before.seats.iter().any(|seat| seat.user == user && seat.status == SeatStatus::Approved)
        };
        seats.iter().all(|seat| agreed(seat.user))
    }

    /// Who is asked in a node, and whether the initiator was among them and left out.
    fn seats(&self, node: &Approval) -> Result<(Vec<NewSeat>, bool), Halt> {
        let around = Around { chosen: &self.state.chosen, ..self.around() };
        let mut seats: Vec<NewSeat> = Vec::new();
        let mut had_initiator = false;
        for approver in &node.approvers {
            for user in ask::people(&approver.who, around, self.case.answers)? {
                let mut asked = vec![user];
                if user == self.state.initiator && node.own_matter != OwnMatter::Themselves {
                    had_initiator = true;
                    asked = self.instead_of_initiator(node.own_matter)?;
                }
                for user in asked {
                    let is_known = |seat: &NewSeat| seat.user == user && seat.group == approver.group;
                    if seats.iter().any(is_known) {
                        continue;
                    }
                    let id = self.state.next_seat() + u32::try_from(seats.len()).unwrap_or(u32::MAX);
                    let (group, weight) = (approver.group.clone(), approver.weight);
                    let origin = Origin::Resolved;
                    seats.push(NewSeat { id, user, origin, group, weight, is_open: true, has_agreed: false });
                }
            }
        }
        Ok((seats, had_initiator))
    }

    fn instead_of_initiator(&self, rule: OwnMatter) -> Result<Vec<UserId>, Halt> {
        let initiator = self.state.initiator;
        let query = match rule {
            OwnMatter::Themselves => return Ok(vec![initiator]),
            OwnMatter::Skip => return Ok(Vec::new()),
            OwnMatter::Superior => Query::Above(initiator, 1),
            OwnMatter::DepartmentHead => Query::HeadOf(initiator),
        };
        let people = self.case.answers.of(query)?;
        Ok(people.iter().copied().filter(|user| *user != initiator).collect())
    }

    fn admin(&self) -> Result<Option<UserId>, Halt> {
        let admins = self.case.answers.of(Query::InRole(Role::Admin, Within::Company, Take::All))?;
        Ok(admins.iter().copied().find(|user| *user != self.state.initiator))
    }

    /// The admin is asked where nobody else is found: for each group that has nobody, or for all.
    fn add_admin(&self, user: UserId, seats: &mut Vec<NewSeat>, missing: Vec<String>) {
        let groups: Vec<_> =
            if missing.is_empty() { vec![None] } else { missing.into_iter().map(Some).collect() };
        for group in groups {
            let id = self.state.next_seat() + u32::try_from(seats.len()).unwrap_or(u32::MAX);
            let origin = Origin::Admin;
            let weight = u32::MAX;
            seats.push(NewSeat { id, user, origin, group, weight, is_open: true, has_agreed: false });
        }
    }
}

/// Of tasks, the newest first, the one that no other comes behind. The newest may come early in the flow: what it was
/// given back to was asked last.
pub(super) fn last_of<'t>(flow: &Flow, tasks: &[&'t Task]) -> Option<&'t Task> {
    let is_last = |task: &&Task| !tasks.iter().any(|other| flow.leads(&task.node, &other.node));
    tasks.iter().copied().find(is_last)
}

/// The groups of the node's quorum that nobody was found for.
fn missing_groups(node: &Approval, seats: &[NewSeat]) -> Vec<String> {
    let Rule::PerGroup { quorum } = &node.rule else { return Vec::new() };
    let is_filled = |group: &String| seats.iter().any(|seat| seat.group.as_ref() == Some(group));
    quorum.keys().filter(|group| !is_filled(group)).cloned().collect()
}
