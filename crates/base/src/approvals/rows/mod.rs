//! Decisions, who is concerned by them, and the flows they go through.

pub mod events;
pub mod links;
pub mod timers;
pub mod todos;

use chrono::{DateTime, Utc};
use domain::approvals::{Subject, SubjectKind};
use domain::ids::{ApprovalId, UserId};
use domain::people::Role;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel, Value};

use crate::actor::Actor;
use crate::page::Window;
use crate::people::{Of, visible_to};
use crate::select::{self, Select, execute, marks};

pub mod approval {
    use anyhow::Context;
    use domain::approvals::{ReviewFacts, Subject, SubjectKind};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "approvals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub subject_type: SubjectKind,
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
        pub owner_id: Option<Uuid>,
        /// What exactly was handed in last.
        pub content_hash: Option<String>,
        pub flow_key: Option<String>,
        pub flow_version: Option<i32>,
        pub flow_digest: Option<String>,
        /// What its events add up to; absent on what was opened before flows were.
        pub state: Option<Json>,
        pub round: Option<i32>,
        pub n_events: Option<i32>,
        pub last_hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl Model {
        /// What it is about.
        pub fn subject(&self) -> Subject {
            Subject::of(self.subject_type, self.subject_id)
        }

        /// What a verdict needs of the facts that the decider saw.
        pub fn review(&self) -> anyhow::Result<ReviewFacts> {
            let facts = serde_json::from_value(self.facts.clone());
            facts.with_context(|| format!("the facts of the decision {}", self.id))
        }
    }

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
        /// Which of the flow's tasks it belongs to.
        pub task: Option<i32>,
        /// `decide`, `revise` or `answer`.
        pub purpose: Option<String>,
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

/// The decision, locked until the transaction ends: two deciders cannot both win.
pub async fn locked(db: &impl ConnectionTrait, id: ApprovalId) -> Result<Option<approval::Model>, DbErr> {
    select::locked(db, Select::new(APPROVAL).and("id = ?", [id.0.into()])).one(db).await
}

/// The decision, for who has or had a turn in it or a copy of it, whoever asked, or whoever sees the asker's work.
/// `stood_in` are the people whom the actor stands in for now.
pub async fn visible(
    db: &impl ConnectionTrait,
    actor: &Actor,
    stood_in: &[UserId],
    id: ApprovalId,
) -> Result<Option<approval::Model>, DbErr> {
    let select = Select::new(APPROVAL).and("id = ?", [id.0.into()]);
    if actor.role == Role::Admin {
        return select.one(db).await;
    }
    let people: Vec<Value> = [actor.id].iter().chain(stood_in).map(|user| user.0.into()).collect();
    let concerned = format!(
        "(EXISTS (SELECT 1 FROM approvals_todos t WHERE t.approval_id = approvals.id AND t.assignee_id IN ({})) \
         OR EXISTS (SELECT 1 FROM approvals_copies c WHERE c.approval_id = approvals.id AND c.user_id = ?))",
        marks(people.len())
    );
    let concerned = select.clone().and(&concerned, people.into_iter().chain([actor.id.0.into()]));
    if let Some(approval) = concerned.one(db).await? {
        return Ok(Some(approval));
    }
    if crate::access::is_leader(actor.role) {
        return visible_to(select, actor, "initiator_id", "region_id", Of::Other).one(db).await;
    }
    select.and("initiator_id = ?", [actor.id.0.into()]).one(db).await
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

/// The decision, whoever asks.
pub async fn approval(db: &impl ConnectionTrait, id: ApprovalId) -> Result<Option<approval::Model>, DbErr> {
    Select::new(APPROVAL).and("id = ?", [id.0.into()]).one(db).await
}

/// What a request asks for now. The version moves with the command that hands it in again.
pub async fn revise(db: &impl ConnectionTrait, id: Uuid, summary: &str, facts: Json) -> Result<(), DbErr> {
    let text = "UPDATE approvals SET summary = ?, facts = ? WHERE id = ?";
    execute(db, text, [summary.into(), facts.into(), id.into()]).await?;
    Ok(())
}

/// When the decision is due, after a calendar has moved it.
pub async fn set_due(
    db: &impl ConnectionTrait,
    id: Uuid,
    due_at: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let text = "UPDATE approvals SET due_at = ? WHERE id = ? AND status = 'open'";
    execute(db, text, [due_at.into(), id.into()]).await?;
    Ok(())
}

/// Keeps a decision as it stands now.
pub async fn keep(db: &impl ConnectionTrait, it: &approval::Model) -> Result<(), DbErr> {
    let text = "UPDATE approvals SET subject_type = ?, subject_id = ?, initiator_id = ?, title = ?, summary = ?, \
                facts = ?, status = ?, due_at = ?, rung = ?, next_rung_at = NULL, decided_by = ?, decided_at = ?, \
                comment = ?, content_hash = ?, flow_key = ?, flow_version = ?, flow_digest = ?, state = ?, round = ?, \
                n_events = ?, last_hash = ?, version = version + 1 WHERE id = ?";
    let values = [
        it.subject_type.into(),
        it.subject_id.into(),
        it.initiator_id.into(),
        it.title.as_str().into(),
        it.summary.as_str().into(),
        it.facts.clone().into(),
        it.status.as_str().into(),
        it.due_at.into(),
        it.rung.into(),
        it.decided_by.into(),
        it.decided_at.into(),
        it.comment.clone().into(),
        it.content_hash.clone().into(),
        it.flow_key.clone().into(),
        it.flow_version.into(),
        it.flow_digest.clone().into(),
        it.state.clone().into(),
        it.round.into(),
        it.n_events.into(),
        it.last_hash.clone().into(),
        it.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// Keeps a flow that is begun, under what it says.
pub async fn keep_flow(db: &impl ConnectionTrait, digest: &str, body: Json) -> Result<(), DbErr> {
    let text = "INSERT INTO approvals_flows (digest, body) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING";
    execute(db, text, [digest.into(), body.into()]).await?;
    Ok(())
}

/// The flow by its digest.
pub async fn flow(db: &impl ConnectionTrait, digest: &str) -> Result<Option<Json>, DbErr> {
    #[derive(FromQueryResult)]
    struct Kept {
        body: Json,
    }
    let select = Select::new("SELECT body FROM approvals_flows").and("digest = ?", [digest.into()]);
    Ok(select.one::<Kept>(db).await?.map(|it| it.body))
}

/// What was opened before flows were and still waits, oldest first.
pub async fn without_flow(db: &impl ConnectionTrait, n_most: u64) -> Result<Vec<approval::Model>, DbErr> {
    let select = Select::new(APPROVAL).and("status = 'open'", []).and("state IS NULL", []);
    select.then("ORDER BY id LIMIT ?", [n_most.into()]).all(db).await
}

/// The records of a kind that were handed in during a span, newest first: what a flow is tried on.
pub async fn handed_in(
    db: &impl ConnectionTrait,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    n_most: u64,
) -> Result<Vec<approval::Model>, DbErr> {
    Select::new(APPROVAL)
        .and("created_at >= ?", [from.into()])
        .and("created_at < ?", [until.into()])
        .then("ORDER BY id DESC LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// What concerns somebody who leaves: decisions that wait for them now or later, and those they were given back. A
/// turn that is still to come has no to-do yet, so the states are read; few are open at a time.
pub async fn concerning(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Concerning {
        id: Uuid,
    }
    let select = Select::new("SELECT id FROM approvals")
        .and("status IN ('open', 'returned')", [])
        .and("CAST(state AS text) LIKE ?", [format!("%{}%", user.0).into()])
        .then("ORDER BY id LIMIT 10000", []);
    Ok(select.all::<Concerning>(db).await?.into_iter().map(|it| it.id).collect())
}

/// Who gets a copy to read. Nothing happens to somebody who has one.
pub async fn copy(
    db: &impl ConnectionTrait,
    approval: Uuid,
    users: &[UserId],
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    for user in users {
        let text = "INSERT INTO approvals_copies (id, approval_id, user_id, copied_at) VALUES (?, ?, ?, ?) \
                    ON CONFLICT (approval_id, user_id) DO NOTHING";
        execute(db, text, [platform::new_id().into(), approval.into(), user.0.into(), at.into()]).await?;
    }
    Ok(())
}

/// The decisions that somebody got a copy of.
pub async fn copied_to(
    db: &impl ConnectionTrait,
    user: UserId,
    window: Window,
) -> Result<Vec<approval::Model>, DbErr> {
    Select::new("SELECT approvals.* FROM approvals JOIN approvals_copies c ON c.approval_id = approvals.id")
        .and("c.user_id = ?", [user.0.into()])
        .window("approvals.id", window)
        .all(db)
        .await
}

/// Has somebody a copy that they have not read?
pub async fn has_unread_copy(db: &impl ConnectionTrait, approval: Uuid, user: UserId) -> Result<bool, DbErr> {
    let select = Select::new(
        "SELECT approvals.* FROM approvals JOIN approvals_copies c ON c.approval_id = approvals.id",
    );
    let select = select.and("approvals.id = ? AND c.user_id = ?", [approval.into(), user.0.into()]);
    Ok(select.and("c.read_at IS NULL", []).one::<approval::Model>(db).await?.is_some())
}

/// Marks somebody's copy as read.
pub async fn read_copy(
    db: &impl ConnectionTrait,
    approval: Uuid,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text =
        "UPDATE approvals_copies SET read_at = ? WHERE approval_id = ? AND user_id = ? AND read_at IS NULL";
    execute(db, text, [at.into(), approval.into(), user.0.into()]).await?;
    Ok(())
}

/// What is open about a subject, locked.
pub async fn open_about(db: &impl ConnectionTrait, subject: Subject) -> Result<Vec<approval::Model>, DbErr> {
    open_about_any(db, subject.kind(), &[subject.id()]).await
}

/// What is open about any of these subjects, locked.
pub async fn open_about_any(
    db: &impl ConnectionTrait,
    kind: SubjectKind,
    ids: &[Uuid],
) -> Result<Vec<approval::Model>, DbErr> {
    let select = Select::new(APPROVAL)
        .and("subject_type = ?", [kind.into()])
        .and("status IN ('open', 'returned')", []);
    let rest = format!("ORDER BY id{}", select::for_update(db));
    select::among(db, (select, "subject_id"), ids, &rest).await
}
