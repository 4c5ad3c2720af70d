//! What became of a day's plan, and days without one, over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::actions::Leave;
use domain::ids::{ItemId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::reasons::Reason;
use super::super::{give_reason, report_leave};
use super::views::{ListView, list_view};
use crate::actor::Call;
use crate::error::{Problem, Result, check_length};
use crate::{App, evidence, settings};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReasonDraft {
    /// One of the `undone_reasons` of the stages.
    reason_code: String,
    note: Option<String>,
}

/// Says why something on one's own list was not done. It is proposed again all the same.
#[utoipa::path(tag = "actions", request_body = ReasonDraft,
    responses((status = 200, body = ListView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/action-lists/{date}/items/{id}/reason")]
pub(super) async fn post_reason(
    app: Data<App>,
    call: Call,
    path: Path<(NaiveDate, Uuid)>,
) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: ReasonDraft| {
        check_length("/note", draft.note.as_deref().unwrap_or_default(), 200)?;
        let (day, item) = *path;
        let (_, kinds) = settings::evidence::kinds(&app, tx.db()).await?;
        let note = draft.note.as_deref().unwrap_or_default();
        let warnings = evidence::vague(&kinds, "/note", note, None).into_iter().collect();
        let reason = Reason { item: ItemId(item), code: draft.reason_code, note: draft.note };
        let list = give_reason(&app, tx, &call.actor, day, &reason).await?;
        Ok(list_view(&app, tx.db(), &call.actor, list, tx.now()).await?.warned(warnings))
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AbsenceDraft {
    from_on: NaiveDate,
    /// The last day, included.
    until_on: NaiveDate,
}

/// Days on which somebody is away and owes no list.
#[derive(Serialize, ToSchema)]
struct LeaveView {
    id: Uuid,
    user_id: Uuid,
    from_on: NaiveDate,
    until_on: NaiveDate,
}

/// Says that one is away, or that somebody one leads is. Nobody approves it; who leads hears it.
#[utoipa::path(tag = "actions", request_body = AbsenceDraft,
    responses((status = 201, body = LeaveView), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/users/{id}/leaves")]
pub(super) async fn post_absence(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: AbsenceDraft| {
        let leave = Leave { from_on: draft.from_on, until_on: draft.until_on };
        let kept = report_leave(&app, tx, &call.actor, (UserId(*id), leave)).await?;
        Ok(LeaveView { id: kept.id, user_id: kept.user_id, from_on: kept.from_on, until_on: kept.until_on })
    })
    .await
}
