//! Visits.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CustomerId, UserId, VisitId};
use domain::visits::Status;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, DbErr, FromQueryResult, IntoActiveModel};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute};

pub mod visit {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "visits")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub customer_id: Uuid,
        pub user_id: Uuid,
        pub region_id: Uuid,
        pub action_item_id: Option<Uuid>,
        pub status: String,
        pub planned: bool,
        /// When the phone measured its place, as far as that can be.
        pub checked_in_at: ChronoDateTimeUtc,
        pub location: Option<Json>,
        pub distance_m: Option<i32>,
        pub verdict: String,
        pub reasons: Json,
        pub next: Option<String>,
        pub provisional: bool,
        pub review: String,
        pub photo_ids: Json,
        pub result_code: Option<String>,
        pub note: Option<String>,
        pub needs: Json,
        pub completed_at: Option<ChronoDateTimeUtc>,
        pub version: i32,
        pub checkout_at: Option<ChronoDateTimeUtc>,
        pub received_at: Option<ChronoDateTimeUtc>,
        pub effective: Option<bool>,
        pub why_not: Option<Json>,
        pub flags: Option<Json>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const VISIT: &str = "SELECT * FROM visits";

pub async fn insert(db: &impl ConnectionTrait, visit: visit::Model) -> Result<(), DbErr> {
    visit::Entity::insert(visit.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: VisitId,
) -> Result<Option<visit::Model>, DbErr> {
    visible_to(Select::new(VISIT), actor, "user_id", "region_id", Of::Customer("customer_id"))
        .and("id = ?", [id.0.into()])
        .one(db)
        .await
}

/// The visit, whoever asks: for use cases that have checked the scope of what refers to it.
pub async fn visit(db: &impl ConnectionTrait, id: VisitId) -> Result<Option<visit::Model>, DbErr> {
    Select::new(VISIT).and("id = ?", [id.0.into()]).one(db).await
}

/// Lets one transaction at a time judge somebody's visits to a customer on a day, so that two cannot both count;
/// SQLite's writer is alone anyway.
pub async fn hold_day(
    db: &impl ConnectionTrait,
    (user, customer): (UserId, CustomerId),
    day: NaiveDate,
) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        let day = format!("visits {} {} {day}", user.0, customer.0);
        execute(db, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", [day.into()]).await?;
    }
    Ok(())
}

pub async fn locked(db: &impl ConnectionTrait, id: VisitId) -> Result<Option<visit::Model>, DbErr> {
    select::locked(db, Select::new(VISIT).and("id = ?", [id.0.into()])).one(db).await
}

pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (customer, user): (Option<Uuid>, Option<Uuid>),
    window: Window,
) -> Result<Vec<visit::Model>, DbErr> {
    visible_to(Select::new(VISIT), actor, "user_id", "region_id", Of::Customer("customer_id"))
        .and_if("customer_id = ?", customer)
        .and_if("user_id = ?", user)
        .window("id", window)
        .all(db)
        .await
}

/// Somebody's refused check-ins at a customer's in a span of time, newest first.
pub async fn attempts(
    db: &impl ConnectionTrait,
    (user, customer): (UserId, CustomerId),
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<visit::Model>, DbErr> {
    Select::new(VISIT)
        .and("user_id = ?", [user.0.into()])
        .and("customer_id = ?", [customer.0.into()])
        .and("status = 'attempted'", [])
        .and("checked_in_at >= ?", [from.into()])
        .and("checked_in_at < ?", [until.into()])
        .then("ORDER BY id DESC LIMIT 100", [])
        .all(db)
        .await
}

/// Nobody looks at these check-ins any more.
pub async fn end_reviews(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<(), DbErr> {
    let text = "UPDATE visits SET review = 'none', version = version + 1 WHERE id = ? AND review = 'pending'";
    for id in ids {
        execute(db, text, [(*id).into()]).await?;
    }
    Ok(())
}

/// What a completed visit records.
#[derive(Debug)]
pub struct Outcome<'a> {
    pub result_code: &'a str,
    pub note: Option<&'a str>,
    pub needs: Json,
    pub photo_ids: Json,
    pub at: DateTime<Utc>,
}

pub async fn complete(db: &impl ConnectionTrait, id: VisitId, outcome: &Outcome<'_>) -> Result<(), DbErr> {
    let text = "UPDATE visits SET status = 'completed', result_code = ?, note = ?, needs = ?, photo_ids = ?, \
                completed_at = ?, version = version + 1 WHERE id = ?";
    let values = [
        outcome.result_code.into(),
        outcome.note.into(),
        outcome.needs.clone().into(),
        outcome.photo_ids.clone().into(),
        outcome.at.into(),
        id.0.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

pub async fn set_review(
    db: &impl ConnectionTrait,
    id: VisitId,
    status: Status,
    review: &str,
) -> Result<(), DbErr> {
    let text =
        "UPDATE visits SET status = ?, review = ?, provisional = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [status.name().into(), review.into(), false.into(), id.0.into()]).await?;
    Ok(())
}

/// A visit with the rep's next check-in anywhere.
#[derive(Clone, Debug, FromQueryResult)]
pub struct VisitRow {
    #[sea_orm(nested)]
    pub visit: visit::Model,
    pub next_at: Option<DateTime<Utc>>,
}

/// Somebody's visits to a customer in a span of time, in order of check-in.
pub async fn of_day(
    db: &impl ConnectionTrait,
    (user, customer): (UserId, CustomerId),
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<VisitRow>, DbErr> {
    let text = "SELECT visits.*, (SELECT min(later.checked_in_at) FROM visits later \
                WHERE later.user_id = visits.user_id AND later.checked_in_at > visits.checked_in_at) AS next_at \
                FROM visits";
    Select::new(text)
        .and("user_id = ?", [user.0.into()])
        .and("customer_id = ?", [customer.0.into()])
        .and("checked_in_at >= ?", [from.into()])
        .and("checked_in_at < ?", [until.into()])
        .then("ORDER BY checked_in_at, id LIMIT 200", [])
        .all(db)
        .await
}

/// Somebody's last check-ins until an instant, newest first.
pub async fn last(
    db: &impl ConnectionTrait,
    user: UserId,
    until: DateTime<Utc>,
    n: u64,
) -> Result<Vec<visit::Model>, DbErr> {
    Select::new(VISIT)
        .and("user_id = ?", [user.0.into()])
        .and("checked_in_at <= ?", [until.into()])
        .then("ORDER BY checked_in_at DESC, id DESC LIMIT ?", [n.into()])
        .all(db)
        .await
}

/// Whether a visit counts, as it was judged last.
#[derive(Debug)]
pub struct Effect {
    pub checkout_at: Option<DateTime<Utc>>,
    pub effective: Option<bool>,
    pub why_not: Json,
}

/// Derived from the record, so its version stays.
pub async fn set_effect(db: &impl ConnectionTrait, id: VisitId, effect: &Effect) -> Result<(), DbErr> {
    let text = "UPDATE visits SET checkout_at = ?, effective = ?, why_not = ? WHERE id = ?";
    let values =
        [effect.checkout_at.into(), effect.effective.into(), effect.why_not.clone().into(), id.0.into()];
    execute(db, text, values).await?;
    Ok(())
}
