//! Trips and their stops.

use chrono::{DateTime, NaiveDate, Utc};
use domain::deliveries::TripStatus;
use domain::ids::{CustomerId, StopId, TripId, UserId};
use domain::people::Reach;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use super::delivery;
use crate::actor::Actor;
use crate::page::Window;
use crate::select::{self, Select, execute};

pub mod trip {
    use domain::deliveries::TripStatus;
    use domain::ids::{TripId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_trips")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: TripId,
        pub number: String,
        pub vehicle: Option<String>,
        pub driver_id: UserId,
        pub planned_on: Date,
        pub status: TripStatus,
        pub created_by: UserId,
        pub created_at: ChronoDateTimeUtc,
        pub taken_at: Option<ChronoDateTimeUtc>,
        pub departed_at: Option<ChronoDateTimeUtc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod stop {
    use domain::ids::{CustomerId, StopId, TripId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_stops")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StopId,
        pub trip_id: TripId,
        pub seq: i32,
        pub customer_id: CustomerId,
        pub arrived_at: Option<ChronoDateTimeUtc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod take {
    use domain::ids::{TakeId, TripId, UserId};
    use sea_orm::entity::prelude::*;

    /// Who took a trip over, from whom.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_takes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: TakeId,
        pub trip_id: TripId,
        pub driver_id: UserId,
        /// Absent where nobody else had carried it.
        pub former_driver_id: Option<UserId>,
        pub taken_at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const TRIP: &str = "SELECT deliveries_trips.* FROM deliveries_trips";

pub async fn insert_trip(db: &impl ConnectionTrait, trip: trip::Model) -> Result<(), DbErr> {
    trip::Entity::insert(trip.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

pub async fn insert_stops(db: &impl ConnectionTrait, stops: Vec<stop::Model>) -> Result<(), DbErr> {
    let stops = stops.into_iter().map(IntoActiveModel::into_active_model);
    stop::Entity::insert_many(stops).exec_without_returning(db).await?;
    Ok(())
}

/// Who plans or settles trips sees all of them, a driver the own, a session of one trip that one.
fn visible_trips(actor: &Actor) -> Select {
    let own = (actor.reach() == Reach::Driver && actor.trip.is_none()).then_some(actor.id);
    Select::new(TRIP)
        .and_if("deliveries_trips.id = ?", actor.trip)
        .and_if("deliveries_trips.driver_id = ?", own)
}

pub async fn visible_trip(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: TripId,
) -> Result<Option<trip::Model>, DbErr> {
    visible_trips(actor).and("deliveries_trips.id = ?", [id.into()]).one(db).await
}

pub async fn trips(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (driver, day): (Option<UserId>, Option<NaiveDate>),
    window: Window,
) -> Result<Vec<trip::Model>, DbErr> {
    visible_trips(actor)
        .and_if("driver_id = ?", driver)
        .and_if("planned_on = ?", day)
        .window("deliveries_trips.id", window)
        .all(db)
        .await
}

pub async fn trip(db: &impl ConnectionTrait, id: TripId) -> Result<Option<trip::Model>, DbErr> {
    Select::new(TRIP).and("id = ?", [id.into()]).one(db).await
}

/// The trip, locked: it departs and is handed in once.
pub async fn locked_trip(db: &impl ConnectionTrait, id: TripId) -> Result<Option<trip::Model>, DbErr> {
    select::locked(db, Select::new(TRIP).and("id = ?", [id.into()])).one(db).await
}

/// The trip of a stop, locked.
pub async fn trip_of_stop(db: &impl ConnectionTrait, id: StopId) -> Result<Option<trip::Model>, DbErr> {
    let select = Select::new(TRIP)
        .and("id = (SELECT trip_id FROM deliveries_stops WHERE deliveries_stops.id = ?)", [id.into()]);
    select::locked(db, select).one(db).await
}

/// The stop, locked: whatever happens to its deliveries happens one after the other.
pub async fn locked_stop(db: &impl ConnectionTrait, id: StopId) -> Result<Option<stop::Model>, DbErr> {
    select::locked(db, Select::new("SELECT * FROM deliveries_stops").and("id = ?", [id.into()])).one(db).await
}

/// A stop with its customer as a driver needs it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct StopRow {
    #[sea_orm(nested)]
    pub stop: stop::Model,
    pub customer_name: String,
    pub payment_terms: String,
    pub lat: Option<f64>,
    pub lng: Option<f64>,
    pub system: Option<String>,
}

/// The stops of a trip, in order.
pub async fn stops(db: &impl ConnectionTrait, trip: TripId) -> Result<Vec<StopRow>, DbErr> {
    let text = "SELECT deliveries_stops.*, customers.name AS customer_name, payment_terms, lat, lng, system \
                FROM deliveries_stops JOIN customers ON customers.id = customer_id";
    Select::new(text).and("trip_id = ?", [trip.into()]).then("ORDER BY seq", []).all(db).await
}

/// The deliveries of a trip, stop by stop.
pub async fn of_trip(db: &impl ConnectionTrait, trip: TripId) -> Result<Vec<delivery::Model>, DbErr> {
    Select::new("SELECT deliveries.* FROM deliveries")
        .and("stop_id IN (SELECT id FROM deliveries_stops WHERE trip_id = ?)", [trip.into()])
        .then("ORDER BY deliveries.id", [])
        .all(db)
        .await
}

/// The deliveries of a stop, in order of id.
pub async fn of_stop(db: &impl ConnectionTrait, stop: StopId) -> Result<Vec<delivery::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries")
        .and("stop_id = ?", [stop.into()])
        .then("ORDER BY id", [])
        .all(db)
        .await
}

/// Moves a trip on.
pub async fn set_trip(
    db: &impl ConnectionTrait,
    id: TripId,
    status: TripStatus,
    (taken_at, departed_at): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<(), DbErr> {
    let text = "UPDATE deliveries_trips SET status = ?, taken_at = COALESCE(?, taken_at), \
                departed_at = COALESCE(departed_at, ?), version = version + 1 WHERE id = ?";
    execute(db, text, [status.into(), taken_at.into(), departed_at.into(), id.into()]).await?;
    Ok(())
}

/// Gives the trip, and what of it is still to be handed over, to another driver.
pub async fn set_driver(db: &impl ConnectionTrait, id: TripId, driver: UserId) -> Result<(), DbErr> {
    let text = "UPDATE deliveries_trips SET driver_id = ? WHERE id = ?";
    execute(db, text, [driver.into(), id.into()]).await?;
    let text = "UPDATE deliveries SET driver_id = ?, version = version + 1 \
                WHERE status IN ('planned', 'loaded', 'in_transit', 'arrived') \
                AND stop_id IN (SELECT id FROM deliveries_stops WHERE trip_id = ?)";
    execute(db, text, [driver.into(), id.into()]).await?;
    Ok(())
}

pub async fn insert_take(db: &impl ConnectionTrait, take: take::Model) -> Result<(), DbErr> {
    take::Entity::insert(take.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Has this person carried the trip?
pub async fn has_carried(db: &impl ConnectionTrait, id: TripId, who: UserId) -> Result<bool, DbErr> {
    let select = Select::new("SELECT * FROM deliveries_takes")
        .and("trip_id = ?", [id.into()])
        .and("(driver_id = ? OR former_driver_id = ?)", [who.into(), who.into()]);
    Ok(select.one::<take::Model>(db).await?.is_some())
}

/// The vehicle was there at this time at the latest.
pub async fn arrive(db: &impl ConnectionTrait, id: StopId, at: DateTime<Utc>) -> Result<(), DbErr> {
    let text = "UPDATE deliveries_stops SET arrived_at = COALESCE(arrived_at, ?), version = version + 1 WHERE id = ?";
    execute(db, text, [at.into(), id.into()]).await?;
    Ok(())
}

/// Who signed lately at the stores of a trip: the last three names of each.
pub async fn signers(db: &impl ConnectionTrait, trip: TripId) -> Result<Vec<SignerRow>, DbErr> {
    let text = "SELECT customer_id, signer_name FROM (SELECT customer_id, signer_name, row_number() OVER \
                (PARTITION BY customer_id ORDER BY max(signed_at) DESC) AS place FROM deliveries \
                WHERE signer_name <> '' AND signed_at IS NOT NULL AND customer_id IN \
                (SELECT customer_id FROM deliveries_stops WHERE trip_id = ?) \
                GROUP BY customer_id, signer_name) AS signers";
    let select = Select::new("").then(text, [trip.into()]);
    select.then("WHERE place <= 3 ORDER BY customer_id, place", []).all(db).await
}

/// Somebody who signed at a customer's.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SignerRow {
    pub customer_id: CustomerId,
    pub signer_name: String,
}
