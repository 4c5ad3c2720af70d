//! What is written on orders after they were placed.

use chrono::{DateTime, Utc};
use domain::ids::{OrderId, OrderLineId};
use domain::money::Quantity;
use domain::orders::Dispatch;
use platform::Tx;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use super::{line, order};
use crate::select::{self, Select, execute};

pub async fn insert_lines(db: &impl ConnectionTrait, lines: Vec<line::Model>) -> Result<(), DbErr> {
    line::Entity::insert_many(lines.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Adds an order with its lines at the end of the command.
pub fn add(tx: &Tx, order: order::Model, lines: Vec<line::Model>) {
    select::append::<order::Entity>(tx, vec![order]);
    select::append::<line::Entity>(tx, lines);
}

/// Other lines in the place of those that were; no vehicle has carried them.
pub async fn replace_lines(
    db: &impl ConnectionTrait,
    order: OrderId,
    lines: Vec<line::Model>,
) -> Result<(), DbErr> {
    execute(db, "DELETE FROM orders_lines WHERE order_id = ?", [order.into()]).await?;
    insert_lines(db, lines).await
}

/// Writes where the order stands now, what it comes to and what it is bound to.
pub async fn update(db: &impl ConnectionTrait, order: &order::Model) -> Result<(), DbErr> {
    let text = "UPDATE orders SET status = ?, total_fen = ?, planned_ship_on = ?, content_hash = ?, approval_hash = ?, \
                approval_cap_fen = ?, approval_until = ?, accepted_at = ?, cancelled_at = ?, cancel_reason = ?, \
                updated_at = ?, version = ? WHERE id = ?";
    let values = [
        order.status.into(),
        order.total_fen.into(),
        order.planned_ship_on.into(),
        order.content_hash.as_deref().into(),
        order.approval_hash.as_deref().into(),
        order.approval_cap_fen.into(),
        order.approval_until.into(),
        order.accepted_at.into(),
        order.cancelled_at.into(),
        order.cancel_reason.as_deref().into(),
        order.updated_at.into(),
        order.version.into(),
        order.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// Says whether a vehicle carries any of them.
pub async fn set_dispatch(
    db: &impl ConnectionTrait,
    ids: &[OrderId],
    dispatch: Dispatch,
) -> Result<(), DbErr> {
    for some in ids.chunks(select::CHUNK) {
        let text = format!("UPDATE orders SET dispatch = ? WHERE id IN ({})", select::marks(some.len()));
        let ids = some.iter().map(|id| Value::from(*id));
        execute(db, &text, std::iter::once(Value::from(dispatch)).chain(ids)).await?;
    }
    Ok(())
}

/// What is left of these lines goes to nobody any more.
pub async fn close_rest(
    db: &impl ConnectionTrait,
    order: OrderId,
    rest: &[(OrderLineId, Quantity)],
) -> Result<(), DbErr> {
    let lines: Vec<_> = rest.iter().map(|(line, left)| (*line, Quantity::ZERO, *left)).collect();
    super::add_to_lines(db, order, &lines).await
}

#[derive(FromQueryResult)]
struct Next {
    approval_until: Option<DateTime<Utc>>,
}

/// When the earliest approval that is waited for is not valid any more.
pub async fn next_lapse(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    let select = Select::new("SELECT approval_until FROM orders")
        .and("status = 'pending_special_approval'", [])
        .and("approval_until IS NOT NULL", [])
        .then("ORDER BY approval_until LIMIT 1", []);
    Ok(select.one::<Next>(db).await?.and_then(|it| it.approval_until))
}

/// Orders whose approval is waited for in vain.
pub async fn lapsed(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    n_most: u64,
) -> Result<Vec<order::Model>, DbErr> {
    Select::new("SELECT * FROM orders")
        .and("status = 'pending_special_approval'", [])
        .and("approval_until <= ?", [at.into()])
        .then("ORDER BY approval_until, id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// These orders.
pub async fn among(db: &impl ConnectionTrait, ids: &[OrderId]) -> Result<Vec<order::Model>, DbErr> {
    select::among(db, (Select::new("SELECT * FROM orders"), "id"), ids, "ORDER BY id").await
}
