//! The four moments of a list's life, as sweeps.

use chrono::{DateTime, NaiveDate, Utc};
use domain::actions::Moment;
use domain::ids::{RegionId, UserId};
use domain::notices as wording;
use domain::working_time::{Calendars, local_date};
use platform::sweeps::Sweep;
use uuid::Uuid;

use super::digest;
use super::file::{new_list, proposed_items};
use super::propose::suggestions;
use super::rows::{self, Owed};
use crate::App;
use crate::notices::{self, Notice};
use crate::settings;

/// One of the moments.
pub struct Morning(pub Moment);

/// People handled in one transaction.
const BATCH: u64 = 500;
/// Fewer where each of them brings a whole customer list.
const PROPOSED_AT_ONCE: u64 = 50;

#[async_trait::async_trait]
impl Sweep<App> for Morning {
    fn name(&self) -> &'static str {
        match self.0 {
            Moment::Propose => "actions.propose",
            Moment::Remind => "actions.remind",
            Moment::Digest => "actions.digest",
            Moment::Escalate => "actions.escalate",
        }
    }

    async fn next_due(&self, app: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        let calendars = settings::calendars(app, app.db.conn()).await;
        let calendars = calendars.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let works_on = |day| calendars.is_anybody_working_on(day);
        Ok(app.config.timetable()?.next(self.0, works_on, after))
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let day = local_date(at);
        let result = match self.0 {
            Moment::Propose => propose(app, at).await,
            Moment::Remind => remind(app, day, at).await,
            Moment::Digest => digest::tell_supervisors(app, day, at).await,
            Moment::Escalate => digest::tell_directors(app, day, at).await,
        };
        result.map_err(|fault| anyhow::anyhow!("{fault}"))
    }
}

/// The inbox key of the reminder; settled when the list is filed.
pub fn reminder_matter(day: NaiveDate, user: UserId) -> String {
    format!("action_list:{day}:{user}")
}

/// Does this person's region work on that day? Who does not owes no list.
pub(super) fn is_working(calendars: &Calendars, person: &Owed, day: NaiveDate) -> bool {
    calendars.of(person.region_id.map(RegionId)).is_working_day(day).unwrap_or(false)
}

/// Tomorrow's list for everybody who has none yet.
async fn propose(app: &App, at: DateTime<Utc>) -> crate::error::Result<u64> {
    let Some(day) = local_date(at).succ_opt() else {
        return Ok(0);
    };
    let (mut after, mut n_proposed) = (None, 0);
    loop {
        let tx = app.db.begin().await?.at(at);
        let people = rows::owed_after(tx.db(), day, after, PROPOSED_AT_ONCE).await?;
        let Some(last) = people.last() else {
            return Ok(n_proposed);
        };
        after = Some(last.user_id);
        let calendars = settings::calendars(app, tx.db()).await?;
        let without = people.iter().filter(|it| it.list_id.is_none() && is_working(&calendars, it, day));
        let without: Vec<UserId> = without.map(|it| UserId(it.user_id)).collect();
        let mut suggested = suggestions(app, tx.db(), &without, day).await?;
        let mut lists = Vec::new();
        for user in without {
            let proposals = suggested.by_person.remove(&user.0).unwrap_or_default();
            if !proposals.is_empty() {
                let list = new_list(&tx, user.0, day);
                let items = proposed_items(list.id, &proposals);
                lists.push((list, items));
            }
        }
        n_proposed += rows::insert_new(tx.db(), lists).await?;
        tx.commit().await?;
    }
}

/// One reminder for everybody who has not filed.
async fn remind(app: &App, day: NaiveDate, at: DateTime<Utc>) -> crate::error::Result<u64> {
    let meeting_at = app.config.timetable()?.meeting_at(day);
    let message = wording::list_reminder(day, meeting_at);
    let (mut after, mut n_told) = (None::<Uuid>, 0);
    loop {
        let tx = app.db.begin().await?.at(at);
        let people = rows::owed_after(tx.db(), day, after, BATCH).await?;
        let Some(last) = people.last() else {
            return Ok(n_told);
        };
        after = Some(last.user_id);
        let calendars = settings::calendars(app, tx.db()).await?;
        let late = people.iter().filter(|it| it.filed_at.is_none() && is_working(&calendars, it, day));
        let notices: Vec<Notice> = late
            .map(|it| UserId(it.user_id))
            .map(|recipient| Notice {
                recipient,
                matter: reminder_matter(day, recipient),
                rung: 0,
                subject: None,
                message: message.clone(),
            })
            .collect();
        notices::tell(app, &tx, &notices).await?;
        tx.commit().await?;
        n_told += notices.len() as u64;
    }
}
