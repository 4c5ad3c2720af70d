//! Orders and their lines; what is sold, what was found and where the money stands lie beside.

use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, OrderId, OrderLineId};
use domain::money::Quantity;
use domain::orders::Status;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use super::DeliveredFacts;
use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute, marks};

pub mod catalogue;
pub mod exceptions;
pub mod exposure;
pub mod facts;
pub mod findings;
pub mod returns;
pub mod written;

pub use catalogue::{PriceFilter, PriceRow};
pub use catalogue::{insert_prices, price, prices, product, products, products_among, upsert_products};

pub mod order {
    use domain::ids::{CustomerId, OrderId, QuoteId, RegionId, UserId};
    use domain::money::Fen;
    use domain::orders::{Dispatch, Status};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OrderId,
        pub number: String,
        pub external_id: Option<String>,
        pub customer_id: CustomerId,
        pub region_id: RegionId,
        pub rep_id: UserId,
        pub entered_by: UserId,
        pub status: Status,
        pub total_fen: Fen,
        pub submitted_at: ChronoDateTimeUtc,
        pub planned_ship_on: Option<Date>,
        pub delivered_on: Option<Date>,
        pub signer_name: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
        pub quote_id: Option<QuoteId>,
        /// Whose credit it holds.
        pub bill_to_id: Option<CustomerId>,
        /// Where the goods go, if not to the customer's own region.
        pub ship_to_region_id: Option<RegionId>,
        /// The digest of what was asked for; absent for what was loaded.
        pub content_hash: Option<String>,
        /// What a special approval is bound to, while one is asked for or was given.
        pub approval_hash: Option<String>,
        pub approval_cap_fen: Option<Fen>,
        pub approval_until: Option<ChronoDateTimeUtc>,
        pub accepted_at: Option<ChronoDateTimeUtc>,
        pub cancelled_at: Option<ChronoDateTimeUtc>,
        pub cancel_reason: Option<String>,
        /// Absent before any vehicle carried any of it.
        pub dispatch: Option<Dispatch>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod line {
    use domain::ids::{OrderId, OrderLineId, ProductId, PromotionId};
    use domain::money::{Fen, Percent, Quantity, UnitPrice};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OrderLineId,
        pub order_id: OrderId,
        pub line_no: i32,
        pub product_id: ProductId,
        pub unit: String,
        pub quantity_thousandths: Quantity,
        pub unit_price_e4: UnitPrice,
        pub amount_fen: Fen,
        pub accepted_thousandths: Quantity,
        pub rejected_thousandths: Quantity,
        pub discount_ppm: Percent,
        pub promotion_id: Option<PromotionId>,
        pub returned_thousandths: Quantity,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An order with the name of whose it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OrderRow {
    #[sea_orm(nested)]
    pub order: order::Model,
    pub customer_name: String,
}

/// Narrows a list of orders.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub customer: Option<CustomerId>,
}

const NAMED: &str = "SELECT orders.*, customers.name AS customer_name FROM orders \
                     JOIN customers ON customers.id = customer_id";

/// A page of the orders the actor sees.
pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    window: Window,
) -> Result<Vec<OrderRow>, DbErr> {
    visible_to(Select::new(NAMED), actor, "orders.rep_id", "orders.region_id", Of::Order("orders"))
        .and_if("orders.status = ?", filter.status)
        .and_if("orders.customer_id = ?", filter.customer)
        .window("orders.id", window)
        .all(db)
        .await
}

/// The order with its customer's name, if the actor sees it.
pub async fn visible_named(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: OrderId,
) -> Result<Option<OrderRow>, DbErr> {
    visible_to(Select::new(NAMED), actor, "orders.rep_id", "orders.region_id", Of::Order("orders"))
        .and("orders.id = ?", [id.into()])
        .one(db)
        .await
}

/// The order, if the actor sees it.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: OrderId,
) -> Result<Option<order::Model>, DbErr> {
    visible_to(Select::new("SELECT * FROM orders"), actor, "rep_id", "region_id", Of::Order("orders"))
        .and("id = ?", [id.into()])
        .one(db)
        .await
}

/// The order, locked until the transaction ends: two deliveries must not both sign for the same goods.
pub async fn locked(db: &impl ConnectionTrait, id: OrderId) -> Result<Option<order::Model>, DbErr> {
    let select = Select::new("SELECT * FROM orders").and("id = ?", [id.into()]);
    select::locked(db, select).one(db).await
}

/// Those of these orders that the actor sees.
pub async fn visible_among(
    db: &impl ConnectionTrait,
    actor: &Actor,
    ids: &[OrderId],
) -> Result<Vec<order::Model>, DbErr> {
    let select =
        visible_to(Select::new("SELECT * FROM orders"), actor, "rep_id", "region_id", Of::Order("orders"));
    select::among(db, (select, "id"), ids, "ORDER BY id").await
}

/// These orders, locked in order of id.
pub async fn locked_among(db: &impl ConnectionTrait, ids: &[OrderId]) -> Result<Vec<order::Model>, DbErr> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    let rest = format!("ORDER BY id{}", select::for_update(db));
    select::among(db, (Select::new("SELECT * FROM orders"), "id"), &ids, &rest).await
}

/// The lines of these orders, one order after the other.
pub async fn lines_among(db: &impl ConnectionTrait, orders: &[OrderId]) -> Result<Vec<line::Model>, DbErr> {
    let select = Select::new("SELECT * FROM orders_lines");
    select::among(db, (select, "order_id"), orders, "ORDER BY order_id, line_no").await
}

/// The lines of an order, in order.
pub async fn lines(db: &impl ConnectionTrait, order: OrderId) -> Result<Vec<line::Model>, DbErr> {
    Select::new("SELECT * FROM orders_lines")
        .and("order_id = ?", [order.into()])
        .then("ORDER BY line_no", [])
        .all(db)
        .await
}

/// A line with the name of its product.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LineRow {
    #[sea_orm(nested)]
    pub line: line::Model,
    pub product_name: String,
}

/// The lines of an order with the names of their products, in order.
pub async fn named_lines(db: &impl ConnectionTrait, order: OrderId) -> Result<Vec<LineRow>, DbErr> {
    let text = "SELECT orders_lines.*, orders_products.name AS product_name FROM orders_lines \
                JOIN orders_products ON orders_products.id = product_id";
    Select::new(text).and("order_id = ?", [order.into()]).then("ORDER BY line_no", []).all(db).await
}

/// Adds to what was accepted and rejected of these lines of the order.
pub async fn add_to_lines(
    db: &impl ConnectionTrait,
    order: OrderId,
    lines: &[(OrderLineId, Quantity, Quantity)],
) -> Result<(), DbErr> {
    for chunk in lines.chunks(100) {
        let cases = vec!["WHEN ? THEN ?"; chunk.len()].join(" ");
        let text = format!(
            "UPDATE orders_lines SET accepted_thousandths = accepted_thousandths + CASE id {cases} ELSE 0 END, \
             rejected_thousandths = rejected_thousandths + CASE id {cases} ELSE 0 END \
             WHERE order_id = ? AND id IN ({})",
            marks(chunk.len())
        );
        let accepted = chunk.iter().flat_map(|(id, n, _)| [(*id).into(), (*n).into()]);
        let rejected = chunk.iter().flat_map(|(id, _, n)| [(*id).into(), (*n).into()]);
        let values: Vec<Value> = accepted
            .chain(rejected)
            .chain([order.into()])
            .chain(chunk.iter().map(|(id, ..)| (*id).into()))
            .collect();
        execute(db, &text, values).await?;
    }
    Ok(())
}

/// Says who signed for the order and when, and what has become of it.
pub async fn mark_delivered(
    db: &impl ConnectionTrait,
    order: OrderId,
    facts: &DeliveredFacts<'_>,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE orders SET status = ?, delivered_on = ?, signer_name = ?, updated_at = ?, \
                version = version + 1 WHERE id = ?";
    let values =
        [facts.status.into(), facts.delivered_on.into(), facts.signer_name.into(), at.into(), order.into()];
    execute(db, text, values).await?;
    Ok(())
}

/// Writes orders with their lines.
pub async fn insert(
    db: &impl ConnectionTrait,
    orders: Vec<order::Model>,
    lines: Vec<line::Model>,
) -> Result<(), DbErr> {
    order::Entity::insert_many(orders.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    line::Entity::insert_many(lines.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}
