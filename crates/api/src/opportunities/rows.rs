//! Opportunities.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::visible_to;
use crate::select::{Select, marks};

pub mod from_lead;

pub mod opportunity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "opportunities")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub external_id: Option<String>,
        pub customer_id: Uuid,
        pub owner_id: Uuid,
        pub region_id: Uuid,
        pub name: String,
        pub stage: String,
        pub status: String,
        pub amount_fen: i64,
        pub stage_entered_at: ChronoDateTimeUtc,
        pub expected_on: Option<Date>,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An opportunity with the name of whose it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OpportunityRow {
    #[sea_orm(nested)]
    pub opportunity: opportunity::Model,
    pub customer_name: String,
}

/// Narrows a list of opportunities.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub stage: Option<String>,
    pub status: Option<String>,
    pub customer: Option<Uuid>,
}

/// A page of the opportunities the actor sees.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    window: Window,
) -> Result<Vec<OpportunityRow>, DbErr> {
    let text = "SELECT opportunities.*, customers.name AS customer_name FROM opportunities \
                JOIN customers ON customers.id = customer_id";
    let select = Select::new(text);
    visible_to(select, actor, "opportunities.owner_id", "opportunities.region_id")
        .and_if("opportunities.stage = ?", filter.stage)
        .and_if("opportunities.status = ?", filter.status)
        .and_if("opportunities.customer_id = ?", filter.customer)
        .window("opportunities.id", window)
        .all(db)
        .await
}

/// The open opportunities of these people.
pub async fn open_of(db: &impl ConnectionTrait, owners: &[Uuid]) -> Result<Vec<opportunity::Model>, DbErr> {
    let open = Select::new("SELECT * FROM opportunities").and("status = 'open'", []);
    these(db, open, "owner_id", owners).await
}

/// Those with these ids, whoever asks: for use cases that have checked the scope of what refers to them.
pub async fn among(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<opportunity::Model>, DbErr> {
    these(db, Select::new("SELECT * FROM opportunities"), "id", ids).await
}

async fn these(
    db: &impl ConnectionTrait,
    select: Select,
    column: &str,
    ids: &[Uuid],
) -> Result<Vec<opportunity::Model>, DbErr> {
    let mut found = Vec::new();
    for chunk in ids.chunks(400) {
        let condition = format!("{column} IN ({})", marks(chunk.len()));
        let ids = chunk.iter().map(|id| Value::from(*id));
        let rows: Vec<opportunity::Model> = select.clone().and(&condition, ids).all(db).await?;
        found.extend(rows);
    }
    Ok(found)
}

pub async fn insert(db: &impl ConnectionTrait, opportunities: Vec<opportunity::Model>) -> Result<(), DbErr> {
    opportunity::Entity::insert_many(opportunities.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// An opportunity by name.
#[derive(Debug, FromQueryResult)]
pub struct Named {
    pub id: Uuid,
    pub name: String,
}

/// Gives one owner's open opportunities to another, and says which.
pub async fn hand_over(
    db: &impl ConnectionTrait,
    from: UserId,
    to: UserId,
    at: DateTime<Utc>,
) -> Result<Vec<Named>, DbErr> {
    let text = "UPDATE opportunities SET owner_id = ?, updated_at = ?, version = version + 1 \
                WHERE owner_id = ? AND status = 'open' RETURNING id, name";
    Select::new("").then(text, [to.0.into(), at.into(), from.0.into()]).all(db).await
}
