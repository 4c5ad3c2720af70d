//! Deliveries over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use domain::deliveries::{Handed, Status, may_handle};
use domain::evidence::{Next, Reason};
use domain::ids::{DeliveryId, OrderId, OrderLineId, UserId};
use domain::money::Quantity;
use platform::Tx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rows::{self, Filter, LineRow, attempt, delivery};
use super::{Draft, Start, depart, fail, sign_off, start};
use crate::App;
use crate::actor::{Actor, Call, Nothing};
use crate::error::{Error, Problem, Result};
use crate::evidence::{self, Location};
use crate::page::{Page, Paging};
use crate::people;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_delivery)
        .service(get_deliveries)
        .service(get_delivery)
        .service(post_depart)
        .service(post_sign_off)
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

/// A delivery.
#[derive(Serialize, ToSchema)]
struct DeliveryView {
    id: Uuid,
    number: String,
    order_id: Uuid,
    customer_id: Uuid,
    driver_id: Uuid,
    /// `planned`, `in_transit`, `signed`, `partially_signed`, `refused` or `failed`.
    status: String,
    promised_at: Option<DateTime<Utc>>,
    departed_at: Option<DateTime<Utc>>,
    signed_at: Option<DateTime<Utc>>,
    delivered_on: Option<NaiveDate>,
    signer_name: Option<String>,
    verdict: Option<String>,
    #[schema(value_type = Vec<String>)]
    reasons: Value,
    /// Signed for now; somebody looks at it.
    provisional: bool,
    /// `none`, `pending`, `accepted` or `rejected`.
    review: String,
    fail_reason: Option<String>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl From<delivery::Model> for DeliveryView {
    fn from(delivery: delivery::Model) -> Self {
        Self {
            id: delivery.id,
            number: delivery.number,
            order_id: delivery.order_id,
            customer_id: delivery.customer_id,
            driver_id: delivery.driver_id,
            status: delivery.status,
            promised_at: delivery.promised_at,
            departed_at: delivery.departed_at,
            signed_at: delivery.signed_at,
            delivered_on: delivery.delivered_on,
            signer_name: delivery.signer_name,
            verdict: delivery.verdict,
            reasons: delivery.reasons,
            provisional: delivery.provisional,
            review: delivery.review,
            fail_reason: delivery.fail_reason,
            created_at: delivery.created_at,
            version: delivery.version,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct DeliveryLineView {
    order_line_id: Uuid,
    product_name: String,
    unit: String,
    #[schema(value_type = String)]
    quantity: Quantity,
    #[schema(value_type = Option<String>)]
    accepted_quantity: Option<Quantity>,
    #[schema(value_type = Option<String>)]
    rejected_quantity: Option<Quantity>,
    reject_reason: Option<String>,
}

impl From<LineRow> for DeliveryLineView {
    fn from(line: LineRow) -> Self {
        Self {
            order_line_id: line.order_line_id,
            product_name: line.product_name,
            unit: line.unit,
            quantity: Quantity(line.quantity_thousandths),
            accepted_quantity: line.accepted_thousandths.map(Quantity),
            rejected_quantity: line.rejected_thousandths.map(Quantity),
            reject_reason: line.reject_reason,
        }
    }
}

/// A sign-off that was handed in, whatever came of it.
#[derive(Serialize, ToSchema)]
struct AttemptView {
    id: Uuid,
    at: DateTime<Utc>,
    user_id: Uuid,
    signer_name: String,
    #[schema(value_type = Vec<Uuid>)]
    photo_ids: Value,
    verdict: String,
    #[schema(value_type = Vec<String>)]
    reasons: Value,
    next: Option<String>,
    distance_m: Option<i32>,
}

impl From<attempt::Model> for AttemptView {
    fn from(attempt: attempt::Model) -> Self {
        Self {
            id: attempt.id,
            at: attempt.at,
            user_id: attempt.user_id,
            signer_name: attempt.signer_name,
            photo_ids: attempt.photo_ids,
            verdict: attempt.verdict,
            reasons: attempt.reasons,
            next: attempt.next,
            distance_m: attempt.distance_m,
        }
    }
}

/// A delivery with its lines and every attempt at a sign-off.
#[derive(Serialize, ToSchema)]
struct DeliveryDetail {
    #[serde(flatten)]
    delivery: DeliveryView,
    lines: Vec<DeliveryLineView>,
    attempts: Vec<AttemptView>,
}

async fn detail(db: &impl crate::select::Connection, delivery: delivery::Model) -> Result<DeliveryDetail> {
    let id = DeliveryId(delivery.id);
    let lines = rows::lines(db, id).await?.into_iter().map(DeliveryLineView::from).collect();
    let attempts = rows::attempts(db, id).await?.into_iter().map(AttemptView::from).collect();
    Ok(DeliveryDetail { delivery: delivery.into(), lines, attempts })
}

/// The delivery, locked, if it is the caller's to handle and the caller has seen its current version.
async fn locked(tx: &Tx, call: &Call, id: Uuid) -> Result<delivery::Model> {
    let id = DeliveryId(id);
    rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    let delivery = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let driver = UserId(delivery.driver_id);
    let manager = people::rows::user(tx.db(), driver).await?.and_then(|user| user.manager_id).map(UserId);
    if !may_handle(call.actor.id, driver, manager) {
        return Err(Error::NotFound);
    }
    call.check_version(delivery.version)?;
    Ok(delivery)
}

/// Makes a delivery ready for an order.
#[utoipa::path(tag = "deliveries", request_body = StartDraft,
    responses((status = 201, body = DeliveryDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries")]
async fn post_delivery(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: StartDraft| {
        let lines = draft.lines.map(|lines| {
            lines.into_iter().map(|line| (OrderLineId(line.order_line_id), line.quantity)).collect()
        });
        let wanted = Start {
            order: OrderId(draft.order_id),
            driver: draft.driver_id.map(UserId),
            promised_at: draft.promised_at,
            lines,
        };
        let delivery = start(tx, &call.actor, &wanted).await?;
        detail(tx.db(), delivery).await
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct DeliveryFilter {
    status: Option<String>,
    driver_id: Option<Uuid>,
    order_id: Option<Uuid>,
    customer_id: Option<Uuid>,
}

/// The deliveries in the caller's scope, newest first.
#[utoipa::path(tag = "deliveries", params(Paging, DeliveryFilter), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/deliveries")]
async fn get_deliveries(
    app: Data<App>,
    actor: Actor,
    paging: Query<Paging>,
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
    Ok(HttpResponse::Ok().json(Page::of(window, deliveries, |it| it.id, DeliveryView::from)))
}

/// A delivery with its lines and attempts.
#[utoipa::path(tag = "deliveries", responses((status = 200, body = DeliveryDetail), (status = 404, body = Problem)))]
#[get("/deliveries/{id}")]
async fn get_delivery(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let delivery = rows::visible(app.db.conn(), &actor, DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(detail(app.db.conn(), delivery).await?))
}

/// Sends it on its way.
#[utoipa::path(tag = "deliveries", request_body = Nothing,
    responses((status = 200, body = DeliveryDetail), (status = 409, body = Problem)))]
#[post("/deliveries/{id}/depart")]
async fn post_depart(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let delivery = locked(tx, &call, *id).await?;
        depart(tx, &call.actor, &delivery).await?;
        let delivery = rows::locked(tx.db(), DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
        detail(tx.db(), delivery).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignOffDraft {
    /// Who signs at the store.
    signer_name: String,
    /// Where the phone is; without it the photos have to say, or a person looks.
    location: Option<Location>,
    /// At least one of the goods at the store and one of the signed slip, taken for this delivery.
    photo_ids: Vec<Uuid>,
    /// Every line of the delivery; accepted and rejected add up to what was sent.
    lines: Vec<SignOffLine>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignOffLine {
    order_line_id: Uuid,
    #[schema(value_type = String)]
    accepted_quantity: Quantity,
    #[serde(default)]
    #[schema(value_type = String)]
    rejected_quantity: Quantity,
    /// Needed where something is taken back; at most 100 characters.
    reject_reason: Option<String>,
}

/// What came of a sign-off.
#[derive(Serialize, ToSchema)]
struct SignOffView {
    delivery_id: Uuid,
    /// Unchanged when the verdict is `reject`.
    #[schema(value_type = String)]
    status: Status,
    /// `pass`, `uncertain`, `review` or `reject`.
    verdict: &'static str,
    #[schema(value_type = Vec<String>)]
    reasons: Vec<Reason>,
    provisional: bool,
    /// `retake`, `relocate` or `report_store_point`, after a `reject`.
    #[schema(value_type = Option<String>)]
    next: Option<Next>,
    distance_m: Option<i32>,
}

/// Signs the delivery off at the store. A verdict is never an error: a doubtful place is provisional, a certain
/// fraud is kept and the delivery stays as it is.
#[utoipa::path(tag = "deliveries", request_body = SignOffDraft,
    responses((status = 200, body = SignOffView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries/{id}/sign-off")]
async fn post_sign_off(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: SignOffDraft| {
        if let Some(location) = &draft.location {
            location.check("/location")?;
        }
        if draft.signer_name.chars().count() > 50 {
            return Err(Error::field("/signer_name", "text_too_long"));
        }
        let handed = |line: SignOffLine| Handed {
            line: OrderLineId(line.order_line_id),
            accepted: line.accepted_quantity,
            rejected: line.rejected_quantity,
            reason: line.reject_reason,
        };
        let draft = Draft {
            signer_name: draft.signer_name,
            location: draft.location,
            photo_ids: draft.photo_ids,
            lines: draft.lines.into_iter().map(handed).collect(),
        };
        let delivery = locked(tx, &call, *id).await?;
        let signed = sign_off(&app, tx, &call.actor, &delivery, &draft).await?;
        Ok(SignOffView {
            delivery_id: *id,
            status: signed.status,
            verdict: evidence::verdict_name(signed.judgement.verdict),
            distance_m: evidence::metres(signed.judgement.distance_mm),
            reasons: signed.judgement.reasons,
            provisional: signed.is_provisional,
            next: signed.next,
        })
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
        if draft.reason.chars().count() > 200 {
            return Err(Error::field("/reason", "text_too_long"));
        }
        let delivery = locked(tx, &call, *id).await?;
        fail(tx, &call.actor, &delivery, &draft.reason, &draft.photo_ids).await?;
        let delivery = rows::locked(tx.db(), DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
        detail(tx.db(), delivery).await
    })
    .await
}
