//! Customer files over HTTP.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use domain::money::Fen;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::poster;
use super::rows::{self, Filter, TimelineRow, customer};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_customers)
        .service(get_customer)
        .service(get_timeline)
        .service(get_poster)
        .service(get_scene);
}

/// A place in its own coordinate system.
#[derive(Serialize, ToSchema)]
struct Place {
    lat: f64,
    lng: f64,
    /// `gcj02`, `wgs84` or `bd09`.
    system: String,
}

/// A customer's file.
#[derive(Serialize, ToSchema)]
struct CustomerView {
    id: Uuid,
    external_id: Option<String>,
    name: String,
    kind: String,
    region_id: Uuid,
    owner_id: Option<Uuid>,
    phone: Option<String>,
    uscc: Option<String>,
    district_code: Option<String>,
    location: Option<Place>,
    location_source: Option<String>,
    location_confirmed: bool,
    fence_radius_m: i32,
    price_tier: String,
    /// Yuan with two decimals.
    #[schema(value_type = String)]
    credit_limit: Fen,
    payment_terms: String,
    #[schema(value_type = Vec<Object>)]
    contacts: Value,
    #[schema(value_type = Vec<String>)]
    decision_chain: Value,
    #[schema(value_type = Vec<String>)]
    needs: Value,
    stage: String,
    last_verified_at: Option<DateTime<Utc>>,
    confirmed_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl From<customer::Model> for CustomerView {
    fn from(customer: customer::Model) -> Self {
        let location = match (customer.lat, customer.lng, customer.system) {
            (Some(lat), Some(lng), Some(system)) => Some(Place { lat, lng, system }),
            _ => None,
        };
        Self {
            id: customer.id,
            external_id: customer.external_id,
            name: customer.name,
            kind: customer.kind,
            region_id: customer.region_id,
            owner_id: customer.owner_id,
            phone: customer.phone,
            uscc: customer.uscc,
            district_code: customer.district_code,
            location,
            location_source: customer.location_source,
            location_confirmed: customer.location_confirmed,
            fence_radius_m: customer.fence_radius_m,
            price_tier: customer.price_tier,
            credit_limit: Fen(customer.credit_limit_fen),
            payment_terms: customer.payment_terms,
            contacts: customer.contacts,
            decision_chain: customer.decision_chain,
            needs: customer.needs,
            stage: customer.stage,
            last_verified_at: customer.last_verified_at,
            confirmed_at: customer.confirmed_at,
            created_at: customer.created_at,
            version: customer.version,
        }
    }
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
    paging: Query<Paging>,
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
    Ok(HttpResponse::Ok().json(Page::of(window, customers, |it| it.id, CustomerView::from)))
}

/// A customer in the caller's scope.
#[utoipa::path(tag = "customers", responses((status = 200, body = CustomerView), (status = 404, body = Problem)))]
#[get("/customers/{id}")]
async fn get_customer(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let customer = rows::visible(app.db.conn(), &actor, CustomerId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(CustomerView::from(customer)))
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

impl From<TimelineRow> for TimelineView {
    fn from(row: TimelineRow) -> Self {
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

/// What happened at the customer's, newest first.
#[utoipa::path(tag = "customers", params(Paging),
    responses((status = 200, body = Page<TimelineView>), (status = 404, body = Problem)))]
#[get("/customers/{id}/timeline")]
async fn get_timeline(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    paging: Query<Paging>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let customer = CustomerId(*id);
    rows::visible(app.db.conn(), &actor, customer).await?.ok_or(Error::NotFound)?;
    let lines = rows::timeline(app.db.conn(), customer, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, lines, |it| it.id, TimelineView::from)))
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
    Ok(HttpResponse::Ok().json(CustomerView::from(store)))
}
