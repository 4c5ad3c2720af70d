//! Puts a list together and files it.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use domain::actions::{self as rules, Capture, Proposal, Refusal, Stage, Status};
use domain::ids::ListId;
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::propose::suggestions;
use super::rows::{self, item, list};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::notices;
use crate::settings::{self, Event};
use crate::{App, customers, opportunities};

/// An item that somebody chose.
#[derive(Debug)]
pub struct ItemDraft {
    pub customer: Uuid,
    pub opportunity: Option<Uuid>,
    /// The stage's usual one where absent.
    pub action: Option<String>,
    pub objective: Option<String>,
}

/// Puts these items on the draft of the day, in place of what was proposed.
pub async fn put(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    day: NaiveDate,
    drafts: &[ItemDraft],
) -> Result<list::Model> {
    check_day(tx, day)?;
    if drafts.len() > 30 {
        return Err(refused(&Refusal::TooLong));
    }
    let items = bind(app, tx, actor, drafts).await?;
    let list = draft_of(tx, actor, day, async || Ok((new_list(tx, actor.id.0, day), Vec::new()))).await?;
    let id = ListId(list.id);
    let items = items.into_iter().map(|item| item::Model { list_id: id.0, ..item }).collect();
    rows::replace_items(tx.db(), id, items).await?;
    rows::locked(tx.db(), actor.id, day).await?.ok_or(Error::NotFound)
}

/// Files the day's list; what was proposed, where nobody touched it. In time or late, it counts from now, or from when
/// a phone without a signal captured it.
pub async fn submit(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    day: NaiveDate,
    capture: Option<Capture>,
) -> Result<list::Model> {
    check_day(tx, day)?;
    let list = draft_of(tx, actor, day, async || propose_one(app, tx, actor, day).await).await?;
    let id = ListId(list.id);
    let n_items = rows::items(tx.db(), id).await?.len();
    // A new colleague without customers has nothing to list and is not to be called missing for it.
    if n_items == 0 && !customers::rows::candidates(tx.db(), &[actor.id.0]).await?.is_empty() {
        return Err(refused(&Refusal::Empty));
    }
    let filed_at = capture.map_or(tx.now(), |it| it.counted_from(tx.now()));
    let calendars = settings::calendars(app, tx.db()).await?;
    let is_away = rows::leaves::is_away(tx.db(), actor.id, day).await?;
    let timetable = app.config.timetable()?;
    let status = timetable.filed_status(calendars.of(actor.region), (day, is_away), filed_at);
    rows::file(tx.db(), id, status.name(), (filed_at, tx.now())).await?;
    notices::settle(tx.db(), &super::morning::reminder_matter(day, actor.id), tx.now()).await?;
    let event = Event::about("actions.filed", Some(actor.id), ("action_list", list.id));
    settings::record(tx, event.with(json!({"day": day, "status": status, "n_items": n_items}))).await?;
    rows::locked(tx.db(), actor.id, day).await?.ok_or(Error::NotFound)
}

/// The day's list, locked and not yet filed; made where there is none. Somebody may make it in the same moment, the
/// person's other phone or the evening's sweep: then theirs counts.
async fn draft_of(
    tx: &Tx,
    actor: &Actor,
    day: NaiveDate,
    make: impl AsyncFnOnce() -> Result<(list::Model, Vec<item::Model>)>,
) -> Result<list::Model> {
    let mut list = rows::locked(tx.db(), actor.id, day).await?;
    if list.is_none() {
        rows::insert_new(tx.db(), vec![make().await?]).await?;
        list = rows::locked(tx.db(), actor.id, day).await?;
    }
    let list = list.ok_or(Error::NotFound)?;
    if list.filed_at.is_some() {
        return Err(refused(&Refusal::AlreadyFiled));
    }
    Ok(list)
}

fn check_day(tx: &Tx, day: NaiveDate) -> Result<()> {
    let today = local_date(tx.now());
    if day < today {
        return Err(refused(&Refusal::DayOver));
    }
    if today.checked_add_days(Days::new(14)).is_none_or(|last| day > last) {
        return Err(refused(&Refusal::DayTooFar));
    }
    Ok(())
}

/// Binds each item to the stage its customer or opportunity is in now, and names all that is wrong.
async fn bind(app: &App, tx: &Tx, actor: &Actor, drafts: &[ItemDraft]) -> Result<Vec<item::Model>> {
    let ids: Vec<Uuid> = drafts.iter().map(|draft| draft.customer).collect();
    let customers = customers::rows::visible_among(tx.db(), actor, &ids).await?;
    let customers: HashMap<Uuid, _> = customers.into_iter().map(|it| (it.id, it)).collect();
    let ids: Vec<Uuid> = drafts.iter().filter_map(|draft| draft.opportunity).collect();
    let opportunities = opportunities::rows::among(tx.db(), &ids).await?;
    let opportunities: HashMap<Uuid, _> = opportunities.into_iter().map(|it| (it.id, it)).collect();

    let versions: Vec<i32> = opportunities.values().filter_map(|it| it.stages_version).collect();
    let stages = settings::evidence::stages(app, tx.db(), &versions).await?;
    let mut items = Vec::new();
    let mut faults = Vec::new();
    for (place, draft) in drafts.iter().enumerate() {
        let mut fault =
            |field: &str, code: &str| faults.push(FieldFault::new(format!("/items/{place}/{field}"), code));
        let same = |it: &ItemDraft| it.customer == draft.customer && it.opportunity == draft.opportunity;
        if drafts[..place].iter().any(same) {
            fault("customer_id", "customer_twice");
        }
        let Some(customer) = customers.get(&draft.customer) else {
            fault("customer_id", "customer_unknown");
            continue;
        };
        let opportunity =
            draft.opportunity.map(|id| opportunities.get(&id).filter(|it| it.customer_id == customer.id));
        let stage = match opportunity {
            Some(Some(opportunity)) => {
                let version = opportunity.stages_version.unwrap_or(stages.version);
                stages.of_opportunity(version, &opportunity.stage)
            }
            Some(None) => {
                fault("opportunity_id", "opportunity_unknown");
                continue;
            }
            None => stages.of_customer(&customer.stage),
        };
        match stage.and_then(|(version, stage)| chosen(stage, draft, version)) {
            Some(item) => {
                items.push(item::Model { seq: i32::try_from(place + 1).unwrap_or(i32::MAX), ..item })
            }
            None => fault("action", "action_unknown"),
        }
    }
    match faults.first() {
        Some(first) => Err(Error::Invalid(known_code(&first.code), faults)),
        None => Ok(items),
    }
}

fn known_code(code: &str) -> &'static str {
    ["customer_twice", "customer_unknown", "opportunity_unknown", "action_unknown"]
        .into_iter()
        .find(|known| *known == code)
        .unwrap_or("invalid_value")
}

/// The item for a chosen action; none when the stage does not know it.
fn chosen(stage: &Stage, draft: &ItemDraft, version: i32) -> Option<item::Model> {
    let action = match &draft.action {
        Some(code) => stage.actions.iter().find(|action| action.code == *code)?,
        None => stage.actions.first()?,
    };
    Some(item::Model {
        id: platform::new_id(),
        list_id: Uuid::nil(),
        seq: 0,
        customer_id: draft.customer,
        opportunity_id: draft.opportunity,
        stage: stage.code.clone(),
        stages_version: version,
        action: action.code.clone(),
        objective: draft.objective.clone().unwrap_or_else(|| action.label.clone()),
        evidence: json!(action.evidence),
        reasons: json!([]),
        score: 0,
        status: "pending".to_owned(),
        done_by_type: None,
        done_by_id: None,
        done_at: None,
        reason_code: None,
        reason_note: None,
        reasoned_at: None,
    })
}

/// A draft of what would be proposed now.
async fn propose_one(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    day: NaiveDate,
) -> Result<(list::Model, Vec<item::Model>)> {
    let suggested = suggestions(app, tx.db(), &[actor.id], day).await?;
    let proposals = suggested.by_person.get(&actor.id.0).cloned().unwrap_or_default();
    let list = new_list(tx, actor.id.0, day);
    let items = proposed_items(list.id, &proposals);
    Ok((list, items))
}

/// An empty draft.
pub(super) fn new_list(tx: &Tx, user: Uuid, day: NaiveDate) -> list::Model {
    list::Model {
        id: platform::new_id(),
        user_id: user,
        day,
        status: Status::Draft.name().to_owned(),
        proposed_at: tx.now(),
        filed_at: None,
        version: 1,
        received_at: None,
    }
}

/// The rows of a proposal, each with the stage and the reasons of this moment.
pub(super) fn proposed_items(list: Uuid, proposals: &[Proposal]) -> Vec<item::Model> {
    let item = |(place, proposal): (usize, &Proposal)| item::Model {
        id: platform::new_id(),
        list_id: list,
        seq: i32::try_from(place + 1).unwrap_or(i32::MAX),
        customer_id: proposal.customer.0,
        opportunity_id: proposal.opportunity.map(|id| id.0),
        stage: proposal.stage.clone(),
        stages_version: proposal.stages_version,
        action: proposal.action.code.clone(),
        objective: proposal.action.label.clone(),
        evidence: json!(proposal.action.evidence),
        reasons: json!(proposal.reasons),
        score: i32::try_from(proposal.score).unwrap_or(i32::MAX),
        status: "pending".to_owned(),
        done_by_type: None,
        done_by_id: None,
        done_at: None,
        reason_code: None,
        reason_note: None,
        reasoned_at: None,
    };
    proposals.iter().enumerate().map(item).collect()
}

fn refused(refusal: &rules::Refusal) -> Error {
    match refusal {
        Refusal::AlreadyFiled | Refusal::DayOver | Refusal::DayTooFar => Error::conflict(refusal.code()),
        _ => Error::Invalid(refusal.code(), vec![FieldFault::new(refusal.pointer(), refusal.code())]),
    }
}
