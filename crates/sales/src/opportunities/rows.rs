//! Opportunities.

pub mod actions;
pub mod evidence;
pub mod gaps;
pub mod moves;

use chrono::{DateTime, Utc};
use domain::ids::{OpportunityId, UserId};
use domain::opportunities::Status;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Named, Select, execute, marks};

pub mod opportunity {
    use domain::opportunities::Status;
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
        pub status: Status,
        pub amount_fen: i64,
        pub stage_entered_at: ChronoDateTimeUtc,
        pub expected_on: Option<Date>,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
        /// The version of the stages that it runs on; the one in force where nobody said.
        pub stages_version: Option<i32>,
        pub n_actions: i32,
        /// Since when a stage stands without its evidence, which stage, and which record was rejected.
        pub unsupported_at: Option<ChronoDateTimeUtc>,
        pub unsupported_stage: Option<String>,
        pub unsupported_by: Option<Uuid>,
        pub lost_reason: Option<String>,
        pub lost_note: Option<String>,
        pub closed_at: Option<ChronoDateTimeUtc>,
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
    pub owner: Option<Uuid>,
    /// Open ones with fewer verified actions.
    pub below_actions: Option<i32>,
    pub is_unsupported: bool,
}

const NAMED: &str = "SELECT opportunities.*, customers.name AS customer_name FROM opportunities \
                     JOIN customers ON customers.id = customer_id";

/// The opportunity, if the actor sees it.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: OpportunityId,
) -> Result<Option<OpportunityRow>, DbErr> {
    visible_to(
        Select::new(NAMED),
        actor,
        "opportunities.owner_id",
        "opportunities.region_id",
        Of::Customer("opportunities.customer_id"),
    )
    .and("opportunities.id = ?", [id.0.into()])
    .one(db)
    .await
}

/// The opportunity, locked: it moves one step at a time.
pub async fn locked(
    db: &impl ConnectionTrait,
    id: OpportunityId,
) -> Result<Option<opportunity::Model>, DbErr> {
    let select = Select::new("SELECT * FROM opportunities").and("id = ?", [id.0.into()]);
    select::locked(db, select).one(db).await
}

/// A page of the opportunities the actor sees.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    window: Window,
) -> Result<Vec<OpportunityRow>, DbErr> {
    let mut select = visible_to(
        Select::new(NAMED),
        actor,
        "opportunities.owner_id",
        "opportunities.region_id",
        Of::Customer("opportunities.customer_id"),
    );
    if filter.below_actions.is_some() {
        select = select.and("opportunities.status = 'open'", []);
    }
    if filter.is_unsupported {
        select = select.and("opportunities.unsupported_at IS NOT NULL", []);
    }
    select
        .and_if("opportunities.n_actions < ?", filter.below_actions)
        .and_if("opportunities.owner_id = ?", filter.owner)
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

/// Where it goes, and what is known of its end.
#[derive(Debug)]
pub struct Place<'a> {
    pub stage: &'a str,
    pub status: Status,
    pub stages_version: i32,
    pub lost: Option<(&'a str, Option<&'a str>)>,
}

/// Moves it to a stage.
pub async fn place(
    db: &impl ConnectionTrait,
    id: OpportunityId,
    place: &Place<'_>,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE opportunities SET stage = ?, status = ?, stages_version = ?, lost_reason = ?, lost_note = ?, \
                closed_at = ?, stage_entered_at = ?, updated_at = ?, version = version + 1 WHERE id = ?";
    let values = [
        place.stage.into(),
        place.status.into(),
        place.stages_version.into(),
        place.lost.map(|it| it.0).into(),
        place.lost.and_then(|it| it.1).into(),
        (place.status != Status::Open).then_some(at).into(),
        at.into(),
        at.into(),
        id.0.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// Marks a stage as standing without its evidence; an earlier mark stays. False when there was one.
pub async fn mark_unsupported(
    db: &impl ConnectionTrait,
    id: OpportunityId,
    (stage, evidence): (&str, Uuid),
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "UPDATE opportunities SET unsupported_at = ?, unsupported_stage = ?, unsupported_by = ?, updated_at = ?, \
                version = version + 1 WHERE id = ? AND unsupported_at IS NULL";
    let values = [at.into(), stage.into(), evidence.into(), at.into(), id.0.into()];
    Ok(execute(db, text, values).await? == 1)
}

/// The stage has its evidence again, or the opportunity went back before it.
pub async fn mark_supported(
    db: &impl ConnectionTrait,
    id: OpportunityId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE opportunities SET unsupported_at = NULL, unsupported_stage = NULL, unsupported_by = NULL, \
                updated_at = ?, version = version + 1 WHERE id = ? AND unsupported_at IS NOT NULL";
    execute(db, text, [at.into(), id.0.into()]).await?;
    Ok(())
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
    select::hand_over(db, text, (from, to), at).await
}
