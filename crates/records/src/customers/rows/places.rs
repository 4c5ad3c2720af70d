//! Where phones were that were at a customer's.

use domain::ids::CustomerId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel};

use crate::select::Select;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customers_fixes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub user_id: Uuid,
    pub lat: f64,
    pub lng: f64,
    pub system: String,
    pub accuracy_mm: i64,
    pub at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn insert(db: &impl ConnectionTrait, fix: Model) -> Result<(), DbErr> {
    Entity::insert(fix.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The last ones, newest first.
pub async fn last(db: &impl ConnectionTrait, customer: CustomerId) -> Result<Vec<Model>, DbErr> {
    Select::new("SELECT * FROM customers_fixes")
        .and("customer_id = ?", [customer.0.into()])
        .then("ORDER BY id DESC LIMIT 20", [])
        .all(db)
        .await
}
