//! Customer files over HTTP.

mod communications;
mod credit;
mod keep;
mod nearby;
mod ownership;
mod standing_tasks;
mod views;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use self::views::{CustomerView, Today};
use super::poster;
use super::rows::{self, Filter, TimelineFilter, TimelineRow};
use crate::App;
use crate::actor::Actor;
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    // Before what takes any word for an id.
    nearby::routes(config);
    ownership::routes(config);
    config
        .service(get_customers)
        .service(get_customer)
        .service(get_timeline)
        .service(get_poster)
        .service(get_scene);
    keep::routes(config);
    credit::routes(config);
    communications::routes(config);
    standing_tasks::routes(config);
}

#[derive(Deserialize, utoipa::IntoParams)]
struct CustomerFilter {
    owner_id: Option<Uuid>,
    region_id: Option<Uuid>,
    stage: Option<String>,
    external_id: Option<String>,
    /// A part of the name.
    name: Option<String>,
}

/// The customers in the caller's scope.
#[utoipa::path(tag = "customers", params(Paging, CustomerFilter), responses((status = 200, body = Page<CustomerView>)))]
#[get("/customers")]
async fn get_customers(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<CustomerFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter = Filter {
        owner: filter.owner_id,
        region: filter.region_id,
        stage: filter.stage,
        external_id: filter.external_id,
        name: filter.name,
    };
    let customers = rows::page(app.db.conn(), &actor, filter, window).await?;
    let today = Today::of(&app, &actor).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, customers, |it| it.id, |it| today.view(it))))
}

/// A customer in the caller's scope.
#[utoipa::path(tag = "customers", responses((status = 200, body = CustomerView), (status = 404, body = Problem)))]
#[get("/customers/{id}")]
async fn get_customer(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let customer = rows::visible(app.db.conn(), &actor, CustomerId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(Today::of(&app, &actor).await?.view(customer)))
}

/// Something that happened at the customer's.
#[derive(Serialize, ToSchema)]
struct TimelineView {
    id: Uuid,
    at: DateTime<Utc>,
    kind: String,
    title: String,
    subject_type: String,
    subject_id: Uuid,
    actor_id: Option<Uuid>,
    #[schema(value_type = Object)]
    facts: Value,
}

impl TimelineView {
    /// Without amounts for who sees no prices.
    fn of(mut row: TimelineRow, sees_prices: bool) -> Self {
        if let Some(facts) = row.facts.as_object_mut().filter(|_| !sees_prices) {
            facts.retain(|name, _| name != "total" && name != "amount");
            row.title = crate::texts::without_amount(&row.kind).map_or(row.title, str::to_owned);
        }
        Self {
            id: row.id,
            at: row.at,
            kind: row.kind,
            title: row.title,
            subject_type: row.subject_type,
            subject_id: row.subject_id,
            actor_id: row.actor_id,
            facts: row.facts,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct TimelineQuery {
    /// The kind of line, such as `visit_completed`.
    kind: Option<String>,
    actor_id: Option<Uuid>,
    /// From then on.
    from: Option<DateTime<Utc>>,
    /// Before then.
    until: Option<DateTime<Utc>>,
}

/// What happened at the customer's, newest first.
#[utoipa::path(tag = "customers", params(Paging, TimelineQuery),
    responses((status = 200, body = Page<TimelineView>), (status = 404, body = Problem)))]
#[get("/customers/{id}/timeline")]
async fn get_timeline(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    paging: Paging,
    query: Query<TimelineQuery>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let customer = CustomerId(*id);
    rows::visible(app.db.conn(), &actor, customer).await?.ok_or(Error::NotFound)?;
    let query = query.into_inner();
    let sees_prices = actor.sees_prices();
    let without = (!sees_prices).then_some("temporary_credit");
    let filter = TimelineFilter {
        kind: query.kind,
        actor: query.actor_id,
        from: query.from,
        until: query.until,
        without,
    };
    let lines = rows::timeline(app.db.conn(), customer, filter, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, lines, |it| it.id, |it| TimelineView::of(it, sees_prices))))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct PosterSize {
    /// 280 to 1280 pixels, 430 unless said.
    width: Option<u32>,
}

/// The store's code to print: it opens the mini-program on the store's page. It proves no presence. The header
/// `x-scene` says what it carries.
#[utoipa::path(tag = "customers", params(PosterSize),
    responses((status = 200, content_type = "image/jpeg"), (status = 404, body = Problem), (status = 503, body = Problem)))]
#[get("/customers/{id}/poster")]
async fn get_poster(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    size: Query<PosterSize>,
) -> Result<HttpResponse> {
    let (picture, scene) = poster::poster(&app, &actor, CustomerId(*id), size.width.unwrap_or(430)).await?;
    let kind = if picture.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    Ok(HttpResponse::Ok().insert_header(("x-scene", scene)).content_type(kind).body(picture))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Scanned {
    /// What the mini-program was opened with, decoded.
    scene: Option<String>,
}

/// The store that a printed code names.
#[utoipa::path(tag = "customers", params(Scanned), responses((status = 200, body = CustomerView), (status = 404, body = Problem)))]
#[get("/scenes")]
async fn get_scene(app: Data<App>, actor: Actor, scanned: Query<Scanned>) -> Result<HttpResponse> {
    let store = poster::store_of(&app, &actor, scanned.scene.as_deref().unwrap_or_default()).await?;
    Ok(HttpResponse::Ok().json(Today::of(&app, &actor).await?.view(store)))
}
