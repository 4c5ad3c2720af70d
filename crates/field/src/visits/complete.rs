//! The structured outcome: one chip, perhaps a note, and the day's list follows by itself.

use domain::customers::Step;
use domain::ids::{CustomerId, ItemId, UserId, VisitId};
use domain::visits::{self as rules, Status};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::count::count;
use super::rows::{self, Outcome, visit};
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, Result};
use crate::opportunities::{self, Deed};
use crate::settings::{self, Event};
use crate::texts;
use crate::{actions, evidence};

/// What the rep records.
#[derive(Debug)]
pub struct OutcomeDraft {
    pub outcome: rules::Outcome,
    pub note: Option<String>,
    pub needs: Vec<String>,
    pub photo_ids: Vec<Uuid>,
}

/// Records the outcome, once, of the rep's own visit.
pub async fn complete(tx: &Tx, actor: &Actor, visit: &visit::Model, draft: &OutcomeDraft) -> Result<()> {
    if visit.user_id != actor.id.0 {
        return Err(Error::NotFound);
    }
    let id = VisitId(visit.id);
    let status = Status::by_name(&visit.status).unwrap_or(Status::Attempted);
    rules::complete(status).map_err(|refusal| Error::conflict(refusal.code()))?;
    let customer = CustomerId(visit.customer_id);
    let subject = ("customer", customer.0);
    evidence::photos_for(tx, &draft.photo_ids, subject, Some(actor.id)).await?;

    let mut photo_ids: Vec<Uuid> = serde_json::from_value(visit.photo_ids.clone()).unwrap_or_default();
    photo_ids
        .extend(draft.photo_ids.iter().filter(|id| !photo_ids.contains(id)).copied().collect::<Vec<_>>());
    let outcome = Outcome {
        result_code: draft.outcome.name(),
        note: draft.note.as_deref(),
        needs: json!(draft.needs),
        photo_ids: json!(photo_ids),
        at: tx.now(),
    };
    rows::complete(tx.db(), id, &outcome).await?;
    count(tx, visit).await?;
    evidence::use_for(tx, ("visit", visit.id), &draft.photo_ids).await?;
    let day = local_date(visit.checked_in_at);
    actions::done(tx, UserId(visit.user_id), day, customer, ("visit", visit.id)).await?;
    act(tx, visit, photo_ids.len()).await?;

    let entry = Entry {
        customer,
        kind: "visit_completed",
        title: texts::visited(&actor.name, draft.outcome),
        subject: ("visit", visit.id),
        actor: Some(actor.id),
        facts: json!({
            "result_code": draft.outcome.name(),
            "note": draft.note,
            "needs": draft.needs,
            "verdict": visit.verdict,
            "photo_ids": photo_ids,
        }),
    };
    customers::file(tx, entry).await?;
    customers::verified(tx, customer, tx.now()).await?;
    customers::touched(tx, customer, Step::Visit, tx.now()).await?;
    customers::heard(tx, customer, &draft.needs, tx.now()).await?;
    let event = Event::about("visits.completed", Some(actor.id), ("visit", visit.id)).at(customer);
    let counted = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let dwell = rules::dwell_seconds(visit.checked_in_at, counted.checkout_at);
    let facts = json!({
        "result_code": draft.outcome.name(),
        "dwell_seconds": dwell,
        "effective": counted.effective,
        "planned": counted.planned,
    });
    settings::record(tx, event.with(facts)).await
}

/// A visit that the list planned for an opportunity is a verified action on it.
async fn act(tx: &Tx, visit: &visit::Model, n_photos: usize) -> Result<()> {
    let Some(item) = visit.action_item_id else { return Ok(()) };
    let Some(opportunity) = actions::rows::opportunity_of(tx.db(), ItemId(item)).await? else {
        return Ok(());
    };
    let deed = Deed {
        opportunity,
        user: UserId(visit.user_id),
        source: ("visit", visit.id),
        kind: "visit",
        at: visit.checked_in_at,
        n_evidence: n_photos,
        is_verified: visit.review != "rejected",
    };
    opportunities::acted(tx, &deed).await
}
