//! A delivery that could not be handed over, with the reason. The order is free for another.

use domain::approvals::Subject;
use domain::deliveries::Step;
use domain::writing::is_blank;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::rows::{self, delivery};
use super::sign_off::photos;
use crate::actor::Actor;
use crate::approvals;
use crate::customers::{self, Entry};
use crate::error::{Error, Result};
use crate::evidence;
use crate::orders::{self, Dispatch};
use crate::texts;

/// Ends the delivery, and the reviews of its refused sign-offs. Photos are welcome and not required.
pub async fn fail(
    tx: &Tx,
    actor: &Actor,
    delivery: &delivery::Model,
    reason: &str,
    photo_ids: &[Uuid],
) -> Result<()> {
    let id = delivery.id;
    delivery.status.after(Step::Fail).map_err(|refusal| Error::conflict(refusal.code()))?;
    let reason = reason.trim();
    if is_blank(reason) {
        return Err(Error::field("/reason", "fail_reason_missing"));
    }
    match super::stop_of(tx, delivery).await? {
        Some(stop) => photos(tx, &stop, photo_ids).await?,
        None => evidence::photos_for(tx, photo_ids, ("delivery", id.0), None).await?,
    };
    rows::fail(tx.db(), id, reason).await?;
    orders::dispatched(tx, delivery.order_id, Dispatch::Ended).await?;
    approvals::withdraw(tx, Subject::Delivery(id)).await?;
    let customer = delivery.customer_id;
    let entry = Entry {
        customer,
        kind: "delivery_failed",
        title: texts::not_delivered(&delivery.number, reason),
        subject: ("delivery", id.0),
        actor: Some(actor.id),
        facts: json!({"reason": reason, "photo_ids": photo_ids}),
    };
    customers::file_as(tx, "deliveries.failed", entry).await
}
