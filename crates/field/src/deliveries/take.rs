//! A driver takes a trip over on whatever phone is at hand, with the loading sheet and a personal number.

use chrono::{DateTime, Utc};
use domain::deliveries::{Step, TripStatus};
use domain::ids::{DeliveryId, StopId, TakeId, TripId, UserId};
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::Tx;

use super::rows::{self, trip};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::evidence::{self, Task};
use crate::people::{self, rows::user};
use crate::settings::{self, Event};

/// Who takes over: the trip's driver, or another one by name.
#[derive(Debug)]
pub struct Take {
    pub username: Option<String>,
    pub pin: String,
}

/// Somebody of logistics, if the number is theirs. A name that nobody has and a wrong number read the same.
pub async fn identify(app: &App, trip: TripId, take: &Take) -> Result<user::Model> {
    let db = app.db.conn();
    let trip = rows::trip(db, trip).await?.ok_or(Error::NotFound)?;
    let person = match &take.username {
        Some(name) => people::rows::user_by_username(db, name).await?,
        None => people::rows::user(db, trip.driver_id).await?,
    };
    let today = local_date(app.db.now().await?);
    let person = person
        .filter(|user| user.role == Role::Logistics && is_active(user.active_from, user.active_to, today));
    people::check_pin(app, person.as_ref().map(|it| UserId(it.id)), &take.pin).await?;
    person.ok_or_else(|| Error::field("/pin", "pin_wrong"))
}

/// The trip is this driver's from now on, and loaded. Answers with a session that sees this trip and nothing else.
pub async fn take(
    app: &App,
    tx: &Tx,
    id: TripId,
    person: user::Model,
) -> Result<(Actor, String, DateTime<Utc>)> {
    let driver = UserId(person.id);
    let actor = people::actor(person, Some(id)).ok_or(Error::NotFound)?;
    let trip = rows::locked_trip(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let status = trip.status.take().map_err(|refusal| Error::conflict(refusal.code()))?;
    rows::set_trip(tx.db(), id, status, (Some(tx.now()), None)).await?;
    let is_carried = trip.status != TripStatus::Planned && trip.driver_id != driver;
    let take = rows::take::Model {
        id: TakeId(platform::new_id()),
        trip_id: trip.id,
        driver_id: driver,
        former_driver_id: is_carried.then_some(trip.driver_id),
        taken_at: tx.now(),
    };
    rows::insert_take(tx.db(), take).await?;
    if trip.driver_id != driver {
        rows::set_driver(tx.db(), id, driver).await?;
    }
    let loaded = rows::of_trip(tx.db(), id).await?.into_iter().filter_map(|delivery| {
        let status = delivery.status.after(Step::Load).ok()?;
        Some((delivery.id, status))
    });
    rows::advance(tx.db(), &loaded.collect::<Vec<_>>(), None).await?;
    let (token, expires_at) = people::open_for_trip(app, tx, driver, id).await?;
    settings::record(tx, Event::about("deliveries.trip_taken", Some(driver), ("trip", id.0))).await?;
    Ok((actor, token, expires_at))
}

/// Rights to hand in the photos of a stop.
#[derive(Debug)]
pub struct StopTickets {
    pub stop_id: StopId,
    pub delivery_id: DeliveryId,
    pub purpose: &'static str,
    pub tickets: Vec<String>,
    pub expires_at: DateTime<Utc>,
}

/// Photos of each purpose that a stop has tickets for: one, and one to take again.
const TICKETS: usize = 2;

/// The tickets for everything that is still to be handed over, so that a trip without signal loses nothing. One set
/// serves all deliveries of a stop.
pub async fn tickets(tx: &Tx, actor: &Actor, trip: &trip::Model) -> Result<Vec<StopTickets>> {
    let mut tasks: Vec<(StopId, Task)> = Vec::new();
    for delivery in rows::of_trip(tx.db(), trip.id).await? {
        let Some(stop_id) = delivery.stop_id.filter(|_| delivery.status.is_open()) else { continue };
        if tasks.iter().any(|(known, _)| *known == stop_id) {
            continue;
        }
        let customer = delivery.customer_id;
        for purpose in ["goods", "signed_slip"] {
            tasks.push((stop_id, Task { purpose, subject: ("delivery", delivery.id.0), customer }));
        }
    }
    let wanted: Vec<Task> = tasks.iter().map(|(_, task)| *task).collect();
    let (tickets, expires_at) = evidence::hand_out_all(tx, actor, &wanted, TICKETS).await?;
    let of_stop = |((stop_id, task), tickets): ((StopId, Task), Vec<String>)| StopTickets {
        stop_id,
        delivery_id: DeliveryId(task.subject.1),
        purpose: task.purpose,
        tickets,
        expires_at,
    };
    Ok(tasks.into_iter().zip(tickets).map(of_stop).collect())
}
