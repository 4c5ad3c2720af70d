//! Opportunities that begin as leads.

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use sea_orm::entity::prelude::*;

use super::super::from_lead::NewOpportunity;
use crate::select::execute;

pub async fn insert(
    db: &impl ConnectionTrait,
    id: Uuid,
    new: &NewOpportunity,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO opportunities (id, customer_id, owner_id, region_id, name, stage, status, amount_fen, \
                stage_entered_at, created_at, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, 1)";
    let values = [
        id.into(),
        new.customer.0.into(),
        new.owner.0.into(),
        new.region.0.into(),
        new.name.as_str().into(),
        new.stage.as_str().into(),
        new.amount.0.into(),
        at.into(),
        at.into(),
        at.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}
