//! What happens to a delivery after its sign-off, or in its place, over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{Months, NaiveDate, NaiveTime};
use domain::deliveries::Handed;
use domain::ids::{AttemptId, DeliveryId};
use domain::people::Role;
use domain::working_time::{at_local, local_date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::stops::SignOffLine;
use super::views::{DeliveryDetail, DeliveryView, detail};
use super::{handled_by, locked, locked_visible};
use crate::App;
use crate::actor::{Actor, Call};
use crate::deliveries::{Overruled, correct, overrule, rows, supply};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result, check_length};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_overrides).service(post_correction).service(post_delivery_override).service(post_slip);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectionDraft {
    /// Every line of the delivery, as it really was.
    lines: Vec<SignOffLine>,
    reason: String,
}

/// Corrects what was signed, within seven days, by a new version; the old one stays. The order's quantities follow.
#[utoipa::path(tag = "deliveries", request_body = CorrectionDraft,
    responses((status = 200, body = DeliveryDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries/{id}/corrections")]
async fn post_correction(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: CorrectionDraft| {
        check_reason(&draft.reason)?;
        let delivery = locked_visible(tx, &call, *id).await?;
        if call.actor.role == Role::Logistics {
            handled_by(tx, &call, delivery.driver_id).await?;
        }
        call.check_version(delivery.version)?;
        let lines: Vec<Handed> = draft.lines.into_iter().map(Handed::from).collect();
        correct(tx, &call.actor, &delivery, &lines, &draft.reason).await?;
        let delivery = rows::locked(tx.db(), DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
        detail(tx.db(), &call.actor, delivery).await
    })
    .await
}

fn check_reason(reason: &str) -> Result<()> {
    check_length("/reason", reason, 200)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeliveryOverrideDraft {
    reason: String,
    /// The attempt to complete it from; the newest unless said, everything accepted where there is none.
    attempt_id: Option<AttemptId>,
}

/// What came of an override.
#[derive(Serialize, ToSchema)]
struct OverrideView {
    /// `completed`, or `asked` where logistics asks who has the permission.
    outcome: &'static str,
    delivery: DeliveryDetail,
}

/// Completes a delivery whose locks failed. It is a permission of supervisors and above; logistics asks for it.
#[utoipa::path(tag = "deliveries", request_body = DeliveryOverrideDraft,
    responses((status = 200, body = OverrideView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries/{id}/override")]
async fn post_delivery_override(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: DeliveryOverrideDraft| {
        check_reason(&draft.reason)?;
        let delivery = match call.actor.role {
            Role::Logistics => locked(tx, &call, *id).await?,
            _ => locked_visible(tx, &call, *id).await?,
        };
        call.check_version(delivery.version)?;
        let wanted = (draft.reason.as_str(), draft.attempt_id);
        let outcome = match overrule(&app, tx, &call.actor, &delivery, wanted).await? {
            Overruled::Done => "completed",
            Overruled::Asked => "asked",
        };
        let delivery = rows::locked(tx.db(), DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
        Ok(OverrideView { outcome, delivery: detail(tx.db(), &call.actor, delivery).await? })
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct OverrideFilter {
    /// `2026-11`; this month unless said.
    month: Option<String>,
}

/// What was completed without its locks in a month, with who answers for it and why.
#[utoipa::path(tag = "deliveries", params(Paging, OverrideFilter), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/deliveries/overrides")]
async fn get_overrides(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<OverrideFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let wrong = || Error::field("/month", "invalid_parameter");
    let day = match &filter.month {
        Some(month) => format!("{month}-01").parse::<NaiveDate>().map_err(|_| wrong())?,
        None => local_date(app.db.now().await?),
    };
    let first = day.format("%Y-%m-01").to_string().parse::<NaiveDate>().map_err(|_| wrong())?;
    let next = first.checked_add_months(Months::new(1)).ok_or_else(wrong)?;
    let span = (at_local(first, NaiveTime::MIN), at_local(next, NaiveTime::MIN));
    let deliveries = rows::overrides(app.db.conn(), &actor, span, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, deliveries, |it| it.id.0, DeliveryView::from)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SlipDraft {
    /// At least one of the signed slip, taken for a delivery of the stop.
    photo_ids: Vec<Uuid>,
}

/// Files the slip that was missing at the sign-off; invoicing is held no more.
#[utoipa::path(tag = "deliveries", request_body = SlipDraft,
    responses((status = 200, body = DeliveryDetail), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/deliveries/{id}/evidence")]
async fn post_slip(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: SlipDraft| {
        let delivery = locked(tx, &call, *id).await?;
        supply(tx, &call.actor, &delivery, &draft.photo_ids).await?;
        let delivery = rows::locked(tx.db(), DeliveryId(*id)).await?.ok_or(Error::NotFound)?;
        detail(tx.db(), &call.actor, delivery).await
    })
    .await
}
