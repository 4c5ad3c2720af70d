//! Moving opportunities over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use domain::ids::OpportunityId;
use platform::Tx;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::advance::{advance, lose, reopen};
use super::super::rows::{self, opportunity};
use super::views::{DetailView, detail};
use crate::App;
use crate::actor::Call;
use crate::error::{Error, Problem, Result, check_length};

/// The opportunity, locked, if the caller sees it and has seen its current version.
async fn held(tx: &Tx, call: &Call, id: OpportunityId) -> Result<opportunity::Model> {
    rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    let opportunity = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    call.check_version(opportunity.version)?;
    Ok(opportunity)
}

async fn moved(app: &App, tx: &Tx, call: &Call, id: OpportunityId) -> Result<DetailView> {
    let row = rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    detail(app, tx.db(), row, tx.now()).await
}

fn check_note(note: Option<&String>) -> Result<()> {
    check_length("/note", note.map_or("", String::as_str), 500)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// The code of the stage.
    to_stage: String,
}

/// Moves to a stage. Without its evidence, and that of the stages in between, 409 `evidence_missing` with the precise
/// list under `missing`; going back is free.
#[utoipa::path(tag = "opportunities", request_body = Advance,
    responses((status = 200, body = DetailView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
#[post("/opportunities/{id}/advance")]
pub(super) async fn post_advance(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: Advance| {
        let id = OpportunityId(*id);
        let opportunity = held(tx, &call, id).await?;
        advance(&app, tx, &call.actor, &opportunity, &draft.to_stage).await?;
        moved(&app, tx, &call, id).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Loss {
    /// One of the `lost_reasons` of the stages.
    reason: String,
    note: Option<String>,
}

/// Closes it as lost.
#[utoipa::path(tag = "opportunities", request_body = Loss,
    responses((status = 200, body = DetailView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
#[post("/opportunities/{id}/lose")]
pub(super) async fn post_lose(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: Loss| {
        check_note(draft.note.as_ref())?;
        let id = OpportunityId(*id);
        let opportunity = held(tx, &call, id).await?;
        lose(&app, tx, &call.actor, &opportunity, (&draft.reason, draft.note.as_deref())).await?;
        moved(&app, tx, &call, id).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reopening {
    note: Option<String>,
}

/// Opens a closed one again, where it stood before.
#[utoipa::path(tag = "opportunities", request_body = Reopening,
    responses((status = 200, body = DetailView), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/opportunities/{id}/reopen")]
pub(super) async fn post_reopen(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: Reopening| {
        check_note(draft.note.as_ref())?;
        let id = OpportunityId(*id);
        let opportunity = held(tx, &call, id).await?;
        reopen(&app, tx, &call.actor, &opportunity, draft.note.as_deref()).await?;
        moved(&app, tx, &call, id).await
    })
    .await
}
