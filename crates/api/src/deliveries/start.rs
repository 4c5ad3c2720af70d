//! Makes a delivery ready for an order, and sends it on its way.

use chrono::{DateTime, Utc};
use domain::deliveries::Status;
use domain::ids::{CustomerId, DeliveryId, OrderId, OrderLineId, UserId};
use domain::money::Quantity;
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;

use super::rows::{self, delivery, line};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::settings::{self, Event};
use crate::{orders, people};

/// What is to be delivered; everything that is left of the order where no lines are named.
#[derive(Debug)]
pub struct Start {
    pub order: OrderId,
    pub driver: Option<UserId>,
    pub promised_at: Option<DateTime<Utc>>,
    pub lines: Option<Vec<(OrderLineId, Quantity)>>,
}

/// Makes the delivery. An order has one under way at a time.
pub async fn start(tx: &Tx, actor: &Actor, wanted: &Start) -> Result<delivery::Model> {
    let unknown = || Error::field("/order_id", "order_unknown");
    orders::rows::visible(tx.db(), actor, wanted.order).await?.ok_or_else(unknown)?;
    let order = orders::rows::locked(tx.db(), wanted.order).await?.ok_or_else(unknown)?;
    if !["accepted", "partially_delivered"].contains(&order.status.as_str()) {
        return Err(Error::conflict("order_not_ready"));
    }
    if let Some(driver) = wanted.driver {
        let driver = people::rows::user(tx.db(), driver).await?;
        let today = local_date(tx.now());
        let is_driver = driver.is_some_and(|user| {
            user.role == Role::Logistics.name() && is_active(user.active_from, user.active_to, today)
        });
        if !is_driver {
            return Err(Error::field("/driver_id", "driver_unknown"));
        }
    }
    if rows::has_open(tx.db(), wanted.order).await? {
        return Err(Error::conflict("order_in_delivery"));
    }
    let left = left_of(tx, wanted.order).await?;
    let lines = chosen(&left, wanted.lines.as_deref())?;

    let id = DeliveryId(platform::new_id());
    let delivery = delivery::Model {
        id: id.0,
        number: settings::next_number(tx, "DN", local_date(tx.now())).await?,
        order_id: order.id,
        customer_id: order.customer_id,
        region_id: order.region_id,
        driver_id: wanted.driver.unwrap_or(actor.id).0,
        status: Status::Planned.name().to_owned(),
        promised_at: wanted.promised_at,
        departed_at: None,
        signed_at: None,
        delivered_on: None,
        signer_name: None,
        verdict: None,
        reasons: json!([]),
        provisional: false,
        review: "none".to_owned(),
        fail_reason: None,
        created_at: tx.now(),
        version: 1,
    };
    let lines = lines.into_iter().map(|(line, quantity)| line_row(id, line, quantity)).collect();
    rows::insert(tx.db(), delivery.clone(), lines).await?;
    let event = Event::about("deliveries.started", Some(actor.id), ("delivery", id.0));
    settings::record(tx, event.at(CustomerId(order.customer_id))).await?;
    Ok(delivery)
}

fn line_row(id: DeliveryId, line: OrderLineId, quantity: Quantity) -> line::Model {
    line::Model {
        id: platform::new_id(),
        delivery_id: id.0,
        order_line_id: line.0,
        quantity_thousandths: quantity.0,
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

/// Off it goes.
pub async fn depart(tx: &Tx, actor: &Actor, delivery: &delivery::Model) -> Result<()> {
    let id = DeliveryId(delivery.id);
    if !rows::depart(tx.db(), id, tx.now()).await? {
        return Err(Error::conflict("delivery_not_planned"));
    }
    let event = Event::about("deliveries.departed", Some(actor.id), ("delivery", id.0));
    settings::record(tx, event.at(CustomerId(delivery.customer_id))).await
}
