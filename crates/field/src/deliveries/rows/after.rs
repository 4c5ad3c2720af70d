//! What happens to a delivery after its sign-off: corrections, overrides, a slip that comes later.

use chrono::{DateTime, Utc};
use domain::deliveries::Status;
use domain::ids::{DeliveryId, UserId};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, IntoActiveModel};

use super::{VISIBLE, delivery, visible_select};
use crate::actor::Actor;
use crate::page::Window;
use crate::select::{Select, execute};

pub mod correction {
    use domain::deliveries::{Handed, Status};
    use domain::ids::{CorrectionId, DeliveryId, UserId};
    use domain::stored::Stored;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_corrections")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CorrectionId,
        pub delivery_id: DeliveryId,
        pub n: i32,
        pub status_before: Status,
        pub lines_before: Stored<Vec<Handed>>,
        pub status_after: Status,
        pub lines_after: Stored<Vec<Handed>>,
        pub reason: String,
        pub corrected_by: UserId,
        pub corrected_at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn insert_correction(
    db: &impl ConnectionTrait,
    correction: correction::Model,
) -> Result<(), DbErr> {
    correction::Entity::insert(correction.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The versions that are no more, oldest first.
pub async fn corrections(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Vec<correction::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries_corrections")
        .and("delivery_id = ?", [id.into()])
        .then("ORDER BY n LIMIT 100", [])
        .all(db)
        .await
}

/// The status that the corrected quantities make.
pub async fn set_status(db: &impl ConnectionTrait, id: DeliveryId, status: Status) -> Result<(), DbErr> {
    let text = "UPDATE deliveries SET status = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [status.into(), id.into()]).await?;
    Ok(())
}

/// Says who answers for a delivery in the locks' place.
pub async fn mark_overridden(
    db: &impl ConnectionTrait,
    id: DeliveryId,
    (by, reason): (Option<UserId>, &str),
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE deliveries SET overridden_by = ?, overridden_at = ?, override_reason = ? WHERE id = ?";
    execute(db, text, [by.into(), at.into(), reason.into(), id.into()]).await?;
    Ok(())
}

/// What was overridden in a span of time, of what the actor sees.
pub async fn overrides(
    db: &impl ConnectionTrait,
    actor: &Actor,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    window: Window,
) -> Result<Vec<delivery::Model>, DbErr> {
    visible_select(VISIBLE, actor)
        .and("deliveries.overridden_at >= ?", [from.into()])
        .and("deliveries.overridden_at < ?", [until.into()])
        .window("deliveries.id", window)
        .all(db)
        .await
}

/// Nothing holds invoicing any more.
pub async fn open_invoicing(db: &impl ConnectionTrait, id: DeliveryId) -> Result<(), DbErr> {
    let text =
        "UPDATE deliveries SET invoicing = 'open', blocked_by = NULL, version = version + 1 WHERE id = ?";
    execute(db, text, [id.into()]).await?;
    Ok(())
}

/// The sign-off counts no more: the delivery is open again and its trip's driver's, and its lines say nothing.
pub async fn reopen(db: &impl ConnectionTrait, id: DeliveryId, status: Status) -> Result<(), DbErr> {
    let text = "UPDATE deliveries SET status = ?, signed_at = NULL, delivered_on = NULL, signer_name = NULL, \
                verdict = NULL, reasons = '[]', provisional = false, review = 'rejected', invoicing = NULL, \
                blocked_by = NULL, version = version + 1, driver_id = COALESCE((SELECT deliveries_trips.driver_id \
                FROM deliveries_trips JOIN deliveries_stops ON trip_id = deliveries_trips.id \
                WHERE deliveries_stops.id = stop_id), driver_id) WHERE id = ?";
    execute(db, text, [status.into(), id.into()]).await?;
    let text = "UPDATE deliveries_lines SET accepted_thousandths = NULL, rejected_thousandths = NULL, \
                reject_reason = NULL WHERE delivery_id = ?";
    execute(db, text, [id.into()]).await?;
    Ok(())
}
