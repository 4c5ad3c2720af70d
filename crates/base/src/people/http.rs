//! Login and who is who.

mod delegations;
mod keep;
mod sessions;

use std::net::IpAddr;

use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post, put};
use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::UserId;
use domain::people::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rows::{self, region, user};
use super::{Entry, Origin, bind, login, login_console, set_pin};
use crate::App;
use crate::actor::{Actor, Call, json_body, read};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_login)
        .service(post_bind)
        .service(post_console_login)
        .service(sessions::post_logout)
        .service(sessions::get_sessions)
        .service(sessions::post_session_end)
        .service(sessions::post_users_logout)
        .service(sessions::put_password)
        .service(get_me)
        .service(get_regions)
        .service(get_users)
        .service(get_user)
        .service(put_pin)
        .service(keep::post_user)
        .service(keep::put_user)
        .service(keep::post_leave)
        .service(keep::get_moved)
        .service(delegations::post_delegation)
        .service(delegations::get_delegations)
        .service(delegations::post_delegation_end);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// What `wx.login` gave.
    code: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Bind {
    /// From the login that knew nobody.
    bind_ticket: String,
    /// What the phone-number button gave.
    phone_code: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsoleLogin {
    username: String,
    password: String,
}

/// A session, or a ticket to bind the identity with.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum EntryView {
    Session { token: String, expires_at: DateTime<Utc>, user: Box<UserView> },
    Unbound { bind_ticket: String, expires_at: DateTime<Utc> },
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Session { token, expires_at, user } => {
                Self::Session { token, expires_at, user: Box::new((*user).into()) }
            }
            Entry::Unbound { bind_ticket, expires_at } => Self::Unbound { bind_ticket, expires_at },
        }
    }
}

/// An employee.
#[derive(Serialize, ToSchema)]
struct UserView {
    id: Uuid,
    external_id: Option<String>,
    username: String,
    name: String,
    /// The middle digits are hidden.
    phone: Option<String>,
    role: String,
    region_id: Option<Uuid>,
    manager_id: Option<Uuid>,
    active_from: Option<NaiveDate>,
    active_to: Option<NaiveDate>,
    version: i32,
}

impl From<user::Model> for UserView {
    fn from(user: user::Model) -> Self {
        Self {
            id: user.id,
            external_id: user.external_id,
            username: user.username,
            name: user.name,
            phone: user.phone.as_deref().map(masked),
            role: user.role.name().to_owned(),
            region_id: user.region_id,
            manager_id: user.manager_id,
            active_from: user.active_from,
            active_to: user.active_to,
            version: user.version,
        }
    }
}

/// `138****0001`
pub fn masked(phone: &str) -> String {
    let n = phone.chars().count();
    phone.chars().enumerate().map(|(place, it)| if place >= 3 && place + 4 < n { '*' } else { it }).collect()
}

#[derive(Serialize, ToSchema)]
struct RegionView {
    id: Uuid,
    external_id: Option<String>,
    name: String,
    parent_id: Option<Uuid>,
    version: i32,
}

impl From<region::Model> for RegionView {
    fn from(region: region::Model) -> Self {
        Self {
            id: region.id,
            external_id: region.external_id,
            name: region.name,
            parent_id: region.parent_id,
            version: region.version,
        }
    }
}

async fn body<D: serde::de::DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<D> {
    let mut payload = payload.into_inner();
    read(&json_body(request, &mut payload).await?)
}

/// Where a request comes from. Behind a proxy on this machine or in its network the proxy says so, in the last address
/// of `X-Forwarded-For`: what stands before it anybody may have written.
fn origin(request: &HttpRequest) -> Origin {
    let header = |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok());
    let peer = request.peer_addr().map(|peer| peer.ip());
    let is_proxy = peer.is_some_and(|ip| match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    });
    let said =
        header("X-Forwarded-For").and_then(|it| it.rsplit(',').next()).map(|it| it.trim().parse::<IpAddr>());
    let address = match said {
        Some(Ok(said)) if is_proxy => Some(said),
        _ => peer,
    };
    Origin {
        address: address.map(|ip| ip.to_string()).unwrap_or_default(),
        device: header("User-Agent").map(|it| it.chars().take(200).collect()),
    }
}

/// Logs in with a `wx.login` code. An identity that no employee is bound to gets a `bind_ticket`.
#[utoipa::path(tag = "people", request_body = Login,
    responses((status = 200, body = EntryView), (status = 422, body = Problem)))]
#[post("/auth/wechat/login")]
async fn post_login(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    let draft: Login = body(&request, payload).await?;
    Ok(HttpResponse::Ok().json(EntryView::from(login(&app, &draft.code, origin(&request)).await?)))
}

/// Binds the identity to the employee whose phone number WeChat vouches for, and logs in.
#[utoipa::path(tag = "people", request_body = Bind,
    responses((status = 200, body = EntryView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/auth/wechat/bind")]
async fn post_bind(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    let draft: Bind = body(&request, payload).await?;
    let entry = bind(&app, &draft.bind_ticket, &draft.phone_code, origin(&request)).await?;
    Ok(HttpResponse::Ok().json(EntryView::from(entry)))
}

/// Logs in to the web console. After several wrong passwords for an account from one address, or many altogether, the
/// account, the address or both wait a quarter of an hour; WeChat still lets its owner in, and so does a password that
/// the admin sets.
#[utoipa::path(tag = "people", request_body = ConsoleLogin,
    responses((status = 200, body = EntryView), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/auth/console/login")]
async fn post_console_login(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    let draft: ConsoleLogin = body(&request, payload).await?;
    let entry = login_console(&app, &draft.username, &draft.password, origin(&request)).await?;
    Ok(HttpResponse::Ok().json(EntryView::from(entry)))
}

/// The employee of this session.
#[utoipa::path(tag = "people", responses((status = 200, body = UserView)))]
#[get("/me")]
async fn get_me(app: Data<App>, actor: Actor) -> Result<HttpResponse> {
    let user = rows::user(app.db.conn(), actor.id).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(UserView::from(user)))
}

/// The company's regions.
#[utoipa::path(tag = "people", params(Paging), responses((status = 200, body = Page<RegionView>)))]
#[get("/regions")]
async fn get_regions(app: Data<App>, _actor: Actor, paging: Paging) -> Result<HttpResponse> {
    let window = paging.window()?;
    let regions = rows::regions(app.db.conn(), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, regions, |it| it.id, RegionView::from)))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct UserFilter {
    role: Option<String>,
}

/// The people in the caller's scope.
#[utoipa::path(tag = "people", params(Paging, UserFilter),
    responses((status = 200, body = Page<UserView>)))]
#[get("/users")]
async fn get_users(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<UserFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let role = match &filter.role {
        Some(name) => Some(Role::by_name(name).ok_or_else(|| Error::field("/role", "invalid_parameter"))?),
        None => None,
    };
    let users = rows::visible_users(app.db.conn(), &actor, role, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, users, |it| it.id, UserView::from)))
}

/// An employee in the caller's scope.
#[utoipa::path(tag = "people",
    responses((status = 200, body = UserView), (status = 404, body = Problem)))]
#[get("/users/{id}")]
async fn get_user(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let user = rows::visible_user(app.db.conn(), &actor, UserId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(UserView::from(user)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinDraft {
    /// Four to eight digits.
    pin: String,
}

/// Sets the personal number with which a driver takes a trip over on a shared phone: one's own, a direct report's, or
/// for the admin anybody's.
#[utoipa::path(tag = "people", request_body = PinDraft,
    responses((status = 200), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/users/{id}/pin")]
async fn put_pin(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    set_pin(&app, &call.actor, UserId(*id), &call.body::<PinDraft>()?.pin).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({"user_id": *id})))
}
