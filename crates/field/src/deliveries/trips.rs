//! Plans a trip with its stops, sends it on its way, and sees it arrive.

use chrono::NaiveDate;
use domain::deliveries::{Step, TripStatus};
use domain::ids::{CustomerId, OrderId, StopId, TripId, UserId};
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::Tx;

use super::rows::{self, delivery, stop, trip};
use super::start::{Going, Start, ready, start};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::orders::{self, rows::order};
use crate::settings::{self, Event};
use crate::{App, people};

/// A trip that is wanted.
#[derive(Debug)]
pub struct TripDraft {
    pub vehicle: Option<String>,
    pub driver: Option<UserId>,
    pub planned_on: Option<NaiveDate>,
    pub stops: Vec<StopDraft>,
}

/// A stop with what goes to its customer.
#[derive(Debug)]
pub struct StopDraft {
    pub customer: CustomerId,
    pub deliveries: Vec<Start>,
}

/// Makes the trip, its stops in order, and a delivery for each order.
pub async fn plan(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    wanted: &TripDraft,
) -> Result<(trip::Model, Vec<delivery::Model>)> {
    let driver = driver(tx, actor, wanted.driver).await?;
    let orders = ordered(tx, actor, wanted).await?;
    let today = local_date(tx.now());
    let id = TripId(platform::new_id());
    let trip = trip::Model {
        id,
        number: settings::next_number(app, tx, "TR", today).await?,
        vehicle: wanted.vehicle.clone(),
        driver_id: driver,
        planned_on: wanted.planned_on.unwrap_or(today),
        status: TripStatus::Planned,
        created_by: actor.id,
        created_at: tx.now(),
        taken_at: None,
        departed_at: None,
        version: 1,
    };
    rows::insert_trip(tx.db(), trip.clone()).await?;
    let numbers = settings::next_numbers(app, tx, ("DN", today), orders.len()).await?;
    let stops: Vec<stop::Model> =
        (1..).zip(&wanted.stops).map(|(seq, it)| stop_row(&trip, seq, it)).collect();
    let (mut numbers, mut going) = (numbers.into_iter(), Vec::new());
    for (stop, row) in wanted.stops.iter().zip(&stops) {
        for wanted in &stop.deliveries {
            let order = orders.iter().find(|it| it.id == wanted.order).ok_or(Error::NotFound)?;
            let number = numbers.next().ok_or(Error::NotFound)?;
            going.push(Going { wanted, order, stop: row.id, number });
        }
    }
    rows::insert_stops(tx.db(), stops).await?;
    let deliveries = start(tx, actor, driver, going).await?;
    settings::record(tx, Event::about("deliveries.trip_planned", Some(actor.id), ("trip", id.0))).await?;
    Ok((trip, deliveries))
}

fn stop_row(trip: &trip::Model, seq: i32, wanted: &StopDraft) -> stop::Model {
    stop::Model {
        id: StopId(platform::new_id()),
        trip_id: trip.id,
        seq,
        customer_id: wanted.customer,
        arrived_at: None,
        version: 1,
    }
}

/// Who drives: somebody who works in logistics today; the caller unless said.
async fn driver(tx: &Tx, actor: &Actor, wanted: Option<UserId>) -> Result<UserId> {
    let id = wanted.unwrap_or(actor.id);
    let user = people::rows::user(tx.db(), id).await?;
    let today = local_date(tx.now());
    let is_driver = user.is_some_and(|user| {
        user.role == Role::Logistics && is_active(user.active_from, user.active_to, today)
    });
    if is_driver { Ok(id) } else { Err(Error::field("/driver_id", "driver_unknown")) }
}

/// The orders of a trip, locked, each named once and at its own customer's stop.
async fn ordered(tx: &Tx, actor: &Actor, wanted: &TripDraft) -> Result<Vec<order::Model>> {
    let mut ids: Vec<OrderId> =
        wanted.stops.iter().flat_map(|stop| stop.deliveries.iter().map(|it| it.order)).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::field("/stops", "order_twice"));
    }
    let orders = ready(tx, actor, &ids).await?;
    let mut faults = Vec::new();
    for (place, stop) in wanted.stops.iter().enumerate() {
        for (at, start) in stop.deliveries.iter().enumerate() {
            let order = orders.iter().find(|it| it.id == start.order);
            if order.is_some_and(|it| it.customer_id != stop.customer) {
                let pointer = format!("/stops/{place}/order_ids/{at}");
                faults.push(FieldFault::new(pointer, "order_of_another_customer"));
            }
        }
    }
    if faults.is_empty() { Ok(orders) } else { Err(Error::Invalid("order_of_another_customer", faults)) }
}

/// Off it goes, once, with everything that is on it. The trip is locked by the caller.
pub async fn depart(app: &App, tx: &Tx, actor: &Actor, trip: &trip::Model) -> Result<()> {
    let id = trip.id;
    let status = trip.status.depart().map_err(|refusal| Error::conflict(refusal.code()))?;
    let deliveries = rows::of_trip(tx.db(), id).await?;
    let leaving = deliveries.iter().filter(|it| it.status.after(Step::Depart).is_ok());
    let leaving: Vec<OrderId> = leaving.map(|it| it.order_id).collect();
    orders::ship(app, tx, &leaving).await?;
    rows::set_trip(tx.db(), id, status, (None, Some(tx.now()))).await?;
    let (mut moved, mut events) = (Vec::new(), Vec::new());
    for delivery in deliveries {
        let on = Event::about("deliveries.departed", Some(actor.id), ("delivery", delivery.id.0));
        if let Ok(status) = delivery.status.after(Step::Depart) {
            moved.push((delivery.id, status));
            events.push(on.at(delivery.customer_id));
        }
    }
    rows::advance(tx.db(), &moved, Some(tx.now())).await?;
    events.push(Event::about("deliveries.trip_departed", Some(actor.id), ("trip", id.0)));
    settings::record_all(tx, events).await
}

/// The vehicle is at the store. The stop is locked by the caller.
pub async fn arrive(tx: &Tx, actor: &Actor, stop: &stop::Model) -> Result<()> {
    let deliveries = rows::of_stop(tx.db(), stop.id).await?;
    let mut refusal = None;
    let mut moved = Vec::new();
    for delivery in &deliveries {
        match delivery.status.after(Step::Arrive) {
            Ok(status) => moved.push((delivery.id, status)),
            Err(refused) => refusal = refusal.or(Some(refused)),
        }
    }
    if let Some(refusal) = refusal.filter(|_| moved.is_empty()) {
        return Err(Error::conflict(refusal.code()));
    }
    rows::arrive(tx.db(), stop.id, tx.now()).await?;
    rows::advance(tx.db(), &moved, None).await?;
    let event = Event::about("deliveries.arrived", Some(actor.id), ("stop", stop.id.0));
    settings::record(tx, event.at(stop.customer_id)).await
}
