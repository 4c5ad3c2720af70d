//! Clocks of tasks and the rungs they have reached.

use chrono::{DateTime, Utc};
use platform::Tx;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, IntoActiveModel};

use crate::select::{self, Select, execute};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "approvals_timers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub approval_id: Uuid,
    pub task: i32,
    /// Whose calendar counts.
    pub region_id: Option<Uuid>,
    /// The service level as it was when the clock began.
    pub level: Json,
    pub consumed_seconds: i64,
    pub running_since: Option<ChronoDateTimeUtc>,
    /// The highest rung that was reached.
    pub rung: i32,
    pub due_at: Option<ChronoDateTimeUtc>,
    pub next_rung_at: Option<ChronoDateTimeUtc>,
    /// `running`, `paused` or `done`.
    pub status: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

const TIMER: &str = "SELECT * FROM approvals_timers";

/// Arms the clocks of a decision that begins, at the end of the command.
pub fn add(tx: &Tx, timers: Vec<Model>) {
    select::append::<Entity>(tx, timers);
}

pub async fn arm(db: &impl ConnectionTrait, timers: Vec<Model>) -> Result<(), DbErr> {
    if timers.is_empty() {
        return Ok(());
    }
    let timers = timers.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(timers).exec_without_returning(db).await?;
    Ok(())
}

/// The clocks of a decision.
pub async fn of(db: &impl ConnectionTrait, approval: Uuid) -> Result<Vec<Model>, DbErr> {
    Select::new(TIMER)
        .and("approval_id = ?", [approval.into()])
        .then("ORDER BY task LIMIT 1000", [])
        .all(db)
        .await
}

/// The clocks of these decisions that are not done.
pub async fn of_all(db: &impl ConnectionTrait, approvals: &[Uuid]) -> Result<Vec<Model>, DbErr> {
    if approvals.is_empty() {
        return Ok(Vec::new());
    }
    Select::new(TIMER)
        .and_among("approval_id", approvals.iter().copied())
        .and("status <> 'done'", [])
        .then("ORDER BY task LIMIT 1000", [])
        .all(db)
        .await
}

pub async fn keep(db: &impl ConnectionTrait, timer: &Model) -> Result<(), DbErr> {
    let text = "UPDATE approvals_timers SET consumed_seconds = ?, running_since = ?, rung = ?, due_at = ?, \
                next_rung_at = ?, status = ? WHERE id = ?";
    let values = [
        timer.consumed_seconds.into(),
        timer.running_since.into(),
        timer.rung.into(),
        timer.due_at.into(),
        timer.next_rung_at.into(),
        timer.status.as_str().into(),
        timer.id.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// Puts a clock's next rung off.
pub async fn postpone(db: &impl ConnectionTrait, id: Uuid, until: DateTime<Utc>) -> Result<(), DbErr> {
    let text = "UPDATE approvals_timers SET next_rung_at = ? WHERE id = ? AND status = 'running'";
    execute(db, text, [until.into(), id.into()]).await?;
    Ok(())
}

/// The rung is claimed: false where it was before.
pub async fn claim(
    db: &impl ConnectionTrait,
    timer: Uuid,
    rung: i32,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let text = "INSERT INTO approvals_rungs (timer_id, rung, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    Ok(execute(db, text, [timer.into(), rung.into(), at.into()]).await? == 1)
}

/// What finds the clocks that have reached a rung: by an index over those that run, however many there are.
pub const DUE: &str = "SELECT * FROM approvals_timers WHERE status = 'running' AND next_rung_at <= ? \
                       ORDER BY next_rung_at, id LIMIT ?";

/// Those that have reached their next rung.
pub async fn due(db: &impl ConnectionTrait, at: DateTime<Utc>, n_most: u64) -> Result<Vec<Model>, DbErr> {
    Select::new("").then(DUE, [at.into(), n_most.into()]).all(db).await
}

/// The clock, locked.
pub async fn locked(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    select::locked(db, Select::new(TIMER).and("id = ?", [id.into()])).one(db).await
}

/// When the earliest rung of all is reached.
pub async fn next(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Next {
        next_rung_at: Option<DateTime<Utc>>,
    }
    let select = Select::new("SELECT next_rung_at FROM approvals_timers")
        .and("status = 'running'", [])
        .and("next_rung_at IS NOT NULL", [])
        .then("ORDER BY next_rung_at LIMIT 1", []);
    Ok(select.one::<Next>(db).await?.and_then(|it| it.next_rung_at))
}

/// All clocks that run, after `after`.
pub async fn running(
    db: &impl ConnectionTrait,
    after: Option<Uuid>,
    n_most: u64,
) -> Result<Vec<Model>, DbErr> {
    Select::new(TIMER)
        .and("status = 'running'", [])
        .and_if("id > ?", after)
        .then("ORDER BY id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}

/// Clocks that run but could not be projected, oldest first, after `after`.
pub async fn unprojected(
    db: &impl ConnectionTrait,
    after: Option<Uuid>,
    n_most: u64,
) -> Result<Vec<Model>, DbErr> {
    Select::new(TIMER)
        .and("status = 'running'", [])
        .and("next_rung_at IS NULL", [])
        .and("due_at IS NULL", [])
        .and_if("id > ?", after)
        .then("ORDER BY id LIMIT ?", [n_most.into()])
        .all(db)
        .await
}
