//! Days on which people are away.

use chrono::NaiveDate;
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel};

use crate::select::Select;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "actions_leaves")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub from_on: Date,
    pub until_on: Date,
    pub reported_by: Uuid,
    pub created_at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const LEAVE: &str = "SELECT * FROM actions_leaves";

pub async fn insert(db: &impl ConnectionTrait, leave: Model) -> Result<(), DbErr> {
    Entity::insert(leave.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The very same leave, reported before.
pub async fn same(
    db: &impl ConnectionTrait,
    user: UserId,
    (from_on, until_on): (NaiveDate, NaiveDate),
) -> Result<Option<Model>, DbErr> {
    Select::new(LEAVE)
        .and("user_id = ?", [user.0.into()])
        .and("from_on = ?", [from_on.into()])
        .and("until_on = ?", [until_on.into()])
        .one(db)
        .await
}

/// Is somebody away on that day?
pub async fn is_away(db: &impl ConnectionTrait, user: UserId, day: NaiveDate) -> Result<bool, DbErr> {
    let select = Select::new(LEAVE)
        .and("user_id = ?", [user.0.into()])
        .and("from_on <= ?", [day.into()])
        .and("until_on >= ?", [day.into()])
        .then("LIMIT 1", []);
    Ok(select.one::<Model>(db).await?.is_some())
}
