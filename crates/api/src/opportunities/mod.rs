//! Opportunities: what a customer may buy, how far it has come, and by when.
//!
//! An opportunity is `open`, `won` or `lost`, and stands in a stage of the published stages since some instant. The
//! open ones are what the daily proposal works on: a promised day and the time spent in a stage move a customer up.
//!
//! The owner and the region are copied from the customer, so that every list is scoped without a join.
//!
//! What is absent: moving from stage to stage, which asks for evidence. Until then stages come from outside.

mod from_lead;
pub mod http;
pub mod rows;

use domain::ids::UserId;
use platform::Tx;

pub use from_lead::{NewOpportunity, beginning, open_from_lead};

use crate::error::Result;
use crate::people::Moved;

/// Gives the open opportunities of somebody who leaves to somebody else.
pub async fn left(tx: &Tx, from: UserId, to: UserId) -> Result<Vec<Moved>> {
    let moved = rows::hand_over(tx.db(), from, to, tx.now()).await?;
    Ok(moved.into_iter().map(|it| Moved { kind: "opportunity", id: it.id, title: it.name, to }).collect())
}
