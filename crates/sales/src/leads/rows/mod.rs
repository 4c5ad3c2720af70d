//! Leads.

mod alike;
mod responses;

use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, LeadId, OpportunityId, UserId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::visible_unowned;
use crate::select::{self, Named, Select, execute};

pub use alike::open_alike;
pub use responses::{ResponseRow, all_responses, insert_response, responses};

pub mod lead {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "leads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub external_id: Option<String>,
        pub name: String,
        pub normal_name: String,
        pub phone: Option<String>,
        pub normal_phone: Option<String>,
        pub district_code: Option<String>,
        pub source: Option<String>,
        pub region_id: Uuid,
        pub owner_id: Option<Uuid>,
        pub product_interest: Option<String>,
        pub note: Option<String>,
        pub contacts: Json,
        pub status: String,
        pub created_by: Option<Uuid>,
        pub created_at: ChronoDateTimeUtc,
        pub due_at: ChronoDateTimeUtc,
        pub first_response_at: Option<ChronoDateTimeUtc>,
        pub rung: i32,
        pub next_rung_at: Option<ChronoDateTimeUtc>,
        pub customer_id: Option<Uuid>,
        pub opportunity_id: Option<Uuid>,
        pub converted_by: Option<Uuid>,
        pub converted_at: Option<ChronoDateTimeUtc>,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const LEAD: &str = "SELECT * FROM leads";

fn seen_by(actor: &Actor) -> Select {
    visible_unowned(Select::new(LEAD), actor, "owner_id", "region_id")
}

/// The lead, if the actor sees it.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: LeadId,
) -> Result<Option<lead::Model>, DbErr> {
    seen_by(actor).and("id = ?", [id.0.into()]).one(db).await
}

/// The same, locked: it is answered first and converted once.
pub async fn visible_locked(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: LeadId,
) -> Result<Option<lead::Model>, DbErr> {
    select::locked(db, seen_by(actor).and("id = ?", [id.0.into()])).one(db).await
}

/// Narrows a list of leads.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub owner: Option<Uuid>,
    pub region: Option<Uuid>,
    pub source: Option<String>,
    pub status: Option<&'static str>,
    pub external_id: Option<String>,
    /// Answered already, or not yet.
    pub is_answered: Option<bool>,
    /// Somebody's already, or nobody's yet.
    pub is_assigned: Option<bool>,
}

/// A page of the leads the actor sees.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    window: Window,
) -> Result<Vec<lead::Model>, DbErr> {
    let is_null =
        |column: &str, is_set: bool| format!("{column} IS {}", if is_set { "NOT NULL" } else { "NULL" });
    let mut select = seen_by(actor)
        .and_if("owner_id = ?", filter.owner)
        .and_if("region_id = ?", filter.region)
        .and_if("source = ?", filter.source)
        .and_if("status = ?", filter.status)
        .and_if("external_id = ?", filter.external_id);
    if let Some(is_answered) = filter.is_answered {
        select = select.and(&is_null("first_response_at", is_answered), []);
    }
    if let Some(is_assigned) = filter.is_assigned {
        select = select.and(&is_null("owner_id", is_assigned), []);
    }
    select.window("id", window).all(db).await
}

/// False when somebody has just taken the other system's id.
pub async fn insert(db: &impl ConnectionTrait, lead: &lead::Model) -> Result<bool, DbErr> {
    let known = OnConflict::column(lead::Column::ExternalId).do_nothing().to_owned();
    let insert = lead::Entity::insert(lead.clone().into_active_model()).on_conflict(known);
    Ok(insert.exec_without_returning(db).await? == 1)
}

/// Writes leads known by the other system's ids. What a lead has become here stays: its first answer, and its
/// conversion. What it has become there since is taken over, and stops its clock.
pub async fn upsert(db: &impl ConnectionTrait, leads: Vec<lead::Model>) -> Result<(), DbErr> {
    use lead::Column;
    if leads.is_empty() {
        return Ok(());
    }
    let changed = [
        Column::Name,
        Column::NormalName,
        Column::Phone,
        Column::NormalPhone,
        Column::Source,
        Column::RegionId,
        Column::OwnerId,
        Column::UpdatedAt,
    ];
    let is_over = "leads.first_response_at IS NOT NULL OR excluded.first_response_at IS NOT NULL \
                   OR excluded.status = 'converted'";
    let grown = [
        (Column::FirstResponseAt, "COALESCE(leads.first_response_at, excluded.first_response_at)".to_owned()),
        (Column::NextRungAt, format!("CASE WHEN {is_over} THEN NULL ELSE leads.next_rung_at END")),
        (
            Column::Status,
            "CASE WHEN leads.status = 'converted' THEN leads.status ELSE excluded.status END".to_owned(),
        ),
        (Column::CustomerId, "COALESCE(leads.customer_id, excluded.customer_id)".to_owned()),
        (Column::OpportunityId, "COALESCE(leads.opportunity_id, excluded.opportunity_id)".to_owned()),
    ];
    lead::Entity::insert_many(leads.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::column(Column::ExternalId)
                .update_columns(changed)
                .values(grown.map(|(column, value)| (column, Expr::cust(value))))
                .value(Column::Version, Expr::cust("leads.version + 1"))
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn set_owner(
    db: &impl ConnectionTrait,
    id: LeadId,
    owner: UserId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE leads SET owner_id = ?, updated_at = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [owner.0.into(), at.into(), id.0.into()]).await?;
    Ok(())
}

/// Stops the clock. False when it was stopped before.
pub async fn stop_clock(db: &impl ConnectionTrait, id: LeadId, at: DateTime<Utc>) -> Result<bool, DbErr> {
    let text = "UPDATE leads SET first_response_at = ?, next_rung_at = NULL, updated_at = ?, version = version + 1 \
                WHERE id = ? AND first_response_at IS NULL";
    Ok(execute(db, text, [at.into(), at.into(), id.0.into()]).await? == 1)
}

/// Marks a lead as converted. False when it was before.
pub async fn convert(
    db: &impl ConnectionTrait,
    id: LeadId,
    (customer, opportunity): (CustomerId, Option<OpportunityId>),
    (by, at): (UserId, DateTime<Utc>),
) -> Result<bool, DbErr> {
    let text = "UPDATE leads SET status = 'converted', customer_id = ?, opportunity_id = ?, converted_by = ?, \
                converted_at = ?, next_rung_at = NULL, updated_at = ?, version = version + 1 \
                WHERE id = ? AND status = 'open'";
    let values = [
        customer.0.into(),
        opportunity.map(|it| it.0).into(),
        by.0.into(),
        at.into(),
        at.into(),
        id.0.into(),
    ];
    Ok(execute(db, text, values).await? == 1)
}

/// When the next lead reaches its next rung.
pub async fn next_rung(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Next {
        at: Option<DateTime<Utc>>,
    }
    let select = Select::new("SELECT min(next_rung_at) AS at FROM leads").and("next_rung_at IS NOT NULL", []);
    Ok(select.one::<Next>(db).await?.and_then(|next| next.at))
}

/// Leads that have reached their next rung, the longest since first.
pub async fn at_rung(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    n_most: u64,
) -> Result<Vec<lead::Model>, DbErr> {
    Select::new(LEAD)
        .and("next_rung_at <= ?", [at.into()])
        .then("ORDER BY next_rung_at, id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// Moves a lead up from its rung. False when somebody did so before, or answered.
pub async fn climb(
    db: &impl ConnectionTrait,
    lead: &lead::Model,
    next_rung_at: Option<DateTime<Utc>>,
) -> Result<bool, DbErr> {
    let text = "UPDATE leads SET rung = rung + 1, next_rung_at = ? WHERE id = ? AND rung = ? AND next_rung_at IS NOT NULL";
    Ok(execute(db, text, [next_rung_at.into(), lead.id.into(), lead.rung.into()]).await? == 1)
}

/// Gives one owner's open leads to another, and says which.
pub async fn hand_over(
    db: &impl ConnectionTrait,
    from: UserId,
    to: UserId,
    at: DateTime<Utc>,
) -> Result<Vec<Named>, DbErr> {
    let text = "UPDATE leads SET owner_id = ?, updated_at = ?, version = version + 1 \
                WHERE owner_id = ? AND status = 'open' RETURNING id, name";
    select::hand_over(db, text, (from, to), at).await
}
