//! Asks for a special approval: the only place where orders meet the approval engine.

use domain::approvals::Kind;
use domain::ids::{CustomerId, OrderId, RegionId, UserId};
use domain::people::Role;
use domain::working_time::local_date;
use platform::Tx;
use serde_json::Value;

use crate::error::Result;
use crate::{App, approvals, people};

/// What is asked for.
#[derive(Debug)]
pub struct Asked {
    pub order: OrderId,
    pub customer: CustomerId,
    pub region: RegionId,
    pub rep: UserId,
    pub initiator: UserId,
    /// Who may allow all of it.
    pub approver_role: Role,
    pub title: String,
    pub summary: String,
    /// What the approver sees, with the content hash, the cap and the end that the approval is bound to.
    pub facts: Value,
}

/// Opens the to-do.
pub async fn ask(app: &App, tx: &Tx, asked: Asked) -> Result<()> {
    let assignee = assignee(tx, &asked).await?;
    let request = approvals::Request {
        kind: Kind::SpecialApproval,
        subject: ("order", asked.order.0),
        customer: asked.customer,
        region: asked.region,
        initiator: asked.initiator,
        assignee,
        title: asked.title,
        summary: asked.summary,
        facts: asked.facts,
    };
    approvals::open(app, tx, request).await?;
    Ok(())
}

/// Nobody needs to decide any more.
pub async fn withdraw(tx: &Tx, order: OrderId) -> Result<()> {
    approvals::withdraw(tx, ("order", order.0)).await
}

/// Whoever of that role stands above the rep, else whoever reviews the rep's work; never who asks.
async fn assignee(tx: &Tx, asked: &Asked) -> Result<UserId> {
    let day = local_date(tx.now());
    let found = match asked.approver_role {
        Role::Supervisor => people::superior(tx.db(), asked.rep, day).await?,
        Role::SalesDirector => people::rows::anybody(tx.db(), Role::SalesDirector, day).await?,
        role => people::rows::in_charge(tx.db(), role, asked.region, day).await?,
    };
    let found = found.map(|user| UserId(user.id)).filter(|id| *id != asked.initiator);
    if let Some(id) = found {
        return Ok(id);
    }
    let reviewer = people::reviewer(tx.db(), asked.initiator, Some(asked.rep), asked.region, day).await?;
    Ok(reviewer.ok_or_else(|| anyhow::anyhow!("nobody may allow an order"))?)
}
