//! What is shown of a trip: to a driver no price but what is due on delivery.

use chrono::{DateTime, NaiveDate, Utc};
use domain::deliveries::Tally;
use domain::ids::TripId;
use domain::money::{Fen, Overflow, Quantity};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::views::DeliveryLineView;

use crate::deliveries::StopTickets;
use crate::deliveries::rows::{
    self, ExchangeRow, LineRow, SignerRow, StopRow, delivery, hand_in, payment, trip,
};
use crate::deliveries::sign_off::{price, status_of};
use crate::error::Result;
use crate::people;
use crate::select::Connection;

/// A trip.
#[derive(Serialize, ToSchema)]
pub struct TripView {
    id: Uuid,
    number: String,
    vehicle: Option<String>,
    driver_id: Uuid,
    date: NaiveDate,
    /// `planned`, `loaded`, `in_transit`, `handed_in` or `closed`.
    status: String,
    taken_at: Option<DateTime<Utc>>,
    departed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl From<trip::Model> for TripView {
    fn from(trip: trip::Model) -> Self {
        Self {
            id: trip.id,
            number: trip.number,
            vehicle: trip.vehicle,
            driver_id: trip.driver_id,
            date: trip.planned_on,
            status: trip.status,
            taken_at: trip.taken_at,
            departed_at: trip.departed_at,
            created_at: trip.created_at,
            version: trip.version,
        }
    }
}

/// A trip with its stops and what was collected.
#[derive(Serialize, ToSchema)]
pub struct TripDetail {
    #[serde(flatten)]
    trip: TripView,
    driver_name: Option<String>,
    stops: Vec<StopView>,
    /// Taken in cash so far, in yuan.
    #[schema(value_type = String)]
    cash: Fen,
    /// Taken by the company's code so far, in yuan.
    #[schema(value_type = String)]
    qr: Fen,
    hand_in: Option<HandInView>,
}

/// A stop as its driver needs it.
#[derive(Serialize, ToSchema)]
struct StopView {
    id: Uuid,
    seq: i32,
    customer_id: Uuid,
    customer_name: String,
    location: Option<StopPlaceView>,
    arrived_at: Option<DateTime<Utc>>,
    /// What the stop pays on delivery, in yuan; nothing for who pays otherwise.
    #[schema(value_type = String)]
    due: Fen,
    payments: Vec<StopPaymentView>,
    /// Who signed here lately.
    signers: Vec<String>,
    deliveries: Vec<StopDelivery>,
    returns: Vec<DoorLineView>,
    version: i32,
}

#[derive(Serialize, ToSchema)]
struct StopPlaceView {
    lat: f64,
    lng: f64,
    system: String,
}

#[derive(Serialize, ToSchema)]
struct StopDelivery {
    id: Uuid,
    number: String,
    order_id: Uuid,
    status: String,
    invoicing: Option<String>,
    #[schema(value_type = Option<Object>)]
    blocked_by: Option<Value>,
    version: i32,
    lines: Vec<DeliveryLineView>,
}

#[derive(Serialize, ToSchema)]
struct StopPaymentView {
    /// `cash`, `qr` or `unpaid`.
    method: String,
    #[schema(value_type = String)]
    amount: Fen,
    #[schema(value_type = String)]
    due: Fen,
    taken_by: Uuid,
    taken_at: DateTime<Utc>,
    /// Its sign-off was not believed: it counts no more.
    voided_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct DoorLineView {
    exchange_id: Uuid,
    /// `out` to the store or `in` from it.
    direction: String,
    product_id: Uuid,
    product_name: String,
    unit: String,
    #[schema(value_type = String)]
    quantity: Quantity,
    reason: Option<String>,
    counts_in_return_rate: bool,
    /// `supplier`, `company` or `customer`.
    borne_by: Option<String>,
    /// Its sign-off was not believed: it counts no more.
    voided_at: Option<DateTime<Utc>>,
}

impl From<&ExchangeRow> for DoorLineView {
    fn from(row: &ExchangeRow) -> Self {
        let line = row.line.clone();
        Self {
            exchange_id: line.exchange_id,
            direction: line.direction,
            product_id: line.product_id,
            product_name: row.product_name.clone(),
            unit: line.unit,
            quantity: Quantity(line.quantity_thousandths),
            reason: line.reason,
            counts_in_return_rate: line.counts_in_return_rate,
            borne_by: line.borne_by,
            voided_at: row.voided_at,
        }
    }
}

/// What was handed in, and what the cashier says to it.
#[derive(Serialize, ToSchema)]
struct HandInView {
    #[schema(value_type = String)]
    expected_cash: Fen,
    #[schema(value_type = String)]
    expected_qr: Fen,
    #[schema(value_type = String)]
    counted_cash: Fen,
    #[schema(value_type = String)]
    counted_qr: Fen,
    /// Counted less expected, in cash.
    #[schema(value_type = String)]
    difference: Fen,
    reason: Option<String>,
    #[schema(value_type = Vec<Uuid>)]
    photo_ids: Value,
    handed_in_by: Uuid,
    handed_in_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    confirmed_cash: Option<Fen>,
    confirm_reason: Option<String>,
    confirmed_by: Option<Uuid>,
    confirmed_at: Option<DateTime<Utc>>,
}

impl From<hand_in::Model> for HandInView {
    fn from(row: hand_in::Model) -> Self {
        Self {
            expected_cash: Fen(row.expected_cash_fen),
            expected_qr: Fen(row.expected_qr_fen),
            counted_cash: Fen(row.counted_cash_fen),
            counted_qr: Fen(row.counted_qr_fen),
            difference: Fen(row.counted_cash_fen.saturating_sub(row.expected_cash_fen)),
            reason: row.reason,
            photo_ids: row.photo_ids,
            handed_in_by: row.handed_in_by,
            handed_in_at: row.handed_in_at,
            confirmed_cash: row.confirmed_cash_fen.map(Fen),
            confirm_reason: row.confirm_reason,
            confirmed_by: row.confirmed_by,
            confirmed_at: row.confirmed_at,
        }
    }
}

/// Rights to hand in the photos of a stop, for capture without signal.
#[derive(Serialize, ToSchema)]
pub struct StopTicketsView {
    stop_id: Uuid,
    delivery_id: Uuid,
    /// `goods` or `signed_slip`.
    purpose: &'static str,
    tickets: Vec<String>,
    expires_at: DateTime<Utc>,
}

impl From<StopTickets> for StopTicketsView {
    fn from(it: StopTickets) -> Self {
        Self {
            stop_id: it.stop_id,
            delivery_id: it.delivery_id,
            purpose: it.purpose,
            tickets: it.tickets,
            expires_at: it.expires_at,
        }
    }
}

/// All that belongs to a trip.
struct Carried {
    deliveries: Vec<delivery::Model>,
    lines: Vec<LineRow>,
    payments: Vec<payment::Model>,
    exchanges: Vec<ExchangeRow>,
    signers: Vec<SignerRow>,
}

pub async fn trip_detail(db: &impl Connection, trip: trip::Model) -> Result<TripDetail> {
    let id = TripId(trip.id);
    let deliveries = rows::of_trip(db, id).await?;
    let ids: Vec<Uuid> = deliveries.iter().map(|it| it.id).collect();
    let carried = Carried {
        lines: rows::lines_among(db, &ids).await?,
        payments: rows::payments(db, id).await?,
        exchanges: rows::exchanges(db, id).await?,
        signers: rows::signers(db, id).await?,
        deliveries,
    };
    let stops = rows::stops(db, id)
        .await?
        .into_iter()
        .map(|stop| stop_view(stop, &carried))
        .collect::<Result<_>>()?;
    let sum = |method: &str| {
        let standing = carried.payments.iter().filter(|it| it.method == method && it.voided_at.is_none());
        Fen::sum(standing.map(|it| Fen(it.amount_fen)))
    };
    let mut names = people::rows::names(db, &[trip.driver_id]).await?;
    Ok(TripDetail {
        driver_name: names.remove(&trip.driver_id),
        stops,
        cash: sum("cash")?,
        qr: sum("qr")?,
        hand_in: rows::hand_ins(db, id).await?.into_iter().next().map(HandInView::from),
        trip: trip.into(),
    })
}

fn stop_view(row: StopRow, carried: &Carried) -> Result<StopView> {
    let stop = row.stop;
    let place = row.lat.zip(row.lng).zip(row.system);
    let payment = |it: &payment::Model| StopPaymentView {
        method: it.method.clone(),
        amount: Fen(it.amount_fen),
        due: Fen(it.due_fen),
        taken_by: it.taken_by,
        taken_at: it.taken_at,
        voided_at: it.voided_at,
    };
    let name = |it: &SignerRow| it.signer_name.clone();
    let deliveries: Vec<&delivery::Model> =
        carried.deliveries.iter().filter(|it| it.stop_id == Some(stop.id)).collect();
    let due = deliveries.iter().map(|it| due(it, &carried.lines)).collect::<Result<Vec<Fen>>>()?;
    Ok(StopView {
        id: stop.id,
        seq: stop.seq,
        customer_id: stop.customer_id,
        customer_name: row.customer_name,
        location: place.map(|((lat, lng), system)| StopPlaceView { lat, lng, system }),
        arrived_at: stop.arrived_at,
        due: if row.payment_terms == "on_delivery" { Fen::sum(due)? } else { Fen::ZERO },
        payments: carried.payments.iter().filter(|it| it.stop_id == stop.id).map(payment).collect(),
        signers: carried.signers.iter().filter(|it| it.customer_id == stop.customer_id).map(name).collect(),
        deliveries: deliveries.into_iter().map(|it| stop_delivery(it, &carried.lines)).collect(),
        returns: carried
            .exchanges
            .iter()
            .filter(|it| it.stop_id == stop.id)
            .map(DoorLineView::from)
            .collect(),
        version: stop.version,
    })
}

/// What the goods cost: all that is on the vehicle while it is open, what was accepted once it is signed.
pub fn due(delivery: &delivery::Model, lines: &[LineRow]) -> Result<Fen> {
    let status = status_of(delivery);
    let of_line = |line: &LineRow| {
        if status.is_open() {
            price(line, Quantity(line.quantity_thousandths), Quantity::ZERO)
        } else {
            signed_price(line)
        }
    };
    let own = lines.iter().filter(|line| line.delivery_id == delivery.id);
    let prices = own.map(of_line).collect::<std::result::Result<Vec<Fen>, Overflow>>()?;
    Ok(Fen::sum(prices)?)
}

/// What was accepted on a line that the order's totals hold already.
fn signed_price(line: &LineRow) -> std::result::Result<Fen, Overflow> {
    let accepted = Quantity(line.accepted_thousandths.unwrap_or_default());
    let without = Tally {
        ordered: Quantity(line.ordered_thousandths),
        accepted: Quantity(line.before_accepted).checked_sub(accepted).ok_or(Overflow)?,
        rejected: Quantity(0),
    };
    let with = Tally { accepted: Quantity(line.before_accepted), ..without };
    let amount = Fen(line.amount_fen);
    let worth = domain::deliveries::worth;
    let gained = worth(amount, with).zip(worth(amount, without)).and_then(|(is, was)| is.since(was));
    gained.map(|it| it.unbilled).ok_or(Overflow)
}

fn stop_delivery(delivery: &delivery::Model, lines: &[LineRow]) -> StopDelivery {
    let own = lines.iter().filter(|line| line.delivery_id == delivery.id).cloned();
    StopDelivery {
        id: delivery.id,
        number: delivery.number.clone(),
        order_id: delivery.order_id,
        status: delivery.status.clone(),
        invoicing: delivery.invoicing.clone(),
        blocked_by: delivery.blocked_by.clone(),
        version: delivery.version,
        lines: own.map(DeliveryLineView::from).collect(),
    }
}
