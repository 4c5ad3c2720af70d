//! What went back and forth at the door.

use domain::ids::{StopId, TripId};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use crate::select::Select;

pub mod exchange {
    use domain::ids::{AttemptSetId, CustomerId, ExchangeId, StopId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_exchanges")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ExchangeId,
        pub stop_id: StopId,
        pub customer_id: CustomerId,
        pub recorded_by: UserId,
        pub recorded_at: ChronoDateTimeUtc,
        /// The sign-off that it came with.
        pub set_id: AttemptSetId,
        /// The sign-off counts no more.
        pub voided_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod exchange_line {
    use domain::deliveries::{Bearer, Direction};
    use domain::ids::{ExchangeId, ExchangeLineId, ProductId};
    use domain::money::Quantity;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_exchange_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ExchangeLineId,
        pub exchange_id: ExchangeId,
        pub direction: Direction,
        pub product_id: ProductId,
        pub unit: String,
        pub quantity_thousandths: Quantity,
        pub reason: Option<String>,
        pub counts_in_return_rate: bool,
        pub borne_by: Option<Bearer>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn insert_exchange(
    db: &impl ConnectionTrait,
    exchange: exchange::Model,
    lines: Vec<exchange_line::Model>,
) -> Result<(), DbErr> {
    exchange::Entity::insert(exchange.into_active_model()).exec_without_returning(db).await?;
    exchange_line::Entity::insert_many(lines.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// A line of an exchange with where it belongs and the product's name.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ExchangeRow {
    #[sea_orm(nested)]
    pub line: exchange_line::Model,
    pub stop_id: StopId,
    pub voided_at: Option<ChronoDateTimeUtc>,
    pub product_name: String,
}

/// What went back and forth on a trip.
pub async fn exchanges(db: &impl ConnectionTrait, trip: TripId) -> Result<Vec<ExchangeRow>, DbErr> {
    let text = "SELECT deliveries_exchange_lines.*, deliveries_exchanges.stop_id, \
                deliveries_exchanges.voided_at, \
                orders_products.name AS product_name FROM deliveries_exchange_lines \
                JOIN deliveries_exchanges ON deliveries_exchanges.id = exchange_id \
                JOIN deliveries_stops ON deliveries_stops.id = deliveries_exchanges.stop_id \
                JOIN orders_products ON orders_products.id = product_id";
    Select::new(text)
        .and("deliveries_stops.trip_id = ?", [trip.into()])
        .then("ORDER BY deliveries_exchange_lines.id", [])
        .all(db)
        .await
}
