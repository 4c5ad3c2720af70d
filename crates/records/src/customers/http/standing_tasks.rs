//! Standing tasks and their coverage.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post, put};
use chrono::{DateTime, NaiveDate, Utc};
use domain::customers::{DoneBy, Rhythm, Selection, Task};
use domain::working_time::local_date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::actor::{Actor, Call, Nothing};
use crate::customers::rows::standing_tasks as kept;
use crate::customers::standing_tasks::{Draft, Tally, coverage, draft, edit, end, own, publish};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use crate::people;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_task)
        .service(get_tasks)
        .service(get_task)
        .service(put_task)
        .service(post_task_publish)
        .service(post_end)
        .service(get_coverage);
}

/// An instruction: which customers, how often, and what counts as done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskBody {
    title: String,
    #[serde(default)]
    instruction: Option<String>,
    /// `{owner_ids, region_id, kinds, price_tiers, top, customer_ids}`, each of which narrows it down; `top` takes the
    /// first so many by the value of their orders of the last 90 days.
    #[schema(value_type = Object)]
    selection: Selection,
    /// `{"every": "day"}`, `{"every": "week", "times": 2}` or `{"every": "days", "days": 10}`.
    #[schema(value_type = Object)]
    rhythm: Rhythm,
    /// `{"kind": "visit"}`, `order`, `communication`, or `evidence` with its `evidence_kind`. Any of them counts; a
    /// task without one is not published.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    done_by: Vec<DoneBy>,
}

impl From<TaskBody> for Draft {
    fn from(it: TaskBody) -> Self {
        let task = Task { selection: it.selection, rhythm: it.rhythm, done_by: it.done_by };
        Self { title: it.title, instruction: it.instruction, task }
    }
}

/// A standing task.
#[derive(Serialize, ToSchema)]
struct TaskView {
    id: Uuid,
    title: String,
    instruction: Option<String>,
    #[schema(value_type = Object)]
    selection: Value,
    #[schema(value_type = Object)]
    rhythm: Value,
    #[schema(value_type = Vec<Object>)]
    done_by: Value,
    /// `draft`, `published` or `ended`.
    status: String,
    created_by: Uuid,
    created_at: DateTime<Utc>,
    published_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<kept::Model> for TaskView {
    fn from(it: kept::Model) -> Self {
        Self {
            id: it.id,
            title: it.title,
            instruction: it.instruction,
            selection: it.selection,
            rhythm: it.rhythm,
            done_by: it.done_by,
            status: it.status,
            created_by: it.created_by,
            created_at: it.created_at,
            published_at: it.published_at,
            ended_at: it.ended_at,
            version: it.version,
        }
    }
}

/// Writes a draft down.
#[utoipa::path(tag = "customers", request_body = TaskBody,
    responses((status = 201, body = TaskView), (status = 422, body = Problem)))]
#[post("/standing-tasks")]
async fn post_task(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, body: TaskBody| {
        Ok(TaskView::from(draft(tx, &call.actor, &body.into()).await?))
    })
    .await
}

/// Changes the own draft.
#[utoipa::path(tag = "customers", request_body = TaskBody,
    responses((status = 200, body = TaskView), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[put("/standing-tasks/{id}")]
async fn put_task(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, body: TaskBody| {
        let known = own(tx, &call.actor, *id).await?;
        call.check_version(known.version)?;
        Ok(TaskView::from(edit(tx, &body.into(), known).await?))
    })
    .await
}

/// Lets the own draft hold. Without what counts as done it does not.
#[utoipa::path(tag = "customers", request_body = Nothing,
    responses((status = 200, body = TaskView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/standing-tasks/{id}/publish")]
async fn post_task_publish(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let known = own(tx, &call.actor, *id).await?;
        call.check_version(known.version)?;
        Ok(TaskView::from(publish(tx, &call.actor, known).await?))
    })
    .await
}

/// Ends the own task.
#[utoipa::path(tag = "customers", request_body = Nothing,
    responses((status = 200, body = TaskView), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/standing-tasks/{id}/end")]
async fn post_end(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let known = own(tx, &call.actor, *id).await?;
        Ok(TaskView::from(end(tx, &call.actor, known).await?))
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct TaskFilter {
    /// `draft`, `published` or `ended`.
    status: Option<String>,
}

/// The standing tasks, newest first: everybody's that are published, and the own drafts.
#[utoipa::path(tag = "customers", params(Paging, TaskFilter), responses((status = 200, body = Page<TaskView>)))]
#[get("/standing-tasks")]
async fn get_tasks(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<TaskFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let tasks = kept::page(app.db.conn(), &actor, filter.into_inner().status, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, tasks, |it| it.id, TaskView::from)))
}

/// A standing task.
#[utoipa::path(tag = "customers", responses((status = 200, body = TaskView), (status = 404, body = Problem)))]
#[get("/standing-tasks/{id}")]
async fn get_task(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let task = kept::task(app.db.conn(), &actor, *id).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(TaskView::from(task)))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct CoverageDay {
    /// Today unless said.
    date: Option<NaiveDate>,
}

/// One owner's part of a task.
#[derive(Serialize, ToSchema)]
struct PartView {
    /// Nobody's customers together, where absent.
    owner_id: Option<Uuid>,
    name: Option<String>,
    n_due: usize,
    n_covered: usize,
}

/// How far a task is in the period that the day lies in.
#[derive(Serialize, ToSchema)]
struct CoverageView {
    /// The period's first day.
    since: NaiveDate,
    date: NaiveDate,
    n_due: usize,
    n_covered: usize,
    /// Whoever has something left comes first.
    by_rep: Vec<PartView>,
}

/// How many customers owe their part of the period and how many have it, as far as the caller sees them.
#[utoipa::path(tag = "customers", params(CoverageDay),
    responses((status = 200, body = CoverageView), (status = 404, body = Problem)))]
#[get("/standing-tasks/{id}/coverage")]
async fn get_coverage(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    asked: Query<CoverageDay>,
) -> Result<HttpResponse> {
    let db = app.db.conn();
    let task = kept::task(db, &actor, *id).await?.ok_or(Error::NotFound)?;
    let date = match asked.date {
        Some(date) => date,
        None => local_date(app.db.now().await?),
    };
    let found = coverage(db, &actor, &task, date).await?;
    let owners: Vec<Uuid> = found.by_owner.iter().filter_map(|(owner, _)| *owner).collect();
    let names = people::rows::names(db, &owners).await?;
    let part = |(owner_id, tally): (Option<Uuid>, Tally)| PartView {
        owner_id,
        name: owner_id.and_then(|id| names.get(&id).cloned()),
        n_due: tally.n_due,
        n_covered: tally.n_covered,
    };
    let by_rep = found.by_owner.into_iter().map(part).collect();
    let (n_due, n_covered) = (found.all.n_due, found.all.n_covered);
    Ok(HttpResponse::Ok().json(CoverageView { since: found.since, date, n_due, n_covered, by_rep }))
}
