//! The rep is at the customer's, with a place and a photo of the storefront.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::evidence::Lasts;
use domain::ids::{CustomerId, ItemId, VisitId};
use domain::notices::end_of_day;
use domain::visits::{self as rules, Flag, Seen, Status};
use domain::working_time::{at_local, local_date};
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::count::count;
use super::review::{ask, replace_reviews};
use super::rows::{self, visit};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::evidence::{self, Claim, Location};
use crate::settings::{self, Event};
use crate::{App, actions, customers};

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
    let customer = visible(tx, actor, draft.customer).await?;
    let at = happened_at(tx, draft).await?;
    let day = local_date(at);
    rows::hold_day(tx.db(), (actor.id, draft.customer), day).await?;
    if let Some(first) = sent_before(tx, actor, draft).await? {
        return Ok(first);
    }
    let item = item(tx, actor, draft, day).await?;
    let photos = photos(tx, actor, draft).await?;

    let id = VisitId(platform::new_id());
    let span = (at_local(day, NaiveTime::MIN), end_of_day(at));
    let attempts = rows::attempts(tx.db(), (actor.id, draft.customer), span).await?;
    let ids: Vec<Uuid> = attempts.iter().map(|attempt| attempt.id).collect();
    let claim = Claim { subject: ("visit", id.0), attempts: &ids, lasts: Lasts::TheDay };
    let judgement = evidence::judge(app, tx, &claim, (&customer, draft.location.as_ref()), &photos).await?;
    let n_storefronts = photos.iter().filter(|it| it.purpose == "storefront").count();
    let decided = rules::check_in(n_storefronts, &judgement)
        .map_err(|refusal| Error::field("/photo_ids", refusal.code()))?;

    let is_planned = actions::rows::is_filed(tx.db(), actor.id, day).await?;
    let visit = visit::Model {
        id: id.0,
        customer_id: draft.customer.0,
        user_id: actor.id.0,
        region_id: customer.region_id,
        action_item_id: item,
        status: decided.status.name().to_owned(),
        planned: is_planned && item.is_some(),
        checked_in_at: at,
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
        checkout_at: None,
        received_at: Some(tx.now()),
        effective: None,
        why_not: Some(json!([])),
        flags: Some(json!(flags(tx, actor, (draft.location.as_ref(), at)).await?)),
    };
    rows::insert(tx.db(), visit.clone()).await?;
    count(tx, &visit).await?;
    teach(tx, actor, draft, decided.status).await?;
    let replaced = replace_reviews(tx, decided.status, &attempts).await?;
    if decided.needs_review {
        ask(app, tx, actor, &customer, (&visit, replaced)).await?;
    }
    let facts = json!({"verdict": visit.verdict, "planned": visit.planned, "distance_m": visit.distance_m});
    let event = Event::about("visits.check_in", Some(actor.id), ("visit", visit.id));
    settings::record(tx, event.at(draft.customer).with(facts)).await?;
    Ok(rows::locked(tx.db(), id).await?.unwrap_or(visit))
}

async fn photos(tx: &Tx, actor: &Actor, draft: &Draft) -> Result<Vec<evidence::Photo>> {
    let subject = ("customer", draft.customer.0);
    evidence::photos_for(tx, &draft.photo_ids, subject, Some(actor.id)).await
}

async fn visible(tx: &Tx, actor: &Actor, id: CustomerId) -> Result<customers::rows::customer::Model> {
    let customer = customers::rows::visible(tx.db(), actor, id).await?;
    customer.ok_or_else(|| Error::field("/customer_id", "customer_unknown"))
}

/// The very same check-in, which a phone that lost the answer sends again under another key: the same photos, at the same
/// place and moment. It answers as the first did.
async fn sent_before(tx: &Tx, actor: &Actor, draft: &Draft) -> Result<Option<visit::Model>> {
    let uses = evidence::rows::uses(tx.db(), &draft.photo_ids).await?;
    let wanted: BTreeSet<Uuid> = draft.photo_ids.iter().copied().collect();
    let location = draft.location.as_ref().map(|location| json!(location));
    let visits: BTreeSet<Uuid> =
        uses.iter().filter(|it| it.subject_type == "visit").map(|it| it.subject_id).collect();
    for id in visits {
        let Some(visit) = rows::locked(tx.db(), VisitId(id)).await? else { continue };
        let photos: Option<BTreeSet<Uuid>> = serde_json::from_value(visit.photo_ids.clone()).ok();
        let is_same = (visit.user_id, visit.customer_id) == (actor.id.0, draft.customer.0)
            && photos.as_ref() == Some(&wanted)
            && visit.location == location;
        if is_same {
            return Ok(Some(visit));
        }
    }
    Ok(None)
}

/// Where the phone was teaches the file its place, unless the check-in was refused.
async fn teach(tx: &Tx, actor: &Actor, draft: &Draft, status: Status) -> Result<()> {
    match &draft.location {
        Some(location) if status == Status::CheckedIn => {
            customers::seen_at(tx, draft.customer, actor.id, &location.fix()).await
        }
        _ => Ok(()),
    }
}

/// When the rep was there: a check-in without signal arrives later, and none was before its photos were asked for.
async fn happened_at(tx: &Tx, draft: &Draft) -> Result<DateTime<Utc>> {
    let measured_at = draft.location.as_ref().and_then(|it| it.captured_at);
    let photos = evidence::rows::among(tx.db(), &draft.photo_ids).await?;
    let asked_for_at = photos.iter().filter_map(|photo| photo.issued_at).min();
    Ok(rules::happened_at(measured_at, tx.now(), asked_for_at))
}

/// The item of the day's list: the one named, else the customer's that is still open.
async fn item(tx: &Tx, actor: &Actor, draft: &Draft, day: NaiveDate) -> Result<Option<Uuid>> {
    let Some(item) = draft.action_item else {
        let open = actions::rows::open_item(tx.db(), actor.id, day, draft.customer).await?;
        return Ok(open.map(|item| item.id));
    };
    let found = actions::rows::item_of(tx.db(), actor.id, day, item).await?;
    let known = found.filter(|found| found.customer_id == draft.customer.0);
    Ok(Some(known.ok_or_else(|| Error::field("/action_item_id", "action_item_unknown"))?.id))
}

/// What is odd about the place after the rep's check-ins before.
async fn flags(
    tx: &Tx,
    actor: &Actor,
    (location, at): (Option<&Location>, DateTime<Utc>),
) -> Result<Vec<Flag>> {
    let Some(location) = location else { return Ok(Vec::new()) };
    let earlier = rows::last(tx.db(), actor.id, at, 2).await?;
    let earlier = earlier.into_iter().filter_map(|visit| {
        let location: Location = serde_json::from_value(visit.location?).ok()?;
        Some(seen(&location, visit.checked_in_at))
    });
    Ok(rules::flags(&seen(location, tx.now()), &earlier.collect::<Vec<_>>(), tx.now()))
}

fn seen(location: &Location, received_at: DateTime<Utc>) -> Seen {
    let fix = location.fix();
    Seen { point: fix.point, accuracy_mm: fix.accuracy_mm, at: fix.fixed_at.unwrap_or(received_at) }
}
