//! Makes a delivery ready for an order.

use chrono::{DateTime, Utc};
use domain::deliveries::{Review, Status};
use domain::ids::{CustomerId, DeliveryId, DeliveryLineId, OrderId, OrderLineId, RegionId, StopId, UserId};
use domain::money::Quantity;
use domain::stored::Stored;
use domain::working_time::local_date;
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

/// The order, locked, if it may go now. It has one delivery under way at a time.
pub async fn ready(tx: &Tx, actor: &Actor, order: OrderId) -> Result<order::Model> {
    let unknown = || Error::field("/order_id", "order_unknown");
    orders::rows::visible(tx.db(), actor, order).await?.ok_or_else(unknown)?;
    let order = orders::rows::locked(tx.db(), order).await?.ok_or_else(unknown)?;
    if !["accepted", "partially_delivered"].contains(&order.status.as_str()) {
        return Err(Error::conflict("order_not_ready"));
    }
    if rows::has_open(tx.db(), OrderId(order.id)).await? {
        return Err(Error::conflict("order_in_delivery"));
    }
    Ok(order)
}

/// Makes the delivery of an order that may go, at a stop of its driver's trip.
pub async fn start(
    tx: &Tx,
    actor: &Actor,
    wanted: &Start,
    order: &order::Model,
    (stop, driver): (StopId, UserId),
) -> Result<delivery::Model> {
    let left = left_of(tx, wanted.order).await?;
    let lines = chosen(&left, wanted.lines.as_deref())?;
    let id = DeliveryId(platform::new_id());
    let delivery = delivery::Model {
        id,
        number: settings::next_number(tx, "DN", local_date(tx.now())).await?,
        order_id: OrderId(order.id),
        customer_id: CustomerId(order.customer_id),
        region_id: RegionId(order.region_id),
        driver_id: driver,
        status: Status::Planned,
        promised_at: wanted.promised_at,
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
        stop_id: Some(stop),
        invoicing: None,
        blocked_by: None,
        overridden_by: None,
        overridden_at: None,
        override_reason: None,
    };
    let lines = lines.into_iter().map(|(line, quantity)| line_row(id, line, quantity)).collect();
    rows::insert(tx.db(), delivery.clone(), lines).await?;
    orders::dispatched(tx, wanted.order, Dispatch::UnderWay).await?;
    let event = Event::about("deliveries.started", Some(actor.id), ("delivery", id.0));
    settings::record(tx, event.at(CustomerId(order.customer_id))).await?;
    Ok(delivery)
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

/// What nobody has taken or refused yet.
async fn left_of(tx: &Tx, order: OrderId) -> Result<Vec<(OrderLineId, Quantity)>> {
    let lines = orders::rows::lines(tx.db(), order).await?;
    let left = lines.into_iter().map(|line| {
        let left = line.quantity_thousandths - line.accepted_thousandths - line.rejected_thousandths;
        (OrderLineId(line.id), Quantity(left))
    });
    Ok(left.filter(|(_, left)| *left > Quantity::ZERO).collect())
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
