//! When a list is proposed, reminded of, due and escalated.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::Status;
use crate::working_time::{Calendar, at_local, local_date};

/// The company's times of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timetable {
    /// The list of the next working day is proposed.
    pub propose: NaiveTime,
    /// The morning meeting, T.
    pub meeting: NaiveTime,
}

/// Something that happens for a day's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The evening before.
    Propose,
    /// T − 45 min: who has not filed hears it.
    Remind,
    /// T: the supervisors' digest.
    Digest,
    /// T + 60 min: the regional directors' digest of who is still missing.
    Escalate,
}

impl Timetable {
    /// The meeting of the day, in UTC.
    pub fn meeting_at(&self, day: NaiveDate) -> DateTime<Utc> {
        at_local(day, self.meeting)
    }

    /// When the moment of that day's lists comes, in UTC. A proposal comes on the evening of the day itself that
    /// is named: it is for the next working day.
    pub fn at(&self, moment: Moment, day: NaiveDate) -> DateTime<Utc> {
        match moment {
            Moment::Propose => at_local(day, self.propose),
            Moment::Remind => self.meeting_at(day) - TimeDelta::minutes(45),
            Moment::Digest => self.meeting_at(day),
            Moment::Escalate => self.meeting_at(day) + TimeDelta::minutes(60),
        }
    }

    /// The first such moment strictly after `after`. Meetings are on working days only: `works_on` says which days
    /// those are for anybody.
    pub fn next(
        &self,
        moment: Moment,
        works_on: impl Fn(NaiveDate) -> bool,
        after: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let first = local_date(after);
        (0..=40).filter_map(|n_days| first.checked_add_days(Days::new(n_days))).find_map(|day| {
            let at = self.at(moment, day);
            let meets_on = match moment {
                Moment::Propose => day.succ_opt().unwrap_or(day),
                _ => day,
            };
            (at > after && works_on(meets_on)).then_some(at)
        })
    }

    /// Filed now: in time or late? What is filed on a day that owes none is never late.
    pub fn filed_status(
        &self,
        calendar: &Calendar,
        (day, is_away): (NaiveDate, bool),
        now: DateTime<Utc>,
    ) -> Status {
        let is_in_time = now <= self.meeting_at(day) || !owes(calendar, day, is_away);
        if is_in_time { Status::Filed } else { Status::Late }
    }

    /// What a list that was not filed is by now. Who is away owes none.
    pub fn unfiled_status(
        &self,
        calendar: &Calendar,
        (day, is_away): (NaiveDate, bool),
        now: DateTime<Utc>,
    ) -> Status {
        if !owes(calendar, day, is_away) {
            Status::Excused
        } else if now < self.meeting_at(day) {
            Status::Draft
        } else {
            Status::Missing
        }
    }
}

/// Does somebody owe a list? Nobody does who is away, on a day off, or in a year without a calendar.
fn owes(calendar: &Calendar, day: NaiveDate, is_away: bool) -> bool {
    !is_away && calendar.is_working_day(day).unwrap_or(false)
}
