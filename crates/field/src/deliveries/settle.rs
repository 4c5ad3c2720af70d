//! What was paid and what went back and forth at a stop: kept once the deliveries signed together are closed, and
//! taken back when they are open again.

use domain::deliveries::{Exchange, TripStatus, left_to_book};
use domain::ids::{CustomerId, DeliveryId, TripId, UserId};
use domain::money::Fen;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::returns;
use super::rows::{self, attempt, delivery, payment, stop};
use super::sign_off::Collected;
use crate::error::Result;
use crate::settings::{self, Event};

/// Keeps what came with a set of attempts, whichever of its deliveries are closed by it: it stands on the first.
pub async fn settle_up(tx: &Tx, set: Uuid) -> Result<()> {
    for attempt in rows::attempts_of_set(tx.db(), set).await? {
        let Some(delivery) = rows::locked(tx.db(), DeliveryId(attempt.delivery_id)).await? else { continue };
        let Some(stop) = super::stop_of(tx, &delivery).await? else { continue };
        if !rows::mark_settled(tx.db(), attempt.id, tx.now()).await? {
            continue;
        }
        if let Some(collected) = collected(&attempt)? {
            book(tx, &stop, &attempt, collected).await?;
        }
        let exchanges = attempt.returns.clone().unwrap_or_else(|| json!([]));
        let exchanges: Vec<Exchange> = serde_json::from_value(exchanges).map_err(anyhow::Error::from)?;
        if !exchanges.is_empty() && !rows::exchanged_otherwise(tx.db(), set).await? {
            returns::keep(tx, &stop, &attempt, &exchanges).await?;
        }
    }
    Ok(())
}

/// What was paid with an attempt.
fn collected(attempt: &attempt::Model) -> Result<Option<Collected>> {
    let collected = attempt.payment.clone().map(serde_json::from_value).transpose();
    Ok(collected.map_err(anyhow::Error::from)?)
}

/// What an attempt's payment adds to what stands for the same deliveries.
pub fn payment_left(attempt: &attempt::Model, standing: Fen) -> Result<Option<Collected>> {
    let Some(collected) = collected(attempt)? else { return Ok(None) };
    Ok(Some(Collected { amount: left_to_book(collected.amount, standing), ..collected }))
}

/// Books what was paid. What an overlapping sign-off has booked already is not taken twice, and an event says so.
async fn book(tx: &Tx, stop: &stop::Model, attempt: &attempt::Model, paid: Collected) -> Result<()> {
    let standing = rows::all_paid_otherwise(tx.db(), &[attempt.set()]).await?;
    let standing = Fen(standing.first().map_or(0, |it| it.n));
    let left = payment_left(attempt, standing)?.map_or(Fen::ZERO, |it| it.amount);
    if left != paid.amount {
        let facts =
            json!({"stop_id": stop.id, "attempt_id": attempt.id, "amount": paid.amount, "booked": left});
        let by = Some(UserId(attempt.user_id));
        let event = Event::about("deliveries.payment_superseded", by, ("delivery", attempt.delivery_id));
        settings::record(tx, event.at(CustomerId(stop.customer_id)).with(facts)).await?;
        if left == Fen::ZERO {
            return Ok(());
        }
    }
    let payment = payment::Model {
        id: platform::new_id(),
        trip_id: stop.trip_id,
        stop_id: stop.id,
        set_id: attempt.set(),
        method: paid.method.name().to_owned(),
        amount_fen: left.0,
        due_fen: paid.due.0,
        taken_by: attempt.user_id,
        taken_at: attempt.at,
        voided_at: None,
    };
    Ok(rows::insert_payment(tx.db(), payment).await?)
}

/// A trip goes on when something of it is open again, and is handed in again. What a cashier has confirmed stands.
pub async fn go_on(tx: &Tx, delivery: &delivery::Model) -> Result<()> {
    let Some(trip) = super::trip_of(tx, delivery).await? else { return Ok(()) };
    let status = TripStatus::by_name(&trip.status).unwrap_or(TripStatus::Closed);
    let Some(status) = status.go_on() else { return Ok(()) };
    let id = TripId(trip.id);
    rows::void_hand_in(tx.db(), id, tx.now()).await?;
    rows::set_trip(tx.db(), id, status, (None, None)).await?;
    settings::record(tx, Event::about("deliveries.trip_reopened", None, ("trip", id.0))).await
}
