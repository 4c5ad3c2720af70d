//! Where customers' money stands, and what went out and came back day by day.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CustomerId, OrderLineId};
use domain::money::{Fen, Quantity};
use domain::orders::{Buckets, Turnover};
use platform::Tx;
use platform::append::Target;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::{self, Select, execute};

#[derive(FromQueryResult)]
struct BucketsRow {
    customer_id: CustomerId,
    reserved_fen: Fen,
    unbilled_fen: Fen,
    receivable_fen: Fen,
    credited_fen: Fen,
    received_fen: Fen,
}

impl From<BucketsRow> for Buckets {
    fn from(row: BucketsRow) -> Self {
        Self {
            reserved: row.reserved_fen,
            unbilled: row.unbilled_fen,
            receivable: row.receivable_fen,
            credited: row.credited_fen,
            received: row.received_fen,
        }
    }
}

/// What is held of the customer's credit.
pub async fn held(db: &impl ConnectionTrait, bill_to: CustomerId) -> Result<Buckets, DbErr> {
    let select = Select::new("SELECT * FROM orders_exposure").and("customer_id = ?", [bill_to.into()]);
    Ok(select.one::<BucketsRow>(db).await?.map(Buckets::from).unwrap_or_default())
}

/// What is held of the credit of each of these customers; of none where nothing ever was.
pub async fn held_by(
    db: &impl ConnectionTrait,
    payers: &[CustomerId],
) -> Result<Vec<(CustomerId, Buckets)>, DbErr> {
    let select = Select::new("SELECT * FROM orders_exposure");
    let rows = select::among::<BucketsRow>(db, (select, "customer_id"), payers, "").await?;
    Ok(rows.into_iter().map(|row| (row.customer_id, Buckets::from(row))).collect())
}

/// Adds to what is reserved at the end of the command, once a command. The caller has locked the customer.
pub fn reserve(tx: &Tx, bill_to: CustomerId, change: Buckets) {
    let columns = vec![
        "customer_id",
        "reserved_fen",
        "unbilled_fen",
        "receivable_fen",
        "credited_fen",
        "received_fen",
        "changed_at",
    ];
    let conflict = "ON CONFLICT (customer_id) DO UPDATE SET \
                    reserved_fen = orders_exposure.reserved_fen + excluded.reserved_fen, \
                    changed_at = excluded.changed_at";
    let into = Target { table: "orders_exposure", columns, conflict };
    tx.append(into, vec![values(bill_to, change, tx.now()).into()]);
}

const INSERT: &str = "INSERT INTO orders_exposure (customer_id, reserved_fen, unbilled_fen, receivable_fen, \
                      credited_fen, received_fen, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)";

/// Moves money between the buckets. The caller has locked the customer.
pub async fn add(
    db: &impl ConnectionTrait,
    bill_to: CustomerId,
    change: Buckets,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = format!(
        "{INSERT} ON CONFLICT (customer_id) DO UPDATE SET \
         reserved_fen = orders_exposure.reserved_fen + excluded.reserved_fen, \
         unbilled_fen = orders_exposure.unbilled_fen + excluded.unbilled_fen, \
         receivable_fen = orders_exposure.receivable_fen + excluded.receivable_fen, \
         credited_fen = orders_exposure.credited_fen + excluded.credited_fen, \
         received_fen = orders_exposure.received_fen + excluded.received_fen, changed_at = excluded.changed_at"
    );
    execute(db, &text, values(bill_to, change, at)).await?;
    Ok(())
}

/// Writes what orders hold anew and leaves what billing keeps.
pub async fn set(
    db: &impl ConnectionTrait,
    bill_to: CustomerId,
    held: Buckets,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = format!(
        "{INSERT} ON CONFLICT (customer_id) DO UPDATE SET reserved_fen = excluded.reserved_fen, \
         unbilled_fen = excluded.unbilled_fen - orders_exposure.receivable_fen, \
         credited_fen = excluded.credited_fen, changed_at = excluded.changed_at"
    );
    execute(db, &text, values(bill_to, held, at)).await?;
    Ok(())
}

fn values(bill_to: CustomerId, held: Buckets, at: DateTime<Utc>) -> [sea_orm::Value; 7] {
    [
        bill_to.into(),
        held.reserved.into(),
        held.unbilled.into(),
        held.receivable.into(),
        held.credited.into(),
        held.received.into(),
        at.into(),
    ]
}

/// A line of an order that holds the customer's credit.
#[derive(Clone, Debug, FromQueryResult)]
pub struct HoldingRow {
    pub id: OrderLineId,
    pub amount_fen: Fen,
    pub quantity_thousandths: Quantity,
    pub accepted_thousandths: Quantity,
    pub rejected_thousandths: Quantity,
}

/// The next thousand lines of orders that hold a customer's credit, after this one.
pub async fn holding(
    db: &impl ConnectionTrait,
    bill_to: CustomerId,
    after: OrderLineId,
) -> Result<Vec<HoldingRow>, DbErr> {
    let text = "SELECT line.id, amount_fen, quantity_thousandths, accepted_thousandths, rejected_thousandths \
                FROM orders_lines line JOIN orders ON orders.id = order_id";
    Select::new(text)
        .and("bill_to_id = ?", [bill_to.into()])
        .and("status <> 'cancelled'", [])
        .and("line.id > ?", [after.into()])
        .then("ORDER BY line.id LIMIT 1000", [])
        .all(db)
        .await
}

#[derive(FromQueryResult)]
struct Held {
    #[expect(dead_code, reason = "only whether there is one is asked")]
    id: Uuid,
}

/// Does an order of the customer's hold the credit of who pays?
pub async fn is_held_by(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    bill_to: CustomerId,
) -> Result<bool, DbErr> {
    let text = "SELECT line.id FROM orders_lines line JOIN orders ON orders.id = order_id";
    let select = Select::new(text)
        .and("customer_id = ?", [customer.into()])
        .and("COALESCE(bill_to_id, customer_id) = ?", [bill_to.into()])
        .and("status <> 'cancelled'", [])
        .and("rejected_thousandths < quantity_thousandths", [])
        .then("LIMIT 1", []);
    Ok(select.one::<Held>(db).await?.is_some())
}

#[derive(FromQueryResult)]
struct Sum {
    sum: Fen,
}

/// What was credited to the customer for goods that came back.
pub async fn credited(db: &impl ConnectionTrait, bill_to: CustomerId) -> Result<Fen, DbErr> {
    let text = "SELECT CAST(COALESCE(sum(amount_fen), 0) AS bigint) AS sum FROM orders_returns";
    let sum = Select::new(text).and("bill_to_id = ?", [bill_to.into()]).one::<Sum>(db).await?;
    Ok(sum.map_or(Fen::ZERO, |it| it.sum))
}

/// Adds to what went out and came back on a day.
pub async fn turn_over(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    day: NaiveDate,
    change: Turnover,
) -> Result<(), DbErr> {
    let text = "INSERT INTO orders_turnover (customer_id, day, delivered_fen, returned_fen) VALUES (?, ?, ?, ?) \
                ON CONFLICT (customer_id, day) DO UPDATE SET \
                delivered_fen = orders_turnover.delivered_fen + excluded.delivered_fen, \
                returned_fen = orders_turnover.returned_fen + excluded.returned_fen";
    let values = [customer.into(), day.into(), change.delivered.into(), change.returned.into()];
    execute(db, text, values).await?;
    Ok(())
}
