//! A lead that nobody has answered: the owner is reminded half-way, the superior hears of it at the end.

use chrono::{DateTime, Utc};
use domain::ids::{RegionId, UserId};
use domain::leads::{self as rules, Act};
use domain::people::Role;
use domain::working_time::local_date;
use platform::Tx;
use platform::sweeps::Sweep;

use super::notice;
use super::rows::{self, lead};
use crate::error::Result;
use crate::{App, notices, people, settings};

/// Climbs whatever has reached its next rung.
#[derive(Debug)]
pub struct Remind;

const BATCH: u64 = 200;

#[async_trait::async_trait]
impl Sweep<App> for Remind {
    fn name(&self) -> &'static str {
        "leads.remind"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(rows::next_rung(app.db.conn()).await?)
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let mut n_climbed = 0;
        loop {
            let tx = app.db.begin().await?.at(at);
            let due = rows::at_rung(tx.db(), at, BATCH).await?;
            if due.is_empty() {
                return Ok(n_climbed);
            }
            for lead in &due {
                climb(app, &tx, lead).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
            }
            tx.commit().await?;
            n_climbed += due.len() as u64;
        }
    }
}

async fn climb(app: &App, tx: &Tx, lead: &lead::Model) -> Result<()> {
    let calendars = settings::calendars(app, tx.db()).await?;
    let calendar = calendars.of(Some(RegionId(lead.region_id)));
    let next = rules::rung_at(calendar, lead.created_at, lead.rung + 1);
    // The condition keeps two replicas apart, and lets an answer that came first win.
    if !rows::climb(tx.db(), lead, next).await? {
        return Ok(());
    }
    let (recipient, message) = match rules::act_at(lead.rung) {
        Some(Act::RemindOwner) => {
            (in_charge(tx, lead).await?, domain::notices::lead_waiting(&lead.name, lead.due_at))
        }
        Some(Act::TellSuperior) => {
            let owner = owner_name(tx, lead).await?;
            let message = domain::notices::lead_overdue(&lead.name, owner.as_deref(), lead.due_at);
            (above(tx, lead).await?, message)
        }
        None => return Ok(()),
    };
    match recipient {
        Some(recipient) => notices::tell(app, tx, &[notice(lead, recipient, lead.rung + 1, message)]).await,
        None => Ok(()),
    }
}

async fn owner_name(tx: &Tx, lead: &lead::Model) -> Result<Option<String>> {
    let ids: Vec<_> = lead.owner_id.into_iter().collect();
    Ok(people::rows::names(tx.db(), &ids).await?.into_values().next())
}

/// Whoever has to answer it, or to find somebody who does.
async fn in_charge(tx: &Tx, lead: &lead::Model) -> Result<Option<UserId>> {
    match lead.owner_id {
        Some(owner) => Ok(Some(UserId(owner))),
        None => leader(tx, lead, Role::RegionalDirector).await,
    }
}

/// Whoever stands above them.
async fn above(tx: &Tx, lead: &lead::Model) -> Result<Option<UserId>> {
    if let Some(owner) = lead.owner_id
        && let Some(superior) = people::superior(tx.db(), UserId(owner), local_date(tx.now())).await?
    {
        return Ok(Some(UserId(superior.id)));
    }
    leader(tx, lead, Role::SalesDirector).await
}

async fn leader(tx: &Tx, lead: &lead::Model, role: Role) -> Result<Option<UserId>> {
    let (region, day) = (RegionId(lead.region_id), local_date(tx.now()));
    for role in [role, Role::SalesDirector, Role::Admin] {
        let found = people::in_role(tx.db(), role, Some(region), day, true).await?;
        if let Some(first) = found.first() {
            return Ok(Some(*first));
        }
    }
    Ok(None)
}
