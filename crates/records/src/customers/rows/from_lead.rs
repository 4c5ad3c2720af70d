//! Customer files that begin as leads.

use chrono::{DateTime, Utc};
use domain::identifiers::normal_name;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};
use serde_json::json;

use super::super::from_lead::NewCustomer;
use crate::select::{Select, execute};

/// Somebody known by a phone, or by a name within a district.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Alike {
    pub id: Uuid,
    pub name: String,
    pub normal_phone: Option<String>,
}

/// Customers with this phone, or with this name where no two districts tell them apart, the oldest first.
pub async fn alike(
    db: &impl ConnectionTrait,
    phone: Option<&str>,
    (name, district): (&str, Option<&str>),
) -> Result<Vec<Alike>, DbErr> {
    Select::new("SELECT id, name, normal_phone FROM customers")
        .and(
            "(normal_phone = ? OR (normal_name = ? AND (district_code = ? OR district_code IS NULL OR ? = '')))",
            [phone.into(), name.into(), district.into(), district.unwrap_or_default().into()],
        )
        .then("ORDER BY id LIMIT 5", [])
        .all(db)
        .await
}

/// Opens a file with what a lead knows; the rest is as for anybody new.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: Uuid,
    new: &NewCustomer,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "INSERT INTO customers (id, name, normal_name, kind, region_id, owner_id, phone, normal_phone, uscc, \
                district_code, location_confirmed, fence_radius_m, price_tier, credit_limit_fen, payment_terms, \
                contacts, decision_chain, needs, stage, confirmed_at, created_at, updated_at, version) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false, 150, 'C', 0, 'prepaid', ?, ?, ?, 'prospect', ?, ?, ?, 1)";
    let values = [
        id.into(),
        new.name.as_str().into(),
        normal_name(&new.name).into(),
        new.kind.as_str().into(),
        new.region.0.into(),
        new.owner.map(|it| it.0).into(),
        new.phone.clone().into(),
        new.normal_phone.clone().into(),
        new.uscc.clone().into(),
        new.district_code.clone().into(),
        new.contacts.clone().into(),
        json!([]).into(),
        json!(new.need.iter().collect::<Vec<_>>()).into(),
        at.into(),
        at.into(),
        at.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}
