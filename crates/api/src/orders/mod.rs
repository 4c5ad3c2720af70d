//! Products, prices and orders.
//!
//! An order is what a customer asked for at agreed prices: its lines carry quantities in thousandths, unit prices in
//! ten-thousandths of a yuan and amounts in fen, and its total is the checked sum of them. A price belongs to a region
//! and a tier from one day to another; the floor is what a rep may not go below unasked.
//!
//! A delivery that was signed off adds what was accepted and what was rejected to the lines and settles the status,
//! in the transaction of the signature.
//!
//! What is absent: placing an order. Orders come from outside, and with them what was already decided about them.

pub mod http;
pub mod rows;

use chrono::NaiveDate;
use domain::ids::{OrderId, OrderLineId};
use domain::money::Quantity;
use platform::Tx;

use crate::error::Result;

/// What a signature says of an order.
#[derive(Clone, Copy, Debug)]
pub struct DeliveredFacts<'a> {
    /// The order's status from now on.
    pub status: &'a str,
    /// The business day of the signature; none where nothing is signed any more.
    pub delivered_on: Option<NaiveDate>,
    /// Who signed.
    pub signer_name: Option<&'a str>,
    /// What was accepted and what was rejected, line by line.
    pub lines: &'a [(OrderLineId, Quantity, Quantity)],
}

/// Adds what was accepted and rejected, or takes it away where a signature was wrong, and says who signed for it and when. The caller has
/// locked the order and checked that the lines are its own.
pub async fn delivered(tx: &Tx, order: OrderId, facts: DeliveredFacts<'_>) -> Result<()> {
    rows::add_to_lines(tx.db(), order, facts.lines).await?;
    rows::mark_delivered(tx.db(), order, &facts, tx.now()).await?;
    Ok(())
}
