//! Switches for development and demonstration: a movable clock, settling, resetting, and the simulated platform's
//! controls. They need no session and exist only where `dev.enabled` is on, which the configuration refuses next to
//! the real WeChat.

pub mod http;
mod rows;

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use platform::Clock;
use platform::jobs::Ran;
use platform::sweeps::Turn;
use wechat::simulated::{FaultSpec, SentRecord, Simulator};

use crate::error::{Error, Result};
use crate::notices::{self, Credits};
use crate::{App, demo, people};

/// More than this is not settled in one go.
const N_MOST_RUNS: usize = 10_000;

/// The clock goes this many days beyond the real one at most: twenty years.
const LAST_DAY: i64 = 7_300;

/// Moves the clock of the whole installation forward.
pub async fn move_clock(app: &App, to: DateTime<Utc>) -> Result<DateTime<Utc>> {
    if to > Clock::real() + TimeDelta::days(LAST_DAY) {
        return Err(Error::field("/now", "out_of_range"));
    }
    let tx = app.db.begin().await?;
    if to < tx.now() || !app.db.clock().move_to(tx.db(), to).await? {
        return Err(Error::conflict("clock_backwards"));
    }
    tx.commit().await?;
    Ok(app.db.now().await?)
}

/// Runs what is due, sweeps first and each at its own instant, until nothing is.
pub async fn settle(app: &App) -> Result<Vec<Ran>> {
    let (sweeper, worker) = (app.sweeper(), app.worker());
    let mut ran = Vec::new();
    let mut patience = 1_500;
    while ran.len() < N_MOST_RUNS && patience > 0 {
        match sweeper.turn().await? {
            Turn::Ran(one) => {
                ran.push(one);
                continue;
            }
            Turn::Busy => {
                patience -= 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            Turn::Nothing => {}
        }
        let done = worker.turn().await?;
        if !done.is_empty() {
            ran.extend(done);
        } else if platform::n_waiting(&app.db).await?.0 == 0 {
            return Ok(ran);
        } else {
            // Somebody else holds the rest: it is settled when they are done.
            patience -= 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Err(Error::Unavailable("settle_unfinished", 1))
}

/// Back to the demo company, at the real time or at the instant that is given.
pub async fn reset(app: &App, now: Option<DateTime<Utc>>) -> Result<()> {
    if now.is_some_and(|now| (now - Clock::real()).num_days().abs() > LAST_DAY) {
        return Err(Error::field("/now", "out_of_range"));
    }
    demo::wipe(app).await?;
    app.settings.forget();
    match now {
        None => app.db.clock().reset(app.db.conn()).await?,
        Some(now) => app.db.clock().restart_at(app.db.conn(), now).await?,
    }
    if let Some(simulated) = &app.simulated {
        simulated.reset().await?;
    }
    demo::load(app).await?;
    app.sweeper().introduce().await?;
    Ok(())
}

fn simulated(app: &App) -> Result<&Simulator> {
    app.simulated.as_ref().ok_or(Error::NotFound)
}

/// What the simulated platform sent, with whose identity it was.
pub async fn sent(app: &App) -> Result<Vec<(Option<String>, SentRecord)>> {
    let records = simulated(app)?.sent().await?;
    let mut openids: Vec<String> = records.iter().map(|record| record.openid.clone()).collect();
    openids.sort_unstable();
    openids.dedup();
    let usernames: HashMap<String, String> =
        rows::usernames(app.db.conn(), &openids).await?.into_iter().collect();
    Ok(records.into_iter().map(|record| (usernames.get(&record.openid).cloned(), record)).collect())
}

/// Makes the simulated platform fail.
pub async fn add_fault(app: &App, fault: FaultSpec) -> Result<()> {
    Ok(simulated(app)?.add_fault(fault).await?)
}

/// Taps a subscription prompt for somebody: the platform gets its credit and so does our ledger.
pub async fn subscribe(
    app: &App,
    username: &str,
    templates: &[String],
    (decision, always): (&str, bool),
) -> Result<()> {
    let unknown = || Error::field("/username", "person_unknown");
    let user = people::rows::user_by_username(app.db.conn(), username).await?.ok_or_else(unknown)?;
    let identities = people::rows::identities(app.db.conn(), &[user.id]).await?;
    let (_, openid) = identities.first().ok_or_else(unknown)?;
    simulated(app)?.subscribe(openid, templates, decision, always).await?;
    let answers: Credits = templates.iter().map(|id| (id.clone(), decision.to_owned())).collect();
    let tx = app.db.begin().await?;
    notices::grant(tx.db(), UserId(user.id), &answers, tx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// `PT48H`, `P2DT30M`, `PT90S`: days, hours, minutes and whole seconds.
fn duration(text: &str) -> Option<TimeDelta> {
    let (days, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((days, time)) if !time.is_empty() => (days, time),
        Some(_) => return None,
        None => (text.strip_prefix('P')?, ""),
    };
    let mut seconds: i64 = 0;
    for (part, units) in
        [(days, &[('W', 604_800), ('D', 86_400)][..]), (time, &[('H', 3_600), ('M', 60), ('S', 1)])]
    {
        let mut rest = part;
        while !rest.is_empty() {
            let end = rest.find(|it: char| !it.is_ascii_digit())?;
            let unit = rest[end..].chars().next()?;
            let (_, length) = units.iter().find(|(name, _)| *name == unit)?;
            let n: i64 = rest[..end].parse().ok()?;
            seconds = seconds.checked_add(n.checked_mul(*length)?)?;
            rest = &rest[end + 1..];
        }
    }
    (seconds > 0 && seconds <= 86_400 * 3_660).then(|| TimeDelta::seconds(seconds))
}

/// The real time, for answers that say how far the clock was moved.
pub fn real() -> DateTime<Utc> {
    Clock::real()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601_without_months() {
        let seconds = |text| duration(text).map(|it| it.num_seconds());
        assert_eq!(seconds("PT48H"), Some(172_800));
        assert_eq!(seconds("P1DT2H3M4S"), Some(93_784));
        assert_eq!(seconds("P1W"), Some(604_800));
        for wrong in ["", "P", "PT", "48H", "PT-1H", "P1M", "PT1.5H", "PT1H2", "P99999999999999999D"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
