//! To-dos and decisions over HTTP.

mod acts;
mod flows;
mod links;
mod may;
mod trace;
mod views;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::approvals::{Kind, Status, Subject, SubjectKind};
use domain::ids::{ApprovalId, CustomerId, RequestId, UserId};
use domain::writing::is_blank;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

pub use links::pages;
use views::{ApprovalView, TodoView};
pub use views::{decided_already, month_day_minute};

use super::keep::Instance;
use super::open::{Request, open_by};
use super::rows::todos::{self, Wanted};
use super::rows::{self, approval};
use crate::App;
use crate::actor::{Actor, Call};
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result};
use crate::page::{Page, Paging};
use crate::select::Connection;
use crate::{people, settings};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_todos)
        .service(get_counts)
        .service(get_asked)
        .service(post_request)
        .service(trace::get_copies)
        .service(get_approval);
    acts::routes(config);
    trace::routes(config);
    flows::routes(config);
}

/// A decision as one person sees it, with all that belongs to it.
async fn whole(
    app: &App,
    (db, now): (&impl Connection, DateTime<Utc>),
    actor: &Actor,
    row: approval::Model,
) -> Result<ApprovalView> {
    let principals = people::principals_of(db, actor.id, now).await?;
    let mut people = principals.clone();
    people.push(actor.id);
    let around = views::around(db, std::slice::from_ref(&row), people).await?;
    let view = ApprovalView::of(row.clone(), &around, actor.id);
    // From before there were flows: it begins one when somebody acts on it.
    let Some(instance) = Instance::read(app, db, row).await? else { return Ok(view) };
    let names = people::rows::names(db, &views::people_of(&instance.state)).await?;
    let may = may::may((db, now), actor, &principals, &instance).await?;
    Ok(view.whole((&instance, &names), may))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct AskedFilter {
    /// Such as `open` or `approved`; all where absent.
    status: Option<String>,
}

/// The decisions the caller's own work waits for or has got, newest first, each with who holds it.
#[utoipa::path(tag = "approvals", params(Paging, AskedFilter), responses((status = 200, body = Page<ApprovalView>)))]
#[get("/approvals")]
async fn get_asked(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<AskedFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let status = filter.status.as_deref();
    if status.is_some_and(|status| Status::by_name(status).is_none()) {
        return Err(Error::field("/status", "invalid_parameter"));
    }
    let asked = rows::asked_by(app.db.conn(), actor.id, status, window).await?;
    let around = views::around(app.db.conn(), &asked, vec![actor.id]).await?;
    let page = Page::of(window, asked, |it| it.id, |it| ApprovalView::of(it, &around, actor.id));
    Ok(HttpResponse::Ok().json(page))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct TodoFilter {
    /// `open` or `done`; both where absent.
    status: Option<String>,
    /// What kind of decision.
    kind: Option<String>,
    /// What it is about, such as `order`.
    subject_type: Option<SubjectKind>,
    customer_id: Option<Uuid>,
    region_id: Option<Uuid>,
    /// Only what is due before.
    due_before: Option<DateTime<Utc>>,
    /// `newest` unless said, or `due`: what is due first.
    order: Option<String>,
}

impl TodoFilter {
    fn wanted(&self, people: Vec<UserId>) -> Result<Wanted> {
        let is_known =
            |value: &Option<String>, known: &dyn Fn(&str) -> bool| value.as_deref().is_none_or(known);
        for (pointer, is_right) in [
            ("/status", is_known(&self.status, &|it| ["open", "done"].contains(&it))),
            ("/kind", is_known(&self.kind, &|it| Kind::by_name(it).is_some())),
            ("/order", is_known(&self.order, &|it| ["newest", "due"].contains(&it))),
        ] {
            if !is_right {
                return Err(Error::field(pointer, "invalid_parameter"));
            }
        }
        Ok(Wanted {
            people,
            status: self.status.clone(),
            kind: self.kind.clone(),
            subject_type: self.subject_type,
            customer: self.customer_id,
            region: self.region_id,
            due_before: self.due_before,
        })
    }
}

/// The caller and everybody they stand in for now.
async fn standing_for(app: &App, actor: &Actor, now: DateTime<Utc>) -> Result<Vec<UserId>> {
    let mut people = people::principals_of(app.db.conn(), actor.id, now).await?;
    people.push(actor.id);
    Ok(people)
}

/// The caller's to-dos of every kind, with those of whom they stand in for.
#[utoipa::path(tag = "approvals", params(Paging, TodoFilter), responses((status = 200, body = Page<TodoView>)))]
#[get("/todos")]
async fn get_todos(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<TodoFilter>,
) -> Result<HttpResponse> {
    let now = app.db.now().await?;
    let wanted = filter.wanted(standing_for(&app, &actor, now).await?)?;
    let calendars = settings::calendars(&app, app.db.conn()).await?;
    let seen = (actor.id, calendars.as_ref(), now);
    if filter.order.as_deref() == Some("due") {
        let page = paging.counted()?;
        let found = todos::most_urgent(app.db.conn(), &wanted, (page.limit, page.skipped)).await?;
        let beside = views::beside(app.db.conn(), &found).await?;
        let page = Page::counted(page, found, |it| TodoView::of(it, &beside, seen));
        return Ok(HttpResponse::Ok().json(page));
    }
    let window = paging.window()?;
    let found = todos::newest(app.db.conn(), &wanted, window).await?;
    let beside = views::beside(app.db.conn(), &found).await?;
    let page = Page::of(window, found, |it| it.todo_id, |it| TodoView::of(it, &beside, seen));
    Ok(HttpResponse::Ok().json(page))
}

/// How many to-dos are open.
#[derive(Serialize, ToSchema)]
struct CountsView {
    n_open: i64,
    n_overdue: i64,
    by_kind: Vec<CountView>,
}

/// How many of a kind.
#[derive(Serialize, ToSchema)]
struct CountView {
    kind: String,
    n_open: i64,
    n_overdue: i64,
}

/// How many to-dos wait for the caller, by kind.
#[utoipa::path(tag = "approvals", responses((status = 200, body = CountsView)))]
#[get("/todos/counts")]
async fn get_counts(app: Data<App>, actor: Actor) -> Result<HttpResponse> {
    let now = app.db.now().await?;
    let people = standing_for(&app, &actor, now).await?;
    let wanted = Wanted { people, status: Some("open".to_owned()), ..Wanted::default() };
    let counts = todos::counts(app.db.conn(), &wanted, now).await?;
    Ok(HttpResponse::Ok().json(CountsView {
        n_open: counts.iter().map(|it| it.n_open).sum(),
        n_overdue: counts.iter().map(|it| it.n_overdue).sum(),
        by_kind: counts
            .into_iter()
            .map(|it| CountView { kind: it.kind, n_open: it.n_open, n_overdue: it.n_overdue })
            .collect(),
    }))
}

/// A decision, for those who have to take it, who asked for it, or who lead them.
#[utoipa::path(tag = "approvals", responses((status = 200, body = ApprovalView), (status = 404, body = Problem)))]
#[get("/approvals/{id}")]
async fn get_approval(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let (db, now) = (app.db.conn(), app.db.now().await?);
    let (row, _) = super::visible((db, now), &actor, ApprovalId(*id)).await?;
    if rows::has_unread_copy(db, row.id, actor.id).await? {
        mark_as_read(&app, &actor, row.id, now).await?;
    }
    Ok(HttpResponse::Ok().json(whole(&app, (db, now), &actor, row).await?))
}

/// Whoever reads does not wait for those who write: a mark that finds no turn soon is made the next time.
async fn mark_as_read(app: &App, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let marked = async {
        let tx = app.db.begin().await?;
        rows::read_copy(tx.db(), id, actor.id, now).await?;
        tx.commit().await
    };
    match tokio::time::timeout(Duration::from_millis(500), marked).await {
        Ok(marked) => Ok(marked?),
        Err(_) => Ok(()),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestDraft {
    title: String,
    /// What is asked for and why.
    summary: String,
    /// Which flow; the first that fits where absent.
    flow: Option<String>,
    customer_id: Option<Uuid>,
    /// Yuan with two decimals.
    #[schema(value_type = Option<String>)]
    amount: Option<domain::money::Fen>,
    /// Such as `travel` or `sample`.
    category: Option<String>,
    days: Option<u32>,
    /// Whom the initiator chooses, where the flow lets them.
    #[serde(default)]
    approver_ids: Vec<Uuid>,
}

impl RequestDraft {
    fn check(&self) -> Result<()> {
        let mut faults = Vec::new();
        for (pointer, text, most) in [("/title", &self.title, 100), ("/summary", &self.summary, 2000)] {
            if is_blank(text) {
                faults.push(FieldFault::new(pointer, "required"));
            } else if text.chars().count() > most {
                faults.push(FieldFault::new(pointer, "text_too_long"));
            }
        }
        if self.amount.is_some_and(|amount| amount < domain::money::Fen::ZERO) {
            faults.push(FieldFault::new("/amount", "negative"));
        }
        if self.category.as_ref().is_some_and(|it| it.chars().count() > 50) {
            faults.push(FieldFault::new("/category", "text_too_long"));
        }
        if self.approver_ids.len() > 20 {
            faults.push(FieldFault::new("/approver_ids", "out_of_range"));
        }
        match faults.first() {
            Some(first) => Err(Error::Invalid(known(&first.code), faults)),
            None => Ok(()),
        }
    }
}

/// What exactly a request asks for; who asks is no part of it.
fn content_hash(facts: &serde_json::Value) -> String {
    let mut content = facts.clone();
    if let Some(fields) = content.as_object_mut() {
        fields.retain(|field, _| !field.starts_with("initiator_"));
    }
    platform::secret::sha256(super::chain::canonical(&content))
}

fn known(code: &str) -> &'static str {
    ["required", "text_too_long", "negative", "out_of_range"]
        .into_iter()
        .find(|it| *it == code)
        .unwrap_or("invalid_value")
}

/// Asks for a decision about anything: it goes the way that the published flows say.
#[utoipa::path(tag = "approvals", request_body = RequestDraft,
    responses((status = 201, body = ApprovalView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/approvals")]
async fn post_request(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: RequestDraft| {
        draft.check()?;
        let actor = &call.actor;
        let customer = match draft.customer_id {
            Some(id) => Some(
                app.subjects
                    .customer(tx, actor, CustomerId(id))
                    .await?
                    .ok_or_else(|| Error::field("/customer_id", "customer_unknown"))?,
            ),
            None => None,
        };
        let facts = json!({"amount": draft.amount, "category": draft.category, "days": draft.days,
            "title": draft.title.trim(), "summary": draft.summary.trim()});
        let request = Request {
            kind: Kind::Request,
            subject: Subject::Request(RequestId(platform::new_id())),
            customer: customer.map(|it| it.id),
            region: customer.map(|it| it.region).or(actor.region),
            owner: customer.and_then(|it| it.owner).or(Some(actor.id)),
            initiator: actor.id,
            title: draft.title.trim().to_owned(),
            summary: draft.summary.trim().to_owned(),
            content_hash: Some(content_hash(&facts)),
            facts,
        };
        let chosen = acts::choosable(tx, actor, &draft.approver_ids).await?;
        let (id, _) = open_by(&app, tx, request, (draft.flow.as_deref(), chosen)).await?;
        // What is shown is read anew.
        tx.flush().await?;
        let row = rows::approval(tx.db(), id).await?.ok_or(Error::NotFound)?;
        whole(&app, (tx.db(), tx.now()), actor, row).await
    })
    .await
}
