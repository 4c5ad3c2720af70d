//! A person looks at a doubtful sign-off, or vouches for a refused one.

use domain::approvals::Kind;
use domain::deliveries::Status;
use domain::evidence::{Judgement, Verdict};
use domain::ids::{CustomerId, DeliveryId, RegionId, UserId};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::complete::complete;
use super::rows::{self, attempt, delivery};
use crate::actor::Actor;
use crate::approvals::{self, Request};
use crate::customers::{self, Entry, rows::customer};
use crate::error::{Error, Result};
use crate::{App, people};

/// Asks the supervisor of the customer's owner; about the newest attempt where one waits already.
pub async fn ask(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    customer: &customer::Model,
    (delivery, attempt, judgement): (&delivery::Model, &attempt::Model, &Judgement),
) -> Result<()> {
    let (region, owner) = (RegionId(customer.region_id), customer.owner_id.map(UserId));
    let reviewer = people::reviewer(tx.db(), actor.id, owner, region, local_date(tx.now())).await?;
    let Some(assignee) = reviewer else {
        tracing::error!(delivery.id = %delivery.id, "nobody can review a sign-off; add a supervisor or an admin");
        return Ok(());
    };
    let is_refused = judgement.verdict == Verdict::Reject;
    let title = if is_refused { "签收未通过,请核实" } else { "签收待复核" };
    let distance = attempt.distance_m.map(|metres| format!(",距门店 {metres} 米")).unwrap_or_default();
    let summary = format!(
        "{}:送货单 {},{} 提交{distance}。{}",
        customer.name,
        delivery.number,
        actor.name,
        if is_refused {
            "已提示重拍或重新定位;情况属实可直接通过"
        } else {
            "货已先行签收,请看照片与定位"
        },
    );
    let request = Request {
        kind: Kind::EvidenceReview,
        subject: ("delivery", delivery.id),
        customer: CustomerId(customer.id),
        region,
        initiator: actor.id,
        assignee,
        title: format!("{title}:{}", customer.name),
        summary,
        facts: json!({
            "attempt_id": attempt.id,
            "number": delivery.number,
            "verdict": attempt.verdict,
            "reasons": attempt.reasons,
            "distance_m": attempt.distance_m,
            "location": attempt.location,
            "photo_ids": attempt.photo_ids,
            "signer_name": attempt.signer_name,
            "lines": attempt.lines,
        }),
    };
    match approvals::waiting(tx, request.subject).await? {
        Some(open) => approvals::renew(tx, open, request).await?,
        None => {
            approvals::open(app, tx, request).await?;
        }
    }
    Ok(())
}

/// The reviewer's word. A vouched attempt completes a delivery that is still open; a looked-at one is final.
pub async fn reviewed(tx: &Tx, actor: &Actor, attempt: Uuid, is_accepted: bool) -> Result<()> {
    let attempt = rows::attempt(tx.db(), attempt).await?.ok_or(Error::NotFound)?;
    let id = DeliveryId(attempt.delivery_id);
    let delivery = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let customer = customers::rows::customer(tx.db(), CustomerId(delivery.customer_id)).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let is_open = Status::by_name(&delivery.status).is_some_and(Status::is_open);
    if attempt.verdict == "reject" {
        if is_accepted && !is_open {
            return Err(Error::conflict("delivery_already_closed"));
        }
        if is_accepted {
            complete(tx, &delivery, &customer, &attempt, false).await?;
            rows::set_review(tx.db(), id, "accepted").await?;
        }
        return Ok(());
    }
    rows::set_review(tx.db(), id, if is_accepted { "accepted" } else { "rejected" }).await?;
    let word = if is_accepted { "通过" } else { "未通过" };
    let entry = Entry {
        customer: CustomerId(customer.id),
        kind: "delivery_reviewed",
        title: format!("签收复核{word}:送货单 {}", delivery.number),
        subject: ("delivery", delivery.id),
        actor: Some(actor.id),
        facts: json!({"accepted": is_accepted}),
    };
    customers::file(tx, entry).await
}
