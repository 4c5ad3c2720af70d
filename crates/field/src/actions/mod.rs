//! The daily list of key customers: proposed in the evening, filed before the meeting, done by itself.
//!
//! The proposal ranks a rep's customers by terms the rep can read and snapshots the stage each item binds to. Filing
//! takes no typing. Who has not filed hears it once at T − 45 min; at T each supervisor reads one digest; at T + 60
//! the regional director reads who is still missing. The moments are sweeps over the working calendar, keyed by day:
//! an outage delays them, a restart repeats none.

mod digest;
mod file;
pub mod http;
mod leaves;
mod morning;
mod propose;
mod reasons;
pub mod rows;

use chrono::NaiveDate;
use domain::ids::{CustomerId, UserId};
use platform::Tx;
use uuid::Uuid;

pub use file::{ItemDraft, put, submit};
pub use leaves::report_leave;
pub use morning::Morning;
pub use propose::suggestions;
pub use reasons::give_reason;

use crate::error::Result;

/// Something verified happened at a customer's: the day's pending items for it are done.
pub async fn done(
    tx: &Tx,
    user: UserId,
    day: NaiveDate,
    customer: CustomerId,
    by: (&'static str, Uuid),
) -> Result<()> {
    rows::mark_done(tx.db(), user, day, (customer, by), tx.now()).await?;
    Ok(())
}

/// What had turned items done does not hold: they are open again. False when it had turned none.
pub async fn undone(tx: &Tx, by: (&'static str, Uuid)) -> Result<bool> {
    Ok(rows::mark_undone(tx.db(), by).await? > 0)
}
