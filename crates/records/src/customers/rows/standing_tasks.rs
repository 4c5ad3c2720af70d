//! Standing tasks, the customers they select, and what happened there.

use chrono::{DateTime, Utc};
use domain::customers::Selection;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, below, visible_to, within_reach_of};
use crate::select::{self, Select};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customers_standing_tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub title: String,
    pub instruction: Option<String>,
    pub selection: Json,
    pub rhythm: Json,
    pub done_by: Json,
    /// `draft`, `published` or `ended`.
    pub status: String,
    pub created_by: Uuid,
    pub created_at: ChronoDateTimeUtc,
    pub published_at: Option<ChronoDateTimeUtc>,
    pub ended_at: Option<ChronoDateTimeUtc>,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const TASK: &str = "SELECT * FROM customers_standing_tasks";

pub async fn insert(db: &impl ConnectionTrait, task: Model) -> Result<(), DbErr> {
    Entity::insert(task.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Writes a task that was read under its lock, and returns it with its next version.
pub async fn update(db: &impl ConnectionTrait, changed: Model) -> Result<Model, DbErr> {
    let changed = Model { version: changed.version + 1, ..changed };
    Entity::update(changed.clone().into_active_model().reset_all()).exec(db).await?;
    Ok(changed)
}

pub async fn locked(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    select::locked(db, Select::new(TASK).and("id = ?", [id.into()])).one(db).await
}

/// The tasks that somebody reads: those of the own regions once they are published, and the own drafts.
fn readable(actor: &Actor) -> Select {
    within_reach_of(Select::new(TASK), actor, "created_by")
        .and("(status <> 'draft' OR created_by = ?)", [actor.id.0.into()])
}

pub async fn task(db: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Option<Model>, DbErr> {
    readable(actor).and("id = ?", [id.into()]).one(db).await
}

pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    status: Option<String>,
    window: Window,
) -> Result<Vec<Model>, DbErr> {
    readable(actor).and_if("status = ?", status).window("id", window).all(db).await
}

/// The tasks that hold now, at most a hundred, the newest first.
pub async fn published(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Select::new(TASK).and("status = 'published'", []).then("ORDER BY id DESC LIMIT 100", []).all(db).await
}

/// A customer that a task selects.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Selected {
    pub id: Uuid,
    pub owner_id: Option<Uuid>,
}

/// The customers that a task selects among those its author sees, at most 5,000. `orders_since` is from when orders
/// count for the first so many.
pub async fn selected(
    db: &impl ConnectionTrait,
    author: &Actor,
    selection: &Selection,
    orders_since: DateTime<Utc>,
) -> Result<Vec<Selected>, DbErr> {
    let select = Select::new("SELECT c.id, c.owner_id FROM customers c");
    let mut select = visible_to(select, author, "c.owner_id", "c.region_id", Of::Customer("c.id"));
    select = one_of(select, "c.owner_id", selection.owner_ids.iter().map(|it| Value::from(*it)).collect());
    select = one_of(select, "c.id", selection.customer_ids.iter().map(|it| Value::from(*it)).collect());
    select = one_of(select, "c.kind", selection.kinds.iter().map(|it| Value::from(it.as_str())).collect());
    let tiers = selection.price_tiers.iter().map(|it| Value::from(it.as_str())).collect();
    select = one_of(select, "c.price_tier", tiers);
    if let Some(region) = selection.region_id {
        select = below(select, "c.region_id", region);
    }
    let Some(top) = selection.top else {
        return select.then("ORDER BY c.id LIMIT 5000", []).all(db).await;
    };
    let order = "ORDER BY (SELECT COALESCE(SUM(o.total_fen), 0) FROM orders o WHERE o.customer_id = c.id \
                 AND o.submitted_at >= ? AND o.status <> 'cancelled') DESC, c.id LIMIT ?";
    select.then(order, [orders_since.into(), top.min(5_000).into()]).all(db).await
}

fn one_of(select: Select, column: &str, values: Vec<Value>) -> Select {
    if values.is_empty() {
        return select;
    }
    select.and_among(column, values)
}

/// Those of these customers that the actor sees, with their owners.
pub async fn seen_by(
    db: &impl ConnectionTrait,
    actor: &Actor,
    customers: &[Uuid],
) -> Result<Vec<Selected>, DbErr> {
    let mut seen = Vec::new();
    for chunk in customers.chunks(400) {
        let select = Select::new("SELECT c.id, c.owner_id FROM customers c");
        let select = visible_to(select, actor, "c.owner_id", "c.region_id", Of::Customer("c.id"));
        seen.extend(one_of(select, "c.id", chunk.iter().map(|it| Value::from(*it)).collect()).all(db).await?);
    }
    Ok(seen)
}

/// A line of a timeline that may show that something was done.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DeedRow {
    pub customer_id: Uuid,
    pub subject_id: Uuid,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub facts: Json,
}

/// What happened at these customers since an instant, of these kinds, in order of time.
pub async fn deeds(
    db: &impl ConnectionTrait,
    customers: &[Uuid],
    kinds: &[&str],
    since: DateTime<Utc>,
) -> Result<Vec<DeedRow>, DbErr> {
    let mut found = Vec::new();
    for chunk in customers.chunks(400) {
        let select = Select::new(
            "SELECT customer_id, subject_id, happened_at AS at, kind, facts FROM settings_events",
        );
        let select = one_of(select, "customer_id", chunk.iter().map(|it| Value::from(*it)).collect());
        let select = one_of(select, "kind", kinds.iter().map(|it| Value::from(*it)).collect());
        let select =
            select.and("happened_at >= ?", [since.into()]).then("ORDER BY happened_at LIMIT 20000", []);
        found.extend(select.all::<DeedRow>(db).await?);
    }
    Ok(found)
}
