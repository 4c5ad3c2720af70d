//! What was collected on a trip comes back, and the cashier confirms it: the confirmed hand-in is the voucher.

use domain::deliveries::{HandIn, Method, check_hand_in};
use domain::ids::{AttemptSetId, DeliveryId, HandInId, PhotoId, TripId};
use domain::money::{Fen, Overflow};
use domain::stored::Stored;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::review::asked_about;
use super::rows::{self, attempt, hand_in as handed, trip};
use super::settle::payment_left;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::evidence;
use crate::settings::{self, Event};

/// What should be there: what the stops paid, with what waits for a person's word, less what a cashier has already.
async fn expected(tx: &Tx, trip: TripId, waiting: &[AttemptSetId]) -> Result<HandIn> {
    let mut taken: Vec<(Method, Fen)> = Vec::new();
    for payment in rows::payments(tx.db(), trip).await?.iter().filter(|it| it.voided_at.is_none()) {
        taken.push((payment.method, payment.amount_fen));
    }
    let attempts = rows::attempts_of_sets(tx.db(), waiting).await?;
    let standing = rows::all_paid_otherwise(tx.db(), waiting).await?;
    for attempt in attempts.iter().filter(|it| it.settled_at.is_none()) {
        let paid =
            standing.iter().find(|it| it.set_id == attempt.set()).map_or(Fen::ZERO, |it| it.amount_fen);
        taken.extend(payment_left(attempt, paid).map(|it| (it.method, it.amount)));
    }
    for earlier in rows::hand_ins(tx.db(), trip).await? {
        let less = |amount| Fen::ZERO.checked_sub(amount).ok_or(Overflow);
        taken.push((Method::Cash, less(earlier.confirmed_cash_fen.unwrap_or(earlier.counted_cash_fen))?));
        taken.push((Method::Qr, less(earlier.counted_qr_fen)?));
    }
    let sum = |method: Method| Fen::sum(taken.iter().filter(|it| it.0 == method).map(|it| it.1));
    Ok(HandIn { cash: sum(Method::Cash)?, qr: sum(Method::Qr)? })
}

/// How many deliveries are still to be handed over, and the refused sign-offs of the others that somebody is asked
/// about: their driver has done what there was to do.
async fn open_and_waiting(tx: &Tx, trip: TripId) -> Result<(usize, Vec<AttemptSetId>)> {
    let deliveries = rows::of_trip(tx.db(), trip).await?;
    let open: Vec<DeliveryId> = deliveries.iter().filter(|it| it.status.is_open()).map(|it| it.id).collect();
    let newest: Vec<AttemptSetId> =
        rows::newest_attempts(tx.db(), &open).await?.iter().map(attempt::Model::set).collect();
    let asked = asked_about(tx, &newest).await?;
    let n_waiting = newest.iter().filter(|set| asked.contains(set)).count();
    Ok((open.len() - n_waiting, asked))
}

/// The driver hands in, once everything is handed over. A difference needs a reason. The trip is locked.
pub async fn hand_in(
    tx: &Tx,
    actor: &Actor,
    trip: &trip::Model,
    (counted, reason): (HandIn, Option<&str>),
    photo_ids: &[Uuid],
) -> Result<()> {
    let id = trip.id;
    let (n_open, waiting) = open_and_waiting(tx, id).await?;
    let status = trip.status.hand_in(n_open).map_err(|refusal| Error::conflict(refusal.code()))?;
    evidence::photos_for(tx, photo_ids, ("trip", trip.id.0), None).await?;
    let expected = expected(tx, id, &waiting).await?;
    for (should, is, pointer) in
        [(expected.cash, counted.cash, "/counted/cash"), (expected.qr, counted.qr, "/counted/qr")]
    {
        check_hand_in(should, is, reason).map_err(|code| Error::field(pointer_of(code, pointer), code))?;
    }
    let row = handed::Model {
        id: HandInId(platform::new_id()),
        trip_id: trip.id,
        expected_cash_fen: expected.cash,
        expected_qr_fen: expected.qr,
        counted_cash_fen: counted.cash,
        counted_qr_fen: counted.qr,
        reason: reason.map(str::to_owned),
        photo_ids: Stored(photo_ids.iter().copied().map(PhotoId).collect()),
        handed_in_by: actor.id,
        handed_in_at: tx.now(),
        confirmed_cash_fen: None,
        confirm_reason: None,
        confirmed_by: None,
        confirmed_at: None,
        voided_at: None,
    };
    rows::insert_hand_in(tx.db(), row).await?;
    rows::set_trip(tx.db(), id, status, (None, None)).await?;
    evidence::use_for(tx, ("trip", trip.id.0), photo_ids).await?;
    let facts = json!({"expected": expected, "counted": counted, "reason": reason});
    let event = Event::about("deliveries.handed_in", Some(actor.id), ("trip", trip.id.0));
    settings::record(tx, event.with(facts)).await
}

/// The cashier counts the cash again. What differs from what the driver counted needs a reason. The trip is locked.
pub async fn confirm(
    tx: &Tx,
    actor: &Actor,
    trip: &trip::Model,
    (cash, reason): (Fen, Option<&str>),
) -> Result<()> {
    let id = trip.id;
    let status = trip.status.confirm().map_err(|refusal| Error::conflict(refusal.code()))?;
    let newest = rows::hand_ins(tx.db(), id).await?.into_iter().next();
    let handed_in = newest.filter(|it| it.confirmed_at.is_none()).ok_or(Error::NotFound)?;
    let difference = check_hand_in(handed_in.counted_cash_fen, cash, reason)
        .map_err(|code| Error::field(pointer_of(code, "/cash"), code))?;
    let confirmed = handed::Model {
        confirmed_cash_fen: Some(cash),
        confirm_reason: reason.map(str::to_owned),
        confirmed_by: Some(actor.id),
        confirmed_at: Some(tx.now()),
        ..handed_in
    };
    rows::confirm_hand_in(tx.db(), &confirmed).await?;
    rows::set_trip(tx.db(), id, status, (None, None)).await?;
    let facts = json!({"cash": cash, "difference": difference, "reason": reason});
    let event = Event::about("deliveries.hand_in_confirmed", Some(actor.id), ("trip", trip.id.0));
    settings::record(tx, event.with(facts)).await
}

fn pointer_of(code: &str, amount: &str) -> String {
    if code == "amount_invalid" { amount.to_owned() } else { "/reason".to_owned() }
}
