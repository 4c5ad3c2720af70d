//! What waits for somebody's look, the worst first.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::Select;

/// A to-do on evidence with what it is about.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Review {
    pub id: Uuid,
    pub approval_id: Uuid,
    pub status: String,
    pub subject_type: String,
    pub subject_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub region_id: Option<Uuid>,
    pub initiator_id: Uuid,
    pub title: String,
    pub summary: String,
    pub facts: Json,
    pub due_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// Which of them are asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub status: String,
    pub region: Option<Uuid>,
    pub subject_type: Option<String>,
    /// How many, and how many come before them.
    pub limit: u64,
    pub skipped: u64,
}

/// Somebody's reviews: what a machine rejected first, then what is due first. One more than was asked for.
pub async fn of(db: &impl ConnectionTrait, assignee: UserId, wanted: &Wanted) -> Result<Vec<Review>, DbErr> {
    let text = "SELECT t.id, t.approval_id, t.status, a.subject_type, a.subject_id, a.customer_id, a.region_id, \
                a.initiator_id, a.title, a.summary, a.facts, a.due_at, t.created_at \
                FROM approvals_todos t JOIN approvals a ON a.id = t.approval_id";
    Select::new(text)
        .and("t.assignee_id = ?", [assignee.0.into()])
        .and("a.kind = 'evidence_review'", [])
        .and("t.status = ?", [wanted.status.as_str().into()])
        .and_if("a.region_id = ?", wanted.region)
        .and_if("a.subject_type = ?", wanted.subject_type.clone())
        .then(
            "ORDER BY CASE a.facts ->> 'verdict' WHEN 'reject' THEN 0 ELSE 1 END, a.due_at, t.id LIMIT ? OFFSET ?",
            [(wanted.limit + 1).into(), wanted.skipped.into()],
        )
        .all(db)
        .await
}
