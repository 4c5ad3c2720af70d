//! How decisions and to-dos look from outside.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::approvals::{Kind, SeatStatus, State, Status, TaskStatus};
use domain::ids::UserId;
use domain::working_time::Calendars;
use platform::Tx;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::clocks;
use super::super::keep::Instance;
use super::super::rows::timers;
use super::super::rows::todos::{self, TodoRow};
use super::super::rows::{approval, todo};
use super::may::{self, MayNot};
use crate::error::Result;
use crate::people;
use crate::select::Connection;
use crate::texts;

/// Something that waits for the caller.
#[derive(Serialize, ToSchema)]
pub struct TodoView {
    id: Uuid,
    approval_id: Uuid,
    /// `special_approval`, `legal_review`, `evidence_review`, `dispute`, `location_change` or `request`.
    kind: String,
    subject_type: String,
    subject_id: Uuid,
    customer_id: Option<Uuid>,
    region_id: Option<Uuid>,
    title: String,
    summary: String,
    /// `open` or `done`.
    status: String,
    /// `decide`, `revise` what was given back, or `answer` a question.
    purpose: String,
    /// `overdue`, `soon` when less than half of its time is left, or `normal`.
    priority: &'static str,
    /// May it be decided together with others, with one tap?
    batchable: bool,
    /// Whose it is, where the caller stands in for somebody.
    on_behalf_of: Option<String>,
    /// 0 for who was asked first; higher for superiors who joined.
    rung: i32,
    due_at: Option<DateTime<Utc>>,
    /// Working time that is left, in minutes; negative once it is over.
    minutes_left: Option<i64>,
    created_at: DateTime<Utc>,
    /// What the caller may do now.
    may: Vec<&'static str>,
}

/// What is read for a list of to-dos at once.
pub struct Beside {
    pub names: HashMap<Uuid, String>,
    pub timers: Vec<timers::Model>,
}

/// Reads it.
pub async fn beside(db: &impl Connection, rows: &[TodoRow]) -> Result<Beside> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.approval.id).collect();
    let mut people: Vec<Uuid> = rows.iter().map(|row| row.assignee_id).collect();
    people.sort_unstable();
    people.dedup();
    Ok(Beside { names: people::rows::names(db, &people).await?, timers: timers::of_all(db, &ids).await? })
}

impl TodoView {
    pub fn of(
        row: TodoRow,
        beside: &Beside,
        (actor, calendars, now): (UserId, &Calendars, DateTime<Utc>),
    ) -> Self {
        let is_clock = |timer: &&timers::Model| {
            timer.approval_id == row.approval.id && Some(timer.task) == row.todo_task
        };
        let timer = beside.timers.iter().find(is_clock);
        let calendar = calendars.of(row.approval.region_id.map(Into::into));
        let minutes_left = timer.and_then(|timer| clocks::minutes_left(timer, calendar, now));
        let approval = row.approval;
        let is_open = row.todo_status == "open";
        let budget = i64::from(approval.budget_minutes);
        let priority = match minutes_left {
            Some(..0) if is_open => "overdue",
            Some(left) if is_open && left * 2 < budget => "soon",
            _ => "normal",
        };
        let purpose = row.purpose.unwrap_or_else(|| "decide".to_owned());
        Self {
            may: if is_open {
                may::by_purpose(&purpose, approval.initiator_id == actor.0)
            } else {
                Vec::new()
            },
            batchable: is_open
                && purpose == "decide"
                && Kind::by_name(&approval.kind).is_some_and(Kind::is_batchable),
            on_behalf_of: (row.assignee_id != actor.0)
                .then(|| beside.names.get(&row.assignee_id).cloned())
                .flatten(),
            id: row.todo_id,
            approval_id: approval.id,
            kind: approval.kind,
            subject_type: approval.subject_type,
            subject_id: approval.subject_id,
            customer_id: approval.customer_id,
            region_id: approval.region_id,
            title: approval.title,
            summary: approval.summary,
            status: row.todo_status,
            purpose,
            priority,
            rung: row.todo_rung,
            due_at: timer.map_or(approval.due_at, |timer| timer.due_at),
            minutes_left: minutes_left.filter(|_| is_open),
            created_at: row.todo_at,
        }
    }
}

/// A decision that is waited for, or was taken.
#[derive(Serialize, ToSchema)]
pub struct ApprovalView {
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
    /// What exactly was handed in: a decision binds to it.
    content_hash: Option<String>,
    /// `open`, `returned`, `approved`, `rejected`, `withdrawn`, `lapsed` or `failed`.
    status: String,
    /// The flow that it goes through, in the version that it began with.
    flow: Option<String>,
    flow_version: Option<i32>,
    /// 1 for the first time it was handed in.
    round: i32,
    rung: i32,
    due_at: Option<DateTime<Utc>>,
    decided_by: Option<Uuid>,
    decided_by_name: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    comment: Option<String>,
    /// Whose to-do it is now, by name.
    held_by: Vec<String>,
    /// The nodes that were asked, in order; only on a single decision.
    tasks: Vec<NodeView>,
    /// What the caller may do now.
    may: Vec<&'static str>,
    /// What the caller may not do, and why not; only on a single decision.
    may_not: Vec<MayNot>,
    created_at: DateTime<Utc>,
    version: i32,
}

/// A node that was asked.
#[derive(Serialize, ToSchema)]
struct NodeView {
    node: String,
    name: String,
    round: u32,
    /// `open`, `approved`, `rejected`, `returned` or `cancelled`.
    #[schema(value_type = String)]
    status: TaskStatus,
    /// What the initiator is asked, while that is open.
    question: Option<String>,
    seats: Vec<SeatView>,
}

/// Somebody who was asked.
#[derive(Serialize, ToSchema)]
struct SeatView {
    user_id: Uuid,
    name: Option<String>,
    /// How they came to it: `resolved`, `admin`, `transferred`, `delegated`, `added_before` or `added_after`.
    #[schema(value_type = String)]
    origin: domain::approvals::Origin,
    /// `waiting`, `open`, `approved`, `rejected`, `transferred`, `removed`, `moot` or `moot_waiting`.
    #[schema(value_type = String)]
    status: SeatStatus,
    group: Option<String>,
}

/// Who is concerned by decisions, read for all of them at once.
pub struct Around {
    pub holders: Vec<todo::Model>,
    pub names: HashMap<Uuid, String>,
    /// The caller and those they stand in for.
    pub people: Vec<UserId>,
}

/// Reads it.
pub async fn around(
    db: &impl Connection,
    approvals: &[approval::Model],
    people: Vec<UserId>,
) -> Result<Around> {
    let ids: Vec<Uuid> = approvals.iter().map(|it| it.id).collect();
    let holders = todos::open_on(db, &ids).await?;
    let named = approvals.iter().flat_map(|it| [Some(it.initiator_id), it.decided_by]).flatten();
    let mut named: Vec<Uuid> = named.chain(holders.iter().map(|it| it.assignee_id)).collect();
    named.sort_unstable();
    named.dedup();
    Ok(Around { holders, names: people::rows::names(db, &named).await?, people })
}

impl ApprovalView {
    pub fn of(approval: approval::Model, around: &Around, actor: UserId) -> Self {
        let holders = around.holders.iter().filter(|todo| todo.approval_id == approval.id);
        let name = |id: Uuid| around.names.get(&id).cloned();
        let mine = holders.clone().find(|todo| around.people.contains(&UserId(todo.assignee_id)));
        let purpose = mine.map(|todo| todo.purpose.clone().unwrap_or_else(|| "decide".to_owned()));
        let is_own = approval.initiator_id == actor.0;
        let is_over = Status::by_name(&approval.status).is_none_or(Status::is_over);
        Self {
            initiator_name: name(approval.initiator_id),
            decided_by_name: approval.decided_by.and_then(name),
            held_by: holders.filter_map(|todo| name(todo.assignee_id)).collect(),
            may: purpose.filter(|_| !is_over).map(|it| may::by_purpose(&it, is_own)).unwrap_or_default(),
            may_not: Vec::new(),
            tasks: Vec::new(),
            id: approval.id,
            kind: approval.kind,
            subject_type: approval.subject_type,
            subject_id: approval.subject_id,
            customer_id: approval.customer_id,
            initiator_id: approval.initiator_id,
            title: approval.title,
            summary: approval.summary,
            facts: approval.facts,
            content_hash: approval.content_hash,
            status: approval.status,
            flow: approval.flow_key,
            flow_version: approval.flow_version,
            round: approval.round.unwrap_or(1),
            rung: approval.rung,
            due_at: approval.due_at,
            decided_by: approval.decided_by,
            decided_at: approval.decided_at,
            comment: approval.comment,
            created_at: approval.created_at,
            version: approval.version,
        }
    }

    /// The same with its tasks and with what the caller may do and why not.
    pub fn whole(self, tasks: (&Instance, &HashMap<Uuid, String>), may: may::May) -> Self {
        let (instance, names) = tasks;
        let may::May { may, may_not } = may;
        Self { tasks: task_views(instance, names), may, may_not, ..self }
    }
}

fn task_views(instance: &Instance, names: &HashMap<Uuid, String>) -> Vec<NodeView> {
    let seat = |seat: &domain::approvals::Seat| SeatView {
        user_id: seat.user.0,
        name: names.get(&seat.user.0).cloned(),
        origin: seat.origin,
        status: seat.status,
        group: seat.group.clone(),
    };
    let view = |task: &domain::approvals::Task| NodeView {
        node: task.node.clone(),
        name: instance
            .begun
            .flow
            .node(&task.node)
            .map_or_else(|| task.node.clone(), |node| node.name().to_owned()),
        round: task.round,
        status: task.status,
        question: task.question.clone(),
        seats: task.seats.iter().map(seat).collect(),
    };
    instance.state.tasks.iter().map(view).collect()
}

/// Everybody a state names.
pub fn people_of(state: &State) -> Vec<Uuid> {
    let seats = state.tasks.iter().flat_map(|task| &task.seats);
    let mut people: Vec<Uuid> =
        seats.flat_map(|seat| seat.holders().map(|user| user.0).collect::<Vec<_>>()).collect();
    people.push(state.initiator.0);
    people.sort_unstable();
    people.dedup();
    people
}

/// `11-23 15:04` in the company's time.
pub fn month_day_minute(at: DateTime<Utc>) -> String {
    domain::working_time::shown(at, "%m-%d %H:%M")
}

/// Who decided in the caller's stead, for the loser of a race in a node that is done while the flow goes on.
pub async fn decided_already(tx: &Tx, instance: &Instance, actor: UserId) -> Result<Option<String>> {
    let is_moot = |status| matches!(status, SeatStatus::Moot | SeatStatus::MootWaiting);
    let had_seat = |task: &&domain::approvals::Task| {
        task.status == TaskStatus::Approved
            && task.seats.iter().any(|seat| seat.is_held_by(actor) && is_moot(seat.status))
    };
    let Some(task) = instance.state.tasks.iter().rev().find(had_seat) else { return Ok(None) };
    let events = super::super::rows::events::of(tx.db(), instance.row.id).await?;
    let left = events.iter().rev().find(|link| {
        link.event.get("type").is_some_and(|it| it == "answered")
            && link
                .event
                .get("seat")
                .and_then(Value::as_u64)
                .is_some_and(|seat| task.seats.iter().any(|it| u64::from(it.id) == seat))
    });
    let Some(left) = left else { return Ok(None) };
    let by: Vec<Uuid> = left.actor_id.into_iter().collect();
    let name = people::rows::names(tx.db(), &by).await?.into_values().next();
    Ok(Some(texts::decided_by(name.as_deref(), &month_day_minute(left.at))))
}
