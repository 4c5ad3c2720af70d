//! What lies around.

use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::geo::{Point, System};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::views::Place;
use crate::App;
use crate::actor::Actor;
use crate::customers::nearby::{Near, nearby};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::Page;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_nearby);
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Around {
    /// Degrees north; required, as the next three are.
    lat: Option<f64>,
    /// Degrees east.
    lng: Option<f64>,
    /// `gcj02`, `wgs84` or `bd09`. There is no default.
    system: Option<String>,
    /// At most 20,000.
    radius_m: Option<u32>,
    /// How many, 100 unless said and at most.
    limit: Option<usize>,
}

/// A customer nearby.
#[derive(Serialize, ToSchema)]
struct NearView {
    id: Uuid,
    name: String,
    kind: String,
    stage: String,
    owner_id: Option<Uuid>,
    location: Place,
    location_confirmed: bool,
    /// Whole metres.
    distance_m: i64,
    last_verified_at: Option<DateTime<Utc>>,
}

impl From<Near> for NearView {
    fn from(it: Near) -> Self {
        let spot = it.spot;
        Self {
            id: spot.id,
            name: spot.name,
            kind: spot.kind,
            stage: spot.stage,
            owner_id: spot.owner_id,
            location: Place { lat: spot.lat, lng: spot.lng, system: spot.system },
            location_confirmed: spot.location_confirmed,
            distance_m: (it.distance_mm + 500) / 1_000,
            last_verified_at: spot.last_verified_at,
        }
    }
}

/// The customers in the caller's scope within a radius, the nearest first, at most a hundred.
#[utoipa::path(tag = "customers", params(Around),
    responses((status = 200, body = Page<NearView>), (status = 422, body = Problem)))]
#[get("/customers/nearby")]
async fn get_nearby(app: Data<App>, actor: Actor, around: Query<Around>) -> Result<HttpResponse> {
    let missing = |field: &str| Error::field(format!("/{field}"), "required");
    let lat = around.lat.ok_or_else(|| missing("lat"))?;
    let lng = around.lng.ok_or_else(|| missing("lng"))?;
    let system = around.system.as_deref().ok_or_else(|| missing("system"))?;
    let radius_m = around.radius_m.ok_or_else(|| missing("radius_m"))?;
    let system: System = system.parse().map_err(|_| Error::field("/system", "system_unknown"))?;
    let place = Point::new(lat, lng, system).ok_or_else(|| Error::field("/lat", "location_invalid"))?;
    let n_most = around.limit.unwrap_or(100);
    if !(1..=100).contains(&n_most) {
        return Err(Error::field("/limit", "invalid_parameter"));
    }
    let found = nearby(app.db.conn(), &actor, (place, radius_m), n_most).await?;
    let items = found.into_iter().map(NearView::from).collect();
    Ok(HttpResponse::Ok().json(Page { items, next_cursor: None }))
}
