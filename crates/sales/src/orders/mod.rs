//! Products, prices and orders, with the soft guard.
//!
//! An order is what a customer asked for at agreed prices: its lines carry quantities in thousandths, unit prices in
//! ten-thousandths of a yuan and amounts in fen, and its total is the checked sum of them. It is checked whole under
//! the customer's lock; what exceeds is kept with all findings and waits for whoever may allow it.
//!
//! Exposure is kept in buckets that move with the documents in their transactions. A delivery that was signed off adds
//! what was accepted and what was rejected to the lines and settles the status, in the transaction of the signature.
//!
//! Locks are taken in one order: the customer, the order, the decision about it, the counter of numbers.

mod cancel;
mod edit;
mod exceptions;
pub mod exposure;
mod facts;
mod findings;
pub mod http;
mod pending;
mod place;
mod quoted;
mod returns;
pub mod rows;
mod ship;
mod special_approval;
mod standing;

use chrono::NaiveDate;
use domain::ids::{CustomerId, OrderId, OrderLineId};
use domain::money::{Fen, Quantity};
pub use domain::orders::Dispatch;
use domain::orders::{Posting, Status, Turnover};
use platform::Tx;

pub use exceptions::Late;
pub use exposure::owes;
pub use pending::{Lapse, Verdict, decided, hold};
pub use ship::ship;

use crate::error::Result;

/// What a signature says of an order.
#[derive(Clone, Copy, Debug)]
pub struct DeliveredFacts<'a> {
    /// The order's status from now on.
    pub status: Status,
    /// The business day of the signature; none where nothing is signed any more.
    pub delivered_on: Option<NaiveDate>,
    /// Who signed.
    pub signer_name: Option<&'a str>,
    /// What was accepted and what was rejected, line by line.
    pub lines: &'a [(OrderLineId, Quantity, Quantity)],
    /// Nothing of it is left to go.
    pub is_settled: bool,
    /// What was accepted and what was given free, in money; less than nothing where a signature was wrong.
    pub worth: (Fen, Fen),
    /// The day on which it was handed over.
    pub day: NaiveDate,
    /// Where the vehicle is now, where that has changed.
    pub dispatch: Option<Dispatch>,
}

/// Adds what was accepted and rejected, or takes it away where a signature was wrong, and says who signed for it and
/// when; the money moves with it. The caller holds the order and has checked that the lines are its own.
pub async fn delivered(tx: &Tx, order: &rows::order::Model, facts: DeliveredFacts<'_>) -> Result<()> {
    let id = order.id;
    rows::add_to_lines(tx.db(), id, facts.lines).await?;
    rows::mark_delivered(tx.db(), id, &facts, tx.now()).await?;
    let (accepted, released) = facts.worth;
    let postings = [Posting::Accepted(accepted), Posting::Released(released)];
    exposure::post(tx, bill_to(order), &postings).await?;
    turned_over(tx, order.customer_id, facts.day, accepted).await?;
    if let Some(dispatch) = facts.dispatch {
        dispatched(tx, id, dispatch).await?;
        note(tx, id, facts.is_settled, (dispatch, released)).await?;
    }
    Ok(())
}

/// Says what somebody has to look after now.
async fn note(tx: &Tx, id: OrderId, is_settled: bool, (dispatch, released): (Dispatch, Fen)) -> Result<()> {
    use domain::orders::ExceptionKind as Kind;
    if dispatch == Dispatch::UnderWay {
        return exceptions::settle(tx, id, &[Kind::Refused, Kind::Short]).await;
    }
    if released > Fen::ZERO {
        exceptions::open(tx, id, Kind::Refused).await?;
    }
    if is_settled {
        exceptions::settle(tx, id, &[Kind::Late, Kind::Short]).await
    } else {
        exceptions::open(tx, id, Kind::Short).await
    }
}

/// A vehicle takes some of it, or comes back.
pub async fn dispatched(tx: &Tx, id: OrderId, dispatch: Dispatch) -> Result<()> {
    all_dispatched(tx, &[id], dispatch).await
}

/// The same for several orders.
pub async fn all_dispatched(tx: &Tx, ids: &[OrderId], dispatch: Dispatch) -> Result<()> {
    rows::written::set_dispatch(tx.db(), ids, dispatch).await?;
    Ok(())
}

/// So much was accepted on that day: what the return rate is measured by.
pub async fn turned_over(tx: &Tx, customer: CustomerId, day: NaiveDate, accepted: Fen) -> Result<()> {
    if accepted == Fen::ZERO {
        return Ok(());
    }
    let change = Turnover { delivered: accepted, returned: Fen::ZERO };
    rows::exposure::turn_over(tx.db(), customer, day, change).await?;
    Ok(())
}

/// Whose credit an order holds.
pub fn bill_to(order: &rows::order::Model) -> CustomerId {
    order.bill_to_id.unwrap_or(order.customer_id)
}
