use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::{Calendar, Unpublished};

/// A budget of working time that can be paused. What is kept is the budget, what
/// of it was used before, and since when it runs: never the instant it ends at,
/// which another calendar would move.
///
/// Only the part of a pause that lies in working time saves anything: a pause
/// over a night or a holiday costs nothing and wins nothing. Instants are cut to
/// whole seconds, so that any number of pauses adds up exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// How much working time there is.
    pub budget: TimeDelta,
    /// How much of it was used before it last began to run.
    pub consumed: TimeDelta,
    /// Since when it runs; nothing while it is paused.
    pub running_since: Option<DateTime<Utc>>,
}

impl Clock {
    /// A whole budget that runs from now.
    pub fn start(budget: TimeDelta, now: DateTime<Utc>) -> Self {
        Self { budget, consumed: TimeDelta::zero(), running_since: Some(now.trunc_subsecs(0)) }
    }

    /// Stops counting. Nothing happens to one that is paused.
    pub fn pause(self, calendar: &Calendar, now: DateTime<Utc>) -> Result<Self, Unpublished> {
        Ok(Self { consumed: self.consumed_at(calendar, now)?, running_since: None, ..self })
    }

    /// Counts on. Nothing happens to one that runs.
    pub fn resume(self, now: DateTime<Utc>) -> Self {
        Self { running_since: self.running_since.or(Some(now.trunc_subsecs(0))), ..self }
    }

    /// How much is used by then. Before the clock began to run, no more than was.
    pub fn consumed_at(&self, calendar: &Calendar, now: DateTime<Utc>) -> Result<TimeDelta, Unpublished> {
        let now = now.trunc_subsecs(0);
        match self.running_since.filter(|since| *since < now) {
            Some(since) => Ok(self.consumed + calendar.between(since, now)?),
            None => Ok(self.consumed),
        }
    }

    /// The instant at which so many percent of the budget are used, rounded up to
    /// a second; nothing while it is paused. What was used before it last began to
    /// run is reached at that instant.
    pub fn reaches(
        &self,
        calendar: &Calendar,
        share_percent: u32,
    ) -> Result<Option<DateTime<Utc>>, Unpublished> {
        let Some(since) = self.running_since else { return Ok(None) };
        let left = self.share(share_percent) - self.consumed;
        calendar.add(since, left.max(TimeDelta::zero())).map(Some)
    }

    /// So many percent of the budget, in whole seconds, rounded up.
    fn share(&self, percent: u32) -> TimeDelta {
        let hundredths = i128::from(self.budget.num_seconds()) * i128::from(percent);
        let seconds = (hundredths + 99).div_euclid(100);
        // A share that no number holds is later than any calendar.
        i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::MAX)
    }
}
