//! What a person does, decided: who may, what follows, and what is refused.

use super::Refusal;
use super::advance::{Case, Run, last_of};
use super::ask::Halt;
use super::event::{Event, Target, Word};
use super::flow::OwnMatter;
use super::seat::{Origin, Seat, SeatStatus};
use super::state::{State, Status, Task, TaskStatus};
use super::verb::Verb;
use crate::ids::UserId;
use crate::writing::is_blank;

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

    /// May the person answer here, for themselves or for somebody they stand in for?
    fn is_at(&self, seat: &Seat) -> bool {
        std::iter::once(&self.user).chain(&self.principals).any(|user| seat.is_held_by(*user))
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
    let text = text.map(|text| text.trim()).filter(|text| !is_blank(text));
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
            .filter(|(_, seat)| who.is_at(seat))
            // A superior who joined answers in the name of whom they help, and an agent of whom they stand in for.
            .map(|(task, seat)| (task.id, seat.id, Some(seat.user).filter(|user| *user != who.user)))
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

    /// One word is given for one person at a time, so that both names stand by it: whoever stands in for somebody
    /// else and is asked as well answers twice.
    fn answer(mut self, who: &Acting, word: Word, comment: Option<String>) -> Result<Done, Halt> {
        let turns = self.turns(who)?;
        let comment = comment.map(|text| text.trim().to_owned()).filter(|text| !is_blank(text));
        if comment.is_none() && (word == Word::Reject || who.is_override) {
            return Err(Refusal::CommentMissing.into());
        }
        let on_behalf_of = turns[0].2;
        for (task, seat, _) in turns.into_iter().filter(|turn| turn.2 == on_behalf_of) {
            let is_still_open =
                self.state.seat(seat).is_some_and(|(_, seat)| seat.status == SeatStatus::Open);
            if !is_still_open || self.state.status != Status::Open {
                continue;
            }
            self.emit(Event::Answered { seat, word, by: Some(who.user), comment: comment.clone() });
            self.hand_on(seat);
            self.settle(task)?;
        }
        Ok(self.done(on_behalf_of))
    }

    /// Whoever asked for an opinion gets the turn back; whoever was added after has it now.
    pub(super) fn hand_on(&mut self, answered: u32) {
        let Some((task, seat)) = self.state.seat(answered) else { return };
        let agreed = seat.status == SeatStatus::Approved;
        let gives_back = seat.origin == Origin::Delegated || (seat.origin == Origin::AddedBefore && agreed);
        let is_waiting = |it: &&Seat| it.status == SeatStatus::Waiting;
        let is_parent = |it: &&Seat| gives_back && seat.parent == Some(it.id) && !task.is_held(it.id);
        let is_after = |it: &&Seat| agreed && it.origin == Origin::AddedAfter && it.parent == Some(answered);
        let is_next = |it: &&Seat| is_waiting(it) && (is_parent(it) || is_after(it));
        let turns: Vec<u32> = task.seats.iter().filter(is_next).map(|it| it.id).collect();
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
        let (node, path) = self.target(task, to)?.unzip();
        // What lies behind the target is asked again; the ways beside it go on.
        let flow = self.case.flow;
        let behind = node.as_ref().map(|node| flow.reached_from(node));
        let is_behind = |task: &&Task| behind.as_ref().is_none_or(|all| all.contains(task.node.as_str()));
        let others: Vec<u32> =
            self.state.open_tasks().filter(is_behind).map(|it| it.id).filter(|it| *it != id).collect();
        self.emit(Event::Left { task: id, outcome: TaskStatus::Returned });
        for task in others {
            self.emit(Event::Left { task, outcome: TaskStatus::Cancelled });
        }
        let to = if node.is_some() { to.clone() } else { Target::Initiator };
        self.emit(Event::Returned { task: id, to, node: node.clone(), comment: comment.to_owned() });
        if let Some(node) = node {
            self.go(Some(&node), path.unwrap_or_default())?;
        }
        Ok(self.done(on_behalf_of))
    }

    /// The node that it is given back to, and the ways it lies inside of. None for the initiator.
    fn target(&self, from: &Task, to: &Target) -> Result<Option<(String, Vec<u32>)>, Refusal> {
        let flow = self.case.flow;
        let is_behind = |task: &&Task| {
            task.status == TaskStatus::Approved
                && (task.round == from.round || task.content_hash == from.content_hash)
                && flow.leads(&task.node, &from.node)
                && self.state.is_around(&task.path, &from.path)
        };
        let behind: Vec<&Task> = self.state.tasks.iter().rev().filter(is_behind).collect();
        let previous = last_of(flow, &behind);
        let found = match to {
            Target::Initiator => return Ok(None),
            // Before the first node stands the initiator.
            Target::Previous if previous.is_none() => return Ok(None),
            Target::Previous => previous,
            Target::Node(key) => {
                let is_named = flow.approval(&from.node).is_some_and(|node| node.return_to.contains(key));
                let is_meant = |task: &&Task| task.node == *key;
                let named = behind.iter().copied().filter(|_| is_named).find(is_meant);
                named.or(previous.filter(is_meant))
            }
        };
        let found = found.ok_or(Refusal::TargetUnreachable)?;
        let path = from.path.iter().take(found.path.len()).copied().collect();
        Ok(Some((found.node.clone(), path)))
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
        let added = self.state.open_tasks().find_map(|task| {
            task.seats.iter().find_map(|seat| {
                let is_meant = seat.user == user
                    && (seat.is_added() || seat.origin == Origin::Delegated)
                    && seat.status.is_waited_for();
                let parent = task.seats.iter().find(|it| is_meant && seat.parent == Some(it.id))?;
                who.is_at(parent).then_some((task.id, seat.id, parent.id, parent.user))
            })
        });
        let (task, seat, parent, principal) = added.ok_or(Refusal::NotAdded)?;
        self.remove(task, seat);
        let is_next = self.state.task(task).is_some_and(|task| {
            let is_waiting = |it: &Seat| it.id == parent && it.status == SeatStatus::Waiting;
            task.seats.iter().any(is_waiting) && !task.is_held(parent)
        });
        if is_next {
            self.emit(Event::TurnCame { seat: parent });
        }
        self.settle(task)?;
        Ok(self.done(Some(principal).filter(|user| *user != who.user)))
    }

    /// With whoever is taken away go those whom they have asked in turn.
    fn remove(&mut self, task: u32, seat: u32) {
        self.emit(Event::SignerRemoved { seat });
        let Some(known) = self.state.task(task) else { return };
        let is_below = |it: &&Seat| it.parent == Some(seat) && it.status.is_waited_for();
        let below: Vec<u32> = known.seats.iter().filter(is_below).map(|it| it.id).collect();
        below.into_iter().for_each(|seat| self.remove(task, seat));
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
        if last.by != Some(who.user) {
            return Err(Refusal::NotYours.into());
        }
        // What somebody answered for somebody else's question has gone back to them.
        if seat.origin == Origin::Delegated {
            return Err(Refusal::TooLate.into());
        }
        let (task, left_at, principal) = (task.id, task.left_at, seat.user);
        let is_after = |it: &&Task| left_at.is_some_and(|left_at| it.id >= left_at);
        let cancelled = self.state.open_tasks().filter(is_after).map(|it| it.id).collect();
        self.emit(Event::TakenBack { seat: last.seat, task, cancelled, waiting: last.turns });
        Ok(self.done(Some(principal).filter(|user| *user != who.user)))
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
