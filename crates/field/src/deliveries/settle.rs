//! What was paid and what went back and forth at a stop: kept once the deliveries signed together are closed, and
//! taken back when they are open again.

use domain::deliveries::{Collected, left_to_book};
use domain::ids::{AttemptSetId, PaymentId};
use domain::money::Fen;
use platform::Tx;
use serde_json::json;

use super::returns;
use super::rows::{self, attempt, delivery, payment, stop};
use crate::error::Result;
use crate::settings::{self, Event};

/// Keeps what came with a set of attempts, whichever of its deliveries are closed by it: it stands on the first.
pub async fn settle_up(tx: &Tx, set: AttemptSetId) -> Result<()> {
    for attempt in rows::attempts_of_set(tx.db(), set).await? {
        let Some(delivery) = rows::locked(tx.db(), attempt.delivery_id).await? else { continue };
        let Some(stop) = super::stop_of(tx, &delivery).await? else { continue };
        if !rows::mark_settled(tx.db(), attempt.id, tx.now()).await? {
            continue;
        }
        if let Some(collected) = attempt.payment.as_deref() {
            book(tx, &stop, &attempt, *collected).await?;
        }
        let exchanges = attempt.returns.as_deref().map_or(&[][..], Vec::as_slice);
        if !exchanges.is_empty() && !rows::exchanged_otherwise(tx.db(), set).await? {
            returns::keep(tx, &stop, &attempt, exchanges).await?;
        }
    }
    Ok(())
}

/// What an attempt's payment adds to what stands for the same deliveries.
pub fn payment_left(attempt: &attempt::Model, standing: Fen) -> Option<Collected> {
    let &collected = attempt.payment.as_deref()?;
    Some(Collected { amount: left_to_book(collected.amount, standing), ..collected })
}

/// Books what was paid. What an overlapping sign-off has booked already is not taken twice, and an event says so.
async fn book(tx: &Tx, stop: &stop::Model, attempt: &attempt::Model, paid: Collected) -> Result<()> {
    let standing = rows::all_paid_otherwise(tx.db(), &[attempt.set()]).await?;
    let standing = standing.first().map_or(Fen::ZERO, |it| it.amount_fen);
    let left = payment_left(attempt, standing).map_or(Fen::ZERO, |it| it.amount);
    if left != paid.amount {
        let facts =
            json!({"stop_id": stop.id, "attempt_id": attempt.id, "amount": paid.amount, "booked": left});
        let by = Some(attempt.user_id);
        let event = Event::about("deliveries.payment_superseded", by, ("delivery", attempt.delivery_id.0));
        settings::record(tx, event.at(stop.customer_id).with(facts)).await?;
        if left == Fen::ZERO {
            return Ok(());
        }
    }
    let payment = payment::Model {
        id: PaymentId(platform::new_id()),
        trip_id: stop.trip_id,
        stop_id: stop.id,
        set_id: attempt.set(),
        method: paid.method,
        amount_fen: left,
        due_fen: paid.due,
        taken_by: attempt.user_id,
        taken_at: attempt.at,
        voided_at: None,
    };
    Ok(rows::insert_payment(tx.db(), payment).await?)
}

/// A trip goes on when something of it is open again, and is handed in again. What a cashier has confirmed stands.
pub async fn go_on(tx: &Tx, delivery: &delivery::Model) -> Result<()> {
    let Some(trip) = super::trip_of(tx, delivery).await? else { return Ok(()) };
    let Some(status) = trip.status.go_on() else { return Ok(()) };
    let id = trip.id;
    rows::void_hand_in(tx.db(), id, tx.now()).await?;
    rows::set_trip(tx.db(), id, status, (None, None)).await?;
    settings::record(tx, Event::about("deliveries.trip_reopened", None, ("trip", id.0))).await
}
