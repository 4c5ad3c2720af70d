//! What is shown of a trip: to a driver no price but what is due on delivery.

use chrono::{DateTime, NaiveDate, Utc};
use domain::deliveries::{Bearer, Direction, InvoicingStatus, Method, Status, Tally, TripStatus};
use domain::ids::{CustomerId, DeliveryId, ExchangeId, OrderId, PhotoId, ProductId, StopId, TripId, UserId};
use domain::money::{Fen, Overflow, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

use super::views::DeliveryLineView;

use crate::deliveries::StopTickets;
use crate::deliveries::rows::{
    self, BlockedBy, ExchangeRow, LineRow, SignerRow, StopRow, delivery, hand_in, payment, trip,
};
use crate::deliveries::sign_off::price;
use crate::error::Result;
use crate::people;
use crate::select::Connection;

/// A trip.
#[derive(Serialize, ToSchema)]
pub struct TripView {
    id: TripId,
    number: String,
    vehicle: Option<String>,
    driver_id: UserId,
    date: NaiveDate,
    status: TripStatus,
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
    id: StopId,
    seq: i32,
    customer_id: CustomerId,
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
    id: DeliveryId,
    number: String,
    order_id: OrderId,
    status: Status,
    invoicing: Option<InvoicingStatus>,
    blocked_by: Option<BlockedBy>,
    version: i32,
    lines: Vec<DeliveryLineView>,
}

#[derive(Serialize, ToSchema)]
struct StopPaymentView {
    method: Method,
    #[schema(value_type = String)]
    amount: Fen,
    #[schema(value_type = String)]
    due: Fen,
    taken_by: UserId,
    taken_at: DateTime<Utc>,
    /// Its sign-off was not believed: it counts no more.
    voided_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct DoorLineView {
    exchange_id: ExchangeId,
    direction: Direction,
    product_id: ProductId,
    product_name: String,
    unit: String,
    #[schema(value_type = String)]
    quantity: Quantity,
    reason: Option<String>,
    counts_in_return_rate: bool,
    borne_by: Option<Bearer>,
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
            quantity: line.quantity_thousandths,
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
    photo_ids: Vec<PhotoId>,
    handed_in_by: UserId,
    handed_in_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    confirmed_cash: Option<Fen>,
    confirm_reason: Option<String>,
    confirmed_by: Option<UserId>,
    confirmed_at: Option<DateTime<Utc>>,
}

impl From<hand_in::Model> for HandInView {
    fn from(row: hand_in::Model) -> Self {
        Self {
            expected_cash: row.expected_cash_fen,
            expected_qr: row.expected_qr_fen,
            counted_cash: row.counted_cash_fen,
            counted_qr: row.counted_qr_fen,
            difference: Fen(row.counted_cash_fen.0.saturating_sub(row.expected_cash_fen.0)),
            reason: row.reason,
            photo_ids: row.photo_ids.0,
            handed_in_by: row.handed_in_by,
            handed_in_at: row.handed_in_at,
            confirmed_cash: row.confirmed_cash_fen,
            confirm_reason: row.confirm_reason,
            confirmed_by: row.confirmed_by,
            confirmed_at: row.confirmed_at,
        }
    }
}

/// Rights to hand in the photos of a stop, for capture without signal.
#[derive(Serialize, ToSchema)]
pub struct StopTicketsView {
    stop_id: StopId,
    delivery_id: DeliveryId,
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
    let id = trip.id;
    let deliveries = rows::of_trip(db, id).await?;
    let ids: Vec<DeliveryId> = deliveries.iter().map(|it| it.id).collect();
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
    let sum = |method: Method| {
        let standing = carried.payments.iter().filter(|it| it.method == method && it.voided_at.is_none());
        Fen::sum(standing.map(|it| it.amount_fen))
    };
    let mut names = people::rows::names(db, &[trip.driver_id.0]).await?;
    Ok(TripDetail {
        driver_name: names.remove(&trip.driver_id.0),
        stops,
        cash: sum(Method::Cash)?,
        qr: sum(Method::Qr)?,
        hand_in: rows::hand_ins(db, id).await?.into_iter().next().map(HandInView::from),
        trip: trip.into(),
    })
}

fn stop_view(row: StopRow, carried: &Carried) -> Result<StopView> {
    let stop = row.stop;
    let place = row.lat.zip(row.lng).zip(row.system);
    let payment = |it: &payment::Model| StopPaymentView {
        method: it.method,
        amount: it.amount_fen,
        due: it.due_fen,
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
    let of_line = |line: &LineRow| {
        if delivery.status.is_open() {
            price(line, line.quantity_thousandths, Quantity::ZERO)
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
    let accepted = line.accepted_thousandths.unwrap_or_default();
    let without = Tally {
        ordered: line.ordered_thousandths,
        accepted: line.before_accepted.checked_sub(accepted).ok_or(Overflow)?,
        rejected: Quantity::ZERO,
    };
    let with = Tally { accepted: line.before_accepted, ..without };
    let amount = line.amount_fen;
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
        status: delivery.status,
        invoicing: delivery.invoicing,
        blocked_by: delivery.blocked_by.as_deref().cloned(),
        version: delivery.version,
        lines: own.map(DeliveryLineView::from).collect(),
    }
}
