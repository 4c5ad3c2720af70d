//! Corrects what was signed, by a new version that keeps the old one.

use domain::deliveries::{self as rules, CorrectionRefusal, Due, Handed, closed_status};
use domain::ids::CorrectionId;
use domain::stored::Stored;
use platform::Tx;
use serde_json::json;

use super::rows::{self, correction, delivery};
use super::sign_off::{due, refused};
use super::write_back::{Change, Signature, write_back};
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, Result};
use crate::texts;

/// Writes the new version and derives the order's quantities anew. The delivery is locked.
pub async fn correct(
    tx: &Tx,
    actor: &Actor,
    delivery: &delivery::Model,
    after: &[Handed],
    reason: &str,
) -> Result<()> {
    let id = delivery.id;
    let lines = rows::lines(tx.db(), id).await?;
    let due: Vec<Due> = lines.iter().map(due).collect();
    let before: Vec<Handed> = lines.into_iter().map(handed).collect();
    let status = delivery.status;
    let standing = (status, delivery.signed_at);
    rules::check_correction(standing, &due, (&before, after), reason, tx.now()).map_err(|refusal| {
        let code = refusal.code();
        match refusal {
            CorrectionRefusal::Lines(lines) => refused(lines),
            CorrectionRefusal::ReasonMissing => Error::field("/reason", "correction_reason_missing"),
            _ => Error::conflict(code),
        }
    })?;
    let n = i32::try_from(rows::corrections(tx.db(), id).await?.len()).unwrap_or(i32::MAX) + 1;
    let row = correction::Model {
        id: CorrectionId(platform::new_id()),
        delivery_id: id,
        n,
        status_before: status,
        lines_before: Stored(before.clone()),
        status_after: closed_status(after),
        lines_after: Stored(after.to_vec()),
        reason: reason.trim().to_owned(),
        corrected_by: actor.id,
        corrected_at: tx.now(),
    };
    rows::insert_correction(tx.db(), row).await?;
    rows::hand_over(tx.db(), id, after).await?;
    rows::set_status(tx.db(), id, closed_status(after)).await?;
    write_back(tx, delivery, &Change::between(&before, after)?, Signature::Kept).await?;
    let customer = delivery.customer_id;
    let entry = Entry {
        customer,
        kind: "delivery_corrected",
        title: texts::corrected(&delivery.number, n),
        subject: ("delivery", id.0),
        actor: Some(actor.id),
        facts: json!({"n": n, "reason": reason.trim()}),
    };
    customers::file_as(tx, "deliveries.corrected", entry).await
}

/// A line as it was signed for.
pub fn handed(line: rows::LineRow) -> Handed {
    Handed {
        line: line.order_line_id,
        accepted: line.accepted_thousandths.unwrap_or_default(),
        rejected: line.rejected_thousandths.unwrap_or_default(),
        reason: line.reject_reason,
    }
}
