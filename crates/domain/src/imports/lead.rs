use chrono::{DateTime, Utc};

use super::{Fault, Reader, Row};
use crate::identifiers::normal_phone;
use crate::people::is_phone;

/// A lead as another system has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadRow {
    /// The other system's id.
    pub external_id: String,
    /// As people read it; the phone or the other system's id where none is given.
    pub name: String,
    /// As written.
    pub phone: Option<String>,
    /// GB/T 2260.
    pub district: Option<String>,
    /// What it came from.
    pub source: Option<String>,
    /// The region, by its code.
    pub region: String,
    /// Whose lead it is, by the other system's id.
    pub owner: Option<String>,
    /// What it is about.
    pub product_interest: Option<String>,
    /// Anything else.
    pub note: Option<String>,
    /// When it came in, in UTC.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was answered first, in UTC.
    pub first_response_at: Option<DateTime<Utc>>,
    /// The opportunity it became, by the other system's id.
    pub opportunity: Option<String>,
}

impl LeadRow {
    /// Reads a row of `leads.csv`.
    pub fn read(row: &Row) -> Result<Self, Vec<Fault>> {
        let mut cells = Reader::new(row);
        let external_id = cells.required(&["lead_id"]);
        let phone = cells.optional(&["phone"]);
        if phone.as_ref().is_some_and(|phone| !is_phone(&normal_phone(phone))) {
            cells.fault("phone", "not_a_phone", phone.as_deref().unwrap_or_default());
        }
        let name = cells.optional(&["name"]).or_else(|| phone.clone());
        let read = Self {
            name: name.unwrap_or_else(|| external_id.clone()),
            external_id,
            phone,
            district: cells.optional(&["district_code"]),
            source: cells.optional(&["source", "origin"]),
            region: cells.required(&["region_code", "region_id"]),
            owner: cells.optional(&["owner_id", "owner"]),
            product_interest: cells.optional(&["product_interest"]),
            note: cells.optional(&["note"]),
            created_at: cells.instant(&["created_at"]),
            first_response_at: cells.instant(&["first_response_at"]),
            opportunity: cells.optional(&["opportunity_id", "opp_id"]),
        };
        cells.finish(read)
    }
}
