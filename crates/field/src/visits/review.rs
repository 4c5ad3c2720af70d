//! A person looks at a doubtful check-in, or vouches for a refused one.

use chrono::NaiveTime;
use domain::approvals::Kind;
use domain::evidence::Verdict;
use domain::ids::{CustomerId, RegionId, UserId, VisitId};
use domain::notices::end_of_day;
use domain::visits::{self as rules, Status};
use domain::working_time::{at_local, local_date};
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::count::count;
use super::rows::{self, visit};
use crate::actor::Actor;
use crate::approvals::rows::approval;
use crate::approvals::{self, Request};
use crate::customers::{self, Entry, rows::customer};
use crate::error::{Error, Result};
use crate::texts;
use crate::{App, actions, evidence, opportunities};

/// Ends the reviews of the day's earlier attempts, which this check-in replaces. Where it was refused as well, one of
/// them stays open to be asked about it.
pub async fn replace_reviews(
    tx: &Tx,
    status: Status,
    attempts: &[visit::Model],
) -> Result<Option<approval::Model>> {
    let pending = attempts.iter().filter(|attempt| attempt.review == "pending");
    let pending: Vec<Uuid> = pending.map(|attempt| attempt.id).collect();
    let mut kept = None;
    for id in &pending {
        let open = approvals::waiting(tx, ("visit", *id)).await?;
        if status == Status::Attempted && kept.is_none() {
            kept = open;
        } else {
            approvals::withdraw(tx, ("visit", *id)).await?;
        }
    }
    rows::end_reviews(tx.db(), &pending).await?;
    Ok(kept)
}

/// Asks the rep's supervisor to look, in a review that is `open` already where there is one.
pub async fn ask(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    customer: &customer::Model,
    (visit, open): (&visit::Model, Option<approval::Model>),
) -> Result<()> {
    let region = RegionId(customer.region_id);
    let is_refused = visit.verdict == evidence::verdict_name(Verdict::Reject);
    let request = Request {
        kind: Kind::EvidenceReview,
        subject: ("visit", VisitId(visit.id).0),
        customer: Some(CustomerId(customer.id)),
        region: Some(region),
        owner: Some(UserId(visit.user_id)),
        initiator: actor.id,
        title: texts::check_in_asked(is_refused, &customer.name),
        summary: texts::check_in_summary(&actor.name, visit.distance_m),
        facts: json!({
            "visit_id": visit.id,
            "verdict": visit.verdict,
            "reasons": visit.reasons,
            "distance_m": visit.distance_m,
            "location": visit.location,
            "photo_ids": visit.photo_ids,
        }),
        content_hash: None,
    };
    match open {
        Some(open) => approvals::renew(app, tx, open, request).await?,
        None => {
            approvals::open(app, tx, request).await?;
        }
    }
    Ok(())
}

/// A vouched attempt becomes a check-in, a refuted check-in an attempt; a recorded outcome stays.
pub async fn reviewed(tx: &Tx, by: Option<UserId>, visit: Uuid, is_accepted: bool) -> Result<()> {
    let id = VisitId(visit);
    let visit = super::hold(tx, id).await?.ok_or(Error::NotFound)?;
    let status = Status::by_name(&visit.status).unwrap_or(Status::Attempted);
    let review = if is_accepted { "accepted" } else { "rejected" };
    rows::set_review(tx.db(), id, rules::reviewed(status, is_accepted), review).await?;
    count(tx, &visit).await?;
    if !is_accepted && status == Status::Completed {
        undo(tx, &visit).await?;
        opportunities::unacted(tx, ("visit", visit.id)).await?;
    }
    let entry = Entry {
        customer: CustomerId(visit.customer_id),
        kind: "visit_reviewed",
        title: texts::check_in_reviewed(is_accepted),
        subject: ("visit", visit.id),
        actor: by,
        facts: json!({"accepted": is_accepted}),
    };
    customers::file(tx, entry).await
}

/// What the refuted visit had turned done is open again, unless another of the day supports it.
async fn undo(tx: &Tx, visit: &visit::Model) -> Result<()> {
    let (user, customer) = (UserId(visit.user_id), CustomerId(visit.customer_id));
    if !actions::undone(tx, ("visit", visit.id)).await? {
        return Ok(());
    }
    let day = local_date(visit.checked_in_at);
    let span = (at_local(day, NaiveTime::MIN), end_of_day(visit.checked_in_at));
    let others = rows::of_day(tx.db(), (user, customer), span).await?;
    let supports =
        |it: &&rows::VisitRow| it.visit.status == Status::Completed.name() && it.visit.review != "rejected";
    match others.iter().find(supports) {
        Some(other) => actions::done(tx, user, day, customer, ("visit", other.visit.id)).await,
        None => Ok(()),
    }
}
