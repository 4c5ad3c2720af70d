//! Records of evidence and gaps over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use domain::ids::{EvidenceId, OpportunityId};
use domain::writing::is_blank;
use platform::Tx;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::pages::{Pages, add_pages};
use super::super::record::{Draft, record};
use super::super::review::reject;
use super::super::rows::{self, evidence, gaps};
use super::views::{EvidenceView, GapView};
use crate::App;
use crate::actor::{Actor, Call};
use crate::error::{Error, Problem, Result, check_length};
use crate::page::{Page, Paging};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EvidenceDraft {
    /// The code of the kind.
    kind: String,
    /// By the kind's schema. What is missing may come later.
    #[serde(default = "no_fields")]
    #[schema(value_type = Object)]
    fields: Value,
    /// Taken for this opportunity with capture tickets.
    #[serde(default)]
    photo_ids: Vec<Uuid>,
    /// Documents handed in before.
    #[serde(default)]
    file_ids: Vec<Uuid>,
}

fn no_fields() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Hands in evidence. A verdict is never an error, and neither is a part that is missing: it shuts the stage.
#[utoipa::path(tag = "opportunities", request_body = EvidenceDraft,
    responses((status = 201, body = EvidenceView), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/opportunities/{id}/evidence")]
pub(super) async fn post_evidence(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: EvidenceDraft| {
        let id = OpportunityId(*id);
        rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
        let opportunity = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
        let draft = Draft {
            kind: draft.kind,
            fields: draft.fields,
            photo_ids: draft.photo_ids,
            file_ids: draft.file_ids,
        };
        let recorded = record(&app, tx, &call.actor, &opportunity, draft).await?;
        Ok(EvidenceView::of(recorded.record, recorded.warnings))
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PagesDraft {
    #[serde(default)]
    photo_ids: Vec<Uuid>,
    #[serde(default)]
    file_ids: Vec<Uuid>,
    /// Fields that were missing, or that are corrected.
    #[schema(value_type = Option<Object>)]
    fields: Option<Value>,
}

/// Adds what was missing of a record, such as the signed page of a demo.
#[utoipa::path(tag = "opportunities", request_body = PagesDraft,
    responses((status = 200, body = EvidenceView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
#[post("/opportunities/{id}/evidence/{evidence_id}/pages")]
pub(super) async fn post_pages(app: Data<App>, call: Call, path: Path<(Uuid, Uuid)>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: PagesDraft| {
        let record = held(tx, &call, *path).await?;
        let pages = Pages { photo_ids: draft.photo_ids, file_ids: draft.file_ids, fields: draft.fields };
        let recorded = add_pages(&app, tx, &call.actor, (record, pages)).await?;
        let kept = evidence::one(tx.db(), EvidenceId(path.1)).await?.ok_or(Error::NotFound)?;
        Ok(EvidenceView::of(kept, recorded.warnings))
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rejection {
    /// One sentence for whoever handed it in.
    reason: String,
}

/// Rejects a record that stands. The stage that it held up stays where it is and is marked as unsupported.
#[utoipa::path(tag = "opportunities", request_body = Rejection,
    responses((status = 200, body = EvidenceView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
#[post("/opportunities/{id}/evidence/{evidence_id}/reject")]
pub(super) async fn post_reject(
    app: Data<App>,
    call: Call,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: Rejection| {
        if is_blank(&draft.reason) {
            return Err(Error::field("/reason", "comment_missing"));
        }
        check_length("/reason", &draft.reason, 500)?;
        let record = held(tx, &call, *path).await?;
        reject(&app, tx, &call.actor, &record, draft.reason.trim()).await?;
        let kept = evidence::one(tx.db(), EvidenceId(record.id)).await?.ok_or(Error::NotFound)?;
        Ok(EvidenceView::of(kept, Vec::new()))
    })
    .await
}

/// The record of an opportunity that the caller sees, both locked, in the version that the caller has seen.
async fn held(tx: &Tx, call: &Call, (id, record): (Uuid, Uuid)) -> Result<evidence::Model> {
    let id = OpportunityId(id);
    rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let record = evidence::locked(tx.db(), EvidenceId(record)).await?;
    let record = record.filter(|it| it.opportunity_id == id.0).ok_or(Error::NotFound)?;
    call.check_version(record.version)?;
    Ok(record)
}

#[derive(Deserialize, utoipa::IntoParams)]
struct GapFilter {
    /// `open` or `closed`.
    status: Option<String>,
}

/// Signed pages that stay away time after time, by region and kind.
#[utoipa::path(tag = "opportunities", params(Paging, GapFilter),
    responses((status = 200, body = Page<GapView>)))]
#[get("/opportunities/gaps")]
pub(super) async fn get_gaps(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<GapFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let gaps = gaps::page(app.db.conn(), &actor, filter.into_inner().status, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, gaps, |it| it.id, GapView::from)))
}
