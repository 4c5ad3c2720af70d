//! From the warehouse to the customer's signature, with two locks.
//!
//! A trip is driver, vehicle and ordered stops; a stop holds the deliveries of one customer and is signed off once,
//! with one place and one set of photos for all of them. One transaction writes the delivery date and the signer back
//! to order and customer, moves the money from reserved to unbilled, files the evidence and, where a person has to
//! look, opens the review. A certain fraud is kept as an attempt: nothing typed or shot is lost, and a supervisor who
//! vouches for it completes the delivery from it. No other way leads to a completed delivery: only the domain makes
//! what `complete` asks for. What was signed is corrected by a new version.
//!
//! Locks are taken in one order: trip, stop, deliveries by id, decision, order. Whatever happens to a delivery holds
//! its trip, so that a trip that departs or is handed in never meets one that is just being signed.

mod complete;
mod correct;
mod fail;
mod hand_in;
pub mod http;
mod overrule;
mod returns;
mod review;
pub mod rows;
mod settle;
mod sign_off;
mod start;
mod supply;
mod take;
mod trips;
mod write_back;

use domain::ids::{CustomerId, DeliveryId, TripId};
use platform::Tx;

pub use correct::correct;
pub use fail::fail;
pub use hand_in::{confirm, hand_in};
pub use overrule::{Overruled, overrule};
pub use review::{Word, reviewed};
pub use sign_off::{Draft, sign_off};
pub use start::Start;
pub use supply::supply;
pub use take::{StopTickets, Take, identify, take, tickets};
pub use trips::{StopDraft, TripDraft, arrive, depart, plan};

use crate::actor::Actor;
use crate::error::{Error, Result};

/// The stop of a delivery, locked; none for what was loaded from another system.
async fn stop_of(tx: &Tx, delivery: &rows::delivery::Model) -> Result<Option<rows::stop::Model>> {
    Ok(match delivery.stop_id {
        Some(id) => rows::locked_stop(tx.db(), id).await?,
        None => None,
    })
}

/// Locks a delivery with its trip and its stop, in the order in which its own commands lock the three.
pub async fn hold(tx: &Tx, id: DeliveryId) -> Result<Option<rows::delivery::Model>> {
    let Some(seen) = rows::delivery(tx.db(), id).await? else { return Ok(None) };
    trip_of(tx, &seen).await?;
    stop_of(tx, &seen).await?;
    Ok(rows::locked(tx.db(), id).await?)
}

/// The trip of a delivery, locked; none for what was loaded from another system.
async fn trip_of(tx: &Tx, delivery: &rows::delivery::Model) -> Result<Option<rows::trip::Model>> {
    Ok(match delivery.stop_id {
        Some(id) => rows::trip_of_stop(tx.db(), id).await?,
        None => None,
    })
}

/// The customer of a trip's first stop, if the actor sees the trip.
pub async fn first_customer(tx: &Tx, actor: &Actor, id: TripId) -> Result<Option<CustomerId>> {
    if rows::visible_trip(tx.db(), actor, id).await?.is_none() {
        return Ok(None);
    }
    let first = rows::stops(tx.db(), id).await?.into_iter().next();
    Ok(Some(first.ok_or(Error::NotFound)?.stop.customer_id))
}
