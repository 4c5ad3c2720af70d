//! Check-in with place and photo, and the structured outcome.
//!
//! A check-in is judged and kept whatever the verdict. The outcome turns the matching item of the day's list done by
//! itself and files itself in the customer's timeline; nobody ticks anything off. Whether a visit counts is judged anew
//! with everything that is recorded or decided about the day.

mod check_in;
mod complete;
mod count;
pub mod http;
mod review;
pub mod rows;

pub use check_in::{Draft, check_in};
pub use complete::{OutcomeDraft, complete};
pub use review::reviewed;

use domain::ids::{CustomerId, UserId, VisitId};
use domain::working_time::local_date;
use platform::Tx;

use crate::error::Result;

/// Locks a visit behind its day: whoever changes one visit judges all of that day.
pub async fn hold(tx: &Tx, id: VisitId) -> Result<Option<rows::visit::Model>> {
    let Some(seen) = rows::visit(tx.db(), id).await? else { return Ok(None) };
    let whose = (UserId(seen.user_id), CustomerId(seen.customer_id));
    rows::hold_day(tx.db(), whose, local_date(seen.checked_in_at)).await?;
    Ok(rows::locked(tx.db(), id).await?)
}
