//! What base, records and sales ask of those above them, answered: a verdict resumes its subject, a leaver's work moves,
//! a photo's task names its customer, and a record of evidence turns what was planned done.

use anyhow::Context;
use base::subjects::{Named, Record, Subjects};
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

/// The whole product's answers.
pub struct Product;

#[async_trait::async_trait]
impl Subjects for Product {
    async fn hold(&self, tx: &Tx, approval: &approval::Model) -> Result<()> {
        match approval.subject_type.as_str() {
            "visit" => visits::hold(tx, VisitId(approval.subject_id)).await.map(drop),
            "delivery" => deliveries::hold(tx, DeliveryId(approval.subject_id)).await.map(drop),
            "evidence" => opportunities::hold(tx, EvidenceId(approval.subject_id)).await,
            "customer" => customers::hold(tx, CustomerId(approval.subject_id)).await,
            "order" => orders::hold(tx, OrderId(approval.subject_id)).await.map(drop),
            _ => Ok(()),
        }
    }

    fn withdrawn_because(&self, approval: &approval::Model) -> Option<&'static str> {
        (approval.subject_type == "delivery").then(|| Refusal::AlreadyClosed.code())
    }

    async fn resume(&self, app: &App, tx: &Tx, actor: Option<&Actor>, ended: &approval::Model) -> Result<()> {
        let is_approved = ended.status == Status::Approved.name();
        let by = actor.map(|actor| actor.id);
        match ended.subject_type.as_str() {
            "visit" => visits::reviewed(tx, by, ended.subject_id, is_approved).await,
            "evidence" => opportunities::reviewed(app, tx, by, (ended.subject_id, is_approved)).await,
            "delivery" => {
                let word = deliveries::Word {
                    attempt: attempt_of(ended)?,
                    is_accepted: is_approved,
                    is_override: approvals::asks_for_override(ended),
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

    async fn depart(&self, app: &App, tx: &Tx, from_to: (UserId, UserId), by: UserId) -> Result<Vec<Moved>> {
        let (user, to) = from_to;
        // One line a slice, in calling order.
        // What decisions are about is locked before the decisions.
        let mut moved = customers::left(tx, (user, to), by).await?;
        moved.extend(opportunities::left(tx, user, to).await?);
        moved.extend(leads::left(tx, user, to).await?);
        moved.extend(approvals::left(app, tx, user, to).await?);
        Ok(moved)
    }

    async fn customer(&self, tx: &Tx, actor: &Actor, id: CustomerId) -> Result<Option<Named>> {
        let seen = customers::rows::visible(tx.db(), actor, id).await?;
        Ok(seen.map(|it| Named { id, region: RegionId(it.region_id), owner: it.owner_id.map(UserId) }))
    }

    async fn customer_behind(
        &self,
        tx: &Tx,
        actor: &Actor,
        (kind, id): (&str, Uuid),
    ) -> Result<Option<CustomerId>> {
        let customer = match kind {
            "customer" => customers::rows::visible(tx.db(), actor, CustomerId(id)).await?.map(|it| it.id),
            "delivery" => {
                deliveries::rows::visible(tx.db(), actor, DeliveryId(id)).await?.map(|it| it.customer_id.0)
            }
            "opportunity" => {
                let row = opportunities::rows::visible(tx.db(), actor, OpportunityId(id)).await?;
                row.map(|it| it.opportunity.customer_id)
            }
            "quote" => {
                quotes::rows::visible(tx.db(), actor, QuoteId(id)).await?.map(|it| it.quote.customer_id)
            }
            // A voucher of what was collected is filed with the trip's first customer.
            "trip" => deliveries::first_customer(tx, actor, TripId(id)).await?.map(|it| it.0),
            _ => None,
        };
        Ok(customer.map(CustomerId))
    }

    async fn owes(&self, tx: &Tx, customer: CustomerId) -> Result<bool> {
        orders::owes(tx, customer).await
    }

    async fn acted(&self, tx: &Tx, whose: (UserId, CustomerId), at: DateTime<Utc>, by: Record) -> Result<()> {
        let (user, customer) = whose;
        actions::done(tx, user, local_date(at), customer, by).await
    }

    async fn undone(&self, tx: &Tx, by: Record) -> Result<()> {
        actions::undone(tx, by).await.map(drop)
    }

    async fn prove(
        &self,
        tx: &Tx,
        actor: &Actor,
        (record, customer): (Record, CustomerId),
        (photo_ids, file_ids): (&[Uuid], &[Uuid]),
    ) -> Result<()> {
        evidence::photos_for(tx, photo_ids, ("customer", customer.0), Some(actor.id)).await?;
        evidence::use_for(tx, record, photo_ids).await?;
        evidence::file_with(tx, actor, customer, file_ids).await
    }

    async fn link_of(
        &self,
        app: &App,
        matter: &str,
        user: UserId,
        told_at: DateTime<Utc>,
    ) -> Result<Option<String>> {
        approvals::link_of(app, matter, user, told_at).await
    }
}

/// A delivery may have been signed off in several attempts; the decision is about one of them.
fn attempt_of(decided: &approval::Model) -> Result<AttemptId> {
    let id = decided.facts.get("attempt_id").and_then(serde_json::Value::as_str);
    let id = id.and_then(|id| id.parse().ok()).context("a review of a delivery names its attempt")?;
    Ok(AttemptId(id))
}
