//! An opportunity that begins as a lead.

use domain::ids::{OpportunityId, RegionId, UserId};
use platform::Tx;

use super::create::{Draft, begin};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings;

/// What a lead knows, and what was missing.
#[derive(Debug)]
pub struct FromLead {
    pub draft: Draft,
    pub owner: UserId,
    pub region: RegionId,
    /// The first one where absent.
    pub stage: Option<String>,
}

/// Opens the opportunity in the first stage. A later one is entered with its evidence, which a lead has none of.
pub async fn open_from_lead(app: &App, tx: &Tx, actor: &Actor, new: FromLead) -> Result<OpportunityId> {
    if let Some(stage) = &new.stage {
        let (_, stages) = settings::evidence::stages_of(app, tx.db(), None).await?;
        let fault = match stages.opportunity.iter().position(|it| it.code == *stage) {
            Some(0) => None,
            Some(_) => Some("stage_needs_evidence"),
            None => Some("value_unknown"),
        };
        if let Some(code) = fault {
            return Err(Error::field("/opportunity/stage", code));
        }
    }
    begin(app, tx, actor, (new.draft, new.owner, new.region)).await
}
