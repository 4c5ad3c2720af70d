//! What was taken at the stops, what was handed in, and what is to be billed. Kept as values that billing reads.

use chrono::{DateTime, Utc};
use domain::ids::{DeliveryId, TripId};
use domain::money::Fen;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use crate::select::{Select, execute};

pub mod payment {
    use domain::deliveries::Method;
    use domain::ids::{AttemptSetId, PaymentId, StopId, TripId, UserId};
    use domain::money::Fen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_payments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PaymentId,
        pub trip_id: TripId,
        pub stop_id: StopId,
        /// The sign-off that it was taken with.
        pub set_id: AttemptSetId,
        pub method: Method,
        pub amount_fen: Fen,
        pub due_fen: Fen,
        pub taken_by: UserId,
        pub taken_at: ChronoDateTimeUtc,
        /// The sign-off counts no more.
        pub voided_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod hand_in {
    use domain::ids::{HandInId, PhotoId, TripId, UserId};
    use domain::money::Fen;
    use domain::stored::Stored;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_hand_ins")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: HandInId,
        pub trip_id: TripId,
        pub expected_cash_fen: Fen,
        pub expected_qr_fen: Fen,
        pub counted_cash_fen: Fen,
        pub counted_qr_fen: Fen,
        pub reason: Option<String>,
        pub photo_ids: Stored<Vec<PhotoId>>,
        pub handed_in_by: UserId,
        pub handed_in_at: ChronoDateTimeUtc,
        pub confirmed_cash_fen: Option<Fen>,
        pub confirm_reason: Option<String>,
        pub confirmed_by: Option<UserId>,
        pub confirmed_at: Option<ChronoDateTimeUtc>,
        /// The trip went on, and everything was handed in anew.
        pub voided_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod billable {
    use domain::ids::{BillableId, DeliveryId, OrderLineId};
    use domain::money::{Fen, Quantity};
    use sea_orm::entity::prelude::*;

    /// What changed for a line of an order: a sign-off, a correction, or a sign-off that counts no more. The sum of a
    /// delivery's rows is what it is worth now.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_billables")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BillableId,
        pub delivery_id: DeliveryId,
        pub order_line_id: OrderLineId,
        pub accepted_thousandths: Quantity,
        pub rejected_thousandths: Quantity,
        pub unbilled_fen: Fen,
        pub released_fen: Fen,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn insert_payment(db: &impl ConnectionTrait, payment: payment::Model) -> Result<(), DbErr> {
    payment::Entity::insert(payment.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// What was taken on a trip, in order; what was taken back with its sign-off too.
pub async fn payments(db: &impl ConnectionTrait, trip: TripId) -> Result<Vec<payment::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries_payments")
        .and("trip_id = ?", [trip.into()])
        .then("ORDER BY id", [])
        .all(db)
        .await
}

pub async fn insert_hand_in(db: &impl ConnectionTrait, hand_in: hand_in::Model) -> Result<(), DbErr> {
    hand_in::Entity::insert(hand_in.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// What was handed in of a trip and stands, newest first.
pub async fn hand_ins(db: &impl ConnectionTrait, trip: TripId) -> Result<Vec<hand_in::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries_hand_ins")
        .and("trip_id = ?", [trip.into()])
        .and("voided_at IS NULL", [])
        .then("ORDER BY id DESC LIMIT 20", [])
        .all(db)
        .await
}

/// What no cashier has confirmed is handed in anew.
pub async fn void_hand_in(db: &impl ConnectionTrait, trip: TripId, at: DateTime<Utc>) -> Result<(), DbErr> {
    let text = "UPDATE deliveries_hand_ins SET voided_at = ? WHERE trip_id = ? AND confirmed_at IS NULL \
                AND voided_at IS NULL";
    execute(db, text, [at.into(), trip.into()]).await?;
    Ok(())
}

pub async fn confirm_hand_in(db: &impl ConnectionTrait, hand_in: &hand_in::Model) -> Result<(), DbErr> {
    let text = "UPDATE deliveries_hand_ins SET confirmed_cash_fen = ?, confirm_reason = ?, confirmed_by = ?, \
                confirmed_at = ? WHERE id = ?";
    let values = [
        hand_in.confirmed_cash_fen.into(),
        hand_in.confirm_reason.as_deref().into(),
        hand_in.confirmed_by.into(),
        hand_in.confirmed_at.into(),
        hand_in.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

pub async fn insert_billables(
    db: &impl ConnectionTrait,
    billables: Vec<billable::Model>,
) -> Result<(), DbErr> {
    if billables.is_empty() {
        return Ok(());
    }
    billable::Entity::insert_many(billables.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// What a delivery is worth now.
#[derive(Clone, Copy, Debug, Default, FromQueryResult)]
pub struct WorthRow {
    pub unbilled_fen: Fen,
    pub released_fen: Fen,
}

pub async fn worth_of(db: &impl ConnectionTrait, id: DeliveryId) -> Result<WorthRow, DbErr> {
    let text = "SELECT CAST(COALESCE(sum(unbilled_fen), 0) AS bigint) AS unbilled_fen, \
                CAST(COALESCE(sum(released_fen), 0) AS bigint) AS released_fen FROM deliveries_billables";
    let row = Select::new(text).and("delivery_id = ?", [id.into()]).one(db).await?;
    Ok(row.unwrap_or_default())
}
