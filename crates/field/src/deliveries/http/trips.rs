//! Trips over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use domain::deliveries::HandIn;
use domain::ids::{CustomerId, OrderId, TripId, UserId};
use domain::money::Fen;
use domain::writing::clean;
use platform::Tx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::handled_by;
use super::trip_views::{StopTicketsView, TripDetail, TripView, trip_detail};
use crate::App;
use crate::actor::{Actor, Call, Nothing, json_body, read};
use crate::deliveries::rows::{self, trip};
use crate::deliveries::{
    Start, StopDraft, Take, TripDraft, confirm, depart, hand_in, identify, plan, take, tickets,
};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result, check_length};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_trip)
        .service(get_trips)
        .service(get_trip)
        .service(post_trip_take)
        .service(post_trip_depart)
        .service(post_hand_in)
        .service(post_hand_in_confirm);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TripBody {
    /// As drivers know it, such as a number plate.
    vehicle: String,
    /// Who drives, anybody who works in logistics today; the caller unless said.
    driver_id: Option<Uuid>,
    /// The day; today unless said.
    date: Option<NaiveDate>,
    /// In the order in which they are driven to.
    stops: Vec<StopBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StopBody {
    customer_id: Uuid,
    /// Orders of this customer; everything that is left of each.
    order_ids: Vec<Uuid>,
}

impl TripBody {
    fn checked(self) -> Result<TripDraft> {
        let vehicle = clean(&self.vehicle);
        if vehicle.is_empty() {
            return Err(Error::field("/vehicle", "required"));
        }
        check_length("/vehicle", &vehicle, 30)?;
        if self.stops.is_empty() {
            return Err(Error::field("/stops", "required"));
        }
        let n_orders: usize = self.stops.iter().map(|stop| stop.order_ids.len()).sum();
        if self.stops.len() > 200 || n_orders > 400 {
            return Err(Error::field("/stops", "invalid_value"));
        }
        if let Some(place) = self.stops.iter().position(|stop| stop.order_ids.is_empty()) {
            return Err(Error::field(format!("/stops/{place}/order_ids"), "required"));
        }
        let start = |order: Uuid| Start { order: OrderId(order), promised_at: None, lines: None };
        let stop = |stop: StopBody| StopDraft {
            customer: CustomerId(stop.customer_id),
            deliveries: stop.order_ids.into_iter().map(start).collect(),
        };
        Ok(TripDraft {
            vehicle: Some(vehicle),
            driver: self.driver_id.map(UserId),
            planned_on: self.date,
            stops: self.stops.into_iter().map(stop).collect(),
        })
    }
}

/// The trip, locked, if it is the caller's to handle and the caller has seen its current version.
async fn locked(tx: &Tx, call: &Call, id: Uuid) -> Result<trip::Model> {
    rows::visible_trip(tx.db(), &call.actor, TripId(id)).await?.ok_or(Error::NotFound)?;
    let trip = rows::locked_trip(tx.db(), TripId(id)).await?.ok_or(Error::NotFound)?;
    handled_by(tx, call, trip.driver_id).await?;
    call.check_version(trip.version)?;
    Ok(trip)
}

async fn shown(tx: &Tx, id: Uuid) -> Result<TripDetail> {
    let trip = rows::trip(tx.db(), TripId(id)).await?.ok_or(Error::NotFound)?;
    trip_detail(tx.db(), trip).await
}

/// Plans a trip: driver, vehicle and ordered stops, each with the orders of one customer.
#[utoipa::path(tag = "deliveries", request_body = TripBody,
    responses((status = 201, body = TripDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/trips")]
async fn post_trip(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, body: TripBody| {
        let (trip, _) = plan(&app, tx, &call.actor, &body.checked()?).await?;
        shown(tx, trip.id.0).await
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct TripFilter {
    driver_id: Option<UserId>,
    date: Option<NaiveDate>,
}

/// The trips, newest first.
#[utoipa::path(tag = "deliveries", params(Paging, TripFilter), responses((status = 200, body = Page<TripView>)))]
#[get("/trips")]
async fn get_trips(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<TripFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let trips = rows::trips(app.db.conn(), &actor, (filter.driver_id, filter.date), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, trips, |it| it.id.0, TripView::from)))
}

/// A trip with its stops in order, what goes to each, and what each owes on delivery.
#[utoipa::path(tag = "deliveries", responses((status = 200, body = TripDetail), (status = 404, body = Problem)))]
#[get("/trips/{id}")]
async fn get_trip(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let db = app.db.conn();
    let trip = rows::visible_trip(db, &actor, TripId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(trip_detail(db, trip).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeBody {
    /// The driver's personal number.
    pin: String,
    /// Whose number it is, where another driver takes the trip over.
    username: Option<String>,
}

/// A session that sees one trip, with all that is needed to drive it without signal.
#[derive(Serialize, ToSchema)]
struct TakenView {
    token: String,
    expires_at: DateTime<Utc>,
    /// `trip`.
    scope: &'static str,
    trip: TripDetail,
    tickets: Vec<StopTicketsView>,
}

/// Takes the trip over on whatever phone scanned its loading sheet. Five wrong numbers in a quarter of an hour lock a
/// person's number for another.
#[utoipa::path(tag = "deliveries", request_body = TakeBody,
    responses((status = 200, body = TakenView), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
#[post("/trips/{id}/take")]
async fn post_trip_take(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let mut payload = payload.into_inner();
    let body: TakeBody = read(&json_body(&request, &mut payload).await?)?;
    let wanted = Take { username: body.username, pin: body.pin };
    let person = identify(&app, TripId(*id), &wanted).await?;
    let tx = app.db.begin().await?;
    let (actor, token, expires_at) = take(&app, &tx, TripId(*id), person).await?;
    let trip = rows::trip(tx.db(), TripId(*id)).await?.ok_or(Error::NotFound)?;
    let tickets = tickets(&tx, &actor, &trip).await?.into_iter().map(StopTicketsView::from).collect();
    let trip = trip_detail(tx.db(), trip).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(TakenView { token, expires_at, scope: "trip", trip, tickets }))
}

/// A trip on its way, with the tickets for all of its photos.
#[derive(Serialize, ToSchema)]
struct DepartedView {
    #[serde(flatten)]
    trip: TripDetail,
    tickets: Vec<StopTicketsView>,
}

/// Sends the trip on its way, once, with everything that is on it.
#[utoipa::path(tag = "deliveries", request_body = Nothing,
    responses((status = 200, body = DepartedView), (status = 409, body = Problem)))]
#[post("/trips/{id}/depart")]
async fn post_trip_depart(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let trip = locked(tx, &call, *id).await?;
        depart(&app, tx, &call.actor, &trip).await?;
        let tickets = tickets(tx, &call.actor, &trip).await?.into_iter().map(StopTicketsView::from).collect();
        Ok(DepartedView { trip: shown(tx, *id).await?, tickets })
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CountedBody {
    #[serde(default)]
    #[schema(value_type = String)]
    cash: Fen,
    #[serde(default)]
    #[schema(value_type = String)]
    qr: Fen,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandInBody {
    counted: CountedBody,
    /// Needed where it is not what the stops paid.
    reason: Option<String>,
    /// Vouchers, taken for this trip.
    #[serde(default)]
    photo_ids: Vec<Uuid>,
}

/// Hands in what was collected, once every stop is done.
#[utoipa::path(tag = "deliveries", request_body = HandInBody,
    responses((status = 200, body = TripDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/trips/{id}/hand-in")]
async fn post_hand_in(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, body: HandInBody| {
        check_reason(body.reason.as_deref())?;
        let trip = locked(tx, &call, *id).await?;
        let counted = HandIn { cash: body.counted.cash, qr: body.counted.qr };
        let counted = (counted, body.reason.as_deref());
        hand_in(tx, &call.actor, &trip, counted, &body.photo_ids).await?;
        shown(tx, *id).await
    })
    .await
}

fn check_reason(reason: Option<&str>) -> Result<()> {
    check_length("/reason", reason.unwrap_or_default(), 200)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandInConfirmBody {
    /// What the cashier counted.
    #[schema(value_type = String)]
    cash: Fen,
    /// Needed where it is not what the driver counted.
    reason: Option<String>,
}

/// Confirms the hand-in: the cashier's count is the voucher.
#[utoipa::path(tag = "deliveries", request_body = HandInConfirmBody,
    responses((status = 200, body = TripDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/trips/{id}/hand-in/confirm")]
async fn post_hand_in_confirm(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, body: HandInConfirmBody| {
        check_reason(body.reason.as_deref())?;
        let trip = rows::locked_trip(tx.db(), TripId(*id)).await?.ok_or(Error::NotFound)?;
        call.check_version(trip.version)?;
        confirm(tx, &call.actor, &trip, (body.cash, body.reason.as_deref())).await?;
        shown(tx, *id).await
    })
    .await
}
