//! Opportunities: what a customer may buy, how far it has come, and what proves it.
//!
//! An opportunity is `open`, `won` or `lost`, and stands in a stage of the stages it runs on. A stage is entered with its
//! minimal evidence unit; `advance` without it answers the precise list of what is missing. Going back is free and
//! keeps the evidence; losing takes a reason. A record is judged like any photo, never refused for what it shows; a
//! record that lacks something is kept and shuts the stage. Evidence that is rejected later leaves the stage where it
//! is, marked as unsupported, and tells the owner.
//!
//! Evidence and visits are verified actions; fewer than three make an open opportunity thin. Signed pages that stay
//! away time after time open one gap for a region, addressed to the function that supplies the kind.
//!
//! The owner and the region are copied from the customer, so that every list is scoped without a join.

mod act;
mod advance;
mod create;
mod from_lead;
mod gaps;
pub mod http;
mod jobs;
mod pages;
mod record;
mod review;
pub mod rows;
mod standing;

use domain::ids::{EvidenceId, OpportunityId, UserId};
use platform::Tx;

pub use act::{Deed, acted, unacted};
pub use create::Draft;
pub use from_lead::{FromLead, open_from_lead};
pub use gaps::WatchGaps;
pub use jobs::TellOwner;
pub use review::reviewed;

use crate::error::Result;
use crate::people::Moved;

/// Stands for a version of the stages that nobody wrote down: such an opportunity is read in the one in force.
pub const NO_VERSION: i32 = -1;

/// Locks the opportunity behind a record before a decision about the record is taken.
pub async fn hold(tx: &Tx, evidence: EvidenceId) -> Result<()> {
    if let Some(evidence) = rows::evidence::one(tx.db(), evidence).await? {
        rows::locked(tx.db(), OpportunityId(evidence.opportunity_id)).await?;
    }
    Ok(())
}

/// Gives the open opportunities of somebody who leaves to somebody else.
pub async fn left(tx: &Tx, from: UserId, to: UserId) -> Result<Vec<Moved>> {
    let moved = rows::hand_over(tx.db(), from, to, tx.now()).await?;
    Ok(moved.into_iter().map(|it| Moved { kind: "opportunity", id: it.id, title: it.name, to }).collect())
}
