//! What the checks found, each time, and what was allowed of it.

use chrono::{DateTime, Utc};
use domain::ids::{FindingId, OrderId};
use domain::orders::{Occasion, Rule};
use domain::people::Role;
use platform::Tx;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use crate::actor::Actor;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders_findings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FindingId,
    pub order_id: OrderId,
    pub occasion: Occasion,
    pub rule: Rule,
    pub line_no: Option<i32>,
    /// `{limit, actual, over_by}` as they are shown.
    pub measures: Json,
    pub approver_role: Role,
    pub cure: Option<String>,
    pub found_at: ChronoDateTimeUtc,
    pub granted_at: Option<ChronoDateTimeUtc>,
    pub superseded_at: Option<ChronoDateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Adds them at the end of the command.
pub fn add(tx: &Tx, findings: Vec<Model>) {
    select::append::<Entity>(tx, findings);
}

pub async fn insert(db: &impl ConnectionTrait, findings: Vec<Model>) -> Result<(), DbErr> {
    if findings.is_empty() {
        return Ok(());
    }
    Entity::insert_many(findings.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// What the last check of the order found, and what was noted when it was shipped.
pub async fn current(db: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Model>, DbErr> {
    Select::new("SELECT * FROM orders_findings")
        .and("order_id = ?", [order.into()])
        .and("superseded_at IS NULL", [])
        .then("ORDER BY id LIMIT 500", [])
        .all(db)
        .await
}

/// A newer check counts from now on; what was found before is kept.
pub async fn supersede(db: &impl ConnectionTrait, order: OrderId, at: DateTime<Utc>) -> Result<(), DbErr> {
    let text = "UPDATE orders_findings SET superseded_at = ? WHERE order_id = ? AND superseded_at IS NULL";
    execute(db, text, [at.into(), order.into()]).await?;
    Ok(())
}

/// What stands was allowed.
pub async fn grant(db: &impl ConnectionTrait, order: OrderId, at: DateTime<Utc>) -> Result<(), DbErr> {
    let text = "UPDATE orders_findings SET granted_at = ? WHERE order_id = ? AND superseded_at IS NULL \
                AND occasion <> 'ship'";
    execute(db, text, [at.into(), order.into()]).await?;
    Ok(())
}

/// How often a rule was found, and how often allowed.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RuleCount {
    pub rule: Rule,
    pub n_found: i64,
    pub n_granted: i64,
}

/// Per rule, orders that had such a finding between two instants, and those of them for which it was allowed.
pub async fn by_rule(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<RuleCount>, DbErr> {
    let text = "SELECT rule, count(DISTINCT order_id) AS n_found, \
                count(DISTINCT CASE WHEN granted_at IS NOT NULL THEN order_id END) AS n_granted \
                FROM orders_findings JOIN orders ON orders.id = order_id";
    visible_to(Select::new(text), actor, "orders.rep_id", "orders.region_id", Of::Order("orders"))
        .and("found_at >= ?", [from.into()])
        .and("found_at < ?", [to.into()])
        .and("occasion <> 'ship'", [])
        .then("GROUP BY rule ORDER BY rule LIMIT 20", [])
        .all(db)
        .await
}

/// Orders that were submitted, and those of them that had no finding.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub struct FirstPass {
    pub n_submitted: i64,
    pub n_clean: i64,
}

pub async fn first_pass(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<FirstPass, DbErr> {
    let text = "SELECT count(*) AS n_submitted, CAST(COALESCE(sum(CASE WHEN EXISTS (SELECT 1 FROM orders_findings \
                WHERE order_id = orders.id AND occasion = 'place') THEN 0 ELSE 1 END), 0) AS bigint) AS n_clean \
                FROM orders";
    let select =
        visible_to(Select::new(text), actor, "orders.rep_id", "orders.region_id", Of::Order("orders"))
            .and("submitted_at >= ?", [from.into()])
            .and("submitted_at < ?", [to.into()])
            .and("content_hash IS NOT NULL", []);
    Ok(select.one(db).await?.unwrap_or_default())
}
