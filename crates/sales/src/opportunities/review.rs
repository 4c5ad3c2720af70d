//! A person looks at a record; the only file of this capability that asks for a decision.

use domain::approvals::Kind;
use domain::evidence::Verdict;
use domain::evidence::kinds::EvidenceKind;
use domain::ids::{CustomerId, EvidenceId, OpportunityId, RegionId, UserId};
use domain::opportunities::Worth;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::pages::take_stock;
use super::record::{count, stands};
use super::rows::{self, evidence as records};
use super::{gaps, standing};
use crate::actor::Actor;
use crate::approvals::{self, Request};
use crate::customers::{self, Entry};
use crate::error::{Error, Result};
use crate::settings::Event;
use crate::texts;
use crate::{App, settings};

/// Asks who leads the owner, in a review that is open already where there is one.
pub(super) async fn ask(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (record, kind): (&records::Model, &EvidenceKind),
) -> Result<()> {
    let id = OpportunityId(record.opportunity_id);
    let opportunity = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let (region, owner) = (RegionId(record.region_id), UserId(opportunity.owner_id));
    let is_refused = record.verdict == Verdict::Reject;
    let request = Request {
        kind: Kind::EvidenceReview,
        subject: ("evidence", record.id),
        customer: Some(CustomerId(record.customer_id)),
        region: Some(region),
        owner: Some(owner),
        initiator: actor.id,
        title: texts::evidence_asked(is_refused, &kind.label),
        summary: texts::evidence_summary(&actor.name, &opportunity.name, &kind.label),
        facts: json!({
            "opportunity_id": record.opportunity_id,
            "kind": record.kind,
            "verdict": record.verdict,
            "reasons": record.reasons,
            "fields": record.fields,
            "photo_ids": record.photo_ids,
            "file_ids": record.file_ids,
        }),
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

/// A leader rejects a record that stands, whatever the machine thought of it. What waited about it ends.
pub(super) async fn reject(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    record: &records::Model,
    reason: &str,
) -> Result<()> {
    if record.user_id == actor.id.0 {
        return Err(Error::conflict("own_matter"));
    }
    if !stands(record) {
        return Err(Error::conflict("evidence_rejected"));
    }
    approvals::withdraw(tx, ("evidence", record.id)).await?;
    let event = Event::about("opportunities.evidence_rejected", Some(actor.id), ("evidence", record.id));
    settings::record(tx, event.at(CustomerId(record.customer_id)).with(json!({"reason": reason}))).await?;
    reviewed(app, tx, Some(actor.id), (record.id, false)).await
}

/// What somebody said about a record: it holds with all its photos, or it does not and supports nothing any more.
pub async fn reviewed(
    app: &App,
    tx: &Tx,
    by: Option<UserId>,
    (evidence, is_accepted): (Uuid, bool),
) -> Result<()> {
    let id = EvidenceId(evidence);
    super::hold(tx, id).await?;
    let mut record = records::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let kinds = settings::evidence::kinds_of(app, tx.db(), record.kinds_version).await?;
    let worth = if is_accepted { Worth::Accepted } else { Worth::Rejected };
    record.status = worth;
    record.review = worth.name().to_owned();
    record.rejected_at = (!is_accepted).then_some(tx.now());
    if is_accepted {
        record.held_photo_ids = Vec::new().into();
    }
    if let Some(kind) = kinds.find(&record.kind) {
        take_stock(tx, kind, &mut record).await?;
    }
    records::keep(tx.db(), &record).await?;
    count(app, tx, &record).await?;
    if stands(&record) {
        standing::settle_support(app, tx, OpportunityId(record.opportunity_id)).await?;
        if record.is_signed {
            gaps::close(tx, &record).await?;
        }
    } else {
        app.subjects.undone(tx, ("evidence", record.id)).await?;
        standing::question_support(app, tx, &record).await?;
    }
    let label = kinds.find(&record.kind).map_or("", |kind| kind.label.as_str());
    let entry = Entry {
        customer: CustomerId(record.customer_id),
        kind: "evidence_reviewed",
        title: texts::evidence_reviewed(label, is_accepted),
        subject: ("evidence", record.id),
        actor: by,
        facts: json!({"accepted": is_accepted}),
    };
    customers::file(tx, entry).await
}
