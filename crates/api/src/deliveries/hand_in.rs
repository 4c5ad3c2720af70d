//! What was collected on a trip comes back, and the cashier confirms it: the confirmed hand-in is the voucher.

use domain::deliveries::{HandIn, Method, TripStatus, check_hand_in};
use domain::ids::TripId;
use domain::money::Fen;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::rows::{self, hand_in as handed, trip};
use super::sign_off::status_of;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::evidence;
use crate::settings::{self, Event};

/// What should be there, by what the stops paid.
async fn expected(tx: &Tx, trip: TripId) -> Result<HandIn> {
    let payments = rows::payments(tx.db(), trip).await?;
    let sum = |method: Method| {
        let of_it = payments.iter().filter(|it| it.method == method.name());
        Fen(of_it.map(|it| it.amount_fen).sum())
    };
    Ok(HandIn { cash: sum(Method::Cash), qr: sum(Method::Qr) })
}

/// The driver hands in, once everything is handed over. A difference needs a reason. The trip is locked.
pub async fn hand_in(
    tx: &Tx,
    actor: &Actor,
    trip: &trip::Model,
    (counted, reason): (HandIn, Option<&str>),
    photo_ids: &[Uuid],
) -> Result<()> {
    let id = TripId(trip.id);
    let n_open = rows::of_trip(tx.db(), id).await?.iter().filter(|it| status_of(it).is_open()).count();
    let status = TripStatus::by_name(&trip.status).unwrap_or(TripStatus::Closed);
    let status = status.hand_in(n_open).map_err(|refusal| Error::conflict(refusal.code()))?;
    evidence::photos_for(tx, photo_ids, ("trip", trip.id), None).await?;
    let expected = expected(tx, id).await?;
    for (should, is, pointer) in
        [(expected.cash, counted.cash, "/counted/cash"), (expected.qr, counted.qr, "/counted/qr")]
    {
        check_hand_in(should, is, reason).map_err(|code| Error::field(pointer_of(code, pointer), code))?;
    }
    let row = handed::Model {
        trip_id: trip.id,
        expected_cash_fen: expected.cash.0,
        expected_qr_fen: expected.qr.0,
        counted_cash_fen: counted.cash.0,
        counted_qr_fen: counted.qr.0,
        reason: reason.map(str::to_owned),
        photo_ids: json!(photo_ids),
        handed_in_by: actor.id.0,
        handed_in_at: tx.now(),
        confirmed_cash_fen: None,
        confirm_reason: None,
        confirmed_by: None,
        confirmed_at: None,
    };
    rows::insert_hand_in(tx.db(), row).await?;
    rows::set_trip(tx.db(), id, status, (None, None)).await?;
    evidence::use_for(tx, ("trip", trip.id), photo_ids).await?;
    let facts = json!({"expected": expected, "counted": counted, "reason": reason});
    let event = Event::about("deliveries.handed_in", Some(actor.id), ("trip", trip.id));
    settings::record(tx, event.with(facts)).await
}

/// The cashier counts the cash again. What differs from what the driver counted needs a reason. The trip is locked.
pub async fn confirm(
    tx: &Tx,
    actor: &Actor,
    trip: &trip::Model,
    (cash, reason): (Fen, Option<&str>),
) -> Result<()> {
    let id = TripId(trip.id);
    let status = TripStatus::by_name(&trip.status).unwrap_or(TripStatus::Closed);
    let status = status.confirm().map_err(|refusal| Error::conflict(refusal.code()))?;
    let handed_in = rows::hand_in(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let difference = check_hand_in(Fen(handed_in.counted_cash_fen), cash, reason)
        .map_err(|code| Error::field(pointer_of(code, "/cash"), code))?;
    let confirmed = handed::Model {
        confirmed_cash_fen: Some(cash.0),
        confirm_reason: reason.map(str::to_owned),
        confirmed_by: Some(actor.id.0),
        confirmed_at: Some(tx.now()),
        ..handed_in
    };
    rows::confirm_hand_in(tx.db(), &confirmed).await?;
    rows::set_trip(tx.db(), id, status, (None, None)).await?;
    let facts = json!({"cash": cash, "difference": difference, "reason": reason});
    let event = Event::about("deliveries.hand_in_confirmed", Some(actor.id), ("trip", trip.id));
    settings::record(tx, event.with(facts)).await
}

fn pointer_of(code: &str, amount: &str) -> String {
    if code == "amount_invalid" { amount.to_owned() } else { "/reason".to_owned() }
}
