//! Asks for a special approval: the only place where orders meet the approval engine.

use domain::approvals::Kind;
use domain::ids::{CustomerId, OrderId, RegionId, UserId};
use domain::people::Role;
use platform::Tx;
use serde_json::{Value, json};

use crate::error::Result;
use crate::{App, approvals};

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

/// Opens the to-do; the published flow says who may allow it.
pub async fn ask(app: &App, tx: &Tx, mut asked: Asked) -> Result<()> {
    asked.facts["needs_director"] = json!(asked.approver_role != Role::Supervisor);
    let content_hash = asked.facts["content_hash"].as_str().map(str::to_owned);
    let request = approvals::Request {
        kind: Kind::SpecialApproval,
        subject: ("order", asked.order.0),
        customer: Some(asked.customer),
        region: Some(asked.region),
        owner: Some(asked.rep),
        initiator: asked.initiator,
        title: asked.title,
        summary: asked.summary,
        facts: asked.facts,
        content_hash,
    };
    approvals::open(app, tx, request).await?;
    Ok(())
}

/// The order has changed, or its time is over.
pub async fn lapse(tx: &Tx, order: OrderId) -> Result<()> {
    approvals::lapse(tx, ("order", order.0)).await
}

/// Nobody needs to decide any more.
pub async fn withdraw(tx: &Tx, order: OrderId) -> Result<()> {
    approvals::withdraw(tx, ("order", order.0)).await
}
