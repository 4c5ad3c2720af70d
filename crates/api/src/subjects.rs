//! The one place that calls back down the list of capabilities: a verdict resumes its subject, a leaver's work moves,
//! a photo's task names its customer, and a record of evidence turns what was planned done.

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::approvals::Status;
use domain::deliveries::Refusal;
use domain::ids::{
    AttemptId, CustomerId, DeliveryId, EvidenceId, OpportunityId, OrderId, QuoteId, RegionId, TripId, UserId,
    VisitId,
};
use domain::working_time::local_date;
use platform::Tx;
use uuid::Uuid;

use crate::actor::Actor;
use crate::approvals::rows::approval;
use crate::error::Result;
use crate::people::Moved;
use crate::{
    App, actions, approvals, customers, deliveries, evidence, leads, opportunities, orders, quotes, visits,
};

/// Locks what a decision is about before the decision itself, in the order in which its own commands lock the two.
pub async fn hold(tx: &Tx, approval: &approval::Model) -> Result<()> {
    match approval.subject_type.as_str() {
        "visit" => visits::hold(tx, VisitId(approval.subject_id)).await.map(drop),
        "delivery" => deliveries::hold(tx, DeliveryId(approval.subject_id)).await.map(drop),
        "evidence" => opportunities::hold(tx, EvidenceId(approval.subject_id)).await,
        "customer" => customers::hold(tx, CustomerId(approval.subject_id)).await,
        "order" => orders::hold(tx, OrderId(approval.subject_id)).await.map(drop),
        _ => Ok(()),
    }
}

/// Why nobody needs to decide any more, where the subject has a word for it.
pub fn withdrawn_because(approval: &approval::Model) -> Option<&'static str> {
    (approval.subject_type == "delivery").then(|| Refusal::AlreadyClosed.code())
}

/// Goes on with what waited for the decision, in the same transaction. Nobody acts where a machine decided.
pub async fn resume(app: &App, tx: &Tx, actor: Option<&Actor>, ended: &approval::Model) -> Result<()> {
    let is_approved = ended.status == Status::Approved.name();
    let by = actor.map(|actor| actor.id);
    match ended.subject_type.as_str() {
        "visit" => visits::reviewed(tx, by, ended.subject_id, is_approved).await,
        "evidence" => opportunities::reviewed(app, tx, by, (ended.subject_id, is_approved)).await,
        "delivery" => {
            let word = deliveries::Word {
                attempt: AttemptId(attempt_of(ended)?),
                is_accepted: is_approved,
                is_override: asks_for_override(ended),
                reason: ended.comment.as_deref().unwrap_or_default(),
            };
            deliveries::reviewed(tx, by, &word).await
        }
        "customer" => customers::place_decided(tx, CustomerId(ended.subject_id), is_approved).await,
        "order" => {
            let verdict = orders::Verdict {
                order: ended.subject_id,
                is_approved,
                comment: ended.comment.as_deref(),
                content_hash: ended.content_hash.as_deref(),
            };
            orders::decided(app, tx, by, verdict).await
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

/// Moves somebody's work to somebody else when they leave, slice by slice. A slice moves what is open, answers what it
/// moved, and finds nothing the second time.
pub async fn left(app: &App, tx: &Tx, (user, to): (UserId, UserId), by: UserId) -> Result<Vec<Moved>> {
    // One line a slice, in calling order.
    // What decisions are about is locked before the decisions.
    let mut moved = customers::left(tx, (user, to), by).await?;
    moved.extend(opportunities::left(tx, user, to).await?);
    moved.extend(leads::left(tx, user, to).await?);
    moved.extend(approvals::left(app, tx, user, to).await?);
    Ok(moved)
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
            deliveries::rows::visible(tx.db(), actor, DeliveryId(id)).await?.map(|it| it.customer_id.0)
        }
        "opportunity" => {
            let row = opportunities::rows::visible(tx.db(), actor, OpportunityId(id)).await?;
            row.map(|it| it.opportunity.customer_id)
        }
        "quote" => quotes::rows::visible(tx.db(), actor, QuoteId(id)).await?.map(|it| it.quote.customer_id),
        // A voucher of what was collected is filed with the trip's first customer.
        "trip" => deliveries::first_customer(tx, actor, TripId(id)).await?.map(|it| it.0),
        _ => None,
    }
    .map(CustomerId))
}

/// Photos and files that the caller hands in for a record at a customer's: each is the caller's own, about this
/// customer, and proves the record from now on.
pub async fn prove(
    tx: &Tx,
    actor: &Actor,
    (record, customer): ((&'static str, Uuid), CustomerId),
    (photo_ids, file_ids): (&[Uuid], &[Uuid]),
) -> Result<()> {
    evidence::photos_for(tx, photo_ids, ("customer", customer.0), Some(actor.id)).await?;
    evidence::use_for(tx, record, photo_ids).await?;
    evidence::file_with(tx, actor, customer, file_ids).await
}

/// A customer as a request names it.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    pub id: CustomerId,
    pub region: RegionId,
    pub owner: Option<UserId>,
}

/// The customer, if the actor sees it.
pub async fn named(tx: &Tx, actor: &Actor, id: CustomerId) -> Result<Option<Named>> {
    let seen = customers::rows::visible(tx.db(), actor, id).await?;
    Ok(seen.map(|it| Named { id, region: RegionId(it.region_id), owner: it.owner_id.map(UserId) }))
}

/// Does anybody owe for what the customer ordered, or will? Until then, nobody else begins to pay for it.
pub async fn owes(tx: &Tx, customer: CustomerId) -> Result<bool> {
    orders::owes(tx, customer).await
}

/// The address for a message that calls somebody to a decision; none for any other message.
pub async fn link_of(
    app: &App,
    matter: &str,
    user: UserId,
    told_at: DateTime<Utc>,
) -> Result<Option<String>> {
    approvals::link_of(app, matter, user, told_at).await
}

/// Does approving override a machine's `reject`? Then the decider says why.
pub fn is_override(approval: &approval::Model) -> bool {
    asks_for_override(approval) || approval.facts.get("verdict").is_some_and(|verdict| verdict == "reject")
}

/// Does logistics ask that a delivery be completed without its locks?
fn asks_for_override(approval: &approval::Model) -> bool {
    approval.facts.get("override").is_some_and(|it| it == true)
}
