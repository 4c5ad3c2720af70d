//! Windows in which somebody answers for somebody else.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::UserId;
use domain::people::delegation::Delegation;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::page::Window;
use crate::select::{Select, execute};

/// A window with who set it, and who ended it early.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DelegationRow {
    pub id: Uuid,
    pub principal_id: Uuid,
    pub agent_id: Uuid,
    pub from_at: DateTime<Utc>,
    pub until_at: DateTime<Utc>,
    pub set_by: Uuid,
    pub set_at: DateTime<Utc>,
    pub ended_by: Option<Uuid>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl DelegationRow {
    /// What the rules know of it.
    pub fn window(&self) -> Delegation {
        let (principal, agent) = (UserId(self.principal_id), UserId(self.agent_id));
        Delegation { principal, agent, from: self.from_at, until: self.until_at }
    }
}

/// Which end of the windows is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Principal,
    Agent,
}

/// Windows that hold at some instant of `[from, until)`; only to agents employed on a day, where one is named.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub employed_on: Option<NaiveDate>,
}

/// The windows with one of these people at that end.
pub async fn holding(
    db: &impl ConnectionTrait,
    (end, people): (End, &[UserId]),
    period: Period,
) -> Result<Vec<Delegation>, DbErr> {
    let column = match end {
        End::Principal => "principal_id",
        End::Agent => "agent_id",
    };
    // Asked of each window's agent alone: a list of everybody would be made for every question.
    let employed = "EXISTS (SELECT 1 FROM people_users WHERE people_users.id = agent_id \
                    AND (active_from IS NULL OR active_from <= ?) AND (active_to IS NULL OR active_to >= ?))";
    let mut found = Vec::new();
    for chunk in people.chunks(400) {
        let ids = chunk.iter().map(|it| Value::from(it.0));
        let mut select = Select::new("SELECT * FROM people_delegations")
            .and_among(column, ids)
            .and("from_at < ? AND until_at > ?", [period.until.into(), period.from.into()]);
        if let Some(day) = period.employed_on {
            select = select.and(employed, [day.into(), day.into()]);
        }
        let rows: Vec<DelegationRow> = select.all(db).await?;
        found.extend(rows.iter().map(DelegationRow::window));
    }
    Ok(found)
}

pub async fn delegation(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<DelegationRow>, DbErr> {
    Select::new("SELECT * FROM people_delegations").and("id = ?", [id.into()]).one(db).await
}

/// A page of the windows in which somebody is answered for, or answers.
pub async fn delegations(
    db: &impl ConnectionTrait,
    user: UserId,
    window: Window,
) -> Result<Vec<DelegationRow>, DbErr> {
    Select::new("SELECT * FROM people_delegations")
        .and("(principal_id = ? OR agent_id = ?)", [user.0.into(), user.0.into()])
        .window("id", window)
        .all(db)
        .await
}

pub async fn insert_delegation(db: &impl ConnectionTrait, row: &DelegationRow) -> Result<(), DbErr> {
    let text = "INSERT INTO people_delegations (id, principal_id, agent_id, from_at, until_at, set_by, set_at) \
                VALUES (?, ?, ?, ?, ?, ?, ?)";
    let values = [
        row.id.into(),
        row.principal_id.into(),
        row.agent_id.into(),
        row.from_at.into(),
        row.until_at.into(),
        row.set_by.into(),
        row.set_at.into(),
    ];
    execute(db, text, values).await?;
    Ok(())
}

/// What ends a window early: it holds until now, and not at all where it has not begun.
const END: &str = "UPDATE people_delegations SET ended_by = ?, ended_at = ?, \
    until_at = CASE WHEN from_at > ? THEN from_at ELSE ? END WHERE until_at > ? AND from_at < until_at";

/// Ends a window. False when it was over before.
pub async fn end_delegation(
    db: &impl ConnectionTrait,
    id: Uuid,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let values = [by.0.into(), at.into(), at.into(), at.into(), at.into(), id.into()];
    Ok(execute(db, &format!("{END} AND id = ?"), values).await? == 1)
}

/// Ends whatever holds, or would hold, for somebody or through them; the ids of what was ended.
pub async fn end_delegations_of(
    db: &impl ConnectionTrait,
    user: UserId,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let values = [by.0.into(), at.into(), at.into(), at.into(), at.into(), user.0.into(), user.0.into()];
    execute(db, &format!("{END} AND (principal_id = ? OR agent_id = ?)"), values).await
}
