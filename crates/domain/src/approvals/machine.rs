//! What the machine does with a decision: a rung of the ladder, a lapse, somebody's leaving.

use super::Done;
use super::advance::{Case, Run};
use super::ask::{Halt, Query};
use super::event::{Event, Word};
use super::flow::{Take, Within};
use super::ladder::{Act, Rung};
use super::state::{SeatStatus, State, Status, TaskStatus};
use crate::ids::UserId;
use crate::people::Role;

/// A rung of a task's ladder is reached.
pub fn climb(case: Case<'_>, state: &State, task: u32, (rung, step): (i32, Rung)) -> Result<Done, Halt> {
    let Rung { percent, act } = step;
    let mut run = Run::new(case, state.clone());
    let is_open = state.task(task).is_some_and(|task| task.status == TaskStatus::Open);
    if state.status != Status::Open || !is_open {
        return Ok(run.finished());
    }
    run.emit(Event::RungReached { task, rung, percent, act: act.name().to_owned() });
    match act {
        Act::Remind | Act::Breakpoint => {}
        Act::Superior => run.bring_in(task, |last| Query::Above(last, 1))?,
        Act::Director => run.bring_in(task, Query::HeadOf)?,
        Act::Reassign => run.reassign(task)?,
        Act::AutoApprove => run.answer_all(task, Word::Approve)?,
        Act::AutoReject => run.answer_all(task, Word::Reject)?,
    }
    Ok(run.finished())
}

/// Ends it without a decision.
pub fn end(case: Case<'_>, state: &State, status: Status) -> Done {
    let mut run = Run::new(case, state.clone());
    if !state.status.is_over() {
        run.conclude(status);
    }
    run.finished()
}

/// Asks about something newer instead; the clock and the turns stay.
pub fn renew(case: Case<'_>, state: &State, initiator: UserId, content_hash: Option<String>) -> Done {
    let mut run = Run::new(case, state.clone());
    run.emit(Event::Renewed { initiator, content_hash });
    run.finished()
}

/// Everything that waits for somebody who leaves goes to somebody else: to `to`, or whoever stands above them where
/// they ask themselves or are asked already, or to the admin.
pub fn move_turns(case: Case<'_>, state: &State, from: UserId, to: UserId) -> Result<Done, Halt> {
    let mut run = Run::new(case, state.clone());
    let is_waited_for = |status| matches!(status, SeatStatus::Open | SeatStatus::Waiting);
    let seats: Vec<(u32, u32)> = state
        .open_tasks()
        .flat_map(|task| task.seats.iter().map(|seat| (task.id, seat)))
        .filter(|(_, seat)| seat.user == from && is_waited_for(seat.status))
        .map(|(task, seat)| (task, seat.id))
        .collect();
    for (task, seat) in seats {
        let to = run.free_for(task, to)?;
        let new = run.state.next_seat();
        run.emit(Event::Transferred { seat, new, to, comment: None });
    }
    Ok(run.finished())
}

impl Run<'_> {
    fn finished(self) -> Done {
        Done { state: self.state, events: self.events, on_behalf_of: None }
    }

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
            let Some((known_task, known)) = self.state.seat(seat) else { continue };
            let above = self.case.answers.of(Query::Above(known.user, 1))?;
            let is_free = |user: &UserId| {
                *user != self.state.initiator && !known_task.seats.iter().any(|it| it.is_held_by(*user))
            };
            if let Some(to) = above.iter().copied().find(is_free) {
                let new = self.state.next_seat();
                self.emit(Event::Transferred { seat, new, to, comment: None });
            }
        }
        Ok(())
    }

    /// Somebody who may be asked in the task: the person, somebody above them, or the admin.
    fn free_for(&self, task: u32, wanted: UserId) -> Result<UserId, Halt> {
        let is_free = |user: &UserId| {
            let asked =
                self.state.task(task).is_some_and(|it| it.seats.iter().any(|seat| seat.is_held_by(*user)));
            *user != self.state.initiator && !asked
        };
        if is_free(&wanted) {
            return Ok(wanted);
        }
        let above = self.case.answers.of(Query::Above(wanted, 8))?;
        if let Some(user) = above.iter().copied().find(|user| is_free(user)) {
            return Ok(user);
        }
        let admins = self.case.answers.of(Query::InRole(Role::Admin, Within::Company, Take::All))?;
        Ok(admins.iter().copied().find(|user| is_free(user)).unwrap_or(wanted))
    }

    fn answer_all(&mut self, task: u32, word: Word) -> Result<(), Halt> {
        loop {
            let Some(seat) = self.open_seats_of(task).first().copied() else { return Ok(()) };
            self.emit(Event::Answered { seat, word, comment: None });
            self.settle(task)?;
            if self.state.status.is_over() {
                return Ok(());
            }
        }
    }

    fn open_seats_of(&self, task: u32) -> Vec<u32> {
        self.state.open_seats().filter(|(it, _)| it.id == task).map(|(_, seat)| seat.id).collect()
    }
}
