//! Sessions over HTTP: seen, ended, and the console's passwords.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post, put};
use chrono::{DateTime, Utc};
use domain::ids::{TripId, UserId};
use domain::people::Way;
use platform::Clock;
use platform::secret::sha256;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::passwords;
use super::super::rows::{self, LiveSession};
use crate::App;
use crate::actor::{Actor, Call, Nothing, bearer};
use crate::error::{Error, Problem, Result};
use crate::settings::{self, Event};

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Logout {
    /// All sessions of the caller, on every device.
    #[serde(default)]
    everywhere: bool,
}

/// Ends this session, or all sessions of the caller.
#[utoipa::path(tag = "people", request_body = Logout, responses((status = 204), (status = 422, body = Problem)))]
#[post("/auth/logout")]
pub(super) async fn post_logout(
    app: Data<App>,
    actor: Actor,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse> {
    let draft: Logout = super::body(&request, payload).await?;
    let tx = app.db.begin().await?;
    if draft.everywhere && actor.trip.is_none() {
        rows::close_sessions(tx.db(), actor.id).await?;
        settings::record(&tx, Event::about("people.logged_out", Some(actor.id), ("user", actor.id.0)))
            .await?;
    } else {
        rows::close_session(tx.db(), &sha256(bearer(&request).unwrap_or_default())).await?;
    }
    tx.commit().await?;
    Ok(HttpResponse::build(StatusCode::NO_CONTENT).finish())
}

/// A session that still lets its owner in.
#[derive(Serialize, ToSchema)]
struct SessionView {
    id: Uuid,
    way: Way,
    /// What the device calls itself.
    device: Option<String>,
    /// The one trip that it sees.
    trip_id: Option<TripId>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Is it the one that asks?
    is_current: bool,
}

/// All live sessions of somebody; a limit keeps them few.
#[derive(Serialize, ToSchema)]
struct SessionsView {
    items: Vec<SessionView>,
}

impl SessionView {
    fn of(it: LiveSession, current: &str) -> Self {
        Self {
            id: it.id,
            way: it.way,
            device: it.device,
            trip_id: it.trip_id,
            created_at: it.created_at,
            expires_at: it.expires_at,
            is_current: it.digest == current,
        }
    }
}

/// The caller's live sessions, the newest first.
#[utoipa::path(tag = "people", responses((status = 200, body = SessionsView)))]
#[get("/me/sessions")]
pub(super) async fn get_sessions(app: Data<App>, actor: Actor, request: HttpRequest) -> Result<HttpResponse> {
    let current = sha256(bearer(&request).unwrap_or_default());
    let sessions = rows::live_sessions(app.db.conn(), actor.id, Clock::real()).await?;
    let items = sessions.into_iter().map(|it| SessionView::of(it, &current)).collect();
    Ok(HttpResponse::Ok().json(SessionsView { items }))
}

/// Ends one of the caller's sessions, such as that of a lost phone.
#[utoipa::path(tag = "people", request_body = Nothing,
    responses((status = 200, body = LoggedOut), (status = 404, body = Problem)))]
#[post("/me/sessions/{id}/end")]
pub(super) async fn post_session_end(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        match rows::end_session(tx.db(), call.actor.id, *id).await? {
            true => Ok(LoggedOut { n_ended: 1 }),
            false => Err(Error::NotFound),
        }
    })
    .await
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
struct LoggedOut {
    n_ended: u64,
}

/// Ends all sessions of somebody, such as of whoever lost a phone and cannot log in.
#[utoipa::path(tag = "people", request_body = Nothing,
    responses((status = 200, body = LoggedOut), (status = 404, body = Problem)))]
#[post("/users/{id}/logout")]
pub(super) async fn post_users_logout(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let user = UserId(*id);
        rows::user(tx.db(), user).await?.ok_or(Error::NotFound)?;
        let n_ended = rows::close_sessions(tx.db(), user).await?;
        settings::record(tx, Event::about("people.logged_out", Some(call.actor.id), ("user", user.0)))
            .await?;
        Ok(LoggedOut { n_ended })
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordDraft {
    /// 10 to 128 characters.
    password: String,
    /// The one until now, where somebody changes their own.
    current: Option<String>,
}

/// Sets the console's password of somebody, for the admin, or one's own. All other sessions of that person end, and what
/// was guessed before counts no longer.
#[utoipa::path(tag = "people", request_body = PasswordDraft,
    responses((status = 200), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
#[put("/users/{id}/password")]
pub(super) async fn put_password(
    app: Data<App>,
    call: Call,
    request: HttpRequest,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let (user, draft) = (UserId(*id), call.body::<PasswordDraft>()?);
    let session = sha256(bearer(&request).unwrap_or_default());
    let wanted = (user, draft.password.as_str(), draft.current.as_deref());
    passwords::set(&app, &call.actor, wanted, (&super::origin(&request), &session)).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({"user_id": *id})))
}
