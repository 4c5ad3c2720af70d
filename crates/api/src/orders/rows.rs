//! Products, prices, orders and their lines.

use chrono::{DateTime, Utc};
use domain::ids::{OrderId, OrderLineId};
use domain::money::Quantity;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use super::DeliveredFacts;
use crate::actor::Actor;
use crate::page::Window;
use crate::people::visible_to;
use crate::select::{self, Select, execute, marks};

pub mod product {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_products")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub external_id: Option<String>,
        pub name: String,
        pub base_unit: String,
        pub packs: Json,
        pub list_price_e4: i64,
        pub created_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod price {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_prices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub external_id: Option<String>,
        pub region_id: Option<Uuid>,
        pub price_tier: Option<String>,
        pub product_id: Uuid,
        pub unit: String,
        pub list_price_e4: i64,
        pub floor_price_e4: i64,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod order {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub external_id: Option<String>,
        pub customer_id: Uuid,
        pub region_id: Uuid,
        pub rep_id: Uuid,
        pub entered_by: Uuid,
        pub status: String,
        pub total_fen: i64,
        pub submitted_at: ChronoDateTimeUtc,
        pub planned_ship_on: Option<Date>,
        pub delivered_on: Option<Date>,
        pub signer_name: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod line {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub order_id: Uuid,
        pub line_no: i32,
        pub product_id: Uuid,
        pub unit: String,
        pub quantity_thousandths: i64,
        pub unit_price_e4: i64,
        pub amount_fen: i64,
        pub accepted_thousandths: i64,
        pub rejected_thousandths: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A page of the products.
pub async fn products(
    db: &impl ConnectionTrait,
    external_id: Option<String>,
    window: Window,
) -> Result<Vec<product::Model>, DbErr> {
    Select::new("SELECT * FROM orders_products")
        .and_if("external_id = ?", external_id)
        .window("id", window)
        .all(db)
        .await
}

/// These products.
pub async fn products_among(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<product::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let condition = format!("id IN ({})", marks(ids.len()));
    let select = Select::new("SELECT * FROM orders_products");
    select.and(&condition, ids.iter().map(|id| Value::from(*id))).all(db).await
}

/// A price with the name of what it is for.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PriceRow {
    #[sea_orm(nested)]
    pub price: price::Model,
    pub product_name: String,
}

/// Narrows a list of prices.
#[derive(Clone, Debug, Default)]
pub struct PriceFilter {
    pub region: Option<Uuid>,
    pub price_tier: Option<String>,
    pub product: Option<Uuid>,
}

/// A page of the prices.
pub async fn prices(
    db: &impl ConnectionTrait,
    filter: PriceFilter,
    window: Window,
) -> Result<Vec<PriceRow>, DbErr> {
    let text = "SELECT orders_prices.*, orders_products.name AS product_name FROM orders_prices \
                JOIN orders_products ON orders_products.id = product_id";
    Select::new(text)
        .and_if("region_id = ?", filter.region)
        .and_if("price_tier = ?", filter.price_tier)
        .and_if("product_id = ?", filter.product)
        .window("orders_prices.id", window)
        .all(db)
        .await
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
    pub status: Option<String>,
    pub customer: Option<Uuid>,
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
    visible_to(Select::new(NAMED), actor, "orders.rep_id", "orders.region_id")
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
    visible_to(Select::new(NAMED), actor, "orders.rep_id", "orders.region_id")
        .and("orders.id = ?", [id.0.into()])
        .one(db)
        .await
}

/// The order, if the actor sees it.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: OrderId,
) -> Result<Option<order::Model>, DbErr> {
    visible_to(Select::new("SELECT * FROM orders"), actor, "rep_id", "region_id")
        .and("id = ?", [id.0.into()])
        .one(db)
        .await
}

/// The order, locked until the transaction ends: two deliveries must not both sign for the same goods.
pub async fn locked(db: &impl ConnectionTrait, id: OrderId) -> Result<Option<order::Model>, DbErr> {
    let select = Select::new("SELECT * FROM orders").and("id = ?", [id.0.into()]);
    select::locked(db, select).one(db).await
}

/// The lines of an order, in order.
pub async fn lines(db: &impl ConnectionTrait, order: OrderId) -> Result<Vec<line::Model>, DbErr> {
    Select::new("SELECT * FROM orders_lines")
        .and("order_id = ?", [order.0.into()])
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
    Select::new(text).and("order_id = ?", [order.0.into()]).then("ORDER BY line_no", []).all(db).await
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
        let accepted = chunk.iter().flat_map(|(id, n, _)| [id.0.into(), n.0.into()]);
        let rejected = chunk.iter().flat_map(|(id, _, n)| [id.0.into(), n.0.into()]);
        let values: Vec<Value> = accepted
            .chain(rejected)
            .chain([order.0.into()])
            .chain(chunk.iter().map(|(id, ..)| id.0.into()))
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
        [facts.status.into(), facts.delivered_on.into(), facts.signer_name.into(), at.into(), order.0.into()];
    execute(db, text, values).await?;
    Ok(())
}

/// Writes products, known by the other system's id; a known one is changed and keeps its own id.
pub async fn upsert_products(db: &impl ConnectionTrait, products: Vec<product::Model>) -> Result<(), DbErr> {
    use product::Column;
    if products.is_empty() {
        return Ok(());
    }
    let changed = [Column::Name, Column::BaseUnit, Column::Packs, Column::ListPriceE4];
    product::Entity::insert_many(products.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::column(Column::ExternalId)
                .update_columns(changed)
                .value(Column::Version, Expr::cust("orders_products.version + 1"))
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn insert_prices(db: &impl ConnectionTrait, prices: Vec<price::Model>) -> Result<(), DbErr> {
    price::Entity::insert_many(prices.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
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
