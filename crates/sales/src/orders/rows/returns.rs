//! Goods that came back after they were taken.

use domain::ids::{CustomerId, OrderId, ReturnId, UserId};
use domain::money::Fen;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel, Value};

use crate::select::{Select, execute, marks};

pub mod return_line {
    use domain::deliveries::Bearer;
    use domain::ids::{OrderLineId, ReturnId, ReturnLineId};
    use domain::money::{Fen, Quantity};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_return_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReturnLineId,
        pub return_id: ReturnId,
        pub order_line_id: OrderLineId,
        pub quantity_thousandths: Quantity,
        pub amount_fen: Fen,
        pub reason: String,
        pub counts_in_return_rate: bool,
        pub borne_by: Bearer,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders_returns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReturnId,
    pub number: String,
    pub external_id: Option<String>,
    pub order_id: OrderId,
    pub customer_id: CustomerId,
    pub bill_to_id: CustomerId,
    pub amount_fen: Fen,
    /// What of it counts in the return rate.
    pub counted_fen: Fen,
    pub recorded_by: UserId,
    pub credited_at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Writes a return with its lines, and counts them on the order's.
pub async fn insert(
    db: &impl ConnectionTrait,
    record: Model,
    lines: Vec<return_line::Model>,
) -> Result<(), DbErr> {
    Entity::insert(record.into_active_model()).exec_without_returning(db).await?;
    for some in lines.chunks(100) {
        let text = format!(
            "UPDATE orders_lines SET returned_thousandths = returned_thousandths + CASE id {} ELSE 0 END \
             WHERE id IN ({})",
            vec!["WHEN ? THEN ?"; some.len()].join(" "),
            marks(some.len())
        );
        let pair = |line: &return_line::Model| [line.order_line_id.into(), line.quantity_thousandths.into()];
        let ids = some.iter().map(|line| Value::from(line.order_line_id));
        execute(db, &text, some.iter().flat_map(pair).chain(ids)).await?;
    }
    return_line::Entity::insert_many(lines.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The newest returns of an order.
pub async fn of_order(db: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Model>, DbErr> {
    Select::new("SELECT * FROM orders_returns")
        .and("order_id = ?", [order.into()])
        .then("ORDER BY id DESC LIMIT 100", [])
        .all(db)
        .await
}
