//! What a person does, decided: who may, what follows, and what is refused.

use super::Refusal;
use super::advance::{Case, Run};
use super::ask::Halt;
use super::event::{Event, Target, Word};
use super::flow::{OwnMatter, Rule};
use super::state::{Origin, Seat, SeatStatus, State, Status, Task, TaskStatus};
use super::verb::Verb;
use crate::ids::UserId;

/// A record is handed in this often at most.
pub const MOST_ROUNDS: u32 = 3;

/// Who acts.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The person.
    pub user: UserId,
    /// Those whom the person stands in for now.
    pub principals: Vec<UserId>,
    /// Approving vouches for what a machine has refused: say why.
    pub is_override: bool,
}

impl Acting {
    /// Somebody for themselves.
    pub fn oneself(user: UserId) -> Self {
        Self { user, principals: Vec::new(), is_override: false }
    }

    /// For whom the person would answer here, if they may.
    fn at(&self, seat: &Seat) -> Option<UserId> {
        std::iter::once(self.user).chain(self.principals.iter().copied()).find(|user| seat.is_held_by(*user))
    }
}

/// What a command leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The state from now on.
    pub state: State,
    /// What happened.
    pub events: Vec<Event>,
    /// For whom the person acted, where not for themselves.
    pub on_behalf_of: Option<UserId>,
}

/// Hands a record in for the first time.
pub fn open(
    case: Case<'_>,
    version: i32,
    initiator: UserId,
    (content_hash, chosen): (Option<String>, Vec<UserId>),
) -> Result<Done, Halt> {
    let mut run = Run::new(case, State::blank(initiator));
    let flow = case.flow.key.clone();
    run.emit(Event::Opened { initiator, flow, version, content_hash, chosen });
    run.go(Some(&case.flow.start), Vec::new())?;
    Ok(run.done(None))
}

/// Somebody does something.
pub fn act(case: Case<'_>, state: &State, who: &Acting, verb: &Verb) -> Result<Done, Halt> {
    let run = Run::new(case, state.clone());
    match verb {
        Verb::Comment { text } => run.comment(said(text.as_ref())?),
        Verb::Override { word, comment } => run.overrule(*word, said(comment.as_ref())?),
        Verb::Withdraw { reason } => run.withdraw(who, reason.clone()),
        Verb::Resubmit { content_hash, comment } => run.resubmit(who, content_hash.clone(), comment.clone()),
        _ => {
            run.is_open()?;
            match verb {
                Verb::Answer { word, comment } => run.answer(who, *word, comment.clone()),
                Verb::Return { to, comment } => run.give_back(who, to, &said(comment.as_ref())?),
                Verb::RemoveSigner { user } => run.remove_signer(who, *user),
                Verb::AskInfo { question } => run.ask_info(who, said(question.as_ref())?),
                Verb::GiveInfo { answer } => run.give_info(who, said(answer.as_ref())?),
                Verb::Remind => run.remind(who),
                Verb::ConsentToWithdrawal => run.consent(who),
                Verb::TakeBack => run.take_back(who),
                Verb::Transfer { to, .. } | Verb::Delegate { to, .. } | Verb::AddSigner { to, .. } => {
                    run.reseat(who, *to, verb)
                }
                _ => Err(Refusal::NotYours.into()),
            }
        }
    }
}

fn said(text: Option<&String>) -> Result<String, Refusal> {
    let text = text.map(|text| text.trim()).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or(Refusal::CommentMissing)
}

impl Run<'_> {
    pub(super) fn done(self, on_behalf_of: Option<UserId>) -> Done {
        Done { state: self.state, events: self.events, on_behalf_of }
    }

    pub(super) fn is_open(&self) -> Result<(), Refusal> {
        match self.state.status {
            Status::Open => Ok(()),
            Status::Returned => Err(Refusal::GivenBack),
            Status::Withdrawn | Status::Lapsed | Status::Failed => Err(Refusal::Withdrawn),
            Status::Approved | Status::Rejected => Err(Refusal::AlreadyDecided),
        }
    }

    /// The seats where it is the person's turn, their own first.
    fn turns(&self, who: &Acting) -> Result<Vec<(u32, u32, Option<UserId>)>, Refusal> {
        let mut turns: Vec<_> = self
            .state
            .open_seats()
            .filter_map(|(task, seat)| {
                let held = who.at(seat)?;
                // A superior who joined answers in the name of whom they help, and an agent of whom they stand in for.
                Some((
                    task.id,
                    seat.id,
                    Some(seat.user).filter(|_| held != who.user || seat.user != who.user),
                ))
            })
            .collect();
        turns.sort_by_key(|(_, _, on_behalf_of)| on_behalf_of.is_some());
        if who.user == self.state.initiator {
            turns.retain(|(task, ..)| self.may_be_own(*task));
            if turns.is_empty() {
                return Err(Refusal::OwnMatter);
            }
        }
        if turns.is_empty() {
            let answered = |task: &Task| {
                task.seats.iter().any(|seat| {
                    seat.user == who.user
                        && matches!(seat.status, SeatStatus::Approved | SeatStatus::Rejected)
                })
            };
            let has_answered = self.state.open_tasks().any(answered);
            return Err(if has_answered { Refusal::AlreadyAnswered } else { Refusal::NotYours });
        }
        Ok(turns)
    }

    fn may_be_own(&self, task: u32) -> bool {
        let node = self.state.task(task).and_then(|task| self.case.flow.approval(&task.node));
        node.is_some_and(|node| node.own_matter == OwnMatter::Themselves)
    }

    fn answer(mut self, who: &Acting, word: Word, comment: Option<String>) -> Result<Done, Halt> {
        let turns = self.turns(who)?;
        let comment = comment.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if comment.is_none() && (word == Word::Reject || who.is_override) {
            return Err(Refusal::CommentMissing.into());
        }
        let on_behalf_of = turns[0].2;
        for (task, seat, _) in turns {
            let is_still_open =
                self.state.seat(seat).is_some_and(|(_, seat)| seat.status == SeatStatus::Open);
            if !is_still_open || self.state.status != Status::Open {
                continue;
            }
            self.emit(Event::Answered { seat, word, comment: comment.clone() });
            self.hand_on(seat);
            self.settle(task)?;
        }
        Ok(self.done(on_behalf_of))
    }

    /// Whoever asked for an opinion gets the turn back; whoever was added after has it now.
    fn hand_on(&mut self, answered: u32) {
        let Some((task, seat)) = self.state.seat(answered) else { return };
        let agreed = seat.status == SeatStatus::Approved;
        let parent = seat.parent.filter(|_| match seat.origin {
            Origin::Delegated => true,
            Origin::AddedBefore => agreed,
            _ => false,
        });
        let is_waiting =
            |id: u32| task.seats.iter().any(|it| it.id == id && it.status == SeatStatus::Waiting);
        let others_before =
            |id: u32| task.seats.iter().any(|it| it.parent == Some(id) && it.status == SeatStatus::Open);
        let parent = parent.filter(|id| is_waiting(*id) && !others_before(*id));
        let is_after = |it: &&Seat| {
            it.origin == Origin::AddedAfter
                && it.parent == Some(answered)
                && it.status == SeatStatus::Waiting
                && agreed
        };
        let after = task.seats.iter().filter(is_after).map(|it| it.id);
        let turns: Vec<u32> = parent.into_iter().chain(after).collect();
        for seat in turns {
            self.emit(Event::TurnCame { seat });
        }
    }

    fn give_back(mut self, who: &Acting, to: &Target, comment: &str) -> Result<Done, Halt> {
        let (id, _, on_behalf_of) = self.turns(who)?[0];
        if self.state.round >= MOST_ROUNDS {
            return Err(Refusal::RoundsUsedUp.into());
        }
        let task = self.state.task(id).ok_or(Refusal::FlowBroken)?;
        let target = self.target(task, to)?;
        let (node, path) = target.map_or((None, Vec::new()), |(node, path)| (Some(node), path));
        let is_concerned = |it: &&Task| it.id == id || it.path.starts_with(&path);
        let others: Vec<u32> =
            self.state.open_tasks().filter(is_concerned).map(|it| it.id).filter(|it| *it != id).collect();
        self.emit(Event::Left { task: id, outcome: TaskStatus::Returned });
        // Siblings on the same way go on where the target lies on that way as well.
        let is_beside = self.state.task(id).is_some_and(|task| task.path == path) && node.is_some();
        if !is_beside {
            for task in others {
                self.emit(Event::Left { task, outcome: TaskStatus::Cancelled });
            }
        }
        let to = if node.is_some() { to.clone() } else { Target::Initiator };
        self.emit(Event::Returned { task: id, to, node: node.clone(), comment: comment.to_owned() });
        if let Some(node) = node {
            self.go(Some(&node), path)?;
        }
        Ok(self.done(on_behalf_of))
    }

    /// The node that it is given back to, and the ways it lies inside of. None for the initiator.
    fn target(&self, from: &Task, to: &Target) -> Result<Option<(String, Vec<u32>)>, Refusal> {
        let is_behind = |task: &&Task| {
            task.id < from.id
                && task.node != from.node
                && task.status == TaskStatus::Approved
                && from.path.starts_with(&task.path)
        };
        let found = match to {
            Target::Initiator => return Ok(None),
            Target::Previous => self.state.tasks.iter().rev().find(is_behind),
            Target::Node(key) => {
                self.state.tasks.iter().rev().filter(is_behind).find(|task| task.node == *key)
            }
        };
        match found {
            Some(task) => Ok(Some((task.node.clone(), task.path.clone()))),
            // Before the first node stands the initiator.
            None if *to == Target::Previous => Ok(None),
            None => Err(Refusal::TargetUnreachable),
        }
    }

    /// Hands the turn over, asks for an opinion, or adds somebody.
    fn reseat(mut self, who: &Acting, to: UserId, verb: &Verb) -> Result<Done, Halt> {
        let (task, seat, on_behalf_of) = self.turns(who)?[0];
        if to == self.state.initiator && !self.may_be_own(task) {
            return Err(Refusal::OwnMatter.into());
        }
        let is_asked = |it: &Seat| {
            it.is_held_by(to)
                && matches!(it.status, SeatStatus::Open | SeatStatus::Waiting | SeatStatus::Approved)
        };
        let known = self.state.task(task).ok_or(Refusal::FlowBroken)?;
        if known.seats.iter().any(is_asked) {
            return Err(Refusal::AlreadyAsked.into());
        }
        let new = self.state.next_seat();
        self.emit(match verb {
            Verb::Transfer { comment, .. } => Event::Transferred { seat, new, to, comment: comment.clone() },
            Verb::Delegate { comment, .. } => Event::Delegated { seat, new, to, comment: comment.clone() },
            Verb::AddSigner { is_before, comment, .. } => {
                let (is_before, comment) = (*is_before, comment.clone());
                Event::SignerAdded { seat, new, to, is_before, comment }
            }
            _ => return Err(Refusal::NotYours.into()),
        });
        Ok(self.done(on_behalf_of))
    }

    fn remove_signer(mut self, who: &Acting, user: UserId) -> Result<Done, Halt> {
        let is_mine = |task: &Task, seat: &Seat| {
            let parent = seat.parent.and_then(|id| task.seats.iter().find(|it| it.id == id));
            parent.is_some_and(|parent| who.at(parent).is_some())
        };
        let added = self.state.open_tasks().find_map(|task| {
            let seat = task.seats.iter().find(|seat| {
                seat.user == user
                    && (seat.is_added() || seat.origin == Origin::Delegated)
                    && matches!(seat.status, SeatStatus::Open | SeatStatus::Waiting)
                    && is_mine(task, seat)
            });
            seat.map(|seat| (task.id, seat.id, seat.parent))
        });
        let (task, seat, parent) = added.ok_or(Refusal::NotAdded)?;
        self.emit(Event::SignerRemoved { seat });
        let waits = |id: u32| {
            self.state.seat(id).is_some_and(|(task, it)| {
                let is_held =
                    task.seats.iter().any(|it| it.parent == Some(id) && it.status == SeatStatus::Open);
                it.status == SeatStatus::Waiting && !is_held
            })
        };
        if let Some(seat) = parent.filter(|id| waits(*id)) {
            self.emit(Event::TurnCame { seat });
        }
        self.settle(task)?;
        Ok(self.done(None))
    }

    fn ask_info(mut self, who: &Acting, question: String) -> Result<Done, Halt> {
        let (task, _, on_behalf_of) = self.turns(who)?[0];
        self.emit(Event::InfoAsked { task, question });
        Ok(self.done(on_behalf_of))
    }

    fn comment(mut self, text: String) -> Result<Done, Halt> {
        self.emit(Event::Commented { text });
        Ok(self.done(None))
    }

    fn consent(mut self, who: &Acting) -> Result<Done, Halt> {
        let (.., on_behalf_of) = self.turns(who)?[0];
        if !self.state.is_withdrawal_asked {
            return Err(Refusal::NothingAsked.into());
        }
        self.conclude(Status::Withdrawn);
        Ok(self.done(on_behalf_of))
    }

    fn take_back(mut self, who: &Acting) -> Result<Done, Halt> {
        let last = self.state.last_decision.clone().ok_or(Refusal::TooLate)?;
        let (task, seat) = self.state.seat(last.seat).ok_or(Refusal::TooLate)?;
        let on_behalf_of = who.at(seat).ok_or(Refusal::NotYours)?;
        // What somebody answered for somebody else's question has gone back to them.
        if seat.origin == Origin::Delegated {
            return Err(Refusal::TooLate.into());
        }
        let (task_id, from) = (task.id, task.left_at);
        let is_after = |it: &&Task| from.is_some_and(|from| it.id >= from);
        let cancelled: Vec<u32> = self.state.open_tasks().filter(is_after).map(|it| it.id).collect();
        let node = self.case.flow.approval(&task.node).ok_or(Refusal::FlowBroken)?;
        let has_turn_by_it = |it: &&Seat| {
            it.status == SeatStatus::Open
                && it.id != last.seat
                && (node.rule == Rule::Sequential
                    || it.parent == Some(last.seat)
                    || (seat.origin == Origin::AddedBefore && seat.parent == Some(it.id)))
        };
        let waiting: Vec<u32> = task.seats.iter().filter(has_turn_by_it).map(|it| it.id).collect();
        self.emit(Event::TakenBack { seat: last.seat, task: task_id, cancelled, waiting });
        Ok(self.done(Some(on_behalf_of).filter(|user| *user != who.user)))
    }

    fn overrule(mut self, word: Word, comment: String) -> Result<Done, Halt> {
        if self.state.status != Status::Returned {
            self.is_open()?;
        }
        self.emit(Event::Overridden { word, comment });
        self.conclude(match word {
            Word::Approve => Status::Approved,
            Word::Reject => Status::Rejected,
        });
        Ok(self.done(None))
    }
}
