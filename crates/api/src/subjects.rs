//! The one place that calls back down the list of capabilities: a verdict resumes its subject, a photo's task names
//! its customer, and a record of evidence turns what was planned done.

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::deliveries::Refusal;
use domain::ids::{CustomerId, DeliveryId, EvidenceId, OpportunityId, TripId, UserId, VisitId};
use domain::working_time::local_date;
use platform::Tx;
use uuid::Uuid;

use crate::actor::Actor;
use crate::approvals::rows::approval;
use crate::error::Result;
use crate::{actions, customers, deliveries, opportunities, visits};

/// Locks what a decision is about before the decision itself, in the order in which its own commands lock the two.
pub async fn hold(tx: &Tx, approval: &approval::Model) -> Result<()> {
    match approval.subject_type.as_str() {
        "visit" => visits::hold(tx, VisitId(approval.subject_id)).await.map(drop),
        "delivery" => deliveries::hold(tx, DeliveryId(approval.subject_id)).await.map(drop),
        "evidence" => opportunities::hold(tx, EvidenceId(approval.subject_id)).await,
        _ => Ok(()),
    }
}

/// Why nobody needs to decide any more, where the subject has a word for it.
pub fn withdrawn_because(approval: &approval::Model) -> Option<&'static str> {
    (approval.subject_type == "delivery").then(|| Refusal::AlreadyClosed.code())
}

/// Goes on with what waited for the decision, in the same transaction.
pub async fn resume(tx: &Tx, actor: &Actor, decided: &approval::Model, is_approved: bool) -> Result<()> {
    match decided.subject_type.as_str() {
        "visit" => visits::reviewed(tx, actor, decided.subject_id, is_approved).await,
        "evidence" => opportunities::reviewed(tx, actor, decided.subject_id, is_approved).await,
        "delivery" => {
            let word = deliveries::Word {
                attempt: attempt_of(decided)?,
                is_accepted: is_approved,
                is_override: asks_for_override(decided),
                reason: decided.comment.as_deref().unwrap_or_default(),
            };
            deliveries::reviewed(tx, actor, &word).await
        }
        _ => Ok(()),
    }
}

/// A record proved that somebody did something at a customer's: what the day's list plans there is done.
pub async fn acted(
    tx: &Tx,
    (user, customer): (UserId, CustomerId),
    at: DateTime<Utc>,
    by: (&'static str, Uuid),
) -> Result<()> {
    actions::done(tx, user, local_date(at), customer, by).await
}

/// The record does not hold.
pub async fn undone(tx: &Tx, by: (&'static str, Uuid)) -> Result<()> {
    actions::undone(tx, by).await.map(drop)
}

/// A delivery may have been signed off in several attempts; the decision is about one of them.
fn attempt_of(decided: &approval::Model) -> Result<Uuid> {
    let id = decided.facts.get("attempt_id").and_then(serde_json::Value::as_str);
    let id = id.and_then(|id| id.parse().ok()).context("a review of a delivery names its attempt")?;
    Ok(id)
}

/// The customer a task is about, if the actor sees the task.
pub async fn customer_behind(tx: &Tx, actor: &Actor, (kind, id): (&str, Uuid)) -> Result<Option<CustomerId>> {
    Ok(match kind {
        "customer" => customers::rows::visible(tx.db(), actor, CustomerId(id)).await?.map(|it| it.id),
        "delivery" => {
            deliveries::rows::visible(tx.db(), actor, DeliveryId(id)).await?.map(|it| it.customer_id)
        }
        "opportunity" => {
            let row = opportunities::rows::visible(tx.db(), actor, OpportunityId(id)).await?;
            row.map(|it| it.opportunity.customer_id)
        }
        // A voucher of what was collected is filed with the trip's first customer.
        "trip" => deliveries::first_customer(tx, actor, TripId(id)).await?,
        _ => None,
    }
    .map(CustomerId))
}

/// Does approving override a machine's `reject`? Then the decider says why.
pub fn is_override(approval: &approval::Model) -> bool {
    asks_for_override(approval) || approval.facts.get("verdict").is_some_and(|verdict| verdict == "reject")
}

/// Does logistics ask that a delivery be completed without its locks?
fn asks_for_override(approval: &approval::Model) -> bool {
    approval.facts.get("override").is_some_and(|it| it == true)
}
