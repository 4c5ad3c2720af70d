//! A person looks at a doubtful sign-off, or vouches for a refused one.

use domain::approvals::{Kind, Subject, SubjectKind};
use domain::deliveries::{self as rules, Review, Step};
use domain::evidence::{Judgement, Verdict};
use domain::ids::{AttemptId, AttemptSetId, CustomerId, DeliveryId, RegionId, UserId};
use platform::Tx;
use serde_json::{Value, json};

use super::complete::complete;
use super::correct::handed;
use super::overrule::mark;
use super::rows::{self, attempt, delivery};
use super::settle::{go_on, settle_up};
use super::write_back::{Change, Signature, write_back};
use crate::App;
use crate::actor::Actor;
use crate::approvals::{self, Request};
use crate::customers::{self, Entry, rows::customer};
use crate::error::{Error, Result};
use crate::texts;

/// Asks the supervisor of the customer's owner; about the newest attempt where one waits already. Deliveries that
/// were signed off together are one question, asked about the first of them.
pub async fn ask(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    customer: &customer::Model,
    (deliveries, attempts, judgement): (&[delivery::Model], &[attempt::Model], &Judgement),
) -> Result<()> {
    let Some((delivery, attempt)) = deliveries.first().zip(attempts.first()) else { return Ok(()) };
    let is_refused = judgement.verdict == Verdict::Reject;
    let title = texts::sign_off_asked(is_refused);
    let summary = texts::sign_off_summary(
        (&customer.name, &actor.name),
        (&delivery.number, deliveries.len()),
        attempt.distance_m,
        is_refused,
    );
    let asked = Asked { title, summary, facts: facts(delivery, attempt) };
    put(app, tx, actor, customer, (delivery, asked)).await
}

/// Logistics asks that a delivery be completed without its locks.
pub async fn ask_for_override(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    customer: &customer::Model,
    (delivery, attempt, reason): (&delivery::Model, &attempt::Model, &str),
) -> Result<()> {
    let mut facts = facts(delivery, attempt);
    facts["override"] = json!(true);
    facts["reason"] = json!(reason.trim());
    let summary = texts::override_summary(&customer.name, &delivery.number, &actor.name, reason.trim());
    put(app, tx, actor, customer, (delivery, Asked { title: texts::OVERRIDE_ASKED, summary, facts })).await
}

struct Asked {
    title: &'static str,
    summary: String,
    facts: Value,
}

fn facts(delivery: &delivery::Model, attempt: &attempt::Model) -> Value {
    json!({
        "attempt_id": attempt.id,
        "number": delivery.number,
        "verdict": attempt.verdict,
        "reasons": *attempt.reasons,
        "distance_m": attempt.distance_m,
        "location": attempt.location.as_deref(),
        "photo_ids": *attempt.photo_ids,
        "signer_name": attempt.signer_name,
        "lines": *attempt.lines,
    })
}

async fn put(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    customer: &customer::Model,
    (delivery, asked): (&delivery::Model, Asked),
) -> Result<()> {
    let (region, owner) = (RegionId(customer.region_id), customer.owner_id.map(UserId));
    let request = Request {
        kind: Kind::EvidenceReview,
        subject: Subject::Delivery(delivery.id),
        customer: Some(CustomerId(customer.id)),
        region: Some(region),
        owner,
        initiator: actor.id,
        title: format!("{}：{}", asked.title, customer.name),
        summary: asked.summary,
        facts: asked.facts,
        content_hash: None,
    };
    match approvals::waiting(tx, request.subject).await? {
        Some(open) => approvals::renew(app, tx, open, request).await?,
        None => {
            approvals::open(app, tx, request).await?;
        }
    }
    Ok(())
}

/// Those of these sets of attempts of which a person still has to say whether they count.
pub async fn asked_about(tx: &Tx, sets: &[AttemptSetId]) -> Result<Vec<AttemptSetId>> {
    let attempts = rows::attempts_of_sets(tx.db(), sets).await?;
    let deliveries: Vec<uuid::Uuid> = attempts.iter().map(|it| it.delivery_id.0).collect();
    let mut asked = Vec::new();
    for open in approvals::all_waiting(tx, SubjectKind::Delivery, &deliveries).await? {
        asked.extend(open.review()?.attempt_id);
    }
    let is_asked = |it: &&attempt::Model| asked.contains(&it.id);
    let mut sets: Vec<AttemptSetId> = attempts.iter().filter(is_asked).map(attempt::Model::set).collect();
    sets.sort_unstable();
    sets.dedup();
    Ok(sets)
}

/// The reviewer's word on an attempt.
#[derive(Debug)]
pub struct Word<'a> {
    pub attempt: AttemptId,
    pub is_accepted: bool,
    /// Logistics asked for it.
    pub is_override: bool,
    pub reason: &'a str,
}

/// A vouched attempt completes what of it is still open; a looked-at sign-off is final; one that is not believed
/// counts no more, and the delivery is open again.
pub async fn reviewed(tx: &Tx, by: Option<UserId>, word: &Word<'_>) -> Result<()> {
    let lead = rows::attempt(tx.db(), word.attempt).await?.ok_or(Error::NotFound)?;
    let (is_refused, set_id) = (lead.verdict == Verdict::Reject, lead.set());
    let set = if word.is_override { vec![lead] } else { rows::attempts_of_set(tx.db(), set_id).await? };
    let ids: Vec<DeliveryId> = set.iter().map(|it| it.delivery_id).collect();
    let deliveries = rows::locked_among(tx.db(), &ids).await?;
    let customer = deliveries.first().ok_or(Error::NotFound)?.customer_id;
    let customer = customers::rows::customer(tx.db(), customer).await?.ok_or(Error::NotFound)?;
    if is_refused || word.is_override {
        if word.is_accepted {
            vouch(tx, by, &customer, (&deliveries, &set), word).await?;
            return settle_up(tx, set_id).await;
        }
        // Nobody vouches for it: what waited for the word is simply open.
        let open = deliveries.iter().find(|it| it.status.is_open());
        return match open {
            Some(delivery) => go_on(tx, delivery).await,
            None => Ok(()),
        };
    }
    let mut reopened = None;
    for delivery in deliveries.iter().filter(|it| it.review == Review::Pending) {
        if word.is_accepted {
            rows::set_review(tx.db(), delivery.id, Review::Accepted).await?;
        } else {
            reopen(tx, delivery).await?;
            reopened = Some(delivery);
        }
        file(tx, by, delivery, word.is_accepted).await?;
    }
    match reopened {
        Some(delivery) => {
            rows::void_settlement(tx.db(), set_id, tx.now()).await?;
            go_on(tx, delivery).await
        }
        None => Ok(()),
    }
}

async fn vouch(
    tx: &Tx,
    by: Option<UserId>,
    customer: &customer::Model,
    (deliveries, set): (&[delivery::Model], &[attempt::Model]),
    word: &Word<'_>,
) -> Result<()> {
    let mut n_completed = 0;
    for attempt in set {
        let Some(delivery) = deliveries.iter().find(|it| it.id == attempt.delivery_id) else { continue };
        let Ok(completion) = rules::vouched(delivery.status, &attempt.lines) else { continue };
        complete(tx, delivery, customer, attempt, completion).await?;
        rows::set_review(tx.db(), delivery.id, Review::Accepted).await?;
        mark(tx, by, delivery, word.reason).await?;
        n_completed += 1;
    }
    if n_completed == 0 { Err(Error::conflict("delivery_already_closed")) } else { Ok(()) }
}

/// Takes a provisional sign-off back from the order.
async fn reopen(tx: &Tx, delivery: &delivery::Model) -> Result<()> {
    let id = delivery.id;
    let status = delivery.status.after(Step::Reopen);
    let status = status.map_err(|refusal| Error::conflict(refusal.code()))?;
    let signed: Vec<_> = rows::lines(tx.db(), id).await?.into_iter().map(handed).collect();
    write_back(tx, delivery, &Change::between(&signed, &[])?, Signature::Withdrawn).await?;
    rows::reopen(tx.db(), id, status).await?;
    Ok(())
}

async fn file(tx: &Tx, by: Option<UserId>, delivery: &delivery::Model, is_accepted: bool) -> Result<()> {
    let entry = Entry {
        customer: delivery.customer_id,
        kind: "delivery_reviewed",
        title: texts::sign_off_reviewed(is_accepted, &delivery.number),
        subject: ("delivery", delivery.id.0),
        actor: by,
        facts: json!({"accepted": is_accepted}),
    };
    customers::file(tx, entry).await
}
