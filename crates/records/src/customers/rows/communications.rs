//! Communication records.

use chrono::{DateTime, Utc};
use domain::customers::{Outcome, TouchPoint};
use domain::ids::CustomerId;
use domain::stored::Stored;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel};

use crate::page::Window;
use crate::select::{self, Select, execute};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customers_communications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub user_id: Uuid,
    pub touch_point: TouchPoint,
    pub outcome: Option<Outcome>,
    /// Who was spoken to.
    pub contact: Option<String>,
    pub note: Option<String>,
    pub photo_ids: Stored<Vec<Uuid>>,
    pub file_ids: Stored<Vec<Uuid>>,
    pub is_verified: bool,
    pub at: ChronoDateTimeUtc,
    pub outcome_at: Option<ChronoDateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const COMMUNICATION: &str = "SELECT * FROM customers_communications";

pub async fn insert(db: &impl ConnectionTrait, record: Model) -> Result<(), DbErr> {
    Entity::insert(record.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The record, locked: its outcome is told once.
pub async fn locked(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    select::locked(db, Select::new(COMMUNICATION).and("id = ?", [id.into()])).one(db).await
}

pub async fn of_customer(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    window: Window,
) -> Result<Vec<Model>, DbErr> {
    let select = Select::new(COMMUNICATION).and("customer_id = ?", [customer.0.into()]);
    select.window("id", window).all(db).await
}

/// What came of it.
pub async fn conclude(db: &impl ConnectionTrait, record: &Model, at: DateTime<Utc>) -> Result<(), DbErr> {
    let text = "UPDATE customers_communications SET outcome = ?, note = ?, photo_ids = ?, file_ids = ?, \
                is_verified = ?, outcome_at = ? WHERE id = ?";
    let values = [
        record.outcome.into(),
        record.note.clone().into(),
        record.photo_ids.clone().into(),
        record.file_ids.clone().into(),
        record.is_verified.into(),
        at.into(),
        record.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}
