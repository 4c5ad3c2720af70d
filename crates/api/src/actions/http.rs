//! The daily list over HTTP.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post, put};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::actions::{Proposal, Status, Term};
use domain::ids::{ListId, RegionId, UserId};
use domain::working_time::local_date;
use platform::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rows::{self, Owed, item, list};
use super::{ItemDraft, suggestions};
use crate::actor::{Actor, Call, Nothing};
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use crate::select::Connection;
use crate::{App, customers, settings};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_suggestions)
        .service(get_team)
        .service(get_list)
        .service(put_list)
        .service(post_submit);
}

/// Whom to see, about what, and why.
#[derive(Serialize, ToSchema)]
struct ItemView {
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
}

/// A day's list.
#[derive(Serialize, ToSchema)]
struct ListView {
    id: Option<Uuid>,
    date: NaiveDate,
    /// `draft`, `filed`, `late`, `missing` or `excused`.
    status: String,
    /// When it has to be filed by.
    due_at: DateTime<Utc>,
    filed_at: Option<DateTime<Utc>>,
    n_done: usize,
    items: Vec<ItemView>,
    version: i32,
}

/// A day that a calendar and both databases know.
fn sane(day: NaiveDate) -> Result<NaiveDate> {
    if (2000..=2100).contains(&day.year()) {
        Ok(day)
    } else {
        Err(Error::field("/date", "invalid_parameter"))
    }
}

fn stage_label(is_opportunity: bool, code: &str) -> String {
    let stage = settings::stages().ok().and_then(|stages| stages.find(is_opportunity, code));
    stage.map_or_else(|| code.to_owned(), |stage| stage.label.clone())
}

fn suggested(proposal: &Proposal, names: &HashMap<Uuid, String>, version: i32) -> ItemView {
    let reasons: &Vec<Term> = &proposal.reasons;
    ItemView {
        id: None,
        customer_id: proposal.customer.0,
        customer_name: names.get(&proposal.customer.0).cloned().unwrap_or_default(),
        opportunity_id: proposal.opportunity.map(|id| id.0),
        stage: proposal.stage.clone(),
        stage_label: stage_label(proposal.opportunity.is_some(), &proposal.stage),
        stages_version: version,
        action: proposal.action.code.clone(),
        objective: proposal.action.label.clone(),
        evidence: json!(proposal.action.evidence),
        reasons: json!(reasons),
        score: proposal.score,
        status: "pending".to_owned(),
        done_at: None,
    }
}

fn stored(item: item::Model, names: &HashMap<Uuid, String>) -> ItemView {
    ItemView {
        id: Some(item.id),
        customer_id: item.customer_id,
        customer_name: names.get(&item.customer_id).cloned().unwrap_or_default(),
        opportunity_id: item.opportunity_id,
        stage_label: stage_label(item.opportunity_id.is_some(), &item.stage),
        stage: item.stage,
        stages_version: item.stages_version,
        action: item.action,
        objective: item.objective,
        evidence: item.evidence,
        reasons: item.reasons,
        score: i64::from(item.score),
        status: item.status,
        done_at: item.done_at,
    }
}

async fn proposals(app: &App, db: &impl Connection, user: UserId, day: NaiveDate) -> Result<Vec<ItemView>> {
    let version = settings::stages()?.version;
    let found = suggestions(db, &[user], day, app.config.company.list_size).await?;
    let proposals = found.by_person.get(&user.0).map(Vec::as_slice).unwrap_or_default();
    Ok(proposals.iter().map(|proposal| suggested(proposal, &found.names, version)).collect())
}

async fn list_view(
    app: &App,
    db: &impl Connection,
    actor: &Actor,
    list: list::Model,
    now: DateTime<Utc>,
) -> Result<ListView> {
    let items = rows::items(db, ListId(list.id)).await?;
    let ids: Vec<Uuid> = items.iter().map(|item| item.customer_id).collect();
    let names = customers::rows::names(db, &ids).await?;
    let timetable = app.config.timetable()?;
    let is_filed = Status::by_name(&list.status).is_some_and(Status::is_filed);
    let calendars = settings::calendars(app, db).await?;
    let unfiled = timetable.unfiled_status(calendars.of(actor.region), list.day, now);
    Ok(ListView {
        id: Some(list.id),
        date: list.day,
        status: if is_filed { list.status } else { unfiled.name().to_owned() },
        due_at: timetable.meeting_at(list.day),
        filed_at: list.filed_at,
        n_done: items.iter().filter(|item| item.status == "done").count(),
        items: items.into_iter().map(|item| stored(item, &names)).collect(),
        version: list.version,
    })
}

#[derive(Deserialize, utoipa::IntoParams)]
struct SuggestionFilter {
    /// The day to plan; today unless said.
    date: Option<NaiveDate>,
}

/// Whom to see that day, ranked, with readable reasons.
#[utoipa::path(tag = "actions", params(SuggestionFilter), responses((status = 200, body = Page<ItemView>)))]
#[get("/action-lists/suggestions")]
async fn get_suggestions(
    app: Data<App>,
    actor: Actor,
    filter: Query<SuggestionFilter>,
) -> Result<HttpResponse> {
    let day = filter.date.map_or(Ok(local_date(app.db.now().await?)), sane)?;
    let items = proposals(&app, app.db.conn(), actor.id, day).await?;
    Ok(HttpResponse::Ok().json(Page { items, next_cursor: None }))
}

/// The caller's list of a day; before it is proposed, what would be.
#[utoipa::path(tag = "actions", responses((status = 200, body = ListView)))]
#[get("/action-lists/{date}")]
async fn get_list(app: Data<App>, actor: Actor, day: Path<NaiveDate>) -> Result<HttpResponse> {
    let day = sane(*day)?;
    let (db, now) = (app.db.conn(), app.db.now().await?);
    if let Some(list) = rows::list(db, actor.id, day).await? {
        return Ok(HttpResponse::Ok().json(list_view(&app, db, &actor, list, now).await?));
    }
    let timetable = app.config.timetable()?;
    let calendars = settings::calendars(&app, db).await?;
    let is_ahead = day >= local_date(now);
    let items = if is_ahead { proposals(&app, db, actor.id, day).await? } else { Vec::new() };
    Ok(HttpResponse::Ok().json(ListView {
        id: None,
        date: day,
        status: timetable.unfiled_status(calendars.of(actor.region), day, now).name().to_owned(),
        due_at: timetable.meeting_at(day),
        filed_at: None,
        n_done: 0,
        items,
        version: 0,
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ListDraft {
    items: Vec<ListDraftItem>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ListDraftItem {
    customer_id: Uuid,
    opportunity_id: Option<Uuid>,
    /// One that the current stage asks for; its usual one where absent.
    action: Option<String>,
    objective: Option<String>,
}

/// Refuses a caller who has seen another version of the list.
async fn check_version(call: &Call, tx: &Tx, day: NaiveDate) -> Result<()> {
    match rows::locked(tx.db(), call.actor.id, day).await? {
        Some(list) => call.check_version(list.version),
        None => Ok(()),
    }
}

/// Puts other customers on the draft. Each item binds to the stage of this moment.
#[utoipa::path(tag = "actions", request_body = ListDraft,
    responses((status = 200, body = ListView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[put("/action-lists/{date}")]
async fn put_list(app: Data<App>, call: Call, day: Path<NaiveDate>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: ListDraft| {
        let too_long =
            |item: &ListDraftItem| item.objective.as_ref().is_some_and(|it| it.chars().count() > 200);
        if let Some(place) = draft.items.iter().position(too_long) {
            return Err(Error::field(format!("/items/{place}/objective"), "text_too_long"));
        }
        let item = |item: ListDraftItem| ItemDraft {
            customer: item.customer_id,
            opportunity: item.opportunity_id,
            action: item.action,
            objective: item.objective,
        };
        let items: Vec<ItemDraft> = draft.items.into_iter().map(item).collect();
        check_version(&call, tx, *day).await?;
        let list = super::put(tx, &call.actor, *day, &items).await?;
        list_view(&app, tx.db(), &call.actor, list, tx.now()).await
    })
    .await
}

/// Files the list as it is; nothing has to be typed.
#[utoipa::path(tag = "actions", request_body = Nothing,
    responses((status = 200, body = ListView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/action-lists/{date}/submit")]
async fn post_submit(app: Data<App>, call: Call, day: Path<NaiveDate>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        check_version(&call, tx, *day).await?;
        let list = super::submit(&app, tx, &call.actor, *day).await?;
        list_view(&app, tx.db(), &call.actor, list, tx.now()).await
    })
    .await
}

/// Whether somebody has filed.
#[derive(Serialize, ToSchema)]
struct OwedView {
    user_id: Uuid,
    name: String,
    region_id: Option<Uuid>,
    date: NaiveDate,
    /// `draft`, `filed`, `late`, `missing` or `excused`.
    status: String,
    filed_at: Option<DateTime<Utc>>,
    n_items: i64,
}

#[derive(Deserialize, utoipa::IntoParams)]
struct TeamFilter {
    /// Today unless said.
    date: Option<NaiveDate>,
    region_id: Option<Uuid>,
}

/// Who in the caller's scope has filed and who has not.
#[utoipa::path(tag = "actions", params(Paging, TeamFilter), responses((status = 200, body = Page<OwedView>)))]
#[get("/action-lists")]
async fn get_team(
    app: Data<App>,
    actor: Actor,
    paging: Query<Paging>,
    filter: Query<TeamFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let now = app.db.now().await?;
    let day = filter.date.map_or(Ok(local_date(now)), sane)?;
    let owed = rows::owed_visible(app.db.conn(), &actor, (day, filter.region_id), window).await?;
    let (timetable, calendars) = (app.config.timetable()?, settings::calendars(&app, app.db.conn()).await?);
    let view = |owed: Owed| OwedView {
        user_id: owed.user_id,
        name: owed.name,
        region_id: owed.region_id,
        date: day,
        status: match (owed.filed_at, owed.status) {
            (Some(_), Some(status)) => status,
            _ => {
                let calendar = calendars.of(owed.region_id.map(RegionId));
                timetable.unfiled_status(calendar, day, now).name().to_owned()
            }
        },
        filed_at: owed.filed_at,
        n_items: owed.n_items,
    };
    Ok(HttpResponse::Ok().json(Page::of(window, owed, |it| it.user_id, view)))
}
