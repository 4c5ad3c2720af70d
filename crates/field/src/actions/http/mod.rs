//! The daily list over HTTP.

mod after;
mod views;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post, put};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::actions::Capture;
use domain::ids::RegionId;
use domain::working_time::local_date;
use platform::Tx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use self::views::{ItemView, ListView, list_view, proposals};
use super::ItemDraft;
use super::rows::{self, Owed};
use crate::actor::{Actor, Call};
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result};
use crate::page::{Page, Paging};
use crate::{App, customers, evidence, settings};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_suggestions)
        .service(get_team)
        .service(get_list)
        .service(put_list)
        .service(post_submit)
        .service(after::post_reason)
        .service(after::post_absence);
}

/// A day that a calendar and both databases know.
fn sane(day: NaiveDate) -> Result<NaiveDate> {
    if (2000..=2100).contains(&day.year()) {
        Ok(day)
    } else {
        Err(Error::field("/date", "invalid_parameter"))
    }
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
    let is_away = rows::leaves::is_away(db, actor.id, day).await?;
    let status = timetable.unfiled_status(calendars.of(actor.region), (day, is_away), now);
    Ok(HttpResponse::Ok().json(ListView::unmade(day, status, timetable.meeting_at(day), items)))
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
        let list = super::put(&app, tx, &call.actor, *day, &items).await?;
        let warnings = vague_objectives(&app, tx, &items).await?;
        Ok(list_view(&app, tx.db(), &call.actor, list, tx.now()).await?.warned(warnings))
    })
    .await
}

/// What keeps an objective from counting; a warning, never a refusal.
async fn vague_objectives(app: &App, tx: &Tx, items: &[ItemDraft]) -> Result<Vec<FieldFault>> {
    let ids: Vec<Uuid> = items.iter().map(|item| item.customer).collect();
    let names = customers::rows::names(tx.db(), &ids).await?;
    let (_, kinds) = settings::evidence::kinds(app, tx.db()).await?;
    let said = items.iter().enumerate().filter_map(|(place, item)| {
        let name = names.get(&item.customer).map(String::as_str);
        evidence::vague(&kinds, &format!("/items/{place}/objective"), item.objective.as_deref()?, name)
    });
    Ok(said.collect())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Filing {
    /// When the phone captured it, where it had no signal; counts when it arrives within two hours.
    filed_at: Option<DateTime<Utc>>,
    /// The phone's clock when it sends this; a clock that is off by five minutes is not believed.
    client_time: Option<DateTime<Utc>>,
}

/// Files the list as it is; nothing has to be typed.
#[utoipa::path(tag = "actions", request_body = Filing,
    responses((status = 200, body = ListView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/action-lists/{date}/submit")]
async fn post_submit(app: Data<App>, call: Call, day: Path<NaiveDate>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, filing: Filing| {
        check_version(&call, tx, *day).await?;
        let capture = filing.filed_at.map(|filed_at| Capture { filed_at, sent_at: filing.client_time });
        let list = super::submit(&app, tx, &call.actor, *day, capture).await?;
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
    /// How many of them something verified has turned done.
    n_done: i64,
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
    paging: Paging,
    filter: Query<TeamFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let now = app.db.now().await?;
    let day = filter.date.map_or(Ok(local_date(now)), sane)?;
    let owed = rows::owed_visible(app.db.conn(), &actor, (day, filter.region_id), window).await?;
    let (timetable, calendars) = (app.config.timetable()?, settings::calendars(&app, app.db.conn()).await?);
    let unfiled = |region: Option<Uuid>, is_away| {
        timetable.unfiled_status(calendars.of(region.map(RegionId)), (day, is_away), now)
    };
    let view = |owed: Owed| OwedView {
        user_id: owed.user_id,
        name: owed.name,
        region_id: owed.region_id,
        date: day,
        status: match (owed.filed_at, owed.status) {
            (Some(_), Some(status)) => status,
            _ => unfiled(owed.region_id, owed.is_away).name().to_owned(),
        },
        filed_at: owed.filed_at,
        n_items: owed.n_items,
        n_done: owed.n_done,
    };
    Ok(HttpResponse::Ok().json(Page::of(window, owed, |it| it.user_id, view)))
}
