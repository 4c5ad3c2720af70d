//! What is not decided in its service level climbs: the assignees are reminded, then superiors join.

use chrono::{DateTime, Utc};
use domain::approvals::{self as rules, Act};
use domain::ids::{ApprovalId, UserId};
use domain::working_time::{Calendar, local_date};
use platform::Tx;
use platform::sweeps::Sweep;

use super::rows::{self, approval};
use super::{assign, matter, notice, page};
use crate::error::Result;
use crate::notices;
use crate::settings::{self, Event};
use crate::{App, people};

/// Climbs whatever has reached its next rung.
pub struct Escalate;

const BATCH: u64 = 200;

#[async_trait::async_trait]
impl Sweep<App> for Escalate {
    fn name(&self) -> &'static str {
        "approvals.escalate"
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
            for approval in &due {
                climb(app, &tx, approval).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
            }
            tx.commit().await?;
            n_climbed += due.len() as u64;
        }
    }
}

async fn climb(app: &App, tx: &Tx, approval: &approval::Model) -> Result<()> {
    let rung = approval.rung + 1;
    let next = rules::next_rung_at(Calendar::mainland(), approval.created_at, approval.budget_minutes, rung);
    // The condition keeps two replicas apart: only one of them moves the row up from this rung.
    if !rows::climb(tx.db(), approval, rung, next).await? {
        return Ok(());
    }
    match rules::rung_above(approval.rung).map(|rung| rung.act) {
        Some(Act::Remind) => remind(app, tx, approval, rung).await,
        Some(Act::Superior) => bring_in_superior(app, tx, approval, rung).await,
        None => Ok(()),
    }
}

async fn remind(app: &App, tx: &Tx, approval: &approval::Model, rung: i32) -> Result<()> {
    let page = page(ApprovalId(approval.id));
    let percent = rules::rung_above(approval.rung).map_or(100, |rung| rung.percent);
    let message = domain::notices::todo_reminder(&matter(approval, &page), percent);
    let assignees = rows::assignees(tx.db(), ApprovalId(approval.id)).await?;
    let notices: Vec<_> =
        assignees.into_iter().map(|assignee| notice(approval, assignee, rung, message.clone())).collect();
    notices::tell(app, tx, &notices).await
}

/// The superior of those who joined last; at the top of the company nobody joins and the top is reminded.
async fn bring_in_superior(app: &App, tx: &Tx, approval: &approval::Model, rung: i32) -> Result<()> {
    let id = ApprovalId(approval.id);
    let last = rows::last_joined(tx.db(), id).await?;
    let day = local_date(tx.now());
    let mut joining: Vec<UserId> = Vec::new();
    for assignee in &last {
        if let Some(user) = people::superior(tx.db(), *assignee, day).await? {
            joining.push(UserId(user.id));
        }
    }
    joining.retain(|user| user.0 != approval.initiator_id);
    joining.sort_unstable();
    joining.dedup();
    if joining.is_empty() {
        return remind(app, tx, approval, rung).await;
    }
    let ids: Vec<_> = last.iter().map(|id| id.0).collect();
    let names = people::rows::names(tx.db(), &ids).await?;
    let names: Vec<String> = last.iter().filter_map(|id| names.get(&id.0).cloned()).collect();
    let waiting_for = names.join("、");
    let page = page(id);
    let message = domain::notices::todo_escalated(&matter(approval, &page), &waiting_for);
    for user in &joining {
        assign(tx, approval, *user, rung).await?;
    }
    let event = Event::about("approvals.escalated", None, ("approval", approval.id));
    settings::record(tx, event.with(serde_json::json!({"rung": rung}))).await?;
    let notices: Vec<_> =
        joining.into_iter().map(|user| notice(approval, user, rung, message.clone())).collect();
    notices::tell(app, tx, &notices).await
}
