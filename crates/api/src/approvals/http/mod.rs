//! To-dos and decisions.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::approvals::{Decision, Status};
use domain::ids::{ApprovalId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::decide;
use super::rows::{self, TodoRow, approval};
use crate::App;
use crate::actor::{Actor, Call};
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use crate::select::Connection;
use crate::{people, subjects};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_todos).service(get_asked).service(get_approval).service(post_decide);
}

/// Something that waits for the caller.
#[derive(Serialize, ToSchema)]
struct TodoView {
    id: Uuid,
    approval_id: Uuid,
    /// `special_approval`, `legal_review`, `evidence_review` or `dispute`.
    kind: String,
    subject_type: String,
    subject_id: Uuid,
    customer_id: Option<Uuid>,
    title: String,
    summary: String,
    /// `open` or `done`.
    status: String,
    /// 0 for who was asked first; higher for superiors who joined.
    rung: i32,
    due_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// What the caller may do now.
    may: Vec<&'static str>,
}

fn todo_view(todo: TodoRow, actor: UserId) -> TodoView {
    TodoView {
        may: may(&todo.status, todo.initiator_id, actor),
        id: todo.id,
        approval_id: todo.approval_id,
        kind: todo.kind,
        subject_type: todo.subject_type,
        subject_id: todo.subject_id,
        customer_id: todo.customer_id,
        title: todo.title,
        summary: todo.summary,
        status: todo.status,
        rung: todo.rung,
        due_at: todo.due_at,
        created_at: todo.created_at,
    }
}

/// What somebody with a to-do may do: nobody decides what they asked for themselves.
fn may(status: &str, initiator: Uuid, actor: UserId) -> Vec<&'static str> {
    if status == "open" && initiator != actor.0 { vec!["approve", "reject"] } else { Vec::new() }
}

/// A decision that is waited for, or was taken.
#[derive(Serialize, ToSchema)]
struct ApprovalView {
    id: Uuid,
    kind: String,
    subject_type: String,
    subject_id: Uuid,
    customer_id: Option<Uuid>,
    initiator_id: Uuid,
    initiator_name: Option<String>,
    title: String,
    summary: String,
    /// What the decider sees, as it was when the decision was asked for.
    #[schema(value_type = Object)]
    facts: Value,
    /// `open`, `approved`, `rejected`, or `withdrawn` when nobody needs to decide any more.
    status: String,
    rung: i32,
    due_at: Option<DateTime<Utc>>,
    decided_by: Option<Uuid>,
    decided_by_name: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    comment: Option<String>,
    /// Whose to-do it is now, by name.
    held_by: Vec<String>,
    /// What the caller may do now.
    may: Vec<&'static str>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl ApprovalView {
    fn of(approval: approval::Model, around: &Around, actor: UserId) -> Self {
        let holders = around.holders.iter().filter(|todo| todo.approval_id == approval.id);
        let name = |id: Uuid| around.names.get(&id).cloned();
        let has_todo = holders.clone().any(|todo| todo.assignee_id == actor.0);
        Self {
            initiator_name: name(approval.initiator_id),
            decided_by_name: approval.decided_by.and_then(name),
            held_by: holders.filter_map(|todo| name(todo.assignee_id)).collect(),
            may: if has_todo { may(&approval.status, approval.initiator_id, actor) } else { Vec::new() },
            id: approval.id,
            kind: approval.kind,
            subject_type: approval.subject_type,
            subject_id: approval.subject_id,
            customer_id: approval.customer_id,
            initiator_id: approval.initiator_id,
            title: approval.title,
            summary: approval.summary,
            facts: approval.facts,
            status: approval.status,
            rung: approval.rung,
            due_at: approval.due_at,
            decided_by: approval.decided_by,
            decided_at: approval.decided_at,
            comment: approval.comment,
            created_at: approval.created_at,
            version: approval.version,
        }
    }
}

/// Who is concerned by decisions, read for all of them at once.
struct Around {
    holders: Vec<rows::todo::Model>,
    names: HashMap<Uuid, String>,
}

async fn around(db: &impl Connection, approvals: &[approval::Model]) -> Result<Around> {
    let ids: Vec<Uuid> = approvals.iter().map(|it| it.id).collect();
    let holders = rows::open_todos(db, &ids).await?;
    let people = approvals.iter().flat_map(|it| [Some(it.initiator_id), it.decided_by]).flatten();
    let mut people: Vec<Uuid> = people.chain(holders.iter().map(|it| it.assignee_id)).collect();
    people.sort_unstable();
    people.dedup();
    Ok(Around { holders, names: people::rows::names(db, &people).await? })
}

async fn view(db: &impl Connection, approval: approval::Model, actor: UserId) -> Result<ApprovalView> {
    let around = around(db, std::slice::from_ref(&approval)).await?;
    Ok(ApprovalView::of(approval, &around, actor))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct AskedFilter {
    /// `open`, `approved`, `rejected` or `withdrawn`; all where absent.
    status: Option<String>,
}

/// The decisions the caller's own work waits for or has got, newest first, each with who holds it.
#[utoipa::path(tag = "approvals", params(Paging, AskedFilter), responses((status = 200, body = Page<ApprovalView>)))]
#[get("/approvals")]
async fn get_asked(
    app: Data<App>,
    actor: Actor,
    paging: Query<Paging>,
    filter: Query<AskedFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let status = filter.status.as_deref();
    if status.is_some_and(|status| Status::by_name(status).is_none()) {
        return Err(Error::field("/status", "invalid_parameter"));
    }
    let asked = rows::asked_by(app.db.conn(), actor.id, status, window).await?;
    let around = around(app.db.conn(), &asked).await?;
    let page = Page::of(window, asked, |it| it.id, |it| ApprovalView::of(it, &around, actor.id));
    Ok(HttpResponse::Ok().json(page))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct TodoFilter {
    /// `open` or `done`; both where absent.
    status: Option<String>,
}

/// The caller's to-dos, newest first.
#[utoipa::path(tag = "approvals", params(Paging, TodoFilter), responses((status = 200, body = Page<TodoView>)))]
#[get("/todos")]
async fn get_todos(
    app: Data<App>,
    actor: Actor,
    paging: Query<Paging>,
    filter: Query<TodoFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let status = filter.status.as_deref();
    if status.is_some_and(|status| !["open", "done"].contains(&status)) {
        return Err(Error::field("/status", "invalid_parameter"));
    }
    let todos = rows::todos(app.db.conn(), actor.id, status, window).await?;
    let page = Page::of(window, todos, |it| it.id, |todo| todo_view(todo, actor.id));
    Ok(HttpResponse::Ok().json(page))
}

/// A decision, for those who have to take it, who asked for it, or who lead them.
#[utoipa::path(tag = "approvals", responses((status = 200, body = ApprovalView), (status = 404, body = Problem)))]
#[get("/approvals/{id}")]
async fn get_approval(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let approval = rows::visible(app.db.conn(), &actor, ApprovalId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(view(app.db.conn(), approval, actor.id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionDraft {
    /// `approve` or `reject`.
    #[schema(value_type = String)]
    decision: Decision,
    /// Needed for a refusal, and for vouching for what a machine refused.
    comment: Option<String>,
}

/// Takes the decision. Whoever comes second reads who decided and when.
#[utoipa::path(tag = "approvals", request_body = DecisionDraft,
    responses((status = 200, body = ApprovalView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/approvals/{id}/decide")]
async fn post_decide(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: DecisionDraft| {
        if draft.comment.as_ref().is_some_and(|comment| comment.chars().count() > 500) {
            return Err(Error::field("/comment", "text_too_long"));
        }
        let id = ApprovalId(*id);
        let seen = rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
        subjects::hold(tx, &seen).await?;
        let approval = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
        call.check_version(approval.version)?;
        let word = (draft.decision, draft.comment.as_deref());
        let decided = decide(&app, tx, &call.actor, id, word).await?;
        view(tx.db(), decided, call.actor.id).await
    })
    .await
}
