//! Writes a sign-off back to everything that waits for it, in the caller's transaction.

use domain::deliveries::{Handed, Status, closed_status};
use domain::ids::{CustomerId, DeliveryId, OrderId, OrderLineId, UserId};
use domain::money::Quantity;
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;

use super::rows::{self, Closing, attempt, delivery};
use crate::approvals;
use crate::customers::{self, Entry, rows::customer};
use crate::error::Result;
use crate::orders::{self, DeliveredFacts};

/// Closes the delivery from an attempt and ends the reviews of the others: delivery, order and customer's timeline agree or none of it happens. The
/// date is the day the goods were handed over, which is the attempt's.
pub async fn complete(
    tx: &Tx,
    delivery: &delivery::Model,
    customer: &customer::Model,
    attempt: &attempt::Model,
    is_provisional: bool,
) -> Result<()> {
    let handed: Vec<Handed> = serde_json::from_value(attempt.lines.clone()).map_err(anyhow::Error::from)?;
    let (id, status) = (DeliveryId(delivery.id), closed_status(&handed));
    let delivered_on = local_date(attempt.at);
    let closing = Closing {
        status,
        signed_at: attempt.at,
        delivered_on,
        signer_name: &attempt.signer_name,
        verdict: &attempt.verdict,
        reasons: attempt.reasons.clone(),
        provisional: is_provisional,
        review: if is_provisional { "pending" } else { "none" },
    };
    rows::close(tx.db(), id, &closing).await?;
    approvals::withdraw(tx, ("delivery", id.0)).await?;
    rows::hand_over(tx.db(), id, &handed).await?;

    let order = OrderId(delivery.order_id);
    let lines: Vec<(OrderLineId, Quantity, Quantity)> =
        handed.iter().map(|it| (it.line, it.accepted, it.rejected)).collect();
    let facts = DeliveredFacts {
        status: order_status(tx, order, &handed).await?,
        delivered_on,
        signer_name: &attempt.signer_name,
        lines: &lines,
    };
    orders::delivered(tx, order, facts).await?;

    let entry = Entry {
        customer: CustomerId(customer.id),
        kind: "delivery_signed",
        title: format!("{}:送货单 {},签收人 {}", label(status), delivery.number, attempt.signer_name),
        subject: ("delivery", delivery.id),
        actor: Some(UserId(attempt.user_id)),
        facts: json!({
            "order_id": delivery.order_id,
            "delivered_on": delivered_on,
            "signer_name": attempt.signer_name,
            "verdict": attempt.verdict,
            "provisional": is_provisional,
            "photo_ids": attempt.photo_ids,
        }),
    };
    customers::file(tx, entry).await?;
    customers::verified(tx, CustomerId(customer.id), attempt.at).await
}

/// Delivered when nothing is left and everything was taken; refused when nothing was taken at all.
async fn order_status(tx: &Tx, order: OrderId, handed: &[Handed]) -> Result<&'static str> {
    let lines = orders::rows::lines(tx.db(), order).await?;
    let (mut n_left, mut n_accepted, mut n_rejected) = (0, 0, 0);
    for line in lines {
        let now = handed.iter().find(|it| it.line.0 == line.id);
        let accepted = line.accepted_thousandths + now.map_or(0, |it| it.accepted.0);
        let rejected = line.rejected_thousandths + now.map_or(0, |it| it.rejected.0);
        n_left += line.quantity_thousandths - accepted - rejected;
        n_accepted += accepted;
        n_rejected += rejected;
    }
    Ok(match (n_left, n_accepted, n_rejected) {
        (0, _, 0) => "delivered",
        (0, 0, _) => "refused",
        _ => "partially_delivered",
    })
}

fn label(status: Status) -> &'static str {
    match status {
        Status::Signed => "全部签收",
        Status::PartiallySigned => "部分签收",
        Status::Refused => "整单拒收",
        _ => "送货",
    }
}
