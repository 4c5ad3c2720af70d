//! Forgets sessions, tickets and kept answers whose time is over, and sees those out whose last day is.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::working_time::{at_local, local_date};
use platform::sweeps::Sweep;
use platform::{Clock, idempotency};

use super::leave::{Leaving, leave};
use super::rows;
use crate::App;
use crate::error::Error;

/// Once a night, at 03:20.
pub struct ForgetEnded;

/// Answers are kept for a retry this long, at least.
const ANSWER_DAYS: i64 = 35;

#[async_trait::async_trait]
impl Sweep<App> for ForgetEnded {
    fn name(&self) -> &'static str {
        "people.forget_ended"
    }

    async fn next_due(&self, _: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        let time = NaiveTime::from_hms_opt(3, 20, 0).unwrap_or_default();
        let today = at_local(local_date(after), time);
        Ok(Some(if today > after { today } else { today + TimeDelta::days(1) }))
    }

    /// By the real time, which sessions and answers are kept in.
    async fn run(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<u64> {
        let tx = app.db.begin().await?;
        let n_ended = rows::forget_ended(tx.db(), Clock::real()).await?;
        let n_tries = rows::tries::forget_tries(tx.db(), tx.now() - TimeDelta::days(1)).await?;
        let n_codes = rows::codes::forget(tx.db(), Clock::real() - TimeDelta::hours(1)).await?;
        let before = Clock::real() - TimeDelta::days(ANSWER_DAYS);
        let n_answers = idempotency::forget(tx.db(), before).await?;
        tx.commit().await?;
        Ok(n_ended + n_tries + n_codes + n_answers)
    }
}

/// At 00:10, the morning after somebody's last day.
pub struct SeeOut;

#[async_trait::async_trait]
impl Sweep<App> for SeeOut {
    fn name(&self) -> &'static str {
        "people.see_out"
    }

    async fn next_due(&self, _: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        let time = NaiveTime::from_hms_opt(0, 10, 0).unwrap_or_default();
        let today = at_local(local_date(after), time);
        Ok(Some(if today > after { today } else { today + TimeDelta::days(1) }))
    }

    /// Each in a transaction of their own. Whom the company cannot do without stays for the admin to sort out.
    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let (mut n_out, mut last) = (0, None);
        loop {
            let leavers = rows::to_see_out(app.db.conn(), local_date(at), last).await?;
            let Some(end) = leavers.last().map(|user| user.id) else { return Ok(n_out) };
            for leaver in leavers {
                let user = UserId(leaver.id);
                let tx = app.db.begin().await?.at(at);
                match leave(app, &tx, user, &Leaving { user, on: leaver.active_to, to: None }).await {
                    Ok(_) => {
                        tx.commit().await?;
                        n_out += 1;
                    }
                    Err(Error::Broken(fault)) => return Err(fault),
                    Err(refusal) => {
                        tracing::warn!(user.id = %user, %refusal, "a leaver's work stays where it is")
                    }
                }
            }
            last = Some(end);
        }
    }
}
