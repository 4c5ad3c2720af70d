//! A customer's file as it is shown.

use chrono::{DateTime, NaiveDate, Utc};
use domain::customers::{KeyField, Kinds, Need};
use domain::money::Fen;
use domain::working_time::local_date;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::actor::Actor;
use crate::customers::freshness::freshness;
use crate::customers::rows::customer;
use crate::error::Result;
use crate::select::Connection;
use crate::settings::documents::customer_kinds;

/// A place in its own coordinate system.
#[derive(Serialize, ToSchema)]
pub struct Place {
    pub lat: f64,
    pub lng: f64,
    /// `gcj02`, `wgs84` or `bd09`.
    pub system: String,
}

/// How fresh the key fields of a file are.
#[derive(Serialize, ToSchema)]
pub struct FreshnessView {
    is_fresh: bool,
    /// The key fields that have nothing in them.
    #[schema(value_type = Vec<String>)]
    missing: Vec<KeyField>,
    /// Those that were confirmed too long ago.
    #[schema(value_type = Vec<String>)]
    stale: Vec<KeyField>,
    /// The oldest confirmation among them.
    confirmed_at: Option<DateTime<Utc>>,
}

/// Something that the customer needs, with when somebody heard it there.
#[derive(Serialize, ToSchema)]
pub struct NeedView {
    text: String,
    is_verified: bool,
    verified_at: Option<DateTime<Utc>>,
}

/// A customer's file.
#[derive(Serialize, ToSchema)]
pub struct CustomerView {
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
    /// `survey`, `map_pick`, `first_fix`, `median_of_visits`, `geocoded` or `import`.
    location_source: Option<String>,
    location_confirmed: bool,
    /// How far the point may be off, where that is known.
    location_uncertainty_m: Option<i32>,
    /// Where people who were there agree that it is, far from the confirmed point.
    #[schema(value_type = Option<Object>)]
    proposed_location: Option<Value>,
    fence_radius_m: i32,
    /// Absent, as all that is about money, for who sees no prices.
    price_tier: Option<String>,
    /// Yuan with two decimals.
    #[schema(value_type = Option<String>)]
    credit_limit: Option<Fen>,
    payment_terms: Option<String>,
    /// The chain that pays; the customer itself where absent.
    bill_to_id: Option<Uuid>,
    #[schema(value_type = Option<Object>)]
    invoice: Option<Value>,
    is_blacklisted: bool,
    blacklist_reason: Option<String>,
    #[schema(value_type = Vec<Object>)]
    contacts: Value,
    #[schema(value_type = Vec<String>)]
    decision_chain: Value,
    needs: Vec<String>,
    /// The same needs, with who vouches for them.
    need_details: Vec<NeedView>,
    stage: String,
    last_verified_at: Option<DateTime<Utc>>,
    freshness: FreshnessView,
    confirmed_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    version: i32,
}

/// What the freshness of files is judged by and who looks at them, read once for a page.
pub struct Today {
    kinds: Kinds,
    day: NaiveDate,
    sees_prices: bool,
}

impl Today {
    pub async fn of(app: &App, actor: &Actor) -> Result<Self> {
        Self::at(app.db.conn(), app.db.now().await?, actor).await
    }

    /// The same at the instant of a command.
    pub async fn at(db: &impl Connection, at: DateTime<Utc>, actor: &Actor) -> Result<Self> {
        let kinds = customer_kinds(db).await?;
        Ok(Self { kinds, day: local_date(at), sees_prices: actor.sees_prices() })
    }

    pub fn view(&self, customer: customer::Model) -> CustomerView {
        let judged = freshness(&customer, &self.kinds, self.day);
        let freshness = FreshnessView {
            is_fresh: judged.is_fresh(),
            missing: judged.missing,
            stale: judged.stale,
            confirmed_at: judged.confirmed_at,
        };
        let needs: Vec<Need> = serde_json::from_value(customer.needs).unwrap_or_default();
        let location = match (customer.lat, customer.lng, customer.system) {
            (Some(lat), Some(lng), Some(system)) => Some(Place { lat, lng, system }),
            _ => None,
        };
        CustomerView {
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
            location_uncertainty_m: customer.uncertainty_m,
            proposed_location: customer.proposed_location,
            fence_radius_m: customer.fence_radius_m,
            price_tier: self.sees_prices.then_some(customer.price_tier),
            credit_limit: self.sees_prices.then_some(Fen(customer.credit_limit_fen)),
            payment_terms: self.sees_prices.then_some(customer.payment_terms),
            bill_to_id: customer.bill_to_id,
            invoice: customer.invoice,
            is_blacklisted: customer.is_blacklisted,
            blacklist_reason: customer.blacklist_reason.filter(|_| self.sees_prices),
            contacts: customer.contacts,
            decision_chain: customer.decision_chain,
            needs: needs.iter().map(|need| need.text.clone()).collect(),
            need_details: needs.into_iter().map(NeedView::from).collect(),
            stage: customer.stage,
            last_verified_at: customer.last_verified_at,
            freshness,
            confirmed_at: customer.confirmed_at,
            created_at: customer.created_at,
            version: customer.version,
        }
    }
}

impl From<Need> for NeedView {
    fn from(need: Need) -> Self {
        Self { text: need.text, is_verified: need.verified_at.is_some(), verified_at: need.verified_at }
    }
}
