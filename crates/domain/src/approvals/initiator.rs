//! What only the initiator may do.

use chrono::TimeDelta;

use super::act::{Acting, Done};
use super::advance::Run;
use super::ask::Halt;
use super::event::Event;
use super::state::Status;
use super::verb::Refusal;
use crate::ids::UserId;

/// Reminding by hand is possible again after this.
pub const REMIND_AFTER: TimeDelta = TimeDelta::hours(4);

impl Run<'_> {
    pub(super) fn give_info(mut self, who: &Acting, answer: String) -> Result<Done, Halt> {
        self.is_initiators(who)?;
        let asked: Vec<u32> =
            self.state.open_tasks().filter(|task| task.question.is_some()).map(|task| task.id).collect();
        if asked.is_empty() {
            return Err(Refusal::NothingAsked.into());
        }
        for task in asked {
            self.emit(Event::InfoGiven { task, answer: answer.clone() });
        }
        Ok(self.done(None))
    }

    fn is_initiators(&self, who: &Acting) -> Result<(), Refusal> {
        if who.user == self.state.initiator { Ok(()) } else { Err(Refusal::NotInitiator) }
    }

    pub(super) fn remind(mut self, who: &Acting) -> Result<Done, Halt> {
        self.is_initiators(who)?;
        let is_soon = |last| self.case.now - last < REMIND_AFTER;
        if self.state.reminded_at.is_some_and(is_soon) {
            return Err(Refusal::TooSoon.into());
        }
        let mut to: Vec<UserId> = self.state.open_seats().flat_map(|(_, seat)| seat.holders()).collect();
        to.sort_unstable();
        to.dedup();
        self.emit(Event::Reminded { to });
        Ok(self.done(None))
    }

    pub(super) fn withdraw(mut self, who: &Acting, reason: Option<String>) -> Result<Done, Halt> {
        if self.state.status != Status::Returned {
            self.is_open()?;
        }
        self.is_initiators(who)?;
        let is_untouched = self.state.n_decisions == 0 || self.state.status == Status::Returned;
        if self.state.is_withdrawal_asked && !is_untouched {
            return Err(Refusal::WithdrawalAsked.into());
        }
        self.emit(Event::WithdrawalAsked { reason });
        if is_untouched {
            self.conclude(Status::Withdrawn);
        }
        Ok(self.done(None))
    }

    pub(super) fn resubmit(
        mut self,
        who: &Acting,
        content_hash: Option<String>,
        comment: Option<String>,
    ) -> Result<Done, Halt> {
        if self.state.status != Status::Returned {
            self.is_open()?;
            return Err(Refusal::NotGivenBack.into());
        }
        self.is_initiators(who)?;
        let round = self.state.round + 1;
        self.emit(Event::Resubmitted { round, content_hash, comment });
        let start = self.case.flow.start.clone();
        self.go(Some(&start), Vec::new())?;
        Ok(self.done(None))
    }
}
