//! What a delivery does to its order, in the caller's transaction: quantities, status, and money that moves from
//! reserved to unbilled.

use chrono::NaiveDate;
use domain::deliveries::{self as rules, Handed, Tally, worth};
use domain::ids::{BillableId, OrderLineId};
use domain::money::{Fen, Overflow, Quantity};
use domain::orders::Status as Ordered;
use domain::working_time::local_date;
use platform::Tx;

use super::rows::{self, billable, delivery};
use crate::error::{Error, Result};
use crate::orders::{self, DeliveredFacts, Dispatch};

/// How much more or less of a line is accepted and rejected than before.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub line: OrderLineId,
    pub accepted: Quantity,
    pub rejected: Quantity,
}

impl Change {
    /// From one version of a delivery's lines to the next; from nothing where there was none.
    pub fn between(before: &[Handed], after: &[Handed]) -> std::result::Result<Vec<Self>, Overflow> {
        let of = |lines: &[Handed], line: OrderLineId| {
            lines.iter().find(|it| it.line == line).map(|it| (it.accepted, it.rejected)).unwrap_or_default()
        };
        let mut lines: Vec<OrderLineId> = before.iter().chain(after).map(|it| it.line).collect();
        lines.sort_unstable();
        lines.dedup();
        let change = |line| {
            let (was, is) = (of(before, line), of(after, line));
            Some(Self { line, accepted: is.0.checked_sub(was.0)?, rejected: is.1.checked_sub(was.1)? })
        };
        lines.into_iter().map(change).collect::<Option<_>>().ok_or(Overflow)
    }
}

/// The signature as the order keeps it.
#[derive(Clone, Debug)]
pub enum Signature {
    /// This day, by this person.
    Given(NaiveDate, String),
    /// As it was.
    Kept,
    /// It counts no more.
    Withdrawn,
}

/// Adds the changes to the order's lines, derives its status anew, and books what they are worth.
pub async fn write_back(
    tx: &Tx,
    delivery: &delivery::Model,
    changes: &[Change],
    signature: Signature,
) -> Result<()> {
    let id = delivery.order_id;
    let order = orders::hold(tx, id).await?.ok_or(Error::NotFound)?;
    let (mut accepted, mut released) = (Fen::ZERO, Fen::ZERO);
    let mut tallies = Vec::new();
    let mut billables = Vec::new();
    for line in orders::rows::lines(tx.db(), id).await? {
        let before = Tally {
            ordered: line.quantity_thousandths,
            accepted: line.accepted_thousandths,
            rejected: line.rejected_thousandths,
        };
        let Some(change) = changes.iter().find(|it| it.line == line.id) else {
            tallies.push(before);
            continue;
        };
        let after = after(before, change, line.returned_thousandths)?;
        tallies.push(after);
        let amount = line.amount_fen;
        let gained = worth(amount, after).zip(worth(amount, before)).and_then(|(is, was)| is.since(was));
        let gained = gained.ok_or(Overflow)?;
        accepted = accepted.checked_add(gained.unbilled).ok_or(Overflow)?;
        released = released.checked_add(gained.released).ok_or(Overflow)?;
        billables.push(billable::Model {
            id: BillableId(platform::new_id()),
            delivery_id: delivery.id,
            order_line_id: line.id,
            accepted_thousandths: change.accepted,
            rejected_thousandths: change.rejected,
            unbilled_fen: gained.unbilled,
            released_fen: gained.released,
            at: tx.now(),
        });
    }
    rows::insert_billables(tx.db(), billables).await?;
    let status = rules::order_status(&tallies);
    let (day, dispatch) = whereabouts(tx, delivery, &signature);
    let (delivered_on, signer_name) = match signature {
        Signature::Given(day, signer) => (Some(day), Some(signer)),
        Signature::Withdrawn if status == Ordered::Accepted => (None, None),
        Signature::Kept | Signature::Withdrawn => (order.delivered_on, order.signer_name.clone()),
    };
    let lines: Vec<_> = changes.iter().map(|it| (it.line, it.accepted, it.rejected)).collect();
    let facts = DeliveredFacts {
        status,
        delivered_on,
        signer_name: signer_name.as_deref(),
        lines: &lines,
        is_settled: tallies.iter().all(|it| it.open() == Quantity::ZERO),
        worth: (accepted, released),
        day,
        dispatch,
    };
    orders::delivered(tx, &order, facts).await
}

/// What a line comes to. What came back had been accepted, so no correction takes it away.
fn after(before: Tally, change: &Change, returned: Quantity) -> Result<Tally> {
    let accepted = before.accepted.checked_add(change.accepted).ok_or(Overflow)?;
    let rejected = before.rejected.checked_add(change.rejected).ok_or(Overflow)?;
    if change.accepted < Quantity::ZERO && accepted < returned {
        return Err(Error::conflict("goods_returned"));
    }
    Ok(Tally { accepted, rejected, ..before })
}

/// The day whose turnover a signature or its correction belongs to, and where the vehicle is where that changes.
fn whereabouts(tx: &Tx, delivery: &delivery::Model, signature: &Signature) -> (NaiveDate, Option<Dispatch>) {
    let handed_over = delivery.delivered_on.unwrap_or_else(|| local_date(tx.now()));
    match signature {
        Signature::Given(day, _) => (*day, Some(Dispatch::Ended)),
        Signature::Kept => (handed_over, None),
        Signature::Withdrawn => (handed_over, Some(Dispatch::UnderWay)),
    }
}
