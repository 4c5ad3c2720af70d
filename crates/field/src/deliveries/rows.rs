//! Deliveries, their lines, and every attempt at a sign-off.

mod after;
mod attempts;
mod door;
mod money;
mod settlement;
mod trips;

use chrono::{DateTime, NaiveDate, Utc};
use domain::deliveries::{Handed, InvoicingStatus, Review, Status};
use domain::evidence::{Reason, Verdict};
use domain::ids::{CustomerId, DeliveryId, OrderId, OrderLineId, UserId};
use domain::money::{Fen, Quantity};
use domain::stored::Stored;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute, marks};

pub use after::*;
pub use attempts::*;
pub use door::*;
pub use money::*;
pub use settlement::*;
pub use trips::*;

/// What holds invoicing, since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockedBy {
    /// A stable code, such as `sign_off_photo_missing`.
    pub code: String,
    pub since: DateTime<Utc>,
    pub subject: BlockedSubject,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockedSubject {
    /// `delivery`.
    pub r#type: String,
    pub id: DeliveryId,
}

pub mod delivery {
    use domain::deliveries::{InvoicingStatus, Review, Status};
    use domain::evidence::{Reason, Verdict};
    use domain::ids::{CustomerId, DeliveryId, OrderId, RegionId, StopId, UserId};
    use domain::stored::Stored;
    use sea_orm::entity::prelude::*;

    use super::BlockedBy;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DeliveryId,
        pub number: String,
        pub order_id: OrderId,
        pub customer_id: CustomerId,
        pub region_id: RegionId,
        pub driver_id: UserId,
        pub status: Status,
        pub promised_at: Option<ChronoDateTimeUtc>,
        pub departed_at: Option<ChronoDateTimeUtc>,
        pub signed_at: Option<ChronoDateTimeUtc>,
        pub delivered_on: Option<Date>,
        pub signer_name: Option<String>,
        pub verdict: Option<Verdict>,
        pub reasons: Stored<Vec<Reason>>,
        pub provisional: bool,
        pub review: Review,
        pub fail_reason: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub version: i32,
        /// Absent for what was loaded from another system.
        pub stop_id: Option<StopId>,
        pub invoicing: Option<InvoicingStatus>,
        pub blocked_by: Option<Stored<BlockedBy>>,
        pub overridden_by: Option<UserId>,
        pub overridden_at: Option<ChronoDateTimeUtc>,
        pub override_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod line {
    use domain::ids::{DeliveryId, DeliveryLineId, OrderLineId};
    use domain::money::Quantity;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliveries_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DeliveryLineId,
        pub delivery_id: DeliveryId,
        pub order_line_id: OrderLineId,
        pub quantity_thousandths: Quantity,
        pub accepted_thousandths: Option<Quantity>,
        pub rejected_thousandths: Option<Quantity>,
        pub reject_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Rows that one statement writes.
const ROWS: usize = 400;

const VISIBLE: &str = "SELECT deliveries.* FROM deliveries JOIN orders ON orders.id = deliveries.order_id";

/// What of deliveries somebody sees; a session of one trip what that trip holds.
fn visible_select(text: &str, actor: &Actor) -> Select {
    if let Some(trip) = actor.trip {
        let of_trip = "deliveries.stop_id IN (SELECT id FROM deliveries_stops WHERE trip_id = ?)";
        return Select::new(text).and(of_trip, [trip.into()]);
    }
    visible_to(Select::new(text), actor, "orders.rep_id", "deliveries.region_id", Of::Delivery("deliveries"))
}

pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: DeliveryId,
) -> Result<Option<delivery::Model>, DbErr> {
    visible_select(VISIBLE, actor).and("deliveries.id = ?", [id.into()]).one(db).await
}

/// The delivery, whoever asks: for use cases that have checked the scope of what refers to it.
pub async fn delivery(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Option<delivery::Model>, DbErr> {
    Select::new("SELECT * FROM deliveries").and("id = ?", [id.into()]).one(db).await
}

/// The delivery, locked: it is signed off once.
pub async fn locked(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Option<delivery::Model>, DbErr> {
    select::locked(db, Select::new("SELECT * FROM deliveries").and("id = ?", [id.into()])).one(db).await
}

/// These deliveries, locked, in order of id.
pub async fn locked_among(
    db: &impl ConnectionTrait,
    ids: &[DeliveryId],
) -> Result<Vec<delivery::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let condition = format!("id IN ({})", marks(ids.len()));
    let select =
        Select::new("SELECT * FROM deliveries").and(&condition, ids.iter().map(|id| Value::from(*id)));
    select::locked(db, select.then("ORDER BY id", [])).all(db).await
}

/// Narrows a list of deliveries.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub driver: Option<UserId>,
    pub order: Option<OrderId>,
    pub customer: Option<CustomerId>,
}

pub async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    window: Window,
) -> Result<Vec<delivery::Model>, DbErr> {
    visible_select(VISIBLE, actor)
        .and_if("deliveries.status = ?", filter.status)
        .and_if("deliveries.driver_id = ?", filter.driver)
        .and_if("deliveries.order_id = ?", filter.order)
        .and_if("deliveries.customer_id = ?", filter.customer)
        .window("deliveries.id", window)
        .all(db)
        .await
}

/// Is a delivery of any of these orders still under way?
pub async fn any_open(db: &impl ConnectionTrait, orders: &[OrderId]) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Open {
        #[expect(dead_code, reason = "only whether there is one is asked")]
        id: Uuid,
    }
    let select = Select::new("SELECT id FROM deliveries")
        .and("status IN ('planned', 'loaded', 'in_transit', 'arrived')", []);
    Ok(!select::among::<Open>(db, (select, "order_id"), orders, "LIMIT 1").await?.is_empty())
}

/// Writes deliveries with their lines.
pub async fn insert(
    db: &impl ConnectionTrait,
    deliveries: Vec<delivery::Model>,
    lines: Vec<line::Model>,
) -> Result<(), DbErr> {
    for some in deliveries.chunks(ROWS) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        delivery::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    for some in lines.chunks(ROWS) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        line::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// A line of a delivery, with what it is a line of.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LineRow {
    pub order_line_id: OrderLineId,
    pub amount_fen: Fen,
    pub ordered_thousandths: Quantity,
    /// Of the order's line, in all of its deliveries until now.
    pub before_accepted: Quantity,
    pub before_rejected: Quantity,
    pub delivery_id: DeliveryId,
    pub product_name: String,
    pub unit: String,
    pub quantity_thousandths: Quantity,
    pub accepted_thousandths: Option<Quantity>,
    pub rejected_thousandths: Option<Quantity>,
    pub reject_reason: Option<String>,
}

pub async fn lines(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Vec<LineRow>, DbErr> {
    lines_among(db, &[id]).await
}

/// The lines of these deliveries, one delivery after the other.
pub async fn lines_among(db: &impl ConnectionTrait, ids: &[DeliveryId]) -> Result<Vec<LineRow>, DbErr> {
    let text = "SELECT d.order_line_id, d.delivery_id, l.amount_fen, \
                l.quantity_thousandths AS ordered_thousandths, l.accepted_thousandths AS before_accepted, \
                l.rejected_thousandths AS before_rejected, p.name AS product_name, l.unit, d.quantity_thousandths, \
                d.accepted_thousandths, d.rejected_thousandths, d.reject_reason FROM deliveries_lines d \
                JOIN orders_lines l ON l.id = d.order_line_id JOIN orders_products p ON p.id = l.product_id";
    let mut lines = Vec::new();
    for chunk in ids.chunks(400) {
        let condition = format!("d.delivery_id IN ({})", marks(chunk.len()));
        let select = Select::new(text).and(&condition, chunk.iter().map(|id| Value::from(*id)));
        lines.extend(select.then("ORDER BY d.delivery_id, l.line_no", []).all::<LineRow>(db).await?);
    }
    Ok(lines)
}

/// Moves open deliveries on to where the domain says: one statement for each status they come to.
pub async fn advance(
    db: &impl ConnectionTrait,
    moved: &[(DeliveryId, Status)],
    departed_at: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let mut statuses: Vec<Status> = moved.iter().map(|(_, status)| *status).collect();
    statuses.sort_unstable_by_key(|status| status.name());
    statuses.dedup();
    for status in statuses {
        let ids: Vec<DeliveryId> = moved.iter().filter(|(_, to)| *to == status).map(|(id, _)| *id).collect();
        for some in ids.chunks(ROWS) {
            let text = format!(
                "UPDATE deliveries SET status = ?, departed_at = COALESCE(departed_at, ?), version = version + 1 \
                 WHERE id IN ({})",
                marks(some.len())
            );
            let values = [status.into(), departed_at.into()].into_iter();
            execute(db, &text, values.chain(some.iter().map(|id| Value::from(*id)))).await?;
        }
    }
    Ok(())
}

/// What a sign-off writes to its delivery.
#[derive(Debug)]
pub struct Closing<'a> {
    pub status: Status,
    pub signed_at: DateTime<Utc>,
    pub delivered_on: NaiveDate,
    pub signer_name: &'a str,
    pub verdict: Verdict,
    pub reasons: Stored<Vec<Reason>>,
    pub provisional: bool,
    pub review: Review,
    pub invoicing: InvoicingStatus,
    pub blocked_by: Option<Stored<BlockedBy>>,
}

pub async fn close(db: &impl ConnectionTrait, id: DeliveryId, closing: &Closing<'_>) -> Result<(), DbErr> {
    let text = "UPDATE deliveries SET status = ?, signed_at = ?, delivered_on = ?, signer_name = ?, verdict = ?, \
                reasons = ?, provisional = ?, review = ?, invoicing = ?, blocked_by = ?, version = version + 1 \
                WHERE id = ?";
    let values = [
        closing.status.into(),
        closing.signed_at.into(),
        closing.delivered_on.into(),
        closing.signer_name.into(),
        closing.verdict.into(),
        closing.reasons.clone().into(),
        closing.provisional.into(),
        closing.review.into(),
        closing.invoicing.into(),
        closing.blocked_by.clone().into(),
        id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

pub async fn hand_over(db: &impl ConnectionTrait, id: DeliveryId, handed: &[Handed]) -> Result<(), DbErr> {
    for some in handed.chunks(100) {
        let cases = vec!["WHEN ? THEN ?"; some.len()].join(" ");
        let text = format!(
            "UPDATE deliveries_lines SET accepted_thousandths = CASE order_line_id {cases} END, \
             rejected_thousandths = CASE order_line_id {cases} END, reject_reason = CASE order_line_id {cases} END \
             WHERE delivery_id = ? AND order_line_id IN ({})",
            marks(some.len())
        );
        let line = |it: &Handed| Value::from(it.line);
        let values: Vec<Value> = some
            .iter()
            .flat_map(|it| [line(it), it.accepted.into()])
            .chain(some.iter().flat_map(|it| [line(it), it.rejected.into()]))
            .chain(some.iter().flat_map(|it| [line(it), it.reason.as_deref().into()]))
            .chain([id.into()])
            .chain(some.iter().map(line))
            .collect();
        execute(db, &text, values).await?;
    }
    Ok(())
}

pub async fn set_review(db: &impl ConnectionTrait, id: DeliveryId, review: Review) -> Result<(), DbErr> {
    let text = "UPDATE deliveries SET review = ?, provisional = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [review.into(), (review == Review::Pending).into(), id.into()]).await?;
    Ok(())
}

pub async fn fail(db: &impl ConnectionTrait, id: DeliveryId, reason: &str) -> Result<(), DbErr> {
    let text = "UPDATE deliveries SET status = 'failed', fail_reason = ?, version = version + 1 WHERE id = ?";
    execute(db, text, [reason.into(), id.into()]).await?;
    Ok(())
}
