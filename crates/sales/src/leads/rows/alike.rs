//! Open leads that are probably one.

use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use super::lead;
use crate::select::Select;

/// Somebody who shares a phone, or a name within a district where both have one, with a lead.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Alike {
    pub id: Uuid,
    pub name: String,
    pub normal_phone: Option<String>,
}

/// Other open leads like this one, the oldest first.
pub async fn open_alike(db: &impl ConnectionTrait, lead: &lead::Model) -> Result<Vec<Alike>, DbErr> {
    let same =
        "(normal_phone = ? OR (normal_name = ? AND (district_code = ? OR district_code IS NULL OR ? = '')))";
    let values = [
        lead.normal_phone.clone().into(),
        lead.normal_name.as_str().into(),
        lead.district_code.clone().into(),
        lead.district_code.clone().unwrap_or_default().into(),
    ];
    Select::new("SELECT id, name, normal_phone FROM leads")
        .and("status = 'open' AND id <> ?", [lead.id.into()])
        .and(same, values)
        .then("ORDER BY id LIMIT 5", [])
        .all(db)
        .await
}
