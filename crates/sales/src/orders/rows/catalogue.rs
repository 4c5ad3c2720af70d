//! Products, prices and promotions.

use domain::ids::{ProductId, PromotionId, RegionId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::page::Window;
use crate::select::{Select, marks};

pub mod product {
    use domain::ids::ProductId;
    use domain::money::UnitPrice;
    use domain::orders::Pack;
    use domain::stored::Stored;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_products")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProductId,
        pub external_id: Option<String>,
        pub name: String,
        pub base_unit: String,
        pub packs: Stored<Vec<Pack>>,
        pub list_price_e4: UnitPrice,
        pub created_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod price {
    use domain::ids::{PriceId, ProductId, RegionId};
    use domain::money::UnitPrice;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_prices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PriceId,
        pub external_id: Option<String>,
        pub region_id: Option<RegionId>,
        pub price_tier: Option<String>,
        pub product_id: ProductId,
        pub unit: String,
        pub list_price_e4: UnitPrice,
        pub floor_price_e4: UnitPrice,
        pub ceiling_price_e4: Option<UnitPrice>,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod promotion {
    use domain::ids::{ProductId, PromotionId, UserId};
    use domain::money::Quantity;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders_promotions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PromotionId,
        pub external_id: Option<String>,
        pub name: String,
        pub buy_product_id: ProductId,
        pub buy_thousandths: Quantity,
        pub get_product_id: ProductId,
        pub get_thousandths: Quantity,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub created_by: UserId,
        pub created_at: ChronoDateTimeUtc,
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
pub async fn products_among(
    db: &impl ConnectionTrait,
    ids: &[ProductId],
) -> Result<Vec<product::Model>, DbErr> {
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
    pub region: Option<RegionId>,
    pub price_tier: Option<String>,
    pub product: Option<ProductId>,
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

pub async fn insert_promotion(db: &impl ConnectionTrait, promotion: promotion::Model) -> Result<(), DbErr> {
    promotion::Entity::insert(promotion.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// A page of the promotions.
pub async fn promotions(db: &impl ConnectionTrait, window: Window) -> Result<Vec<promotion::Model>, DbErr> {
    Select::new("SELECT * FROM orders_promotions").window("id", window).all(db).await
}

/// These promotions.
pub async fn promotions_among(
    db: &impl ConnectionTrait,
    ids: &[PromotionId],
) -> Result<Vec<promotion::Model>, DbErr> {
    let condition = format!("id IN ({})", marks(ids.len()));
    let select = Select::new("SELECT * FROM orders_promotions");
    select.and(&condition, ids.iter().map(|id| Value::from(*id))).all(db).await
}
