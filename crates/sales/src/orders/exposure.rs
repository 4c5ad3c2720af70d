//! Where a customer's money stands: moved with every document in its transaction, and equal to its recomputation.

use domain::deliveries::{Tally, worth};
use domain::ids::{CustomerId, OrderLineId};
use domain::money::Fen;
use domain::orders::{Buckets, Posting};
use platform::Tx;
use uuid::Uuid;

use super::rows::exposure as rows;
use crate::customers;
use crate::error::Result;
use crate::select::Connection;

/// Moves money between the buckets of whoever pays. The customer is locked.
pub async fn post(tx: &Tx, bill_to: CustomerId, postings: &[Posting]) -> Result<()> {
    let change = Buckets::fold(postings.iter().copied());
    let change = change.ok_or_else(|| anyhow::anyhow!("an exposure is larger than can be kept"))?;
    if change != Buckets::default() {
        rows::add(tx.db(), bill_to, change, tx.now()).await?;
    }
    Ok(())
}

/// Reserves what a new order comes to, at the end of the command. The customer is locked.
pub fn reserve(tx: &Tx, bill_to: CustomerId, total: Fen) {
    if total != Fen::ZERO {
        rows::reserve(tx, bill_to, Buckets { reserved: total, ..Buckets::default() });
    }
}

/// Is there an open amount of who pays for the customer, and an order of the customer's in it?
pub async fn owes(tx: &Tx, customer: CustomerId) -> Result<bool> {
    let Some(standing) = customers::standing(tx.db(), customer, tx.now()).await? else { return Ok(false) };
    let held = rows::held(tx.db(), standing.bill_to).await?;
    let is_held = held.total().is_none_or(|total| total > Fen::ZERO);
    Ok(is_held && rows::is_held_by(tx.db(), customer, standing.bill_to).await?)
}

/// What orders and returns hold by the documents themselves, whatever the buckets say: a thousand lines at a time.
pub async fn recomputed(db: &impl Connection, bill_to: CustomerId) -> Result<Buckets> {
    let too_large = || anyhow::anyhow!("an exposure is larger than can be kept");
    let credited = Posting::Credited(rows::credited(db, bill_to).await?);
    let mut sum = Buckets::of(credited).ok_or_else(too_large)?;
    let mut after = OrderLineId(Uuid::nil());
    loop {
        let lines = rows::holding(db, bill_to, after).await?;
        let Some(last) = lines.last() else { return Ok(sum) };
        after = last.id;
        for line in &lines {
            let postings = postings(line).ok_or_else(too_large)?;
            let line = Buckets::fold(postings).ok_or_else(too_large)?;
            sum = sum.plus(line).ok_or_else(too_large)?;
        }
    }
}

fn postings(line: &rows::HoldingRow) -> Option<[Posting; 3]> {
    let tally = Tally {
        ordered: line.quantity_thousandths,
        accepted: line.accepted_thousandths,
        rejected: line.rejected_thousandths,
    };
    let worth = worth(line.amount_fen, tally)?;
    let submitted = Posting::Submitted(line.amount_fen);
    Some([submitted, Posting::Accepted(worth.unbilled), Posting::Released(worth.released)])
}

/// Writes the buckets anew after orders were loaded from elsewhere. The customer is locked or nobody else writes.
pub async fn rebuild(tx: &Tx, bill_to: CustomerId) -> Result<()> {
    let held = recomputed(tx.db(), bill_to).await?;
    rows::set(tx.db(), bill_to, held, tx.now()).await?;
    Ok(())
}
