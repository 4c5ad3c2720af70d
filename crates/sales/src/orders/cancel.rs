//! Takes an order back, or what is left of it, and lets its money go.

use domain::deliveries::{Tally, order_status, worth};
use domain::ids::{OrderLineId, UserId};
use domain::money::{Fen, Overflow, Quantity};
use domain::orders::{self as rules, Dispatch, ExceptionKind as Kind, Posting, Status};
use domain::writing::is_blank;
use platform::Tx;
use serde_json::json;

use super::exceptions;
use super::pending::touch;
use super::rows::{self, line, order};
use super::{bill_to, exposure, special_approval};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// Takes it back: all of it where nothing went, else the rest. The order is locked with its customer.
pub async fn cancel(tx: &Tx, actor: &Actor, order: &mut order::Model, reason: &str) -> Result<()> {
    let status = order.status;
    let is_under_way = order.dispatch == Some(Dispatch::UnderWay);
    rules::may_cancel(status, is_under_way).map_err(Error::conflict)?;
    if status == Status::PartiallyDelivered {
        return close_short(tx, actor, order, reason).await;
    }
    release(tx, Some(actor.id), order, reason).await
}

/// The whole order is over, in the transaction that says why: whoever was asked is not any more.
pub async fn release(tx: &Tx, by: Option<UserId>, order: &mut order::Model, reason: &str) -> Result<()> {
    let id = order.id;
    let held = still_reserved(&rows::lines(tx.db(), id).await?)?;
    order.status = Status::Cancelled;
    order.cancelled_at = Some(tx.now());
    order.cancel_reason = Some(reason.trim().to_owned()).filter(|reason| !is_blank(reason));
    touch(tx, order);
    rows::written::update(tx.db(), order).await?;
    exposure::post(tx, bill_to(order), &[Posting::Released(held)]).await?;
    special_approval::withdraw(tx, id).await?;
    exceptions::settle(tx, id, &[Kind::Waiting, Kind::Late, Kind::Short]).await?;
    let event = Event::about("orders.cancelled", by, ("order", order.id.0)).at(order.customer_id);
    settings::record(tx, event.with(json!({"released": held}))).await
}

/// What was asked for and went nowhere yet, in money.
fn still_reserved(lines: &[line::Model]) -> Result<Fen> {
    let reserved = lines.iter().try_fold(Fen::ZERO, |sum, line| {
        let worth = worth(line.amount_fen, tally(line))?;
        let left = line.amount_fen.checked_sub(worth.unbilled)?.checked_sub(worth.released)?;
        sum.checked_add(left)
    });
    Ok(reserved.ok_or_else(|| anyhow::anyhow!("an order is worth more than can be kept"))?)
}

fn tally(line: &line::Model) -> Tally {
    Tally {
        ordered: line.quantity_thousandths,
        accepted: line.accepted_thousandths,
        rejected: line.rejected_thousandths,
    }
}

/// What is left of a partly delivered order goes to nobody any more.
async fn close_short(tx: &Tx, actor: &Actor, order: &mut order::Model, reason: &str) -> Result<()> {
    let id = order.id;
    let lines = rows::lines(tx.db(), id).await?;
    if lines.iter().all(|line| tally(line).open() == Quantity::ZERO) {
        return Err(Error::conflict("order_settled"));
    }
    let held = still_reserved(&lines)?;
    let rest: Vec<(OrderLineId, Quantity)> = lines.iter().map(|line| (line.id, tally(line).open())).collect();
    let closed: Vec<Tally> = lines
        .iter()
        .map(|line| {
            let before = tally(line);
            let rejected = before.rejected.checked_add(before.open()).ok_or(Overflow)?;
            Ok(Tally { rejected, ..before })
        })
        .collect::<Result<_>>()?;
    rows::written::close_rest(tx.db(), id, &rest).await?;
    order.status = order_status(&closed);
    order.cancel_reason = Some(reason.trim().to_owned()).filter(|reason| !is_blank(reason));
    touch(tx, order);
    rows::written::update(tx.db(), order).await?;
    exposure::post(tx, bill_to(order), &[Posting::Released(held)]).await?;
    exceptions::settle(tx, id, &[Kind::Late]).await?;
    exceptions::open(tx, id, Kind::Short).await?;
    let event = Event::about("orders.closed_short", Some(actor.id), ("order", order.id.0));
    settings::record(tx, event.at(order.customer_id).with(json!({"released": held}))).await
}
