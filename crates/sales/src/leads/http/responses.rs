//! Who was in touch with a lead, over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::customers::{Outcome, TouchPoint};
use domain::ids::LeadId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::respond::{Draft, respond};
use super::super::rows::{self, ResponseRow};
use crate::App;
use crate::actor::{Actor, Call};
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResponseDraft {
    /// `phone`, `visit`, `wechat`, `quote_link`, `email` or `meeting`.
    #[schema(value_type = String)]
    touch_point: TouchPoint,
    /// `connected`, `no_answer`, `refused` or `wrong_contact`; an attempt has none.
    #[schema(value_type = Option<String>)]
    outcome: Option<Outcome>,
    note: Option<String>,
    /// What shows it, such as the screenshot of a chat.
    #[serde(default)]
    file_ids: Vec<Uuid>,
    #[serde(default)]
    photo_ids: Vec<Uuid>,
}

/// That somebody was in touch, or tried to be.
#[derive(Serialize, ToSchema)]
struct ResponseView {
    id: Uuid,
    lead_id: Uuid,
    user_id: Uuid,
    touch_point: TouchPoint,
    outcome: Option<Outcome>,
    note: Option<String>,
    file_ids: Vec<Uuid>,
    photo_ids: Vec<Uuid>,
    /// It counts as an answer.
    is_verified: bool,
    at: DateTime<Utc>,
}

impl From<ResponseRow> for ResponseView {
    fn from(row: ResponseRow) -> Self {
        Self {
            id: row.id,
            lead_id: row.lead_id,
            user_id: row.user_id,
            touch_point: row.touch_point,
            outcome: row.outcome,
            note: row.note,
            file_ids: row.file_ids.0,
            photo_ids: row.photo_ids.0,
            is_verified: row.is_verified,
            at: row.at,
        }
    }
}

/// A response with what the clock of its lead says now.
#[derive(Serialize, ToSchema)]
struct RespondedView {
    #[serde(flatten)]
    response: ResponseView,
    /// The first communication that counts; the clock runs while there is none.
    first_response_at: Option<DateTime<Utc>>,
    response_due_at: DateTime<Utc>,
}

/// Records that somebody was in touch. The first that counts stops the clock; an attempt does not.
#[utoipa::path(tag = "leads", request_body = ResponseDraft,
    responses((status = 201, body = RespondedView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[post("/leads/{id}/responses")]
pub(super) async fn post_lead_response(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: ResponseDraft| {
        let draft = Draft {
            touch_point: draft.touch_point,
            outcome: draft.outcome,
            note: super::filled(draft.note),
            photo_ids: draft.photo_ids,
            file_ids: draft.file_ids,
        };
        let responded = respond(tx, &call.actor, LeadId(*id), &draft).await?;
        Ok(RespondedView {
            response: responded.row.into(),
            first_response_at: responded.lead.first_response_at,
            response_due_at: responded.lead.due_at,
        })
    })
    .await
}

/// Who was in touch with a lead, newest first.
#[utoipa::path(tag = "leads", params(Paging),
    responses((status = 200, body = Page<ResponseView>), (status = 404, body = Problem)))]
#[get("/leads/{id}/responses")]
pub(super) async fn get_lead_responses(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    paging: Paging,
) -> Result<HttpResponse> {
    let (db, window) = (app.db.conn(), paging.window()?);
    rows::visible(db, &actor, LeadId(*id)).await?.ok_or(Error::NotFound)?;
    let responses = rows::responses(db, LeadId(*id), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, responses, |it| it.id, ResponseView::from)))
}
