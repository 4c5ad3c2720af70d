//! The rep is at the customer's, with a place and a photo of the storefront.

use domain::approvals::Kind;
use domain::evidence::Verdict;
use domain::ids::{CustomerId, ItemId, RegionId, UserId, VisitId};
use domain::visits as rules;
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::rows::{self, visit};
use crate::actor::Actor;
use crate::approvals::{self, Request};
use crate::customers::rows::customer;
use crate::error::{Error, Result};
use crate::evidence::{self, Location};
use crate::settings::{self, Event};
use crate::{App, actions, customers, people};

/// What the rep hands in.
#[derive(Debug)]
pub struct Draft {
    pub customer: CustomerId,
    pub action_item: Option<ItemId>,
    pub location: Option<Location>,
    pub photo_ids: Vec<Uuid>,
}

/// Judges and keeps the check-in, whatever the verdict.
pub async fn check_in(app: &App, tx: &Tx, actor: &Actor, draft: &Draft) -> Result<visit::Model> {
    let customer = customers::rows::visible(tx.db(), actor, draft.customer).await?;
    let customer = customer.ok_or_else(|| Error::field("/customer_id", "customer_unknown"))?;
    let today = local_date(tx.now());
    let item = match draft.action_item {
        Some(item) => {
            let found = actions::rows::item_of(tx.db(), actor.id, today, item).await?;
            let known = found.filter(|found| found.customer_id == draft.customer.0);
            Some(known.ok_or_else(|| Error::field("/action_item_id", "action_item_unknown"))?.id)
        }
        None => actions::rows::open_item(tx.db(), actor.id, today, draft.customer).await?.map(|item| item.id),
    };
    let subject = ("customer", draft.customer.0);
    let photos = evidence::photos_for(tx.db(), &draft.photo_ids, subject, Some(actor.id)).await?;

    let judgement = evidence::judge(&customer, draft.location.as_ref(), &photos);
    let decided = rules::check_in(photos.len(), &judgement)
        .map_err(|refusal| Error::field("/photo_ids", refusal.code()))?;

    let is_planned = actions::rows::is_filed(tx.db(), actor.id, today).await?;
    let visit = visit::Model {
        id: platform::new_id(),
        customer_id: draft.customer.0,
        user_id: actor.id.0,
        region_id: customer.region_id,
        action_item_id: item,
        status: decided.status.name().to_owned(),
        planned: is_planned && item.is_some(),
        checked_in_at: tx.now(),
        location: draft.location.as_ref().map(|location| json!(location)),
        distance_m: evidence::metres(judgement.distance_mm),
        verdict: evidence::verdict_name(judgement.verdict).to_owned(),
        reasons: json!(judgement.reasons),
        next: judgement.next().and_then(|next| json!(next).as_str().map(str::to_owned)),
        provisional: decided.is_provisional,
        review: if decided.needs_review { "pending" } else { "none" }.to_owned(),
        photo_ids: json!(draft.photo_ids),
        result_code: None,
        note: None,
        needs: json!([]),
        completed_at: None,
        version: 1,
    };
    rows::insert(tx.db(), visit.clone()).await?;
    if decided.needs_review {
        ask(app, tx, actor, &customer, &visit).await?;
    }
    let facts = json!({"verdict": visit.verdict, "planned": visit.planned, "distance_m": visit.distance_m});
    let event = Event::about("visits.check_in", Some(actor.id), ("visit", visit.id));
    settings::record(tx, event.at(draft.customer).with(facts)).await?;
    Ok(visit)
}

/// Asks the rep's supervisor to look.
async fn ask(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    customer: &customer::Model,
    visit: &visit::Model,
) -> Result<()> {
    let region = RegionId(customer.region_id);
    let today = local_date(tx.now());
    let Some(assignee) =
        people::reviewer(tx.db(), actor.id, Some(UserId(visit.user_id)), region, today).await?
    else {
        tracing::error!(visit.id = %visit.id, "nobody can review a check-in; add a supervisor or an admin");
        return Ok(());
    };
    let is_refused = visit.verdict == evidence::verdict_name(Verdict::Reject);
    let title = if is_refused { "签到未通过,请核实" } else { "签到待复核" };
    let distance = visit.distance_m.map(|metres| format!(",距门店 {metres} 米")).unwrap_or_default();
    let request = Request {
        kind: Kind::EvidenceReview,
        subject: ("visit", VisitId(visit.id).0),
        customer: CustomerId(customer.id),
        region,
        initiator: actor.id,
        assignee,
        title: format!("{title}:{}", customer.name),
        summary: format!("{} 签到{distance},请看照片与定位", actor.name),
        facts: json!({
            "visit_id": visit.id,
            "verdict": visit.verdict,
            "reasons": visit.reasons,
            "distance_m": visit.distance_m,
            "location": visit.location,
            "photo_ids": visit.photo_ids,
        }),
    };
    approvals::open(app, tx, request).await?;
    Ok(())
}
