//! What is shown of a delivery.

use chrono::{DateTime, NaiveDate, Utc};
use domain::deliveries::{Collected, Handed, InvoicingStatus, Method, Review, Status};
use domain::evidence::{Next, Reason, Verdict};
use domain::ids::{AttemptId, CustomerId, DeliveryId, OrderId, OrderLineId, PhotoId, StopId, UserId};
use domain::money::{Fen, Quantity};
use domain::stored::Stored;
use serde::Serialize;
use utoipa::ToSchema;

use super::trip_views::due;
use crate::actor::Actor;
use crate::customers;
use crate::deliveries::rows::{self, BlockedBy, LineRow, attempt, correction, delivery};
use crate::error::{Error, Result};

/// A delivery.
#[derive(Serialize, ToSchema)]
pub struct DeliveryView {
    id: DeliveryId,
    number: String,
    order_id: OrderId,
    customer_id: CustomerId,
    driver_id: UserId,
    /// The stop of a trip; absent for what was loaded from another system.
    stop_id: Option<StopId>,
    status: Status,
    promised_at: Option<DateTime<Utc>>,
    departed_at: Option<DateTime<Utc>>,
    signed_at: Option<DateTime<Utc>>,
    delivered_on: Option<NaiveDate>,
    signer_name: Option<String>,
    verdict: Option<Verdict>,
    reasons: Vec<Reason>,
    /// Signed for now; somebody looks at it.
    provisional: bool,
    review: Review,
    fail_reason: Option<String>,
    /// Once it is signed.
    invoicing: Option<InvoicingStatus>,
    /// What holds invoicing.
    blocked_by: Option<BlockedBy>,
    /// Who answers for it in the locks' place.
    overridden_by: Option<UserId>,
    overridden_at: Option<DateTime<Utc>>,
    override_reason: Option<String>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl From<delivery::Model> for DeliveryView {
    fn from(delivery: delivery::Model) -> Self {
        Self {
            id: delivery.id,
            number: delivery.number,
            order_id: delivery.order_id,
            customer_id: delivery.customer_id,
            driver_id: delivery.driver_id,
            stop_id: delivery.stop_id,
            status: delivery.status,
            promised_at: delivery.promised_at,
            departed_at: delivery.departed_at,
            signed_at: delivery.signed_at,
            delivered_on: delivery.delivered_on,
            signer_name: delivery.signer_name,
            verdict: delivery.verdict,
            reasons: delivery.reasons.0,
            provisional: delivery.provisional,
            review: delivery.review,
            fail_reason: delivery.fail_reason,
            invoicing: delivery.invoicing,
            blocked_by: delivery.blocked_by.map(|it| it.0),
            overridden_by: delivery.overridden_by,
            overridden_at: delivery.overridden_at,
            override_reason: delivery.override_reason,
            created_at: delivery.created_at,
            version: delivery.version,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct DeliveryLineView {
    order_line_id: OrderLineId,
    product_name: String,
    unit: String,
    #[schema(value_type = String)]
    quantity: Quantity,
    #[schema(value_type = Option<String>)]
    accepted_quantity: Option<Quantity>,
    #[schema(value_type = Option<String>)]
    rejected_quantity: Option<Quantity>,
    reject_reason: Option<String>,
}

impl From<LineRow> for DeliveryLineView {
    fn from(line: LineRow) -> Self {
        Self {
            order_line_id: line.order_line_id,
            product_name: line.product_name,
            unit: line.unit,
            quantity: line.quantity_thousandths,
            accepted_quantity: line.accepted_thousandths,
            rejected_quantity: line.rejected_thousandths,
            reject_reason: line.reject_reason,
        }
    }
}

/// A sign-off that was handed in, whatever came of it.
#[derive(Serialize, ToSchema)]
pub struct AttemptView {
    id: AttemptId,
    at: DateTime<Utc>,
    user_id: UserId,
    signer_name: String,
    photo_ids: Vec<PhotoId>,
    verdict: Verdict,
    reasons: Vec<Reason>,
    next: Option<Next>,
    distance_m: Option<i32>,
    /// What was paid with it; less of it is booked where an overlapping sign-off booked it.
    payment: Option<CollectedView>,
    /// When it was handed in; `at` is when it happened.
    received_at: Option<DateTime<Utc>>,
}

/// What was paid, with what was due.
#[derive(Serialize, ToSchema)]
struct CollectedView {
    method: Method,
    #[schema(value_type = String)]
    amount: Fen,
    #[schema(value_type = String)]
    due: Fen,
}

impl From<Collected> for CollectedView {
    fn from(it: Collected) -> Self {
        Self { method: it.method, amount: it.amount, due: it.due }
    }
}

impl From<attempt::Model> for AttemptView {
    fn from(attempt: attempt::Model) -> Self {
        Self {
            id: attempt.id,
            at: attempt.at,
            user_id: attempt.user_id,
            signer_name: attempt.signer_name,
            photo_ids: attempt.photo_ids.0,
            verdict: attempt.verdict,
            reasons: attempt.reasons.0,
            next: attempt.next,
            distance_m: attempt.distance_m,
            payment: attempt.payment.map(|it| it.0.into()),
            received_at: attempt.received_at,
        }
    }
}

/// A delivery with its lines and every attempt at a sign-off.
#[derive(Serialize, ToSchema)]
pub struct DeliveryDetail {
    #[serde(flatten)]
    delivery: DeliveryView,
    customer_name: String,
    /// What the customer pays at the door for these goods, in yuan; nothing where it does not pay there.
    #[schema(value_type = String)]
    due: Fen,
    lines: Vec<DeliveryLineView>,
    attempts: Vec<AttemptView>,
    /// Signed for and not yet invoiced, in yuan; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    unbilled: Option<Fen>,
    /// Given free because goods came back, in yuan; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    released: Option<Fen>,
    /// The versions that are no more, oldest first.
    corrections: Vec<DeliveryCorrectionView>,
}

/// What was signed, as it was before a correction.
#[derive(Serialize, ToSchema)]
pub struct DeliveryCorrectionView {
    n: i32,
    reason: String,
    corrected_by: UserId,
    corrected_at: DateTime<Utc>,
    status_before: Status,
    lines_before: Vec<HandedView>,
    status_after: Status,
    lines_after: Vec<HandedView>,
}

/// What came of a line.
#[derive(Serialize, ToSchema)]
pub struct HandedView {
    order_line_id: OrderLineId,
    #[schema(value_type = String)]
    accepted_quantity: Quantity,
    #[schema(value_type = String)]
    rejected_quantity: Quantity,
    reject_reason: Option<String>,
}

impl From<correction::Model> for DeliveryCorrectionView {
    fn from(row: correction::Model) -> Self {
        let lines = |lines: Stored<Vec<Handed>>| {
            let line = |line: Handed| HandedView {
                order_line_id: line.line,
                accepted_quantity: line.accepted,
                rejected_quantity: line.rejected,
                reject_reason: line.reason,
            };
            lines.0.into_iter().map(line).collect()
        };
        Self {
            n: row.n,
            reason: row.reason,
            corrected_by: row.corrected_by,
            corrected_at: row.corrected_at,
            status_before: row.status_before,
            lines_before: lines(row.lines_before),
            status_after: row.status_after,
            lines_after: lines(row.lines_after),
        }
    }
}

pub async fn detail(
    db: &impl crate::select::Connection,
    actor: &Actor,
    delivery: delivery::Model,
) -> Result<DeliveryDetail> {
    let worth = rows::worth_of(db, delivery.id).await?;
    let shown = |fen: Fen| actor.sees_prices().then_some(fen);
    let id = delivery.id;
    let customer = customers::rows::customer(db, delivery.customer_id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let lines = rows::lines(db, id).await?;
    let due = if customer.payment_terms == "on_delivery" { due(&delivery, &lines)? } else { Fen::ZERO };
    let lines = lines.into_iter().map(DeliveryLineView::from).collect();
    let attempts = rows::attempts(db, id).await?.into_iter().map(AttemptView::from).collect();
    let corrections =
        rows::corrections(db, id).await?.into_iter().map(DeliveryCorrectionView::from).collect();
    Ok(DeliveryDetail {
        delivery: delivery.into(),
        customer_name: customer.name,
        due,
        lines,
        attempts,
        unbilled: shown(worth.unbilled_fen),
        released: shown(worth.released_fen),
        corrections,
    })
}
