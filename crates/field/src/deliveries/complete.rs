//! Writes a sign-off back to everything that waits for it, in the caller's transaction.

use domain::approvals::Subject;
use domain::customers::Step;
use domain::deliveries::{self as rules, Completion, Invoicing, InvoicingStatus, Review, Status};
use domain::ids::CustomerId;
use domain::stored::Stored;
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::rows::{self, BlockedBy, BlockedSubject, Closing, attempt, delivery};
use super::sign_off::part;
use super::write_back::{Change, Signature, write_back};
use crate::customers::{self, Entry, rows::customer};
use crate::error::Result;
use crate::settings::{self, Event};
use crate::texts;
use crate::{approvals, evidence};

/// Closes the delivery from an attempt and ends the reviews of the others: delivery, order and customer's timeline
/// agree or none of it happens. The date is the day the goods were handed over, which is the attempt's. What lets it
/// be closed is the domain's to give.
pub async fn complete(
    tx: &Tx,
    delivery: &delivery::Model,
    customer: &customer::Model,
    attempt: &attempt::Model,
    completion: Completion,
) -> Result<()> {
    let handed = &attempt.lines.0;
    let (id, status) = (delivery.id, completion.status());
    let delivered_on = local_date(attempt.at);
    let (invoicing, blocked_by) = invoicing(tx, delivery, status, attempt).await?;
    let closing = Closing {
        status,
        signed_at: attempt.at,
        delivered_on,
        signer_name: &attempt.signer_name,
        verdict: attempt.verdict,
        reasons: attempt.reasons.clone(),
        provisional: completion.is_provisional(),
        review: if completion.is_provisional() { Review::Pending } else { Review::None },
        invoicing,
        blocked_by,
    };
    rows::close(tx.db(), id, &closing).await?;
    approvals::withdraw(tx, Subject::Delivery(id)).await?;
    rows::hand_over(tx.db(), id, handed).await?;
    let signature = Signature::Given(delivered_on, attempt.signer_name.clone());
    write_back(tx, delivery, &Change::between(&[], handed)?, signature).await?;
    file(tx, delivery, customer, attempt, completion).await
}

/// Whether it may be invoiced; what holds it is an event, so that lateness has a cause.
async fn invoicing(
    tx: &Tx,
    delivery: &delivery::Model,
    status: Status,
    attempt: &attempt::Model,
) -> Result<(InvoicingStatus, Option<Stored<BlockedBy>>)> {
    let ids: Vec<Uuid> = attempt.photo_ids.iter().map(|it| it.0).collect();
    let photos = evidence::rows::locked_among(tx.db(), &ids).await?;
    let parts: Vec<_> = photos.iter().map(part).collect();
    let block = match rules::invoicing(status, &parts, tx.now()) {
        Invoicing::Open => return Ok((InvoicingStatus::Open, None)),
        Invoicing::Held(block) => block,
    };
    let event = Event::about("deliveries.invoicing_held", None, ("delivery", delivery.id.0));
    let event = event.at(delivery.customer_id).with(json!({"blocked_by": block.code}));
    settings::record(tx, event).await?;
    let subject = BlockedSubject { r#type: "delivery".to_owned(), id: delivery.id };
    let blocked_by = BlockedBy { code: block.code, since: block.since, subject };
    Ok((InvoicingStatus::Held, Some(blocked_by.into())))
}

async fn file(
    tx: &Tx,
    delivery: &delivery::Model,
    customer: &customer::Model,
    attempt: &attempt::Model,
    completion: Completion,
) -> Result<()> {
    let entry = Entry {
        customer: CustomerId(customer.id),
        kind: "delivery_signed",
        title: texts::signed(completion.status(), &delivery.number, &attempt.signer_name),
        subject: ("delivery", delivery.id.0),
        actor: Some(attempt.user_id),
        facts: json!({
            "order_id": delivery.order_id,
            "delivered_on": local_date(attempt.at),
            "signer_name": attempt.signer_name,
            "verdict": attempt.verdict,
            "provisional": completion.is_provisional(),
            "overridden": completion.is_overridden(),
            "photo_ids": *attempt.photo_ids,
        }),
    };
    customers::file(tx, entry).await?;
    customers::touched(tx, CustomerId(customer.id), Step::SignOff, attempt.at).await?;
    customers::verified(tx, CustomerId(customer.id), attempt.at).await
}
