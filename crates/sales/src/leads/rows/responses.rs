//! Who was in touch with a lead.

use chrono::{DateTime, Utc};
use domain::customers::{Outcome, TouchPoint};
use domain::ids::LeadId;
use domain::stored::Stored;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::page::Window;
use crate::select::{Select, execute};

/// That somebody was in touch, or tried to be.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ResponseRow {
    pub id: Uuid,
    pub lead_id: Uuid,
    pub user_id: Uuid,
    pub touch_point: TouchPoint,
    pub outcome: Option<Outcome>,
    pub note: Option<String>,
    pub photo_ids: Stored<Vec<Uuid>>,
    pub file_ids: Stored<Vec<Uuid>>,
    pub is_verified: bool,
    pub at: DateTime<Utc>,
}

const RESPONSE: &str = "SELECT * FROM leads_responses";

pub async fn insert_response(db: &impl ConnectionTrait, row: &ResponseRow) -> Result<(), DbErr> {
    let text = "INSERT INTO leads_responses (id, lead_id, user_id, touch_point, outcome, note, photo_ids, file_ids, \
                is_verified, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = [
        row.id.into(),
        row.lead_id.into(),
        row.user_id.into(),
        row.touch_point.into(),
        row.outcome.into(),
        row.note.clone().into(),
        row.photo_ids.clone().into(),
        row.file_ids.clone().into(),
        row.is_verified.into(),
        row.at.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// A page of them, newest first.
pub async fn responses(
    db: &impl ConnectionTrait,
    lead: LeadId,
    window: Window,
) -> Result<Vec<ResponseRow>, DbErr> {
    Select::new(RESPONSE).and("lead_id = ?", [lead.0.into()]).window("id", window).all(db).await
}

/// All of them that a customer's file takes over, oldest first.
pub async fn all_responses(db: &impl ConnectionTrait, lead: LeadId) -> Result<Vec<ResponseRow>, DbErr> {
    Select::new(RESPONSE).and("lead_id = ?", [lead.0.into()]).then("ORDER BY id LIMIT 1000", []).all(db).await
}
