//! People's records over HTTP, kept by the admin, and their leaving.

use domain::writing::clean;
use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post, put};
use chrono::{DateTime, NaiveDate, Utc};
use domain::identifiers::normal_phone;
use domain::ids::UserId;
use domain::people::Role;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::keep::{change, hire};
use super::super::leave::{Leaving, Left, leave};
use super::super::rows::{self, MoveRow, keep_others_out, user};
use super::UserView;
use crate::App;
use crate::actor::{Actor, Call};
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// Where another system knows the person.
    external_id: Option<String>,
    username: String,
    name: String,
    /// Without one nobody can be bound by phone.
    phone: Option<String>,
    role: String,
    region_id: Option<Uuid>,
    manager_id: Option<Uuid>,
    /// The first day.
    active_from: Option<NaiveDate>,
    /// The last day.
    active_to: Option<NaiveDate>,
}

/// What changes: a field that is absent stays, one that is null is cleared.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedUser {
    username: Option<String>,
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    role: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    region_id: Option<Option<Uuid>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    manager_id: Option<Option<Uuid>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<NaiveDate>)]
    active_from: Option<Option<NaiveDate>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<NaiveDate>)]
    active_to: Option<Option<NaiveDate>>,
}

/// Tells a field that is null from one that is absent.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(field).map(Some)
}

fn known_role(name: &str) -> Result<Role> {
    Role::by_name(name).ok_or_else(|| Error::field("/role", "role_unknown"))
}

impl NewUser {
    fn model(self, now: DateTime<Utc>) -> Result<user::Model> {
        Ok(user::Model {
            id: platform::new_id(),
            external_id: self.external_id.map(|it| clean(&it)).filter(|it| !it.is_empty()),
            username: clean(&self.username),
            name: clean(&self.name),
            phone: self.phone.map(|phone| normal_phone(&phone)),
            role: known_role(&self.role)?,
            region_id: self.region_id,
            manager_id: self.manager_id,
            active_from: self.active_from,
            active_to: self.active_to,
            password_hash: None,
            created_at: now,
            updated_at: now,
            version: 1,
        })
    }
}

impl ChangedUser {
    fn applied_to(self, before: user::Model) -> Result<user::Model> {
        Ok(user::Model {
            username: self.username.map_or(before.username, |it| clean(&it)),
            name: self.name.map_or(before.name, |it| clean(&it)),
            phone: self.phone.map_or(before.phone, |it| it.map(|phone| normal_phone(&phone))),
            role: self.role.map_or(Ok(before.role), |name| known_role(&name))?,
            region_id: self.region_id.unwrap_or(before.region_id),
            manager_id: self.manager_id.unwrap_or(before.manager_id),
            active_from: self.active_from.unwrap_or(before.active_from),
            active_to: self.active_to.unwrap_or(before.active_to),
            ..before
        })
    }
}

/// Takes somebody on.
#[utoipa::path(tag = "people", request_body = NewUser,
    responses((status = 201, body = UserView), (status = 422, body = Problem)))]
#[post("/users")]
pub(super) async fn post_user(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: NewUser| {
        Ok(UserView::from(hire(tx, &call.actor, draft.model(tx.now())?).await?))
    })
    .await
}

/// Changes somebody's record: what is absent stays, what is null is cleared.
#[utoipa::path(tag = "people", request_body = ChangedUser,
    responses((status = 200, body = UserView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)))]
#[put("/users/{id}")]
pub(super) async fn put_user(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: ChangedUser| {
        keep_others_out(tx.db(), "people_users").await?;
        let before = rows::user(tx.db(), UserId(*id)).await?.ok_or(Error::NotFound)?;
        call.check_version(before.version)?;
        let becomes = draft.applied_to(before.clone())?;
        Ok(UserView::from(change(tx, &call.actor, &before, becomes).await?))
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeaveDraft {
    /// The last day; yesterday where none is named, which is out at once.
    on: Option<NaiveDate>,
    /// Who takes the work over; the nearest manager where nobody is named.
    to_user_id: Option<Uuid>,
}

/// A piece of work that went to somebody else.
#[derive(Serialize, ToSchema)]
struct MovedView {
    /// `customer`, `opportunity`, `lead`, `user`, …
    kind: String,
    id: Uuid,
    title: String,
    to_user_id: Uuid,
}

/// How many of one kind went to somebody else.
#[derive(Serialize, ToSchema)]
struct MovedCount {
    kind: String,
    n: usize,
}

/// Somebody has left.
#[derive(Serialize, ToSchema)]
struct LeftView {
    user: UserView,
    to_user_id: Uuid,
    n_moved: usize,
    counts: Vec<MovedCount>,
    /// The first two hundred; `GET /users/{id}/moved` has them all.
    moved: Vec<MovedView>,
}

/// So many items stand in the answer itself.
const N_LISTED: usize = 200;

impl From<Left> for LeftView {
    fn from(left: Left) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for moved in &left.moved {
            *counts.entry(moved.kind.name()).or_default() += 1;
        }
        let shown = left.moved.iter().take(N_LISTED).map(|it| MovedView {
            kind: it.kind.name().to_owned(),
            id: it.id,
            title: it.title.clone(),
            to_user_id: it.to.0,
        });
        Self {
            to_user_id: left.to.0,
            n_moved: left.moved.len(),
            counts: counts.into_iter().map(|(kind, n)| MovedCount { kind: kind.to_owned(), n }).collect(),
            moved: shown.collect(),
            user: left.user.into(),
        }
    }
}

/// Sees somebody out: sessions and windows end, and the work goes to somebody else, item by item. Once is enough;
/// again it moves what has come up since.
#[utoipa::path(tag = "people", request_body = LeaveDraft,
    responses((status = 200, body = LeftView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[post("/users/{id}/leave")]
pub(super) async fn post_leave(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: LeaveDraft| {
        let leaving = Leaving { user: UserId(*id), on: draft.on, to: draft.to_user_id.map(UserId) };
        Ok(LeftView::from(leave(&app, tx, call.actor.id, &leaving).await?))
    })
    .await
}

/// A piece of work that went to somebody else, with when.
#[derive(Serialize, ToSchema)]
struct LeftItemView {
    kind: String,
    id: Uuid,
    title: String,
    to_user_id: Uuid,
    moved_at: DateTime<Utc>,
}

impl From<MoveRow> for LeftItemView {
    fn from(row: MoveRow) -> Self {
        Self {
            kind: row.kind,
            id: row.subject_id,
            title: row.title,
            to_user_id: row.to_id,
            moved_at: row.moved_at,
        }
    }
}

/// Everything that went from somebody to others when they left, newest first.
#[utoipa::path(tag = "people", params(Paging),
    responses((status = 200, body = Page<LeftItemView>), (status = 404, body = Problem)))]
#[get("/users/{id}/moved")]
pub(super) async fn get_moved(
    app: Data<App>,
    _actor: Actor,
    id: Path<Uuid>,
    paging: Paging,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    rows::user(app.db.conn(), UserId(*id)).await?.ok_or(Error::NotFound)?;
    let moves = rows::moves(app.db.conn(), UserId(*id), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, moves, |it| it.id, LeftItemView::from)))
}
