//! An opportunity that begins as a lead.

use domain::ids::{CustomerId, OpportunityId, RegionId, UserId};
use domain::money::Fen;
use platform::Tx;

use super::rows::from_lead;
use crate::error::{Error, Result};
use crate::settings;

/// What a lead knows, and what was missing.
#[derive(Debug)]
pub struct NewOpportunity {
    pub customer: CustomerId,
    pub owner: UserId,
    pub region: RegionId,
    pub name: String,
    pub amount: Fen,
    pub stage: String,
}

/// The stages that nothing begins in: they are what an opportunity comes to.
const ENDS: [&str; 2] = ["won", "lost"];

/// Opens the opportunity, in the stage it is said to have reached, or in the first.
pub async fn open_from_lead(tx: &Tx, new: &NewOpportunity) -> Result<OpportunityId> {
    let id = OpportunityId(platform::new_id());
    from_lead::insert(tx.db(), id.0, new, tx.now()).await?;
    Ok(id)
}

/// The stage by its code, or the first one.
pub fn beginning(stage: Option<&str>) -> Result<String> {
    let stages = settings::stages()?;
    let mut open = stages.opportunity.iter().filter(|it| !ENDS.contains(&it.code.as_str()));
    let found = match stage {
        Some(code) => open.find(|it| it.code == code),
        None => open.next(),
    };
    found.map(|stage| stage.code.clone()).ok_or_else(|| Error::field("/opportunity/stage", "value_unknown"))
}
