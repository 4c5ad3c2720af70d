//! Decisions and to-dos.

use chrono::{DateTime, Utc};
use domain::approvals::Status;
use domain::ids::{ApprovalId, UserId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::visible_to;
use crate::select::{self, Select, execute, marks};

pub mod approval {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "approvals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub subject_type: String,
        pub subject_id: Uuid,
        pub customer_id: Option<Uuid>,
        pub region_id: Option<Uuid>,
        pub initiator_id: Uuid,
        pub title: String,
        pub summary: String,
        pub facts: Json,
        pub status: String,
        pub budget_minutes: i32,
        pub due_at: Option<ChronoDateTimeUtc>,
        pub rung: i32,
        pub next_rung_at: Option<ChronoDateTimeUtc>,
        pub decided_by: Option<Uuid>,
        pub decided_at: Option<ChronoDateTimeUtc>,
        pub comment: Option<String>,
        pub created_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod todo {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "approvals_todos")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub approval_id: Uuid,
        pub assignee_id: Uuid,
        pub rung: i32,
        pub status: String,
        pub created_at: ChronoDateTimeUtc,
        pub done_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const APPROVAL: &str = "SELECT approvals.* FROM approvals";

pub async fn insert(db: &impl ConnectionTrait, approval: approval::Model) -> Result<(), DbErr> {
    approval::Entity::insert(approval.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

pub async fn insert_todo(db: &impl ConnectionTrait, todo: todo::Model) -> Result<(), DbErr> {
    let key = [todo::Column::ApprovalId, todo::Column::AssigneeId];
    todo::Entity::insert(todo.into_active_model())
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The decision, locked until the transaction ends: two deciders cannot both win.
pub async fn locked(db: &impl ConnectionTrait, id: ApprovalId) -> Result<Option<approval::Model>, DbErr> {
    select::locked(db, Select::new(APPROVAL).and("id = ?", [id.0.into()])).one(db).await
}

/// The decision, for somebody with a to-do on it, whoever asked, or whoever sees the asker's work.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: ApprovalId,
) -> Result<Option<approval::Model>, DbErr> {
    let assigned = Select::new(APPROVAL)
        .and("id = ?", [id.0.into()])
        .and("EXISTS (SELECT 1 FROM approvals_todos t WHERE t.approval_id = approvals.id AND t.assignee_id = ?)", [
            actor.id.0.into(),
        ])
        .one(db)
        .await?;
    if assigned.is_some() {
        return Ok(assigned);
    }
    let select = Select::new(APPROVAL).and("id = ?", [id.0.into()]);
    if crate::access::is_leader(actor.role) {
        return visible_to(select, actor, "initiator_id", "region_id").one(db).await;
    }
    select.and("initiator_id = ?", [actor.id.0.into()]).one(db).await
}

async fn people_of(select: Select, db: &impl ConnectionTrait) -> Result<Vec<UserId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Assignee {
        assignee_id: Uuid,
    }
    let rows: Vec<Assignee> = select.all(db).await?;
    Ok(rows.into_iter().map(|row| UserId(row.assignee_id)).collect())
}

/// Who has a to-do on it.
pub async fn assignees(db: &impl ConnectionTrait, id: ApprovalId) -> Result<Vec<UserId>, DbErr> {
    let select = Select::new("SELECT assignee_id FROM approvals_todos").and("approval_id = ?", [id.0.into()]);
    people_of(select.then("ORDER BY id", []), db).await
}

/// The to-dos that are still open on these decisions, in the order people joined.
pub async fn open_todos(db: &impl ConnectionTrait, approvals: &[Uuid]) -> Result<Vec<todo::Model>, DbErr> {
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

/// What somebody's work waits for, or has got.
pub async fn asked_by(
    db: &impl ConnectionTrait,
    initiator: UserId,
    status: Option<&str>,
    window: Window,
) -> Result<Vec<approval::Model>, DbErr> {
    Select::new(APPROVAL)
        .and("initiator_id = ?", [initiator.0.into()])
        .and_if("status = ?", status)
        .window("id", window)
        .all(db)
        .await
}

/// Who joined at the highest rung so far.
pub async fn last_joined(db: &impl ConnectionTrait, id: ApprovalId) -> Result<Vec<UserId>, DbErr> {
    let select = Select::new("SELECT assignee_id FROM approvals_todos")
        .and("approval_id = ?", [id.0.into()])
        .and("rung = (SELECT max(rung) FROM approvals_todos WHERE approval_id = ?)", [id.0.into()]);
    people_of(select, db).await
}

/// Closes the decision and everybody's to-do on it.
pub async fn close(
    db: &impl ConnectionTrait,
    approval: approval::Model,
    (verdict, by, comment): (Status, UserId, Option<&str>),
    at: DateTime<Utc>,
) -> Result<approval::Model, DbErr> {
    let text = "UPDATE approvals SET status = ?, decided_by = ?, decided_at = ?, comment = ?, next_rung_at = NULL, \
                version = version + 1 WHERE id = ?";
    let values = [verdict.name().into(), by.0.into(), at.into(), comment.into(), approval.id.into()];
    execute(db, text, values).await?;
    let todos = "UPDATE approvals_todos SET status = 'done', done_at = ? WHERE approval_id = ?";
    execute(db, todos, [at.into(), approval.id.into()]).await?;
    Ok(approval::Model {
        status: verdict.name().to_owned(),
        decided_by: Some(by.0),
        decided_at: Some(at),
        comment: comment.map(str::to_owned),
        next_rung_at: None,
        version: approval.version + 1,
        ..approval
    })
}

/// Closes a decision that nobody needs any more, and everybody's to-do on it.
pub async fn withdraw(db: &impl ConnectionTrait, id: ApprovalId, at: DateTime<Utc>) -> Result<(), DbErr> {
    let text = "UPDATE approvals SET status = 'withdrawn', decided_at = ?, next_rung_at = NULL, \
                version = version + 1 WHERE id = ?";
    execute(db, text, [at.into(), id.0.into()]).await?;
    let todos = "UPDATE approvals_todos SET status = 'done', done_at = ? WHERE approval_id = ?";
    execute(db, todos, [at.into(), id.0.into()]).await?;
    Ok(())
}

/// What is open about a subject, locked.
pub async fn open_about(
    db: &impl ConnectionTrait,
    (kind, id): (&str, Uuid),
) -> Result<Vec<approval::Model>, DbErr> {
    let select = Select::new(APPROVAL)
        .and("subject_type = ?", [kind.into()])
        .and("subject_id = ?", [id.into()])
        .and("status = 'open'", [])
        .then("ORDER BY id", []);
    select::locked(db, select).all(db).await
}

/// What is asked now instead; the clock and the to-dos stay.
pub async fn renew(db: &impl ConnectionTrait, approval: &approval::Model) -> Result<(), DbErr> {
    let text = "UPDATE approvals SET subject_type = ?, subject_id = ?, initiator_id = ?, title = ?, summary = ?, \
                facts = ?, version = version + 1 WHERE id = ?";
    let values = [
        approval.subject_type.as_str().into(),
        approval.subject_id.into(),
        approval.initiator_id.into(),
        approval.title.as_str().into(),
        approval.summary.as_str().into(),
        approval.facts.clone().into(),
        approval.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// When the earliest rung of all is reached.
pub async fn next_rung(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Next {
        next_rung_at: Option<DateTime<Utc>>,
    }
    let select = Select::new("SELECT next_rung_at FROM approvals")
        .and("status = 'open'", [])
        .and("next_rung_at IS NOT NULL", [])
        .then("ORDER BY next_rung_at LIMIT 1", []);
    Ok(select.one::<Next>(db).await?.and_then(|it| it.next_rung_at))
}

/// Those that have reached their next rung.
pub async fn at_rung(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    n_most: u64,
) -> Result<Vec<approval::Model>, DbErr> {
    let select = Select::new(APPROVAL)
        .and("status = 'open'", [])
        .and("next_rung_at <= ?", [at.into()])
        .then("ORDER BY next_rung_at, id LIMIT ?", [n_most.into()]);
    select::locked(db, select).all(db).await
}

/// Open decisions whose next rung has no instant although there is one above, oldest first.
pub async fn unprojected(db: &impl ConnectionTrait, n_most: u64) -> Result<Vec<approval::Model>, DbErr> {
    let top = i32::try_from(domain::approvals::LADDER.len()).unwrap_or(i32::MAX);
    let select = Select::new(APPROVAL)
        .and("status = 'open'", [])
        .and("next_rung_at IS NULL", [])
        .and("rung < ?", [top.into()])
        .then("ORDER BY id LIMIT ?", [n_most.into()]);
    select::locked(db, select).all(db).await
}

pub async fn project(
    db: &impl ConnectionTrait,
    id: Uuid,
    due_at: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let text = "UPDATE approvals SET due_at = ?, next_rung_at = ? WHERE id = ? AND status = 'open'";
    execute(db, text, [due_at.into(), next.into(), id.into()]).await?;
    Ok(())
}

/// Moves it up one rung. False when it is not on this rung any more.
pub async fn climb(
    db: &impl ConnectionTrait,
    approval: &approval::Model,
    rung: i32,
    next: Option<DateTime<Utc>>,
) -> Result<bool, DbErr> {
    let text = "UPDATE approvals SET rung = ?, next_rung_at = ?, version = version + 1 \
                WHERE id = ? AND rung = ? AND status = 'open'";
    let values = [rung.into(), next.into(), approval.id.into(), approval.rung.into()];
    Ok(execute(db, text, values).await? == 1)
}

/// A to-do with what it is about.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TodoRow {
    pub id: Uuid,
    pub approval_id: Uuid,
    pub status: String,
    pub rung: i32,
    pub created_at: DateTime<Utc>,
    pub kind: String,
    pub subject_type: String,
    pub subject_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub initiator_id: Uuid,
    pub title: String,
    pub summary: String,
    pub due_at: Option<DateTime<Utc>>,
}

/// Somebody's to-dos.
pub async fn todos(
    db: &impl ConnectionTrait,
    assignee: UserId,
    status: Option<&str>,
    window: Window,
) -> Result<Vec<TodoRow>, DbErr> {
    let text = "SELECT t.id, t.approval_id, t.status, t.rung, t.created_at, a.kind, a.subject_type, a.subject_id, \
                a.customer_id, a.initiator_id, a.title, a.summary, a.due_at \
                FROM approvals_todos t JOIN approvals a ON a.id = t.approval_id";
    Select::new(text)
        .and("t.assignee_id = ?", [assignee.0.into()])
        .and_if("t.status = ?", status)
        .window("t.id", window)
        .all(db)
        .await
}
