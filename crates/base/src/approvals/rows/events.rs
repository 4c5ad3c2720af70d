//! What happened to decisions, each event chained to the one before.

use platform::Tx;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel};

use crate::select::{self, Select};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "approvals_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub approval_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    pub at: ChronoDateTimeUtc,
    /// Nobody, where a machine did it.
    pub actor_id: Option<Uuid>,
    pub on_behalf_of: Option<Uuid>,
    /// Which machine, where no person did it.
    pub machine: Option<String>,
    /// The content that was shown when it was done.
    pub seen: Option<String>,
    pub event: Json,
    pub previous_hash: String,
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Adds the events of a decision that begins, at the end of the command.
pub fn add(tx: &Tx, events: Vec<Model>) {
    select::append::<Entity>(tx, events);
}

pub async fn append(db: &impl ConnectionTrait, events: Vec<Model>) -> Result<(), DbErr> {
    if events.is_empty() {
        return Ok(());
    }
    let events = events.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(events).exec_without_returning(db).await?;
    Ok(())
}

/// Everything that happened to a decision, in order. A decision is bounded by its three rounds; so is this.
pub async fn of(db: &impl ConnectionTrait, approval: Uuid) -> Result<Vec<Model>, DbErr> {
    Select::new("SELECT * FROM approvals_events")
        .and("approval_id = ?", [approval.into()])
        .then("ORDER BY seq LIMIT 100000", [])
        .all(db)
        .await
}

/// Decisions with a chain, after `after`: for work through all of them.
pub async fn audited(
    db: &impl ConnectionTrait,
    after: Option<Uuid>,
    n_most: u64,
) -> Result<Vec<super::approval::Model>, DbErr> {
    Select::new("SELECT * FROM approvals")
        .and("n_events IS NOT NULL", [])
        .and_if("id > ?", after)
        .then("ORDER BY id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}
