//! What somebody writes into a file. What is left out stays as it is; `null` empties a field.

use chrono::{DateTime, Utc};
use domain::customers::{Contact, InvoiceProfile, KeyField, Need, PaymentTerms, Section};
use domain::geo::{Point, System, millimetres};
use domain::money::Fen;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{Error, Result};

/// A place as it is written into a file. The coordinate system is named; there is no default.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// Degrees north.
    lat: f64,
    /// Degrees east.
    lng: f64,
    /// `gcj02`, `wgs84` or `bd09`.
    #[schema(value_type = String)]
    system: System,
    /// Radius of the error in metres, where it is known.
    #[serde(default)]
    accuracy_m: Option<f64>,
    /// When a phone measured it; it is not kept.
    #[serde(default, rename = "captured_at")]
    _captured_at: Option<DateTime<Utc>>,
}

impl Spot {
    /// The point, where it is one.
    pub fn point(&self) -> Result<Point> {
        Point::new(self.lat, self.lng, self.system)
            .ok_or_else(|| Error::field("/location/lat", "location_invalid"))
    }

    /// Whole metres, rounded up.
    pub fn uncertainty_m(&self) -> Option<i32> {
        let mm = self.accuracy_m.and_then(millimetres)?;
        i32::try_from((mm + 999) / 1_000).ok()
    }
}

/// A file, or what is to be changed of it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The other system's id: a known one changes that customer.
    pub external_id: Option<String>,
    pub name: Option<String>,
    /// The code of a customer kind; the usual one unless said.
    pub kind: Option<String>,
    /// The caller's region unless said.
    pub region_id: Option<Uuid>,
    /// Only of a new customer: later it is handed over.
    pub owner_id: Option<Uuid>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// Unified social credit code.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub uscc: Option<Option<String>>,
    /// GB/T 2260.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub district_code: Option<Option<String>>,
    pub location: Option<Spot>,
    /// `survey`, `map_pick`, `geocoded` or `import`.
    pub location_source: Option<String>,
    pub fence_radius_m: Option<i32>,
    #[schema(value_type = Option<Vec<Object>>)]
    pub contacts: Option<Vec<Contact>>,
    pub decision_chain: Option<Vec<String>>,
    /// Texts, or `{text, verified_at}` as they were read.
    #[schema(value_type = Option<Vec<Object>>)]
    pub needs: Option<Vec<Need>>,
    /// To whom it is invoiced: `{payer_name, uscc, kind: special|plain|none, period: per_order|monthly}`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    pub invoice: Option<Option<InvoiceProfile>>,
    /// Yuan.
    #[schema(value_type = Option<String>)]
    pub credit_limit: Option<Fen>,
    pub price_tier: Option<String>,
    /// `prepaid`, `on_delivery`, `net_30` (1 to 365), `monthly` or `monthly_25` (1 to 31).
    #[schema(value_type = Option<String>)]
    pub payment_terms: Option<PaymentTerms>,
    /// The chain that pays for it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub bill_to_id: Option<Option<Uuid>>,
    pub is_blacklisted: Option<bool>,
    /// Why, where it is.
    pub blacklist_reason: Option<String>,
    /// Key fields that still hold as they stand.
    #[schema(value_type = Option<Vec<String>>)]
    pub confirm: Option<Vec<KeyField>>,
}

/// Tells `null` from a field that is left out.
fn given<'de, T, D>(from: D) -> std::result::Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(from).map(Some)
}

impl Draft {
    /// The first field of each section that is written to, with its section.
    pub fn sections(&self) -> Vec<(&'static str, Section)> {
        let profile = [
            ("/name", self.name.is_some()),
            ("/kind", self.kind.is_some()),
            ("/phone", self.phone.is_some()),
            ("/uscc", self.uscc.is_some()),
            ("/district_code", self.district_code.is_some()),
            ("/location", self.location.is_some()),
            ("/fence_radius_m", self.fence_radius_m.is_some()),
            ("/contacts", self.contacts.is_some()),
            ("/decision_chain", self.decision_chain.is_some()),
            ("/needs", self.needs.is_some()),
            ("/invoice", self.invoice.is_some()),
            ("/confirm", self.confirm.is_some()),
        ];
        let credit = [
            ("/credit_limit", self.credit_limit.is_some()),
            ("/price_tier", self.price_tier.is_some()),
            ("/payment_terms", self.payment_terms.is_some()),
            ("/bill_to_id", self.bill_to_id.is_some()),
            ("/is_blacklisted", self.is_blacklisted.is_some()),
            ("/blacklist_reason", self.blacklist_reason.is_some()),
        ];
        let of = |section: Section| {
            move |(field, is_given): (&'static str, bool)| is_given.then_some((field, section))
        };
        let profile = profile.into_iter().filter_map(of(Section::Profile));
        profile.chain(credit.into_iter().filter_map(of(Section::Credit))).collect()
    }
}
