//! Whose turn it is, a row a person and decision.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use platform::Tx;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use super::todo;
use crate::page::Window;
use crate::select::{self, Select};

/// Puts to-dos there; what was done before is open again.
pub async fn put(db: &impl ConnectionTrait, todos: Vec<todo::Model>) -> Result<(), DbErr> {
    if todos.is_empty() {
        return Ok(());
    }
    let key = [todo::Column::ApprovalId, todo::Column::AssigneeId];
    let again = [
        todo::Column::Rung,
        todo::Column::Status,
        todo::Column::DoneAt,
        todo::Column::Task,
        todo::Column::Purpose,
    ];
    todo::Entity::insert_many(todos.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(OnConflict::columns(key).update_columns(again).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Adds the to-dos of a decision that begins, at the end of the command.
pub fn add(tx: &Tx, todos: Vec<todo::Model>) {
    select::append::<todo::Entity>(tx, todos);
}

/// Takes to-dos away that are not needed any more.
pub async fn finish(db: &impl ConnectionTrait, ids: &[Uuid], at: DateTime<Utc>) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let update = Select::new("").then("UPDATE approvals_todos SET status = 'done', done_at = ?", [at.into()]);
    update.and_among("id", ids.iter().copied()).run(db).await?;
    Ok(())
}

/// The to-dos that are still open on these decisions, in the order people joined.
pub async fn open_on(db: &impl ConnectionTrait, approvals: &[Uuid]) -> Result<Vec<todo::Model>, DbErr> {
    if approvals.is_empty() {
        return Ok(Vec::new());
    }
    Select::new("SELECT * FROM approvals_todos")
        .and_among("approval_id", approvals.iter().copied())
        .and("status = 'open'", [])
        .then("ORDER BY rung, id", [])
        .all(db)
        .await
}

/// Who of these people has had a to-do on it.
pub async fn had(db: &impl ConnectionTrait, approval: Uuid, people: &[Uuid]) -> Result<Vec<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Had {
        assignee_id: Uuid,
    }
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let select = Select::new("SELECT assignee_id FROM approvals_todos")
        .and("approval_id = ?", [approval.into()])
        .and_among("assignee_id", people.iter().copied());
    Ok(select.all::<Had>(db).await?.into_iter().map(|it| it.assignee_id).collect())
}

/// A to-do with what it is about.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TodoRow {
    pub todo_id: Uuid,
    pub assignee_id: Uuid,
    pub purpose: Option<String>,
    pub todo_status: String,
    pub todo_rung: i32,
    pub todo_task: Option<i32>,
    pub todo_at: DateTime<Utc>,
    #[sea_orm(nested)]
    pub approval: super::approval::Model,
}

/// Which to-dos are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Whose: the caller's and those of whom the caller stands in for.
    pub people: Vec<UserId>,
    pub status: Option<String>,
    pub kind: Option<String>,
    pub subject_type: Option<String>,
    pub customer: Option<Uuid>,
    pub region: Option<Uuid>,
    pub due_before: Option<DateTime<Utc>>,
}

impl Wanted {
    fn on(&self, select: Select) -> Select {
        let people: Vec<Value> = self.people.iter().map(|user| user.0.into()).collect();
        select
            .and_among("t.assignee_id", people)
            .and_if("t.status = ?", self.status.clone())
            .and_if("approvals.kind = ?", self.kind.clone())
            .and_if("approvals.subject_type = ?", self.subject_type.clone())
            .and_if("approvals.customer_id = ?", self.customer)
            .and_if("approvals.region_id = ?", self.region)
            .and_if("approvals.due_at < ?", self.due_before)
    }
}

const FROM: &str = "FROM approvals_todos t JOIN approvals ON approvals.id = t.approval_id";

fn select(wanted: &Wanted) -> Select {
    let text = format!(
        "SELECT t.id AS todo_id, t.assignee_id, t.purpose, t.status AS todo_status, t.rung AS todo_rung, \
         t.task AS todo_task, t.created_at AS todo_at, approvals.* {FROM}"
    );
    wanted.on(Select::new(&text))
}

/// To-dos, newest first.
pub async fn newest(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    window: Window,
) -> Result<Vec<TodoRow>, DbErr> {
    select(wanted).window("t.id", window).all(db).await
}

/// To-dos, what is due first before all else; what has no due date last. One more than was asked for.
pub async fn most_urgent(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    (limit, skipped): (u64, u64),
) -> Result<Vec<TodoRow>, DbErr> {
    let order = "ORDER BY CASE WHEN approvals.due_at IS NULL THEN 1 ELSE 0 END, approvals.due_at, t.id LIMIT ? OFFSET ?";
    select(wanted).then(order, [(limit + 1).into(), skipped.into()]).all(db).await
}

/// How many to-dos of a kind are open.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Count {
    pub kind: String,
    pub n_open: i64,
    pub n_overdue: i64,
}

/// How many of each kind are open, and how many of them are over their time.
pub async fn counts(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<Vec<Count>, DbErr> {
    let overdue = format!("count(CASE WHEN approvals.due_at < ? THEN 1 END) AS n_overdue {FROM}");
    let select = Select::new("SELECT approvals.kind, count(*) AS n_open,").then(&overdue, [now.into()]);
    wanted.on(select).then("GROUP BY approvals.kind ORDER BY approvals.kind", []).all(db).await
}
