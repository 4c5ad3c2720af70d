//! From stage to stage, as it happened.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::ids::OpportunityId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::select::{Select, marks};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities_moves")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub opportunity_id: Uuid,
    /// `created`, `advanced`, `went_back`, `won`, `lost` or `reopened`; `loaded` for what came from elsewhere.
    pub kind: String,
    pub from_stage: Option<String>,
    pub to_stage: String,
    pub stages_version: i32,
    pub user_id: Option<Uuid>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const MOVE: &str = "SELECT * FROM opportunities_moves";

pub async fn insert(db: &impl ConnectionTrait, moves: Vec<Model>) -> Result<(), DbErr> {
    if moves.is_empty() {
        return Ok(());
    }
    Entity::insert_many(moves.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The last two hundred moves, oldest first.
pub async fn of(db: &impl ConnectionTrait, id: OpportunityId) -> Result<Vec<Model>, DbErr> {
    let select = Select::new(MOVE).and("opportunity_id = ?", [id.0.into()]);
    let mut moves: Vec<Model> = select.then("ORDER BY at DESC, id DESC LIMIT 200", []).all(db).await?;
    moves.reverse();
    Ok(moves)
}

/// The move that closed it last.
pub async fn closing(db: &impl ConnectionTrait, id: OpportunityId) -> Result<Option<Model>, DbErr> {
    Select::new(MOVE)
        .and("opportunity_id = ?", [id.0.into()])
        .and("kind IN ('won', 'lost')", [])
        .then("ORDER BY at DESC, id DESC LIMIT 1", [])
        .one(db)
        .await
}

/// Those of these opportunities that moved in a span of time.
pub async fn moved_between(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<HashSet<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Moved {
        opportunity_id: Uuid,
    }
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let condition = format!("opportunity_id IN ({})", marks(ids.len()));
    let moved: Vec<Moved> = Select::new("SELECT DISTINCT opportunity_id FROM opportunities_moves")
        .and(&condition, ids.iter().map(|id| Value::from(*id)))
        .and("at > ?", [from.into()])
        .and("at < ?", [until.into()])
        .all(db)
        .await?;
    Ok(moved.into_iter().map(|it| it.opportunity_id).collect())
}
