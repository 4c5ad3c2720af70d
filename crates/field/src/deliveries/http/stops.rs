//! Stops over HTTP: arrival, and the sign-off of all that goes to one customer.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use domain::deliveries::{Bearer, Exchange, Handed, Method, Paid, Status};
use domain::evidence::{Next, Reason, Verdict};
use domain::ids::{DeliveryId, OrderLineId, StopId};
use domain::money::{Fen, Quantity};
use platform::Tx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{handled_by, locked_visible, signed_by};
use crate::actor::{Actor, Call, Nothing};
use crate::deliveries::rows::{self, delivery, stop, trip};
use crate::deliveries::sign_off::SignedOff;
use crate::deliveries::{Draft, arrive, sign_off, stop_of, trip_of};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result, check_length};
use crate::evidence::{self, Location};
use crate::page::Page;
use crate::{App, settings};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_sign_off)
        .service(post_stop_sign_off)
        .service(post_arrive)
        .service(get_return_reasons);
}

/// The stop, locked with its trip and its deliveries; not for a session of another trip.
async fn locked_stop(
    tx: &Tx,
    call: &Call,
    id: Uuid,
) -> Result<(trip::Model, stop::Model, Vec<delivery::Model>)> {
    let trip = rows::trip_of_stop(tx.db(), StopId(id)).await?.ok_or(Error::NotFound)?;
    if call.actor.trip.is_some_and(|only| only != trip.id) {
        return Err(Error::NotFound);
    }
    let stop = rows::locked_stop(tx.db(), StopId(id)).await?.ok_or(Error::NotFound)?;
    let ids: Vec<DeliveryId> = rows::of_stop(tx.db(), StopId(id)).await?.iter().map(|it| it.id).collect();
    let deliveries = rows::locked_among(tx.db(), &ids).await?;
    Ok((trip, stop, deliveries))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignOffDraft {
    /// Who signs at the store.
    signer_name: String,
    /// Where the phone is; without it the photos have to say, or a person looks.
    location: Option<Location>,
    /// At least one of the goods at the store and one of the signed slip, taken for any delivery of the stop.
    photo_ids: Vec<Uuid>,
    /// Every line; accepted and rejected add up to what was sent.
    lines: Vec<SignOffLine>,
    /// What the stop paid, where it pays on delivery.
    payment: Option<StopPaymentDraft>,
    /// What went back and forth at the door.
    #[serde(default)]
    #[schema(value_type = Vec<ExchangeDraft>)]
    returns: Vec<Exchange>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOffLine {
    order_line_id: Uuid,
    #[schema(value_type = String)]
    accepted_quantity: Quantity,
    #[serde(default)]
    #[schema(value_type = String)]
    rejected_quantity: Quantity,
    /// Needed where something is taken back; at most 100 characters.
    reject_reason: Option<String>,
}

impl From<SignOffLine> for Handed {
    fn from(line: SignOffLine) -> Self {
        Self {
            line: OrderLineId(line.order_line_id),
            accepted: line.accepted_quantity,
            rejected: line.rejected_quantity,
            reason: line.reject_reason,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StopPaymentDraft {
    method: Method,
    /// Yuan with two decimals; more than nothing unless unpaid.
    #[serde(default)]
    #[schema(value_type = String)]
    amount: Fen,
}

/// One record of goods that go out and come in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the domain's own type")]
struct ExchangeDraft {
    out: Vec<DoorLineDraft>,
    r#in: Vec<DoorLineDraft>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the domain's own type")]
struct DoorLineDraft {
    product_id: Uuid,
    /// The product's base unit or one of its packs.
    unit: String,
    #[schema(value_type = String)]
    quantity: Quantity,
    /// A code of `/return-reasons`, for what comes in.
    reason: Option<String>,
}

impl SignOffDraft {
    fn checked(self) -> Result<Draft> {
        if let Some(location) = &self.location {
            location.check("/location")?;
        }
        check_length("/signer_name", &self.signer_name, 50)?;
        Ok(Draft {
            signer_name: self.signer_name,
            location: self.location,
            photo_ids: self.photo_ids,
            lines: self.lines.into_iter().map(Handed::from).collect(),
            payment: self.payment.map(|it| Paid { method: it.method, amount: it.amount }),
            returns: self.returns,
        })
    }
}

/// What came of a sign-off.
#[derive(Serialize, ToSchema)]
struct SignOffView {
    delivery_id: Uuid,
    /// Unchanged when the verdict is `reject`.
    status: Status,
    verdict: Verdict,
    reasons: Vec<Reason>,
    provisional: bool,
    /// `retake`, `relocate` or `report_store_point`, after a `reject`.
    next: Option<Next>,
    distance_m: Option<i32>,
}

impl SignOffView {
    fn of(delivery_id: Uuid, signed: SignedOff) -> Self {
        let status = signed.deliveries.iter().find(|(id, _)| id.0 == delivery_id);
        Self {
            delivery_id,
            status: status.map_or(Status::Failed, |(_, status)| *status),
            verdict: signed.judgement.verdict,
            distance_m: evidence::metres(signed.judgement.distance_mm),
            reasons: signed.judgement.reasons,
            provisional: signed.is_provisional,
            next: signed.next,
        }
    }
}

/// What came of the sign-off of a stop.
#[derive(Serialize, ToSchema)]
struct StopSignOffView {
    stop_id: Uuid,
    /// Each delivery that was signed off with it.
    deliveries: Vec<SignedDelivery>,
    verdict: Verdict,
    reasons: Vec<Reason>,
    provisional: bool,
    next: Option<Next>,
    distance_m: Option<i32>,
}

#[derive(Serialize, ToSchema)]
struct SignedDelivery {
    delivery_id: Uuid,
    status: Status,
}

/// Signs the delivery off at the store. A verdict is never an error: a doubtful place is provisional, a certain
/// fraud is kept and the delivery stays as it is.
#[utoipa::path(tag = "deliveries", request_body = SignOffDraft,
    responses((status = 200, body = SignOffView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries/{id}/sign-off")]
async fn post_sign_off(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: SignOffDraft| {
        let draft = draft.checked()?;
        let delivery = locked_visible(tx, &call, *id).await?;
        let stop = stop_of(tx, &delivery).await?.ok_or(Error::conflict("delivery_already_closed"))?;
        signed_by(tx, &call, &trip_of(tx, &delivery).await?.ok_or(Error::NotFound)?).await?;
        call.check_version(delivery.version)?;
        let signed = sign_off(&app, tx, &call.actor, (&stop, &[delivery]), &draft).await?;
        Ok(SignOffView::of(*id, signed))
    })
    .await
}

/// Signs off everything that is still open at the stop: one place and one set of photos for all its deliveries.
#[utoipa::path(tag = "deliveries", request_body = SignOffDraft,
    responses((status = 200, body = StopSignOffView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/stops/{id}/sign-off")]
async fn post_stop_sign_off(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: SignOffDraft| {
        let draft = draft.checked()?;
        let (trip, stop, deliveries) = locked_stop(tx, &call, *id).await?;
        signed_by(tx, &call, &trip).await?;
        call.check_version(stop.version)?;
        let open: Vec<_> = deliveries.into_iter().filter(|it| it.status.is_open()).collect();
        let signed = sign_off(&app, tx, &call.actor, (&stop, &open), &draft).await?;
        let delivery =
            |(id, status): &(DeliveryId, Status)| SignedDelivery { delivery_id: id.0, status: *status };
        Ok(StopSignOffView {
            stop_id: *id,
            deliveries: signed.deliveries.iter().map(delivery).collect(),
            verdict: signed.judgement.verdict,
            distance_m: evidence::metres(signed.judgement.distance_mm),
            reasons: signed.judgement.reasons,
            provisional: signed.is_provisional,
            next: signed.next,
        })
    })
    .await
}

/// The vehicle is at the stop. Signing off implies it.
#[utoipa::path(tag = "deliveries", request_body = Nothing, responses((status = 200), (status = 409, body = Problem)))]
#[post("/stops/{id}/arrive")]
async fn post_arrive(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let (trip, stop, _) = locked_stop(tx, &call, *id).await?;
        handled_by(tx, &call, trip.driver_id).await?;
        call.check_version(stop.version)?;
        arrive(tx, &call.actor, &stop).await?;
        Ok(serde_json::json!({"stop_id": *id, "arrived_at": tx.now()}))
    })
    .await
}

/// A reason that goods come back for.
#[derive(Serialize, ToSchema)]
struct ReturnReasonView {
    code: &'static str,
    label: &'static str,
    counts_in_return_rate: bool,
    borne_by: Bearer,
}

/// The reasons that goods come back for at the door.
#[utoipa::path(tag = "deliveries", responses((status = 200, body = Page<ReturnReasonView>)))]
#[get("/return-reasons")]
async fn get_return_reasons(_actor: Actor) -> Result<HttpResponse> {
    let reasons = settings::return_reasons()?.iter().map(|it| ReturnReasonView {
        code: &it.code,
        label: &it.label,
        counts_in_return_rate: it.counts_in_return_rate,
        borne_by: it.borne_by,
    });
    Ok(HttpResponse::Ok().json(Page { items: reasons.collect(), next_cursor: None }))
}
