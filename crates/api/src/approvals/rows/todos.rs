//! Whose turn it is, a row a person and decision.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use super::todo;
use crate::page::Window;
use crate::select::{Select, execute, marks};

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

/// Takes to-dos away that are not needed any more.
pub async fn finish(db: &impl ConnectionTrait, ids: &[Uuid], at: DateTime<Utc>) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let text = format!(
        "UPDATE approvals_todos SET status = 'done', done_at = ? WHERE id IN ({})",
        marks(ids.len())
    );
    execute(db, &text, [Value::from(at)].into_iter().chain(ids.iter().map(|id| Value::from(*id)))).await?;
    Ok(())
}

/// The to-dos that are still open on these decisions, in the order people joined.
pub async fn open_on(db: &impl ConnectionTrait, approvals: &[Uuid]) -> Result<Vec<todo::Model>, DbErr> {
    if approvals.is_empty() {
        return Ok(Vec::new());
    }
    let condition = format!("approval_id IN ({})", marks(approvals.len()));
    Select::new("SELECT * FROM approvals_todos")
        .and(&condition, approvals.iter().map(|id| Value::from(*id)))
        .and("status = 'open'", [])
        .then("ORDER BY rung, id", [])
        .all(db)
        .await
}

/// A to-do with what it is about.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TodoRow {
    pub id: Uuid,
    pub assignee_id: Uuid,
    pub purpose: Option<String>,
    pub rung: i32,
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
            .and(&format!("t.assignee_id IN ({})", marks(people.len())), people)
            .and_if("t.status = ?", self.status.clone())
            .and_if("approvals.kind = ?", self.kind.clone())
            .and_if("approvals.subject_type = ?", self.subject_type.clone())
            .and_if("approvals.customer_id = ?", self.customer)
            .and_if("approvals.region_id = ?", self.region)
            .and_if("approvals.due_at < ?", self.due_before)
    }
}
