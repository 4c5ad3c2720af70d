//! Verified actions on an opportunity, whatever they come from.

use chrono::{DateTime, Utc};
use domain::ids::{OpportunityId, UserId};
use platform::Tx;
use uuid::Uuid;

use super::rows::actions;
use crate::error::Result;

/// Something that was done about an opportunity.
#[derive(Debug)]
pub struct Deed<'a> {
    pub opportunity: OpportunityId,
    pub user: UserId,
    pub source: (&'static str, Uuid),
    pub kind: &'a str,
    pub at: DateTime<Utc>,
    pub n_evidence: usize,
    pub is_verified: bool,
}

/// Counts it, once for its source.
pub async fn acted(tx: &Tx, deed: &Deed<'_>) -> Result<()> {
    let action = actions::Model {
        id: platform::new_id(),
        opportunity_id: deed.opportunity.0,
        user_id: Some(deed.user.0),
        source_type: deed.source.0.to_owned(),
        source_id: deed.source.1,
        kind: deed.kind.to_owned(),
        occurred_at: deed.at,
        n_evidence: i32::try_from(deed.n_evidence).unwrap_or(i32::MAX),
        is_verified: deed.is_verified,
    };
    actions::put(tx.db(), action).await?;
    Ok(())
}

/// Somebody rejected what it came from.
pub async fn unacted(tx: &Tx, source: (&'static str, Uuid)) -> Result<()> {
    actions::set_verified(tx.db(), source, false).await?;
    Ok(())
}
