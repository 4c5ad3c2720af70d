//! Deliveries over HTTP: made, read, sent off, failed.

mod after;
mod stops;
mod trip_views;
mod trips;
mod views;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::deliveries::{Status, Step, may_handle};
use domain::ids::{CustomerId, DeliveryId, OrderId, OrderLineId, UserId};
use domain::money::Quantity;
use platform::Tx;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rows::{self, Filter, delivery, trip};
use super::{Start, StopDraft, TripDraft, depart, fail, hold, plan, trip_of};
use crate::actor::{Actor, Call, Nothing};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result, check_length};
use crate::page::{Page, Paging};
use crate::{App, orders, people};
use views::{DeliveryDetail, DeliveryView, detail};

pub fn routes(config: &mut ServiceConfig<'_>) {
    trips::routes(config);
    stops::routes(config);
    after::routes(config);
    config
        .service(post_delivery)
        .service(get_deliveries)
        .service(get_delivery)
        .service(post_depart)
        .service(post_fail);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StartDraft {
    order_id: Uuid,
    /// When the customer was told to expect it.
    promised_at: Option<DateTime<Utc>>,
    /// Who drives, anybody who works in logistics today; the caller unless said.
    driver_id: Option<Uuid>,
    /// What is on the vehicle; everything that is left of the order unless said.
    lines: Option<Vec<StartLine>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StartLine {
    order_line_id: Uuid,
    #[schema(value_type = String)]
    quantity: Quantity,
}

/// The delivery, locked, if it is the caller's to handle and the caller has seen its current version.
pub async fn locked(tx: &Tx, call: &Call, id: Uuid) -> Result<delivery::Model> {
    let delivery = locked_visible(tx, call, id).await?;
    handled_by(tx, call, delivery.driver_id).await?;
    call.check_version(delivery.version)?;
    Ok(delivery)
}

/// The delivery, locked with its stop, if the caller sees it.
pub async fn locked_visible(tx: &Tx, call: &Call, id: Uuid) -> Result<delivery::Model> {
    let id = DeliveryId(id);
    rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    hold(tx, id).await?.ok_or(Error::NotFound)
}

/// Refuses who is neither the driver nor whom the driver reports to.
pub async fn handled_by(tx: &Tx, call: &Call, driver: UserId) -> Result<()> {
    let manager = people::rows::user(tx.db(), driver).await?.and_then(|user| user.manager_id).map(UserId);
    if may_handle(call.actor.id, driver, manager) { Ok(()) } else { Err(Error::NotFound) }
}

/// Refuses who may not sign off what a trip carries: its driver may, whom the driver reports to, and who has carried
/// it before, whose phone may hold sign-offs that had no signal.
pub async fn signed_by(tx: &Tx, call: &Call, trip: &trip::Model) -> Result<()> {
    if rows::has_carried(tx.db(), trip.id, call.actor.id).await? {
        return Ok(());
    }
    handled_by(tx, call, trip.driver_id).await
}

/// Makes a delivery ready for an order: a trip of one stop.
#[utoipa::path(tag = "deliveries", request_body = StartDraft,
    responses((status = 201, body = DeliveryDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries")]
async fn post_delivery(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: StartDraft| {
        let lines = draft.lines.map(|lines| {
            lines.into_iter().map(|line| (OrderLineId(line.order_line_id), line.quantity)).collect()
        });
        let order = OrderId(draft.order_id);
        let unknown = || Error::field("/order_id", "order_unknown");
        let customer =
            orders::rows::visible(tx.db(), &call.actor.at_the_ramp(), order).await?.ok_or_else(unknown)?;
        let start = Start { order, promised_at: draft.promised_at, lines };
        let stop = StopDraft { customer: customer.customer_id, deliveries: vec![start] };
        let wanted = TripDraft {
            vehicle: None,
            driver: draft.driver_id.map(UserId),
            planned_on: None,
            stops: vec![stop],
        };
        let (_, mut deliveries) = plan(&app, tx, &call.actor, &wanted).await?;
        detail(tx.db(), &call.actor, deliveries.remove(0)).await
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct DeliveryFilter {
    status: Option<Status>,
    driver_id: Option<UserId>,
    order_id: Option<OrderId>,
    customer_id: Option<CustomerId>,
}

/// The deliveries in the caller's scope, newest first.
#[utoipa::path(tag = "deliveries", params(Paging, DeliveryFilter), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/deliveries")]
async fn get_deliveries(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<DeliveryFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter = Filter {
        status: filter.status,
        driver: filter.driver_id,
        order: filter.order_id,
        customer: filter.customer_id,
    };
    let deliveries = rows::page(app.db.conn(), &actor, filter, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, deliveries, |it| it.id.0, DeliveryView::from)))
}

/// A delivery with its lines and attempts.
#[utoipa::path(tag = "deliveries", responses((status = 200, body = DeliveryDetail), (status = 404, body = Problem)))]
#[get("/deliveries/{id}")]
async fn get_delivery(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let delivery = rows::visible(app.db.conn(), &actor, DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(detail(app.db.conn(), &actor, delivery).await?))
}

/// Sends the trip that carries it on its way, once.
#[utoipa::path(tag = "deliveries", request_body = Nothing,
    responses((status = 200, body = DeliveryDetail), (status = 409, body = Problem)))]
#[post("/deliveries/{id}/depart")]
async fn post_depart(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let delivery = locked(tx, &call, *id).await?;
        delivery.status.after(Step::Depart).map_err(|refusal| Error::conflict(refusal.code()))?;
        depart(&app, tx, &call.actor, &trip_of(tx, &delivery).await?.ok_or(Error::NotFound)?).await?;
        let delivery = rows::locked(tx.db(), DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
        detail(tx.db(), &call.actor, delivery).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FailDraft {
    reason: String,
    #[serde(default)]
    photo_ids: Vec<Uuid>,
}

/// Ends a delivery that could not be handed over.
#[utoipa::path(tag = "deliveries", request_body = FailDraft,
    responses((status = 200, body = DeliveryDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries/{id}/fail")]
async fn post_fail(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: FailDraft| {
        check_length("/reason", &draft.reason, 200)?;
        let delivery = locked(tx, &call, *id).await?;
        fail(tx, &call.actor, &delivery, &draft.reason, &draft.photo_ids).await?;
        let delivery = rows::locked(tx.db(), DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
        detail(tx.db(), &call.actor, delivery).await
    })
    .await
}
