//! A day's list and its items as the client reads them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::actions::{Proposal, Published, Status};
use domain::ids::{ListId, UserId};
use domain::notices::end_of_day;
use domain::working_time::local_date;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rows::{self, item, list};
use super::super::suggestions;
use crate::actor::Actor;
use crate::error::{FieldFault, Result};
use crate::select::Connection;
use crate::{App, customers, opportunities, settings};

/// Whom to see, about what, and why.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemView {
    /// Absent while it is only a suggestion.
    id: Option<Uuid>,
    customer_id: Uuid,
    customer_name: String,
    opportunity_id: Option<Uuid>,
    /// The stage the item was made in.
    stage: String,
    stage_label: String,
    stages_version: i32,
    action: String,
    objective: String,
    /// The evidence that the action needs.
    #[schema(value_type = Vec<String>)]
    evidence: Value,
    /// Readable terms with their points; empty for an item somebody chose.
    #[schema(value_type = Vec<Object>)]
    reasons: Value,
    score: i64,
    /// `pending` or `done`.
    status: String,
    done_at: Option<DateTime<Utc>>,
    /// The opportunity moved to another stage after the list was filed; the item keeps the one it was made in.
    stage_moved: bool,
    /// The day is over and nobody has said why it was not done.
    needs_reason: bool,
    /// Why it was not done, by its code.
    reason_code: Option<String>,
    reason_note: Option<String>,
}

/// A day's list.
#[derive(Serialize, ToSchema)]
pub(super) struct ListView {
    id: Option<Uuid>,
    date: NaiveDate,
    /// `draft`, `filed`, `late`, `missing` or `excused`.
    status: String,
    /// When it has to be filed by.
    due_at: DateTime<Utc>,
    filed_at: Option<DateTime<Utc>>,
    /// When it arrived, where it was filed without a signal.
    received_at: Option<DateTime<Utc>>,
    n_done: usize,
    items: Vec<ItemView>,
    version: i32,
    /// Texts that say nothing that can be checked, with what would count.
    warnings: Vec<FieldFault>,
}

impl ListView {
    /// A list that nobody has made yet, with what would be proposed.
    pub(super) fn unmade(
        day: NaiveDate,
        status: Status,
        due_at: DateTime<Utc>,
        items: Vec<ItemView>,
    ) -> Self {
        Self {
            id: None,
            date: day,
            status: status.name().to_owned(),
            due_at,
            filed_at: None,
            received_at: None,
            n_done: 0,
            items,
            version: 0,
            warnings: Vec::new(),
        }
    }

    /// The list with what its texts do not say.
    pub(super) fn warned(self, warnings: Vec<FieldFault>) -> Self {
        Self { warnings, ..self }
    }
}

/// What an item's names and standing are read from.
struct Around {
    names: HashMap<Uuid, String>,
    stages: Published,
    /// Opportunities that moved after the list was filed.
    moved: HashSet<Uuid>,
    /// Filed, and the day is over.
    is_over: bool,
}

fn stage_label(stages: &Published, (is_opportunity, version): (bool, i32), code: &str) -> String {
    let found = if is_opportunity { stages.of_opportunity(version, code) } else { stages.of_customer(code) };
    found.map_or_else(|| code.to_owned(), |(_, stage)| stage.label.clone())
}

fn suggested(proposal: &Proposal, names: &HashMap<Uuid, String>, stages: &Published) -> ItemView {
    let bound = (proposal.opportunity.is_some(), proposal.stages_version);
    ItemView {
        id: None,
        customer_id: proposal.customer.0,
        customer_name: names.get(&proposal.customer.0).cloned().unwrap_or_default(),
        opportunity_id: proposal.opportunity.map(|id| id.0),
        stage_label: stage_label(stages, bound, &proposal.stage),
        stage: proposal.stage.clone(),
        stages_version: proposal.stages_version,
        action: proposal.action.code.clone(),
        objective: proposal.action.label.clone(),
        evidence: json!(proposal.action.evidence),
        reasons: json!(proposal.reasons),
        score: proposal.score,
        status: "pending".to_owned(),
        done_at: None,
        stage_moved: false,
        needs_reason: false,
        reason_code: None,
        reason_note: None,
    }
}

fn stored(item: item::Model, around: &Around) -> ItemView {
    let bound = (item.opportunity_id.is_some(), item.stages_version);
    ItemView {
        id: Some(item.id),
        customer_id: item.customer_id,
        customer_name: around.names.get(&item.customer_id).cloned().unwrap_or_default(),
        opportunity_id: item.opportunity_id,
        stage_label: stage_label(&around.stages, bound, &item.stage),
        stage: item.stage,
        stages_version: item.stages_version,
        action: item.action,
        objective: item.objective,
        evidence: item.evidence,
        reasons: item.reasons,
        score: i64::from(item.score),
        stage_moved: item.opportunity_id.is_some_and(|id| around.moved.contains(&id)),
        needs_reason: around.is_over && item.status == "pending" && item.reason_code.is_none(),
        status: item.status,
        done_at: item.done_at,
        reason_code: item.reason_code,
        reason_note: item.reason_note,
    }
}

/// What would be proposed.
pub(super) async fn proposals(
    app: &App,
    db: &impl Connection,
    user: UserId,
    day: NaiveDate,
) -> Result<Vec<ItemView>> {
    let found = suggestions(app, db, &[user], day).await?;
    let proposals = found.by_person.get(&user.0).map(Vec::as_slice).unwrap_or_default();
    Ok(proposals.iter().map(|proposal| suggested(proposal, &found.names, &found.stages)).collect())
}

async fn around(
    app: &App,
    db: &impl Connection,
    (list, items): (&list::Model, &[item::Model]),
    now: DateTime<Utc>,
) -> Result<Around> {
    let ids: Vec<Uuid> = items.iter().map(|item| item.customer_id).collect();
    let versions: Vec<i32> = items.iter().map(|item| item.stages_version).collect();
    let bound: Vec<Uuid> = items.iter().filter_map(|item| item.opportunity_id).collect();
    let moved = match list.filed_at {
        Some(filed_at) => {
            // The plan is compared with the day it was made for.
            let until = end_of_day(domain::working_time::at_local(list.day, chrono::NaiveTime::MIN));
            opportunities::rows::moves::moved_between(db, &bound, (filed_at, until)).await?
        }
        None => HashSet::new(),
    };
    Ok(Around {
        names: customers::rows::names(db, &ids).await?,
        stages: settings::evidence::stages(app, db, &versions).await?,
        moved,
        is_over: list.filed_at.is_some() && list.day < local_date(now),
    })
}

/// The list as it stands.
pub(super) async fn list_view(
    app: &App,
    db: &impl Connection,
    actor: &Actor,
    list: list::Model,
    now: DateTime<Utc>,
) -> Result<ListView> {
    let items = rows::items(db, ListId(list.id)).await?;
    let around = around(app, db, (&list, &items), now).await?;
    let timetable = app.config.timetable()?;
    let is_filed = Status::by_name(&list.status).is_some_and(Status::is_filed);
    let is_away = rows::leaves::is_away(db, UserId(list.user_id), list.day).await?;
    let calendars = settings::calendars(app, db).await?;
    let unfiled = timetable.unfiled_status(calendars.of(actor.region), (list.day, is_away), now);
    Ok(ListView {
        id: Some(list.id),
        date: list.day,
        status: if is_filed { list.status } else { unfiled.name().to_owned() },
        due_at: timetable.meeting_at(list.day),
        filed_at: list.filed_at,
        received_at: list.received_at.filter(|at| list.filed_at != Some(*at)),
        n_done: items.iter().filter(|item| item.status == "done").count(),
        items: items.into_iter().map(|item| stored(item, &around)).collect(),
        version: list.version,
        warnings: Vec::new(),
    })
}
