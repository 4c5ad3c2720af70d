//! What was missing of a record comes later, such as the signed page of a demo.

use domain::evidence::Verdict;
use domain::evidence::kinds::{EvidenceKind, SIGNED_PAGE};
use domain::ids::{CustomerId, EvidenceId};
use domain::opportunities::{self as rules};
use domain::stored::Stored;
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

use super::record::{Recorded, check_fields, judge, parts, said_nothing, settled, stands, use_files};
use super::rows::evidence as records;
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::evidence::{self, Photo};
use crate::settings;

/// What is added.
#[derive(Debug)]
pub struct Pages {
    pub photo_ids: Vec<Uuid>,
    pub file_ids: Vec<Uuid>,
    /// Fields that were missing, or that are corrected.
    pub fields: Option<Value>,
}

/// Adds pages to a record. Photos that are certainly not what they should be complete nothing until somebody has looked.
pub async fn add_pages(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (record, pages): (records::Model, Pages),
) -> Result<Recorded> {
    if !stands(&record) {
        return Err(Error::conflict("evidence_rejected"));
    }
    let kinds = settings::evidence::kinds_of(app, tx.db(), record.kinds_version).await?;
    let kind = kinds.find(&record.kind).ok_or_else(|| Error::conflict("evidence_kind_unknown"))?;
    let fields = merged(&record.fields, pages.fields);
    check_fields(kind, &fields)?;
    let subject = ("opportunity", record.opportunity_id);
    let photos = evidence::photos_for(tx, &pages.photo_ids, subject, Some(actor.id)).await?;
    let files = evidence::files_for(tx, actor, &pages.file_ids).await?;
    let (id, customer) = (EvidenceId(record.id), CustomerId(record.customer_id));
    let judgement = judge(tx, (id, customer), kind, (&photos, &files)).await?;
    let (before, known) = (record.photo_ids.clone(), record.file_ids.clone());
    let fresh: Vec<_> = files.into_iter().filter(|file| !known.contains(&file.id)).collect();
    use_files(tx, (id, customer), &fresh).await?;
    let warnings = said_nothing(tx, &kinds, kind, (customer, &fields)).await?;

    let mut record = records::Model {
        photo_ids: joined(&record.photo_ids, &pages.photo_ids),
        file_ids: joined(&record.file_ids, &pages.file_ids),
        fields,
        is_vague: !warnings.is_empty(),
        ..record
    };
    if rules::needs_review(judgement.verdict) {
        record.verdict = judgement.verdict;
        record.reasons = judgement.reasons.clone().into();
        record.review = "pending".to_owned();
    }
    record.status = record.status.with_pages(judgement.verdict);
    if judgement.verdict == Verdict::Reject {
        let fresh: Vec<Uuid> = pages.photo_ids.into_iter().filter(|id| !before.contains(id)).collect();
        record.held_photo_ids = joined(&record.held_photo_ids, &fresh);
    }
    take_stock(tx, kind, &mut record).await?;
    records::keep(tx.db(), &record).await?;
    settled(app, tx, actor, (&record, kind)).await?;
    Ok(Recorded { record, warnings })
}

/// Says what the record still lacks. Photos that are held do not count.
pub(super) async fn take_stock(tx: &Tx, kind: &EvidenceKind, record: &mut records::Model) -> Result<()> {
    let held = record.held_photo_ids.clone();
    let all = evidence::rows::among(tx.db(), &record.photo_ids).await?;
    let counted: Vec<Photo> = all.into_iter().filter(|photo| !held.contains(&photo.id)).collect();
    let needs = kind.needs(&parts(&record.fields, &counted, record.file_ids.len()));
    record.is_signed = counted.iter().any(|photo| photo.purpose == SIGNED_PAGE);
    record.is_grace_over = record.is_grace_over || record.is_signed;
    record.completed_at = match record.completed_at {
        Some(at) if needs.is_empty() => Some(at),
        _ => needs.is_empty().then_some(tx.now()),
    };
    record.needs = needs.into();
    Ok(())
}

fn joined(known: &[Uuid], more: &[Uuid]) -> Stored<Vec<Uuid>> {
    let mut all = known.to_vec();
    for id in more {
        if !all.contains(id) {
            all.push(*id);
        }
    }
    all.into()
}

fn merged(fields: &Value, more: Option<Value>) -> Value {
    let mut fields = fields.clone();
    if let (Some(known), Some(Value::Object(more))) = (fields.as_object_mut(), more) {
        known.extend(more);
    }
    fields
}
