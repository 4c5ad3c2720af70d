//! Whose customers they are, and nobody's.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::views::{CustomerView, Today};
use crate::App;
use crate::actor::{Actor, Call, Nothing};
use crate::customers::ownership::{claim, hand_over, pool_top, release};
use crate::customers::rows::{self, customer, ownership as kept};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_pool)
        .service(post_hand_over)
        .service(post_release)
        .service(post_claim)
        .service(get_owners);
}

/// To whom, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOver {
    to_user_id: Uuid,
    reason: String,
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Release {
    reason: String,
}

/// A customer of nobody's: enough to decide whether to take it.
#[derive(Serialize, ToSchema)]
struct PooledView {
    id: Uuid,
    name: String,
    kind: String,
    region_id: Uuid,
    district_code: Option<String>,
    stage: String,
    released_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<customer::Model> for PooledView {
    fn from(it: customer::Model) -> Self {
        Self {
            id: it.id,
            name: it.name,
            kind: it.kind,
            region_id: it.region_id,
            district_code: it.district_code,
            stage: it.stage,
            released_at: it.released_at,
            version: it.version,
        }
    }
}

/// Gives a customer to somebody else. Both are told.
#[utoipa::path(tag = "customers", request_body = HandOver,
    responses((status = 200, body = CustomerView), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/customers/{id}/hand-over")]
async fn post_hand_over(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, body: HandOver| {
        let to = (UserId(body.to_user_id), body.reason.as_str());
        let changed = hand_over(&app, tx, &call.actor, CustomerId(*id), to).await?;
        Ok(Today::at(tx.db(), tx.now(), &call.actor).await?.view(changed))
    })
    .await
}

/// Gives a customer back to the pool.
#[utoipa::path(tag = "customers", request_body = Release,
    responses((status = 200, body = PooledView), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/customers/{id}/release")]
async fn post_release(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, body: Release| {
        Ok(PooledView::from(release(tx, &call.actor, CustomerId(*id), &body.reason).await?))
    })
    .await
}

/// Takes a customer out of the pool, so many a day.
#[utoipa::path(tag = "customers", request_body = Nothing,
    responses((status = 200, body = CustomerView), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/customers/{id}/claim")]
async fn post_claim(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let claimed = claim(tx, &call.actor, CustomerId(*id)).await?;
        Ok(Today::at(tx.db(), tx.now(), &call.actor).await?.view(claimed))
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct PoolFilter {
    /// In this region and below.
    region_id: Option<Uuid>,
}

/// Nobody's customers in the caller's region and below, newest first.
#[utoipa::path(tag = "customers", params(Paging, PoolFilter), responses((status = 200, body = Page<PooledView>)))]
#[get("/customers/pool")]
async fn get_pool(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<PoolFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let pooled = kept::pool(app.db.conn(), (pool_top(&actor), filter.region_id), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, pooled, |it| it.id, PooledView::from)))
}

/// A change of owner.
#[derive(Serialize, ToSchema)]
struct OwnerView {
    id: Uuid,
    /// Nobody's from then on, where absent.
    owner_id: Option<Uuid>,
    /// `created`, `handed_over`, `released` or `claimed`.
    how: String,
    reason: Option<String>,
    by_id: Uuid,
    at: DateTime<Utc>,
}

impl From<kept::Model> for OwnerView {
    fn from(it: kept::Model) -> Self {
        Self { id: it.id, owner_id: it.owner_id, how: it.how, reason: it.reason, by_id: it.by_id, at: it.at }
    }
}

/// Whose customer it was, newest first.
#[utoipa::path(tag = "customers", params(Paging),
    responses((status = 200, body = Page<OwnerView>), (status = 404, body = Problem)))]
#[get("/customers/{id}/owners")]
async fn get_owners(app: Data<App>, actor: Actor, id: Path<Uuid>, paging: Paging) -> Result<HttpResponse> {
    let window = paging.window()?;
    let customer = CustomerId(*id);
    rows::visible(app.db.conn(), &actor, customer).await?.ok_or(Error::NotFound)?;
    let owners = kept::of_customer(app.db.conn(), customer, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, owners, |it| it.id, OwnerView::from)))
}
