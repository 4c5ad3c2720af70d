//! A record of evidence is handed in. What is wrong in it is refused; what is missing is kept open.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::documents::Fault;
use domain::evidence::kinds::{EvidenceKind, Kinds, Parts, SIGNED_PAGE};
use domain::evidence::{Judgement, Lasts, Reason, Verdict};
use domain::ids::{CustomerId, EvidenceId, OpportunityId, RegionId, UserId};
use domain::opportunities::{self as rules, Worth};
use platform::Tx;
use serde_json::{Value, json};
use uuid::Uuid;

use super::act::{Deed, acted};
use super::rows::{evidence as records, opportunity};
use super::{gaps, review, standing};
use crate::App;
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, FieldFault, Result};
use crate::evidence::{self, Claim, File, Photo};
use crate::settings::{self, Event, schema};
use crate::texts;

/// What is handed in.
#[derive(Debug)]
pub struct Draft {
    pub kind: String,
    pub fields: Value,
    pub photo_ids: Vec<Uuid>,
    pub file_ids: Vec<Uuid>,
}

/// A record as it was kept, with what its texts do not say.
pub struct Recorded {
    pub record: records::Model,
    pub warnings: Vec<FieldFault>,
}

/// Judges and keeps the record, whatever the verdict.
pub async fn record(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    opportunity: &opportunity::Model,
    draft: Draft,
) -> Result<Recorded> {
    let (version, kinds) = settings::evidence::kinds(app, tx.db()).await?;
    let kind = kinds.find(&draft.kind).ok_or_else(|| Error::field("/kind", "evidence_kind_unknown"))?;
    check_fields(kind, &draft.fields)?;
    let photos =
        evidence::photos_for(tx, &draft.photo_ids, ("opportunity", opportunity.id), Some(actor.id)).await?;
    let files = evidence::files_for(tx, actor, &draft.file_ids).await?;
    let is_empty = draft.fields.as_object().is_none_or(serde_json::Map::is_empty);
    if is_empty && photos.is_empty() && files.is_empty() {
        return Err(Error::field("/fields", "evidence_empty"));
    }
    let id = EvidenceId(platform::new_id());
    let customer = CustomerId(opportunity.customer_id);
    let judgement = judge(tx, (id, customer), kind, (&photos, &files)).await?;
    let warnings = said_nothing(tx, &kinds, kind, (customer, &draft.fields)).await?;
    let needs = kind.needs(&parts(&draft.fields, &photos, files.len()));
    let is_signed = photos.iter().any(|photo| photo.purpose == SIGNED_PAGE);
    let record = records::Model {
        id: id.0,
        opportunity_id: opportunity.id,
        customer_id: customer.0,
        region_id: opportunity.region_id,
        user_id: actor.id.0,
        kind: draft.kind,
        kinds_version: version,
        fields: draft.fields,
        photo_ids: draft.photo_ids.clone().into(),
        file_ids: draft.file_ids.clone().into(),
        held_photo_ids: Vec::new().into(),
        verdict: judgement.verdict,
        reasons: judgement.reasons.clone().into(),
        status: Worth::of(judgement.verdict),
        review: if rules::needs_review(judgement.verdict) { "pending" } else { "none" }.to_owned(),
        completed_at: needs.is_empty().then_some(tx.now()),
        needs: needs.into(),
        is_vague: !warnings.is_empty(),
        is_signed,
        grace_until: grace_until(app, tx, (kind, RegionId(opportunity.region_id))).await?,
        is_grace_over: is_signed,
        recorded_at: tx.now(),
        rejected_at: (judgement.verdict == Verdict::Reject).then_some(tx.now()),
        version: 1,
    };
    records::insert(tx.db(), record.clone()).await?;
    use_files(tx, (id, customer), &files).await?;
    file(tx, actor, &record, kind).await?;
    settled(app, tx, actor, (&record, kind)).await?;
    Ok(Recorded { record, warnings })
}

/// What follows from a record as it now is: it counts, a stage may stand again, a gap may close, somebody may have to
/// look.
pub(super) async fn settled(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (record, kind): (&records::Model, &EvidenceKind),
) -> Result<()> {
    count(app, tx, record).await?;
    standing::settle_support(app, tx, OpportunityId(record.opportunity_id)).await?;
    if record.is_signed && stands(record) {
        gaps::close(tx, record).await?;
    }
    if record.review == "pending" {
        review::ask(app, tx, actor, (record, kind)).await?;
    }
    Ok(())
}

/// Counts the record as an action, and turns what the day's list plans for the customer done.
pub(super) async fn count(app: &App, tx: &Tx, record: &records::Model) -> Result<()> {
    let deed = Deed {
        opportunity: OpportunityId(record.opportunity_id),
        user: UserId(record.user_id),
        source: ("evidence", record.id),
        kind: &record.kind,
        at: record.recorded_at,
        n_evidence: record.photo_ids.len() + record.file_ids.len(),
        is_verified: stands(record) && !record.is_vague,
    };
    let counts = deed.is_verified && deed.n_evidence > 0;
    acted(tx, &deed).await?;
    if counts {
        let customer = CustomerId(record.customer_id);
        customers::verified(tx, customer, record.recorded_at).await?;
        let whose = (UserId(record.user_id), customer);
        app.subjects.acted(tx, whose, record.recorded_at, ("evidence", record.id)).await?;
    }
    Ok(())
}

pub(super) fn stands(record: &records::Model) -> bool {
    record.status.stands()
}

/// Until when a signed page may come. A year whose calendar is not published leaves it open.
async fn grace_until(
    app: &App,
    tx: &Tx,
    (kind, region): (&EvidenceKind, RegionId),
) -> Result<Option<DateTime<Utc>>> {
    let Some(gap) = &kind.gap else { return Ok(None) };
    let calendars = settings::calendars(app, tx.db()).await?;
    Ok(calendars.of(Some(region)).add_working_days(tx.now(), gap.grace_working_days).ok())
}

/// Everything that is wrong in the fields; what is missing is none of it.
pub(super) fn check_fields(kind: &EvidenceKind, fields: &Value) -> Result<()> {
    let faults = schema::faults(&kind.fields, fields, "/fields")?;
    let Some(first) = faults.first().map(|fault: &Fault| fault.code) else {
        return Ok(());
    };
    Err(Error::Invalid(first, faults.into_iter().map(|it| FieldFault::new(it.pointer, it.code)).collect()))
}

/// What the photos and the documents are worth.
pub(super) async fn judge(
    tx: &Tx,
    (id, customer): (EvidenceId, CustomerId),
    kind: &EvidenceKind,
    (photos, files): (&[Photo], &[File]),
) -> Result<Judgement> {
    let claim = Claim { subject: ("evidence", id.0), attempts: &[], lasts: Lasts::TheDay };
    let mut judgement = evidence::judge_record(tx, &claim, photos, |reason| kind.counts(reason)).await?;
    let sha256s: Vec<String> = files.iter().map(|file| file.sha256.clone()).collect();
    if records::is_elsewhere(tx.db(), &sha256s, customer).await? {
        judgement.reasons.push(Reason::DocumentRepeated);
        judgement = Judgement::of(judgement.reasons, None);
    }
    Ok(judgement)
}

pub(super) async fn use_files(
    tx: &Tx,
    (id, customer): (EvidenceId, CustomerId),
    files: &[File],
) -> Result<()> {
    let documents = files.iter().map(|file| records::document::Model {
        file_id: file.id,
        evidence_id: id.0,
        sha256: file.sha256.clone(),
        customer_id: customer.0,
    });
    records::use_documents(tx.db(), documents.collect()).await?;
    Ok(())
}

/// What a record consists of.
pub(super) fn parts(fields: &Value, photos: &[Photo], n_files: usize) -> Parts {
    let names: BTreeSet<String> = fields.as_object().into_iter().flat_map(|it| it.keys().cloned()).collect();
    Parts { fields: names, purposes: photos.iter().map(|photo| photo.purpose.clone()).collect(), n_files }
}

/// The texts of the record that say nothing; of a list, each.
pub(super) async fn said_nothing(
    tx: &Tx,
    kinds: &Kinds,
    kind: &EvidenceKind,
    (customer, fields): (CustomerId, &Value),
) -> Result<Vec<FieldFault>> {
    let names = customers::rows::names(tx.db(), &[customer.0]).await?;
    let name = names.get(&customer.0).map(String::as_str);
    let mut faults = Vec::new();
    for field in &kind.vague_fields {
        match fields.get(field) {
            Some(Value::String(text)) => {
                faults.extend(evidence::vague(kinds, &format!("/fields/{field}"), text, name));
            }
            Some(Value::Array(texts)) => {
                let texts = texts.iter().enumerate();
                faults.extend(texts.filter_map(|(place, text)| {
                    evidence::vague(kinds, &format!("/fields/{field}/{place}"), text.as_str()?, name)
                }));
            }
            _ => {}
        }
    }
    Ok(faults)
}

/// Files it in the customer's timeline.
async fn file(tx: &Tx, actor: &Actor, record: &records::Model, kind: &EvidenceKind) -> Result<()> {
    let customer = CustomerId(record.customer_id);
    let facts = json!({
        "kind": record.kind, "verdict": record.verdict, "status": record.status,
        "n_missing": record.needs.len(), "photo_ids": record.photo_ids, "file_ids": record.file_ids,
    });
    let event = Event::about("opportunities.evidence", Some(actor.id), ("evidence", record.id));
    settings::record(tx, event.at(customer).with(facts.clone())).await?;
    let entry = Entry {
        customer,
        kind: "evidence_recorded",
        title: texts::evidence_handed_in(&actor.name, &kind.label),
        subject: ("evidence", record.id),
        actor: Some(actor.id),
        facts,
    };
    customers::file(tx, entry).await
}
