//! Visits over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, ItemId, VisitId};
use domain::visits::{Outcome, dwell_seconds};
use platform::Tx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rows::{self, visit};
use super::{Draft, OutcomeDraft, check_in, complete, hold};
use crate::actor::{Actor, Call};
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result, check_length};
use crate::evidence::{self, Location};
use crate::page::{Page, Paging};
use crate::{App, customers, settings};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_visit).service(get_visits).service(get_visit).service(post_complete);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckInDraft {
    customer_id: Uuid,
    /// The item of the day's list; found by the customer where absent.
    action_item_id: Option<Uuid>,
    /// Where the phone is; without it the photo has to say, or a person looks.
    location: Option<Location>,
    /// At least one of the storefront, taken for this customer; a photo proves one visit.
    photo_ids: Vec<Uuid>,
}

/// A visit.
#[derive(Serialize, ToSchema)]
struct VisitView {
    id: Uuid,
    customer_id: Uuid,
    user_id: Uuid,
    action_item_id: Option<Uuid>,
    /// `attempted`, `checked_in` or `completed`.
    status: String,
    /// Stood on a filed list.
    planned: bool,
    /// When the phone measured its place, as far as that can be: a check-in may have waited for a signal.
    checked_in_at: DateTime<Utc>,
    received_at: Option<DateTime<Utc>>,
    #[schema(value_type = Option<Location>)]
    location: Option<Value>,
    distance_m: Option<i32>,
    /// `pass`, `uncertain`, `review` or `reject`.
    verdict: String,
    #[schema(value_type = Vec<String>)]
    reasons: Value,
    /// Counts for now; somebody looks at it.
    provisional: bool,
    /// `retake`, `relocate` or `report_store_point`, after a `reject`.
    next: Option<String>,
    /// `none`, `pending`, `accepted` or `rejected`.
    review: String,
    #[schema(value_type = Vec<Uuid>)]
    photo_ids: Value,
    result_code: Option<String>,
    note: Option<String>,
    #[schema(value_type = Vec<String>)]
    needs: Value,
    completed_at: Option<DateTime<Utc>>,
    /// The visit's last record before the rep's next check-in; unknown of a bare check-in.
    checkout_at: Option<DateTime<Utc>>,
    /// From check-in to checkout; unknown is not zero.
    dwell_seconds: Option<i64>,
    /// Does it count? Unknown while only what may still come is missing.
    effective: Option<bool>,
    /// What speaks against it: `outside_fence`, `dwell_unknown`, `dwell_too_short`, `photo_missing`,
    /// `result_missing`, `not_first`, `evidence_rejected`, `no_place`, …
    #[schema(value_type = Vec<String>)]
    why_not: Value,
    /// What a reviewer may want to look at: `teleport`, `fix_repeated`, `accuracy_zero`, `clock_skew`.
    #[schema(value_type = Vec<String>)]
    flags: Value,
    version: i32,
    /// Texts that say nothing that can be checked, with what would count.
    warnings: Vec<FieldFault>,
}

impl From<visit::Model> for VisitView {
    fn from(visit: visit::Model) -> Self {
        Self {
            id: visit.id,
            customer_id: visit.customer_id,
            user_id: visit.user_id,
            action_item_id: visit.action_item_id,
            status: visit.status,
            planned: visit.planned,
            checked_in_at: visit.checked_in_at,
            received_at: visit.received_at,
            location: visit.location,
            distance_m: visit.distance_m,
            verdict: visit.verdict,
            reasons: visit.reasons,
            provisional: visit.provisional,
            next: visit.next,
            review: visit.review,
            photo_ids: visit.photo_ids,
            result_code: visit.result_code,
            note: visit.note,
            needs: visit.needs,
            completed_at: visit.completed_at,
            dwell_seconds: dwell_seconds(visit.checked_in_at, visit.checkout_at),
            checkout_at: visit.checkout_at,
            effective: visit.effective,
            why_not: visit.why_not.unwrap_or_else(|| Value::Array(Vec::new())),
            flags: visit.flags.unwrap_or_else(|| Value::Array(Vec::new())),
            version: visit.version,
            warnings: Vec::new(),
        }
    }
}

/// Checks in at a customer. A verdict is never an error: a doubtful place is provisional, a certain fraud is kept as
/// an attempt with what to do next.
#[utoipa::path(tag = "visits", request_body = CheckInDraft,
    responses((status = 201, body = VisitView), (status = 422, body = Problem)))]
#[post("/visits")]
async fn post_visit(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: CheckInDraft| {
        if let Some(location) = &draft.location {
            location.check("/location")?;
        }
        let draft = Draft {
            customer: CustomerId(draft.customer_id),
            action_item: draft.action_item_id.map(ItemId),
            location: draft.location,
            photo_ids: draft.photo_ids,
        };
        Ok(VisitView::from(check_in(&app, tx, &call.actor, &draft).await?))
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct VisitFilter {
    customer_id: Option<Uuid>,
    user_id: Option<Uuid>,
}

/// The visits in the caller's scope, newest first.
#[utoipa::path(tag = "visits", params(Paging, VisitFilter), responses((status = 200, body = Page<VisitView>)))]
#[get("/visits")]
async fn get_visits(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<VisitFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let visits = rows::page(app.db.conn(), &actor, (filter.customer_id, filter.user_id), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, visits, |it| it.id, VisitView::from)))
}

/// A visit in the caller's scope.
#[utoipa::path(tag = "visits", responses((status = 200, body = VisitView), (status = 404, body = Problem)))]
#[get("/visits/{id}")]
async fn get_visit(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let visit = rows::visible(app.db.conn(), &actor, VisitId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(VisitView::from(visit)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompleteDraft {
    /// `order`, `interest`, `no_interest`, `complaint` or `closed`.
    #[schema(value_type = String)]
    result_code: Outcome,
    note: Option<String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    photo_ids: Vec<Uuid>,
}

/// Records the outcome; the item of the day's list turns done by itself.
#[utoipa::path(tag = "visits", request_body = CompleteDraft,
    responses((status = 200, body = VisitView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/visits/{id}/complete")]
async fn post_complete(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: CompleteDraft| {
        check_length("/note", draft.note.as_deref().unwrap_or_default(), 500)?;
        if draft.needs.len() > 20 || draft.needs.iter().any(|need| need.chars().count() > 100) {
            return Err(Error::field("/needs", "text_too_long"));
        }
        let id = VisitId(*id);
        rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
        let visit = hold(tx, id).await?.ok_or(Error::NotFound)?;
        call.check_version(visit.version)?;
        let outcome = OutcomeDraft {
            outcome: draft.result_code,
            note: draft.note,
            needs: draft.needs,
            photo_ids: draft.photo_ids,
        };
        complete(tx, &call.actor, &visit, &outcome).await?;
        let visit = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
        let warnings = said_nothing(&app, tx, &visit).await?;
        Ok(VisitView { warnings, ..VisitView::from(visit) })
    })
    .await
}

/// A note that says nothing: the visit stands by its place and photo, the note adds nothing to it.
async fn said_nothing(app: &App, tx: &Tx, visit: &visit::Model) -> Result<Vec<FieldFault>> {
    let Some(note) = &visit.note else { return Ok(Vec::new()) };
    let (_, kinds) = settings::evidence::kinds(app, tx.db()).await?;
    let names = customers::rows::names(tx.db(), &[visit.customer_id]).await?;
    let name = names.get(&visit.customer_id).map(String::as_str);
    Ok(evidence::vague(&kinds, "/note", note, name).into_iter().collect())
}
