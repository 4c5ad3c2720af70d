//! A new opportunity of a customer, in the first stage of the stages in force.

use chrono::NaiveDate;
use domain::ids::{CustomerId, OpportunityId, RegionId, UserId};
use domain::money::Fen;
use domain::opportunities::Status;
use platform::Tx;
use serde_json::json;

use super::rows::{self, moves, opportunity};
use crate::App;
use crate::actor::Actor;
use crate::customers;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// What is known of it.
#[derive(Debug)]
pub struct Draft {
    pub customer: CustomerId,
    pub name: String,
    pub amount: Fen,
    pub expected_on: Option<NaiveDate>,
}

/// Keeps it. It belongs to whom the customer belongs to.
pub async fn create(app: &App, tx: &Tx, actor: &Actor, draft: Draft) -> Result<OpportunityId> {
    let customer = customers::rows::visible(tx.db(), actor, draft.customer).await?;
    let customer = customer.ok_or_else(|| Error::field("/customer_id", "customer_unknown"))?;
    let owner = customer.owner_id.map_or(actor.id, UserId);
    begin(app, tx, actor, (draft, owner, RegionId(customer.region_id))).await
}

/// Begins it in the first stage, with whom it is said to belong to.
pub(super) async fn begin(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (draft, owner, region): (Draft, UserId, RegionId),
) -> Result<OpportunityId> {
    let (version, stages) = settings::evidence::stages_of(app, tx.db(), None).await?;
    let first = stages.opportunity.first().ok_or_else(|| Error::conflict("stage_unknown"))?;
    let id = OpportunityId(platform::new_id());
    let opportunity = opportunity::Model {
        id: id.0,
        external_id: None,
        customer_id: draft.customer.0,
        owner_id: owner.0,
        region_id: region.0,
        name: draft.name,
        stage: first.code.clone(),
        status: Status::Open,
        amount_fen: draft.amount.0,
        stage_entered_at: tx.now(),
        expected_on: draft.expected_on,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
        stages_version: Some(version),
        n_actions: 0,
        unsupported_at: None,
        unsupported_stage: None,
        unsupported_by: None,
        lost_reason: None,
        lost_note: None,
        closed_at: None,
    };
    rows::insert(tx.db(), vec![opportunity]).await?;
    let created = moves::Model {
        id: platform::new_id(),
        opportunity_id: id.0,
        kind: "created".to_owned(),
        from_stage: None,
        to_stage: first.code.clone(),
        stages_version: version,
        user_id: Some(actor.id.0),
        reason: None,
        note: None,
        at: tx.now(),
    };
    moves::insert(tx.db(), vec![created]).await?;
    let event = Event::about("opportunities.created", Some(actor.id), ("opportunity", id.0));
    settings::record(tx, event.at(draft.customer).with(json!({"stage": first.code}))).await?;
    Ok(id)
}
