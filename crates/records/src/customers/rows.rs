//! Customer files and timelines.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute, marks};

pub mod change;
pub mod communications;
pub mod from_lead;
pub mod likeness;
pub mod nearby;
pub mod owners;
pub mod ownership;
pub mod places;
pub mod scenes;
pub mod standing;
pub mod standing_tasks;

pub mod customer {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub external_id: Option<String>,
        pub name: String,
        pub normal_name: String,
        pub kind: String,
        pub region_id: Uuid,
        pub owner_id: Option<Uuid>,
        pub phone: Option<String>,
        pub normal_phone: Option<String>,
        pub uscc: Option<String>,
        pub district_code: Option<String>,
        pub lat: Option<f64>,
        pub lng: Option<f64>,
        pub system: Option<String>,
        pub location_source: Option<String>,
        pub location_confirmed: bool,
        pub fence_radius_m: i32,
        pub price_tier: String,
        pub credit_limit_fen: i64,
        pub return_rate_limit_ppm: Option<i64>,
        pub payment_terms: String,
        pub contacts: Json,
        pub decision_chain: Json,
        pub needs: Json,
        pub stage: String,
        pub last_verified_at: Option<ChronoDateTimeUtc>,
        pub confirmed_at: ChronoDateTimeUtc,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
        pub bill_to_id: Option<Uuid>,
        /// When single fields were confirmed after `confirmed_at`, by their names.
        pub confirmations: Option<Json>,
        pub invoice: Option<Json>,
        pub uncertainty_m: Option<i32>,
        pub proposed_location: Option<Json>,
        pub is_blacklisted: bool,
        pub blacklist_reason: Option<String>,
        pub released_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A line of a timeline.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TimelineRow {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub title: String,
    pub subject_type: String,
    pub subject_id: Uuid,
    pub actor_id: Option<Uuid>,
    pub facts: Json,
}

const CUSTOMER: &str = "SELECT * FROM customers";

/// The customer, whoever asks: for use cases that have checked the scope of what refers to it.
pub async fn customer(db: &impl ConnectionTrait, id: CustomerId) -> Result<Option<customer::Model>, DbErr> {
    Select::new(CUSTOMER).and("id = ?", [id.0.into()]).one(db).await
}

/// The customer, if the actor sees it.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: CustomerId,
) -> Result<Option<customer::Model>, DbErr> {
    visible_to(Select::new(CUSTOMER), actor, "owner_id", "region_id", Of::Customer("customers.id"))
        .and("id = ?", [id.0.into()])
        .one(db)
        .await
}

/// Those of `ids` that the actor sees.
pub async fn visible_among(
    db: &impl ConnectionTrait,
    actor: &Actor,
    ids: &[Uuid],
) -> Result<Vec<customer::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    visible_to(Select::new(CUSTOMER), actor, "owner_id", "region_id", Of::Customer("customers.id"))
        .and_among("id", ids.iter().copied())
        .all(db)
        .await
}

/// Narrows a list of customers.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub owner: Option<Uuid>,
    pub region: Option<Uuid>,
    pub stage: Option<String>,
    pub external_id: Option<String>,
    /// A part of the name.
    pub name: Option<String>,
}

/// A page of the customers the actor sees.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    window: Window,
) -> Result<Vec<customer::Model>, DbErr> {
    let name = filter.name.map(|name| format!("%{}%", domain::identifiers::normal_name(&name)));
    visible_to(Select::new(CUSTOMER), actor, "owner_id", "region_id", Of::Customer("customers.id"))
        .and_if("owner_id = ?", filter.owner)
        .and_if("region_id = ?", filter.region)
        .and_if("stage = ?", filter.stage)
        .and_if("external_id = ?", filter.external_id)
        .and_if("normal_name LIKE ?", name)
        .window("id", window)
        .all(db)
        .await
}

/// The names of these customers.
pub async fn names(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, DbErr> {
    select::names(db, "customers", ids).await
}

/// Writes a file, known by the other system's id; a known one is changed and keeps its own id and history.
pub async fn upsert(db: &impl ConnectionTrait, customers: Vec<customer::Model>) -> Result<(), DbErr> {
    use customer::Column;
    if customers.is_empty() {
        return Ok(());
    }
    let changed = [
        Column::Name,
        Column::NormalName,
        Column::Kind,
        Column::RegionId,
        Column::OwnerId,
        Column::Phone,
        Column::NormalPhone,
        Column::Uscc,
        Column::DistrictCode,
        Column::Lat,
        Column::Lng,
        Column::System,
        Column::LocationSource,
        Column::LocationConfirmed,
        Column::FenceRadiusM,
        Column::PriceTier,
        Column::CreditLimitFen,
        Column::ReturnRateLimitPpm,
        Column::PaymentTerms,
        Column::Contacts,
        Column::DecisionChain,
        Column::Needs,
        Column::Stage,
        Column::ConfirmedAt,
        Column::Confirmations,
        Column::UncertaintyM,
        Column::UpdatedAt,
    ];
    customer::Entity::insert_many(customers.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::column(Column::ExternalId)
                .update_columns(changed)
                .value(Column::Version, Expr::cust("customers.version + 1"))
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// What is compared to find a customer twice.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Identity {
    pub external_id: Option<String>,
    pub uscc: Option<String>,
    pub normal_phone: Option<String>,
    pub normal_name: String,
    pub district_code: Option<String>,
}

/// How many customers are named for each credit code, phone, or name in a district.
const N_ALIKE: i64 = 20;

/// Customers that share a credit code, a phone or a name with one of these; by index, the oldest of each.
pub async fn alike(
    db: &impl ConnectionTrait,
    usccs: &[String],
    phones: &[String],
    names: &[String],
) -> Result<Vec<Identity>, DbErr> {
    let asked = [
        ("uscc", "uscc", usccs),
        ("normal_phone", "normal_phone", phones),
        ("normal_name", "normal_name, district_code", names),
    ];
    let mut found = Vec::new();
    for (column, same, values) in asked {
        for chunk in values.chunks(400) {
            let text = format!(
                "SELECT external_id, uscc, normal_phone, normal_name, district_code FROM (\
                 SELECT external_id, uscc, normal_phone, normal_name, district_code, \
                 row_number() OVER (PARTITION BY {same} ORDER BY id) AS place \
                 FROM customers WHERE {column} IN ({})) AS alike WHERE place <= ?",
                marks(chunk.len())
            );
            let values = chunk.iter().map(|value| Value::from(value.as_str()));
            let values = values.chain([N_ALIKE.into()]);
            found.extend(Select::new("").then(&text, values).all::<Identity>(db).await?);
        }
    }
    Ok(found)
}

/// Narrows a timeline.
#[derive(Clone, Debug, Default)]
pub struct TimelineFilter {
    pub kind: Option<String>,
    pub actor: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// A kind that is left out.
    pub without: Option<&'static str>,
}

pub async fn timeline(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    filter: TimelineFilter,
    window: Window,
) -> Result<Vec<TimelineRow>, DbErr> {
    let text = "SELECT id, happened_at AS at, kind, title, subject_type, subject_id, actor_id, facts \
                FROM settings_events";
    Select::new(text)
        .and("customer_id = ?", [customer.0.into()])
        .and("kind IS NOT NULL", [])
        .and_if("kind = ?", filter.kind)
        .and_if("kind <> ?", filter.without)
        .and_if("actor_id = ?", filter.actor)
        .and_if("happened_at >= ?", filter.from)
        .and_if("happened_at < ?", filter.until)
        .window("id", window)
        .all(db)
        .await
}

pub async fn mark_verified(
    db: &impl ConnectionTrait,
    id: CustomerId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE customers SET last_verified_at = ? WHERE id = ? \
                AND (last_verified_at IS NULL OR last_verified_at < ?)";
    execute(db, text, [at.into(), id.0.into(), at.into()]).await?;
    Ok(())
}

/// What the daily proposal needs to know of a rep's customers, with the open opportunity that matters most.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CandidateRow {
    pub id: Uuid,
    pub name: String,
    pub owner_id: Uuid,
    pub stage: String,
    pub last_verified_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// The customers of these reps.
pub async fn candidates(db: &impl ConnectionTrait, owners: &[Uuid]) -> Result<Vec<CandidateRow>, DbErr> {
    let text = "SELECT id, name, owner_id, stage, last_verified_at, created_at FROM customers";
    Select::new(text).and_among("owner_id", owners.iter().copied()).all(db).await
}
