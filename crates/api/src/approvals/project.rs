//! Decisions whose clock could not be projected when they were opened, because the year's calendar was not published.

use chrono::{DateTime, Days, NaiveTime, Utc};
use domain::approvals as rules;
use domain::ids::UserId;
use domain::notices::calendar_missing;
use domain::people::Role;
use domain::working_time::{Calendar, at_local, local_date};
use platform::Tx;
use platform::sweeps::Sweep;

use super::rows;
use crate::error::Result;
use crate::notices::{self, Notice};
use crate::{App, people};

/// Every night: projects what can be projected by now, and says in time that next year's calendar is missing.
pub struct Project;

/// The end of the published calendar is announced this long ahead.
const AHEAD: Days = Days::new(30);
const BATCH: u64 = 200;

#[async_trait::async_trait]
impl Sweep<App> for Project {
    fn name(&self) -> &'static str {
        "approvals.project"
    }

    async fn next_due(&self, _: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        let time = NaiveTime::from_hms_opt(9, 5, 0).unwrap_or_default();
        let days = [Some(local_date(after)), local_date(after).succ_opt()];
        Ok(days.into_iter().flatten().map(|day| at_local(day, time)).find(|at| *at > after))
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let tx = app.db.begin().await?.at(at);
        let mut n_projected = 0;
        for approval in rows::unprojected(tx.db(), BATCH).await? {
            let (opened, budget) = (approval.created_at, approval.budget_minutes);
            let next = rules::next_rung_at(Calendar::mainland(), opened, budget, approval.rung);
            if next.is_some() {
                let due_at = rules::due_at(Calendar::mainland(), opened, budget);
                rows::project(tx.db(), approval.id, due_at, next).await?;
                n_projected += 1;
            }
        }
        announce(app, &tx, at).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        tx.commit().await?;
        Ok(n_projected)
    }
}

/// Operations and admin read once which year is missing.
async fn announce(app: &App, tx: &Tx, at: DateTime<Utc>) -> Result<()> {
    let today = local_date(at);
    let ahead = today.checked_add_days(AHEAD).unwrap_or(today);
    let missing = [today, ahead].into_iter().find_map(|day| Calendar::mainland().is_working_day(day).err());
    let Some(missing) = missing else { return Ok(()) };
    let mut told = Vec::new();
    for role in [Role::Operations, Role::Admin] {
        told.extend(people::rows::active_after(tx.db(), role, today, None, 50).await?);
    }
    let notice = |user: people::rows::user::Model| Notice {
        recipient: UserId(user.id),
        matter: format!("calendar:{}", missing.year),
        rung: 0,
        subject: None,
        message: calendar_missing(missing.year),
    };
    let notices: Vec<Notice> = told.into_iter().map(notice).collect();
    notices::tell(app, tx, &notices).await
}
