//! What base, records and sales ask of those above them, answered: a verdict resumes its subject, a leaver's work moves,
//! a photo's task names its customer, and a record of evidence turns what was planned done.

use anyhow::Context;
use base::subjects::{Named, Record, Subjects};
use chrono::{DateTime, Utc};
use domain::approvals::{Status, Subject};
use domain::deliveries::Refusal;
use domain::evidence::PhotoTask;
use domain::ids::{CustomerId, RegionId, UserId};
use domain::people::Work;
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
    async fn hold(&self, tx: &Tx, subject: Subject) -> Result<()> {
        match subject {
            Subject::Visit(id) => visits::hold(tx, id).await.map(drop),
            Subject::Delivery(id) => deliveries::hold(tx, id).await.map(drop),
            Subject::Evidence(id) => opportunities::hold(tx, id).await,
            Subject::Customer(id) => customers::hold(tx, id).await,
            Subject::Order(id) => orders::hold(tx, id).await.map(drop),
            Subject::Request(_) => Ok(()),
        }
    }

    fn withdrawn_because(&self, subject: Subject) -> Option<&'static str> {
        match subject {
            Subject::Delivery(_) => Some(Refusal::AlreadyClosed.code()),
            Subject::Customer(_)
            | Subject::Evidence(_)
            | Subject::Order(_)
            | Subject::Request(_)
            | Subject::Visit(_) => None,
        }
    }

    async fn resume(&self, app: &App, tx: &Tx, actor: Option<&Actor>, ended: &approval::Model) -> Result<()> {
        let is_approved = ended.status == Status::Approved.name();
        let by = actor.map(|actor| actor.id);
        match ended.subject() {
            Subject::Visit(id) => visits::reviewed(tx, by, id.0, is_approved).await,
            Subject::Evidence(id) => opportunities::reviewed(app, tx, by, (id.0, is_approved)).await,
            Subject::Delivery(_) => {
                // A delivery may have been signed off in several attempts; the decision is about one of them.
                let review = ended.review()?;
                let word = deliveries::Word {
                    attempt: review.attempt_id.context("a review of a delivery names its attempt")?,
                    is_accepted: is_approved,
                    is_override: review.asks_for_override,
                    reason: ended.comment.as_deref().unwrap_or_default(),
                };
                deliveries::reviewed(tx, by, &word).await
            }
            Subject::Customer(id) => customers::place_decided(tx, id, is_approved).await,
            Subject::Order(id) => {
                let verdict = orders::Verdict {
                    order: id.0,
                    is_approved,
                    comment: ended.comment.as_deref(),
                    content_hash: ended.content_hash.as_deref(),
                };
                orders::decided(app, tx, by, verdict).await
            }
            Subject::Request(_) => Ok(()),
        }
    }

    async fn depart(&self, app: &App, tx: &Tx, from_to: (UserId, UserId), by: UserId) -> Result<Vec<Moved>> {
        let (user, to) = from_to;
        let mut moved = Vec::new();
        // In calling order: what decisions are about is locked before the decisions.
        for work in Work::ALL {
            moved.extend(match work {
                Work::Customer => customers::left(tx, (user, to), by).await?,
                Work::Opportunity => opportunities::left(tx, user, to).await?,
                Work::Lead => leads::left(tx, user, to).await?,
                Work::Todo => approvals::left(app, tx, user, to).await?,
                // Whoever they led is moved by whoever sees them out.
                Work::User => Vec::new(),
            });
        }
        Ok(moved)
    }

    async fn customer(&self, tx: &Tx, actor: &Actor, id: CustomerId) -> Result<Option<Named>> {
        let seen = customers::rows::visible(tx.db(), actor, id).await?;
        Ok(seen.map(|it| Named { id, region: RegionId(it.region_id), owner: it.owner_id.map(UserId) }))
    }

    async fn customer_behind(&self, tx: &Tx, actor: &Actor, task: PhotoTask) -> Result<Option<CustomerId>> {
        let db = tx.db();
        let customer = match task {
            PhotoTask::Customer(id) => customers::rows::visible(db, actor, id).await?.map(|it| it.id),
            PhotoTask::Delivery(id) => {
                deliveries::rows::visible(db, actor, id).await?.map(|it| it.customer_id.0)
            }
            PhotoTask::Opportunity(id) => {
                opportunities::rows::visible(db, actor, id).await?.map(|it| it.opportunity.customer_id)
            }
            PhotoTask::Quote(id) => {
                quotes::rows::visible(db, actor, id).await?.map(|it| it.quote.customer_id)
            }
            // A voucher of what was collected is filed with the trip's first customer.
            PhotoTask::Trip(id) => deliveries::first_customer(tx, actor, id).await?.map(|it| it.0),
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
