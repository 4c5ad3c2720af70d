//! Makes a delivery ready for an order.

use chrono::{DateTime, Utc};
use domain::deliveries::{Review, Status, Tally};
use domain::ids::{DeliveryId, DeliveryLineId, OrderId, OrderLineId, StopId, UserId};
use domain::money::Quantity;
use domain::orders::Status as Ordered;
use domain::stored::Stored;
use platform::Tx;

use super::rows::{self, delivery, line};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::orders::{self, Dispatch, rows::order};
use crate::settings::{self, Event};

/// What is to be delivered; everything that is left of the order where no lines are named.
#[derive(Debug)]
pub struct Start {
    pub order: OrderId,
    pub promised_at: Option<DateTime<Utc>>,
    pub lines: Option<Vec<(OrderLineId, Quantity)>>,
}

/// The orders, locked in order of id so that two plans cannot wait for one another, if all may go now. Each has one
/// delivery under way at a time.
pub async fn ready(tx: &Tx, actor: &Actor, ids: &[OrderId]) -> Result<Vec<order::Model>> {
    let unknown = || Error::field("/order_id", "order_unknown");
    if orders::rows::visible_among(tx.db(), &actor.at_the_ramp(), ids).await?.len() < ids.len() {
        return Err(unknown());
    }
    let orders = orders::rows::locked_among(tx.db(), ids).await?;
    let may_go =
        |order: &order::Model| matches!(order.status, Ordered::Accepted | Ordered::PartiallyDelivered);
    if !orders.iter().all(may_go) {
        return Err(Error::conflict("order_not_ready"));
    }
    if rows::any_open(tx.db(), ids).await? {
        return Err(Error::conflict("order_in_delivery"));
    }
    Ok(orders)
}

/// An order that goes, with where and under which number.
#[derive(Debug)]
pub struct Going<'a> {
    pub wanted: &'a Start,
    pub order: &'a order::Model,
    pub stop: StopId,
    pub number: String,
}

/// Makes the deliveries of orders that may go, all at once.
pub async fn start(
    tx: &Tx,
    actor: &Actor,
    driver: UserId,
    going: Vec<Going<'_>>,
) -> Result<Vec<delivery::Model>> {
    let orders: Vec<OrderId> = going.iter().map(|it| it.order.id).collect();
    let ordered = orders::rows::lines_among(tx.db(), &orders).await?;
    let (mut deliveries, mut lines, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for it in going {
        let left = left_of(&ordered, it.order);
        let delivery = row(tx, driver, &it);
        let id = delivery.id;
        let chosen = chosen(&left, it.wanted.lines.as_deref())?.into_iter();
        lines.extend(chosen.map(|(line, quantity)| line_row(id, line, quantity)));
        let event = Event::about("deliveries.started", Some(actor.id), ("delivery", id.0));
        events.push(event.at(delivery.customer_id));
        deliveries.push(delivery);
    }
    rows::insert(tx.db(), deliveries.clone(), lines).await?;
    orders::all_dispatched(tx, &orders, Dispatch::UnderWay).await?;
    settings::record_all(tx, events).await?;
    Ok(deliveries)
}

fn row(tx: &Tx, driver: UserId, going: &Going<'_>) -> delivery::Model {
    delivery::Model {
        id: DeliveryId(platform::new_id()),
        number: going.number.clone(),
        order_id: going.order.id,
        customer_id: going.order.customer_id,
        region_id: going.order.region_id,
        driver_id: driver,
        status: Status::Planned,
        promised_at: going.wanted.promised_at,
        departed_at: None,
        signed_at: None,
        delivered_on: None,
        signer_name: None,
        verdict: None,
        reasons: Stored(Vec::new()),
        provisional: false,
        review: Review::None,
        fail_reason: None,
        created_at: tx.now(),
        version: 1,
        stop_id: Some(going.stop),
        invoicing: None,
        blocked_by: None,
        overridden_by: None,
        overridden_at: None,
        override_reason: None,
    }
}

fn line_row(id: DeliveryId, line: OrderLineId, quantity: Quantity) -> line::Model {
    line::Model {
        id: DeliveryLineId(platform::new_id()),
        delivery_id: id,
        order_line_id: line,
        quantity_thousandths: quantity,
        accepted_thousandths: None,
        rejected_thousandths: None,
        reject_reason: None,
    }
}

/// What nobody has taken or refused yet of an order.
fn left_of(lines: &[orders::rows::line::Model], order: &order::Model) -> Vec<(OrderLineId, Quantity)> {
    let left = lines.iter().filter(|line| line.order_id == order.id).map(|line| {
        let (accepted, rejected) = (line.accepted_thousandths, line.rejected_thousandths);
        (line.id, Tally { ordered: line.quantity_thousandths, accepted, rejected }.open())
    });
    left.filter(|(_, left)| *left > Quantity::ZERO).collect()
}

fn chosen(
    left: &[(OrderLineId, Quantity)],
    wanted: Option<&[(OrderLineId, Quantity)]>,
) -> Result<Vec<(OrderLineId, Quantity)>> {
    let Some(wanted) = wanted else {
        return if left.is_empty() { Err(Error::conflict("order_not_ready")) } else { Ok(left.to_vec()) };
    };
    if wanted.is_empty() {
        return Err(Error::field("/lines", "required"));
    }
    let mut faults = Vec::new();
    for (place, (line, quantity)) in wanted.iter().enumerate() {
        let known = left.iter().find(|(it, _)| it == line);
        if wanted[..place].iter().any(|(it, _)| it == line) {
            faults.push(FieldFault::new(format!("/lines/{place}/order_line_id"), "line_twice"));
        } else if known.is_none() {
            faults.push(FieldFault::new(format!("/lines/{place}/order_line_id"), "line_unknown"));
        } else if *quantity <= Quantity::ZERO || known.is_some_and(|(_, left)| quantity > left) {
            faults.push(FieldFault::new(format!("/lines/{place}/quantity"), "line_quantity_invalid"));
        }
    }
    if faults.is_empty() { Ok(wanted.to_vec()) } else { Err(Error::Invalid("line_quantity_invalid", faults)) }
}
