//! Windows in which somebody answers for somebody else, over HTTP.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::delegate::{Draft, delegate, end, speaks_for};
use super::super::rows::{self, DelegationRow};
use crate::App;
use crate::actor::{Actor, Call, Nothing};
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use crate::select::Connection;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DelegationDraft {
    to_user_id: Uuid,
    /// The first instant; now where it has passed.
    from: DateTime<Utc>,
    /// The first instant after it.
    until: DateTime<Utc>,
}

/// A window in which somebody answers for somebody else; both are named in what is done in it.
#[derive(Serialize, ToSchema)]
struct DelegationView {
    id: Uuid,
    /// In whose place.
    user_id: Uuid,
    user_name: String,
    /// Who answers.
    to_user_id: Uuid,
    to_user_name: String,
    from: DateTime<Utc>,
    /// No longer in it. Moved forward where it was ended early.
    until: DateTime<Utc>,
    set_by: Uuid,
    set_at: DateTime<Utc>,
    ended_by: Option<Uuid>,
    ended_at: Option<DateTime<Utc>>,
}

fn view(row: DelegationRow, names: &HashMap<Uuid, String>) -> DelegationView {
    let name = |id| names.get(id).cloned().unwrap_or_default();
    DelegationView {
        user_name: name(&row.principal_id),
        to_user_name: name(&row.agent_id),
        id: row.id,
        user_id: row.principal_id,
        to_user_id: row.agent_id,
        from: row.from_at,
        until: row.until_at,
        set_by: row.set_by,
        set_at: row.set_at,
        ended_by: row.ended_by,
        ended_at: row.ended_at,
    }
}

async fn names(db: &impl Connection, rows: &[DelegationRow]) -> Result<HashMap<Uuid, String>> {
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.principal_id, row.agent_id]).collect();
    Ok(rows::names(db, &ids).await?)
}

/// Lets somebody answer in a person's place for a window: for oneself, for whoever stands below one, or as the admin.
#[utoipa::path(tag = "people", request_body = DelegationDraft,
    responses((status = 201, body = DelegationView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[post("/users/{id}/delegations")]
pub(super) async fn post_delegation(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: DelegationDraft| {
        let asked = Draft {
            principal: UserId(*id),
            agent: UserId(draft.to_user_id),
            from: draft.from,
            until: draft.until,
        };
        let row = delegate(&app, tx, &call.actor, &asked).await?;
        let names = names(tx.db(), std::slice::from_ref(&row)).await?;
        Ok(view(row, &names))
    })
    .await
}

/// The windows in which a person is answered for, or answers for others, newest first.
#[utoipa::path(tag = "people", params(Paging),
    responses((status = 200, body = Page<DelegationView>), (status = 404, body = Problem)))]
#[get("/users/{id}/delegations")]
pub(super) async fn get_delegations(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    paging: Paging,
) -> Result<HttpResponse> {
    let (db, user, window) = (app.db.conn(), UserId(*id), paging.window()?);
    let is_seen = rows::visible_user(db, &actor, user).await?.is_some();
    let is_known = is_seen || rows::user(db, user).await?.is_some() && speaks_for(db, &actor, user).await?;
    if !is_known {
        return Err(Error::NotFound);
    }
    let windows = rows::delegations(db, user, window).await?;
    let names = names(db, &windows).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, windows, |it| it.id, |row| view(row, &names))))
}

/// Ends a window now. One that is over stays as it is.
#[utoipa::path(tag = "people", request_body = Nothing,
    responses((status = 200, body = DelegationView), (status = 404, body = Problem)))]
#[post("/delegations/{id}/end")]
pub(super) async fn post_delegation_end(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let row = end(tx, &call.actor, *id).await?;
        let names = names(tx.db(), std::slice::from_ref(&row)).await?;
        Ok(view(row, &names))
    })
    .await
}
