use chrono::{DateTime, Utc};

use super::{Fault, Reader, Row};
use crate::customers::PaymentTerms;
use crate::geo::{Point, System};
use crate::identifiers::{check_uscc, is_calculated};
use crate::money::Fen;

/// A customer's file as another system has it.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerRow {
    /// The other system's id.
    pub external_id: String,
    /// As people read it.
    pub name: String,
    /// The code of a customer kind.
    pub kind: String,
    /// The region, by its code.
    pub region: String,
    /// Whose customer it is, by the other system's id.
    pub owner: Option<String>,
    /// As written.
    pub phone: Option<String>,
    /// Unified social credit code, trimmed and upper case, right or not.
    pub uscc: Option<String>,
    /// GB/T 2260.
    pub district: Option<String>,
    /// Where it is, in the system the file names.
    pub point: Option<Point>,
    /// Where the point is from.
    pub location_source: String,
    /// Somebody was there.
    pub is_confirmed: bool,
    /// Radius of the fence in metres.
    pub fence_radius_m: i32,
    /// Which prices.
    pub price_tier: String,
    /// How much may be owed.
    pub credit_limit: Fen,
    /// How much may come back, in parts per million.
    pub return_rate_limit_ppm: Option<i64>,
    /// How it pays.
    pub payment_terms: PaymentTerms,
    /// The usual contact.
    pub contact: Contact,
    /// Who decides, in order.
    pub decision_chain: Vec<String>,
    /// What is needed now.
    pub need: Option<String>,
    /// The customer stage.
    pub stage: String,
    /// When the file was made, in UTC.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last confirmed, in UTC.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A person at the customer's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// The name.
    pub name: Option<String>,
    /// The phone.
    pub phone: Option<String>,
    /// What the person is there.
    pub title: Option<String>,
}

const STAGES: [&str; 5] = ["prospect", "first_order", "regular", "distribution_gap", "at_risk"];

impl CustomerRow {
    /// Reads a row of `customers.csv`.
    pub fn read(row: &Row) -> Result<Self, Vec<Fault>> {
        let mut cells = Reader::new(row);
        let point = point(&mut cells);
        let credit_limit: Fen = cells.number(&["credit_limit"], "not_money").unwrap_or_default();
        if credit_limit < Fen::ZERO {
            cells.fault("credit_limit", "negative", &credit_limit.to_string());
        }
        let chain = cells.optional(&["decision_chain"]).unwrap_or_default();
        let read = Self {
            external_id: cells.required(&["customer_id"]),
            name: cells.required(&["name"]),
            kind: cells.optional(&["kind"]).unwrap_or_else(|| "store".to_owned()),
            region: cells.required(&["region_code", "region_id"]),
            owner: cells.optional(&["owner_id", "owner"]),
            phone: cells.optional(&["phone"]),
            uscc: cells.optional(&["uscc"]).map(|uscc| uscc.to_uppercase()),
            district: cells.optional(&["district_code"]),
            location_source: cells.optional(&["location_source"]).unwrap_or_else(|| "survey".to_owned()),
            is_confirmed: point.is_some()
                && cells.row.text(&["location_confirmed"]).is_none_or(|it| it == "1"),
            point,
            fence_radius_m: fence(&mut cells),
            price_tier: cells.optional(&["price_tier", "tier"]).unwrap_or_else(|| "C".to_owned()),
            credit_limit,
            return_rate_limit_ppm: return_rate(&mut cells),
            payment_terms: cells
                .parsed(&["payment_terms"], "payment_terms_unknown")
                .unwrap_or(PaymentTerms::Monthly(31)),
            contact: Contact {
                name: cells.optional(&["contact_name"]),
                phone: cells.optional(&["contact_phone"]),
                title: cells.optional(&["contact_title"]),
            },
            decision_chain: chain
                .split(';')
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
            need: cells.optional(&["recent_need"]),
            stage: one_of(&mut cells, "stage", &STAGES, "regular"),
            created_at: cells.instant(&["created_at"]),
            updated_at: cells.instant(&["updated_at"]),
        };
        cells.finish(read)
    }

    /// What is stored all the same and worth a look.
    pub fn warnings(&self) -> Vec<Fault> {
        let uscc = self.uscc.as_deref().filter(|uscc| check_uscc(uscc).is_err());
        let phone = self.phone.as_deref().filter(|phone| is_calculated(phone));
        let uscc = uscc.map(|uscc| Fault::new("uscc", "uscc_invalid", uscc));
        uscc.into_iter().chain(phone.map(|phone| Fault::new("phone", "not_a_phone", phone))).collect()
    }
}

fn one_of(cells: &mut Reader<'_>, column: &str, known: &[&str], usual: &str) -> String {
    let value = cells.optional(&[column]).unwrap_or_else(|| usual.to_owned());
    if !known.contains(&value.as_str()) {
        cells.fault(column, "value_unknown", &value);
    }
    value
}

fn point(cells: &mut Reader<'_>) -> Option<Point> {
    let lat: Option<f64> = cells.parsed(&["lat"], "not_a_coordinate");
    let lng: Option<f64> = cells.parsed(&["lng"], "not_a_coordinate");
    let system = match cells.optional(&["coordinate_system", "system"]) {
        None => Some(System::Gcj02),
        Some(name) => {
            let system = name.parse().ok();
            if system.is_none() {
                cells.fault("coordinate_system", "system_unknown", &name);
            }
            system
        }
    };
    match (lat, lng) {
        (Some(lat), Some(lng)) => {
            let point = Point::new(lat, lng, system?);
            if point.is_none() {
                cells.fault("lat", "out_of_range", &format!("{lat},{lng}"));
            }
            point
        }
        (None, None) => None,
        _ => {
            if cells.row.text(&["lat"]).is_none() || cells.row.text(&["lng"]).is_none() {
                cells.fault("lat", "half_a_point", "");
            }
            None
        }
    }
}

fn fence(cells: &mut Reader<'_>) -> i32 {
    let radius_m = cells.parsed(&["fence_radius_m", "geofence_m"], "not_metres").unwrap_or(150);
    if !(20..=5_000).contains(&radius_m) {
        cells.fault("fence_radius_m", "out_of_range", &radius_m.to_string());
    }
    radius_m
}

/// Percent with up to four decimals, kept as parts per million.
fn return_rate(cells: &mut Reader<'_>) -> Option<i64> {
    let percent: crate::money::UnitPrice = cells.parsed(&["return_rate_limit_pct"], "not_a_percentage")?;
    if !(0..=1_000_000).contains(&percent.0) {
        cells.fault("return_rate_limit_pct", "out_of_range", &percent.to_string());
    }
    Some(percent.0)
}
