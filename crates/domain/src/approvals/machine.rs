//! What the machine does with a decision: a rung of the ladder, a lapse, somebody's leaving.

use super::Done;
use super::advance::{Case, Run};
use super::ask::{Halt, Query};
use super::event::{Event, Word};
use super::flow::{Take, Within};
use super::ladder::{Act, Rung};
use super::state::{State, Status, TaskStatus};
use crate::ids::UserId;
use crate::people::Role;

/// As far up as somebody who may be asked is looked for.
const MOST_LEVELS: u32 = 8;

/// A rung of a task's ladder is reached.
pub fn climb(case: Case<'_>, state: &State, task: u32, (rung, step): (i32, Rung)) -> Result<Done, Halt> {
    let Rung { percent, act } = step;
    let mut run = Run::new(case, state.clone());
    let is_open = state.task(task).is_some_and(|task| task.status == TaskStatus::Open);
    if state.status != Status::Open || !is_open {
        return Ok(run.done(None));
    }
    run.emit(Event::RungReached { task, rung, percent, act: act.name().to_owned() });
    match act {
        Act::Remind | Act::Breakpoint => {}
        Act::Superior => run.bring_in(task, |last| Query::Above(last, MOST_LEVELS))?,
        Act::Director => run.bring_in(task, Query::HeadOf)?,
        Act::Reassign => run.reassign(task)?,
        Act::AutoApprove => run.answer_all(task, Word::Approve)?,
        Act::AutoReject => run.answer_all(task, Word::Reject)?,
    }
    Ok(run.done(None))
}

/// Ends it without a decision.
pub fn end(case: Case<'_>, state: &State, status: Status) -> Done {
    let mut run = Run::new(case, state.clone());
    if !state.status.is_over() {
        run.conclude(status);
    }
    run.done(None)
}

/// Asks about something newer instead; the clock and the turns stay.
pub fn renew(case: Case<'_>, state: &State, initiator: UserId, content_hash: Option<String>) -> Done {
    let mut run = Run::new(case, state.clone());
    if !state.status.is_over() {
        run.emit(Event::Renewed { initiator, content_hash });
    }
    run.done(None)
}

/// Everything that waits for somebody who leaves goes to somebody else: to `to`, or whoever stands above them where
/// they ask themselves or are asked already, or to the admin.
pub fn move_turns(case: Case<'_>, state: &State, from: UserId, to: UserId) -> Result<Done, Halt> {
    let mut run = Run::new(case, state.clone());
    let seats: Vec<(u32, u32)> = state
        .open_tasks()
        .flat_map(|task| task.seats.iter().map(|seat| (task.id, seat)))
        .filter(|(_, seat)| seat.user == from && seat.status.is_waited_for())
        .map(|(task, seat)| (task, seat.id))
        .collect();
    for (task, seat) in seats {
        let to = run.stand_in(task, to)?;
        let new = run.state.next_seat();
        run.emit(Event::Transferred { seat, new, to, comment: None });
    }
    Ok(run.done(None))
}

impl Run<'_> {
    /// Somebody above joins each open seat of the task.
    fn bring_in(&mut self, task: u32, above: impl Fn(UserId) -> Query) -> Result<(), Halt> {
        for seat in self.open_seats_of(task) {
            let Some((_, known)) = self.state.seat(seat) else { continue };
            let last = known.holders().last().unwrap_or(known.user);
            let joining = self.case.answers.of(above(last))?;
            let joining = joining
                .iter()
                .copied()
                .find(|user| *user != self.state.initiator && !known.is_held_by(*user));
            if let Some(user) = joining {
                self.emit(Event::SuperiorJoined { seat, user });
            }
        }
        Ok(())
    }

    fn reassign(&mut self, task: u32) -> Result<(), Halt> {
        for seat in self.open_seats_of(task) {
            let Some((_, known)) = self.state.seat(seat) else { continue };
            let above = self.case.answers.of(Query::Above(known.user, MOST_LEVELS))?;
            if let Some(to) = above.iter().copied().find(|user| self.is_free_for(task, *user)) {
                let new = self.state.next_seat();
                self.emit(Event::Transferred { seat, new, to, comment: None });
            }
        }
        Ok(())
    }

    /// Who takes over a turn in the task: the person, somebody above them, or the admin. The first who is not asked
    /// yet, else the first who did not ask.
    fn stand_in(&self, task: u32, wanted: UserId) -> Result<UserId, Halt> {
        if self.is_free_for(task, wanted) {
            return Ok(wanted);
        }
        let above = self.case.answers.of(Query::Above(wanted, MOST_LEVELS))?;
        let admins = self.case.answers.of(Query::InRole(Role::Admin, Within::Company, Take::All))?;
        let all = || [wanted].into_iter().chain(above.iter().copied()).chain(admins.iter().copied());
        let free = all().find(|user| self.is_free_for(task, *user));
        Ok(free.or_else(|| all().find(|user| *user != self.state.initiator)).unwrap_or(wanted))
    }

    fn is_free_for(&self, task: u32, user: UserId) -> bool {
        let task = self.state.task(task);
        user != self.state.initiator
            && !task.is_some_and(|task| task.seats.iter().any(|seat| seat.is_held_by(user)))
    }

    fn answer_all(&mut self, task: u32, word: Word) -> Result<(), Halt> {
        while let Some(seat) = self.open_seats_of(task).first().copied() {
            self.emit(Event::Answered { seat, word, by: None, comment: None });
            self.hand_on(seat);
            self.settle(task)?;
        }
        Ok(())
    }

    fn open_seats_of(&self, task: u32) -> Vec<u32> {
        self.state.open_seats().filter(|(it, _)| it.id == task).map(|(_, seat)| seat.id).collect()
    }
}
