//! Where customers stand, and what they may owe for a while.

use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, DbErr, FromQueryResult, IntoActiveModel};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select};

/// What an order is checked against, in one row.
#[derive(Clone, Debug, FromQueryResult)]
pub struct StandingRow {
    pub id: Uuid,
    pub name: String,
    pub bill_to_id: Uuid,
    pub region_id: Uuid,
    pub bill_to_region_id: Uuid,
    pub owner_id: Option<Uuid>,
    pub kind: String,
    pub credit_limit_fen: i64,
    pub temporary_fen: i64,
    pub payment_terms: String,
    pub price_tier: String,
    pub return_rate_limit_ppm: Option<i64>,
    pub is_blacklisted: bool,
}

const STANDING: &str = "SELECT c.id, c.name, payer.id AS bill_to_id, c.region_id, payer.region_id AS bill_to_region_id, \
    c.owner_id, c.kind, payer.credit_limit_fen, \
    CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM customers_temporary_credits \
    WHERE customer_id = payer.id AND valid_from <= ? AND valid_until > ?) AS bigint) AS temporary_fen, \
    payer.payment_terms, payer.price_tier, payer.return_rate_limit_ppm, \
    (c.is_blacklisted OR payer.is_blacklisted) AS is_blacklisted \
    FROM customers c JOIN customers payer ON payer.id = COALESCE(c.bill_to_id, c.id)";

fn select(id: CustomerId, at: DateTime<Utc>) -> Select {
    Select::new("").then(STANDING, [at.into(), at.into()]).and("c.id = ?", [id.0.into()])
}

/// Only for who sees the customer, where somebody asks.
fn seen_by(select: Select, actor: Option<&Actor>) -> Select {
    match actor {
        Some(actor) => visible_to(select, actor, "c.owner_id", "c.region_id", Of::Customer("c.id")),
        None => select,
    }
}

/// The standing at an instant; of an actor's customers alone, where one asks.
pub async fn standing(
    db: &impl ConnectionTrait,
    actor: Option<&Actor>,
    id: CustomerId,
    at: DateTime<Utc>,
) -> Result<Option<StandingRow>, DbErr> {
    seen_by(select(id, at), actor).one(db).await
}

/// The standings of these customers at an instant.
pub async fn standings(
    db: &impl ConnectionTrait,
    customers: &[CustomerId],
    at: DateTime<Utc>,
) -> Result<Vec<StandingRow>, DbErr> {
    let ids: Vec<Uuid> = customers.iter().map(|id| id.0).collect();
    let select = Select::new("").then(STANDING, [at.into(), at.into()]);
    select::among(db, (select, "c.id"), &ids, "ORDER BY c.id").await
}

/// The same, with the row of who pays locked: two orders must not both pass on the same free credit. A delivery that
/// is planned meanwhile refers to the customer and does not wait for it.
pub async fn locked(
    db: &impl ConnectionTrait,
    actor: Option<&Actor>,
    id: CustomerId,
    at: DateTime<Utc>,
) -> Result<Option<StandingRow>, DbErr> {
    let select = seen_by(select(id, at), actor);
    let select = match db.get_database_backend() {
        DbBackend::Postgres => select.then("FOR NO KEY UPDATE OF payer", []),
        _ => select,
    };
    select.one(db).await
}

/// More credit for a while.
pub mod credit {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customers_temporary_credits")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub customer_id: Uuid,
        pub amount_fen: i64,
        pub valid_from: ChronoDateTimeUtc,
        pub valid_until: ChronoDateTimeUtc,
        pub reason: String,
        pub granted_by: Uuid,
        pub granted_at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn grant(db: &impl ConnectionTrait, credit: credit::Model) -> Result<(), DbErr> {
    credit::Entity::insert(credit.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// All that were ever granted, newest first.
pub async fn credits(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    window: Window,
) -> Result<Vec<credit::Model>, DbErr> {
    let select = Select::new("SELECT * FROM customers_temporary_credits");
    select.and("customer_id = ?", [customer.0.into()]).window("id", window).all(db).await
}
