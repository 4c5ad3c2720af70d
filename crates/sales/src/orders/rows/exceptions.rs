//! Orders that somebody has to look after: each kind once at a time, with an owner and a clock.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CustomerId, ExceptionId, OrderId, UserId};
use domain::orders::ExceptionKind;
use domain::people::Role;
use platform::Tx;
use platform::append::Target;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute};

/// Opens it for these orders, where it is not open already.
pub async fn open(
    db: &impl ConnectionTrait,
    orders: &[OrderId],
    (kind, owner_role): (ExceptionKind, Role),
    (at, due_at): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Result<(), DbErr> {
    for some in orders.chunks(select::CHUNK) {
        let text = format!(
            "INSERT INTO orders_exceptions (id, order_id, kind, owner_role, opened_at, due_at) VALUES {} \
             ON CONFLICT (order_id, kind) WHERE closed_at IS NULL DO NOTHING",
            vec!["(?, ?, ?, ?, ?, ?)"; some.len()].join(", ")
        );
        let values = some.iter().flat_map(|order| -> [Value; 6] {
            let id = platform::new_id();
            [id.into(), (*order).into(), kind.into(), owner_role.into(), at.into(), due_at.into()]
        });
        execute(db, &text, values).await?;
    }
    Ok(())
}

/// Opens it for an order that is new, at the end of the command.
pub fn add(
    tx: &Tx,
    order: OrderId,
    (kind, owner_role): (ExceptionKind, Role),
    due_at: Option<DateTime<Utc>>,
) {
    let columns = vec!["id", "order_id", "kind", "owner_role", "opened_at", "due_at"];
    let into = Target { table: "orders_exceptions", columns, conflict: "" };
    let values = vec![
        platform::new_id().into(),
        order.into(),
        kind.into(),
        owner_role.into(),
        tx.now().into(),
        due_at.into(),
    ];
    tx.append(into, vec![values]);
}

/// Closes what is open of these kinds because the order went on.
pub async fn settle(
    db: &impl ConnectionTrait,
    order: OrderId,
    kinds: &[ExceptionKind],
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = format!(
        "UPDATE orders_exceptions SET closed_at = ? WHERE order_id = ? AND closed_at IS NULL AND kind IN ({})",
        select::marks(kinds.len())
    );
    let values = [at.into(), order.into()].into_iter().chain(kinds.iter().map(|it| (*it).into()));
    execute(db, &text, values).await?;
    Ok(())
}

/// Somebody has looked after it and says how. False where it was closed before.
pub async fn close(
    db: &impl ConnectionTrait,
    id: ExceptionId,
    (by, note): (UserId, &str),
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "UPDATE orders_exceptions SET closed_at = ?, closed_by = ?, note = ? \
                WHERE id = ? AND closed_at IS NULL";
    Ok(execute(db, text, [at.into(), by.into(), note.into(), id.into()]).await? == 1)
}

/// An exception with its order.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ExceptionRow {
    pub id: ExceptionId,
    pub order_id: OrderId,
    pub kind: ExceptionKind,
    pub owner_role: Role,
    pub opened_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
    pub order_number: String,
    pub customer_id: CustomerId,
    pub customer_name: String,
    pub rep_id: UserId,
}

fn seen_by(actor: &Actor) -> Select {
    let text = "SELECT it.id, it.order_id, it.kind, it.owner_role, it.opened_at, it.due_at, it.closed_at, it.note, \
                orders.number AS order_number, orders.customer_id, customers.name AS customer_name, orders.rep_id \
                FROM orders_exceptions it JOIN orders ON orders.id = it.order_id \
                JOIN customers ON customers.id = orders.customer_id";
    visible_to(Select::new(text), actor, "orders.rep_id", "orders.region_id", Of::Order("orders"))
}

/// What is open, newest first; what is closed where it is asked for.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (kind, is_closed): (Option<ExceptionKind>, bool),
    window: Window,
) -> Result<Vec<ExceptionRow>, DbErr> {
    seen_by(actor)
        .and(if is_closed { "it.closed_at IS NOT NULL" } else { "it.closed_at IS NULL" }, [])
        .and_if("it.kind = ?", kind)
        .window("it.id", window)
        .all(db)
        .await
}

/// The exception, if the actor sees its order.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: ExceptionId,
) -> Result<Option<ExceptionRow>, DbErr> {
    seen_by(actor).and("it.id = ?", [id.into()]).one(db).await
}

#[derive(FromQueryResult)]
struct Id {
    id: OrderId,
}

/// Orders that should have left before this day and were never called late.
pub async fn late(db: &impl ConnectionTrait, day: NaiveDate, n_most: u64) -> Result<Vec<OrderId>, DbErr> {
    let select = Select::new("SELECT id FROM orders")
        .and("status IN ('accepted', 'partially_delivered')", [])
        .and("planned_ship_on < ?", [day.into()])
        .and(
            "EXISTS (SELECT 1 FROM orders_lines WHERE order_id = orders.id \
             AND quantity_thousandths > accepted_thousandths + rejected_thousandths)",
            [],
        )
        .and("NOT EXISTS (SELECT 1 FROM orders_exceptions WHERE order_id = orders.id AND kind = 'late')", [])
        .then("ORDER BY id LIMIT ?", [n_most.into()]);
    Ok(select.all::<Id>(db).await?.into_iter().map(|it| it.id).collect())
}
