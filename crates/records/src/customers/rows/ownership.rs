//! Whose customers they were and are, and those that are nobody's.

use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, UserId};
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, DbErr, FromQueryResult, IntoActiveModel};

use super::{CUSTOMER, customer};
use crate::page::Window;
use crate::people::below;
use crate::select::{Select, execute};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customers_owners")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub owner_id: Option<Uuid>,
    /// `created`, `handed_over`, `released` or `claimed`.
    pub how: String,
    pub reason: Option<String>,
    pub by_id: Uuid,
    pub at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn note(db: &impl ConnectionTrait, change: Model) -> Result<(), DbErr> {
    Entity::insert(change.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The same of many at once.
pub async fn note_all(db: &impl ConnectionTrait, changes: Vec<Model>) -> Result<(), DbErr> {
    for chunk in changes.chunks(500) {
        let chunk = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        Entity::insert_many(chunk).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Whose it was, newest first.
pub async fn of_customer(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    window: Window,
) -> Result<Vec<Model>, DbErr> {
    let select = Select::new("SELECT * FROM customers_owners");
    select.and("customer_id = ?", [customer.0.into()]).window("id", window).all(db).await
}

/// Somebody's claims go one after the other, so that a cap holds.
pub async fn hold_claims(db: &impl ConnectionTrait, user: UserId) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        let key = format!("customers claims {}", user.0);
        execute(db, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", [key.into()]).await?;
    }
    Ok(())
}

/// How many somebody has claimed since an instant.
pub async fn n_claimed(db: &impl ConnectionTrait, user: UserId, since: DateTime<Utc>) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let found = Select::new("SELECT count(*) AS n FROM customers_owners")
        .and("how = 'claimed'", [])
        .and("owner_id = ?", [user.0.into()])
        .and("at >= ?", [since.into()])
        .one::<Count>(db)
        .await?;
    Ok(found.map_or(0, |it| it.n))
}

/// Nobody's customers, in a region and below where one is given.
pub async fn pool(
    db: &impl ConnectionTrait,
    (top, region): (Option<Uuid>, Option<Uuid>),
    window: Window,
) -> Result<Vec<customer::Model>, DbErr> {
    let mut select = Select::new(CUSTOMER).and("owner_id IS NULL", []);
    for region in [top, region].into_iter().flatten() {
        select = below(select, "region_id", region);
    }
    select.window("id", window).all(db).await
}
