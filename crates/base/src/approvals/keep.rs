//! Keeping what the rules decided: events, the state they add up to, clocks, to-dos and messages, in one transaction.

use std::collections::BTreeMap;

use domain::approvals::{Done, Event, State, Status};
use domain::ids::{RegionId, TodoId, UserId};
use domain::working_time::Calendars;
use platform::Tx;
use uuid::Uuid;

use super::begun::Begun;
use super::chain::{self, By};
use super::rows::{self, approval, events, todo, todos};
use super::{clocks, tell};
use crate::App;
use crate::error::Result;
use crate::settings;

/// A decision as it stands, with its flow. Whoever keeps something of it has locked its row; whoever only shows it, by
/// [`Instance::read`], has not.
#[derive(Debug)]
pub struct Instance {
    pub row: approval::Model,
    pub state: State,
    pub begun: std::sync::Arc<Begun>,
}

/// What somebody has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is their turn.
    Decide,
    /// It was given back to them.
    Revise,
    /// They are asked for more.
    Answer,
}

impl Purpose {
    pub fn name(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Revise => "revise",
            Self::Answer => "answer",
        }
    }
}

/// Somebody's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub task: u32,
    pub purpose: Purpose,
    /// 0 for who was asked first; higher for superiors who joined.
    pub rung: i32,
}

/// Keeps what happened to a decision and tells whom it concerns. Says how the decision stands now.
pub async fn keep(app: &App, tx: &Tx, instance: &Instance, done: &Done, by: By) -> Result<approval::Model> {
    write(app, tx, (instance, Some(&instance.state)), done, by).await
}

/// Keeps a decision that begins.
pub async fn begin(app: &App, tx: &Tx, instance: &Instance, done: &Done, by: By) -> Result<approval::Model> {
    // The row comes first: events and clocks refer to it.
    rows::insert(tx.db(), instance.row.clone()).await?;
    write(app, tx, (instance, None), done, by).await
}

async fn write(
    app: &App,
    tx: &Tx,
    (instance, before): (&Instance, Option<&State>),
    done: &Done,
    by: By,
) -> Result<approval::Model> {
    let calendars = settings::calendars(app, tx.db()).await?;
    let kept = note(tx, (instance, before), done, by, &calendars).await?;
    rows::keep(tx.db(), &kept).await?;
    let kept = approval::Model { version: kept.version + 1, ..kept };
    let concern = match before {
        Some(_) => concern(tx, &kept, done).await?,
        None => first_concern(tx, &kept, done),
    };
    tell::tell(app, tx, (&kept, instance), done, (&concern, by)).await?;
    Ok(kept)
}

/// Keeps what ended a decision without a word to anybody.
pub async fn keep_quietly(tx: &Tx, instance: &Instance, done: &Done, by: By) -> Result<approval::Model> {
    let calendars = settings::read_calendars(tx.db()).await?;
    let kept = note(tx, (instance, Some(&instance.state)), done, by, &calendars).await?;
    rows::keep(tx.db(), &kept).await?;
    let concern = concern(tx, &kept, done).await?;
    tell::settle(tx, &kept, done, &concern).await?;
    Ok(kept)
}

/// The row as it becomes, with its events and clocks kept.
async fn note(
    tx: &Tx,
    (instance, before): (&Instance, Option<&State>),
    done: &Done,
    by: By,
    calendars: &Calendars,
) -> Result<approval::Model> {
    let by = By { on_behalf_of: by.on_behalf_of.or(done.on_behalf_of), ..by };
    let links = chain::links(&instance.row, &done.events, by, tx.now())?;
    let last = links.last().map(|link| (link.seq, link.hash.clone()));
    match before {
        Some(_) => events::append(tx.db(), links).await?,
        None => events::add(tx, links),
    }
    let calendar = calendars.of(instance.row.region_id.map(RegionId));
    let due_at = clocks::follow(tx, instance, calendar, (before, &done.state)).await?;
    let state = &done.state;
    let row = &instance.row;
    let is_over_now = state.status.is_over() && row.decided_at.is_none();
    let decided_by = by.actor.filter(|_| matches!(state.status, Status::Approved | Status::Rejected));
    Ok(approval::Model {
        status: state.status.name().to_owned(),
        // While a clock stands still nothing is due.
        due_at: if state.status.is_over() { row.due_at } else { due_at },
        rung: rung(done).max(row.rung),
        decided_by: if is_over_now { decided_by.map(|it| it.0) } else { row.decided_by },
        decided_at: if is_over_now { Some(tx.now()) } else { row.decided_at },
        comment: if is_over_now { said(done) } else { row.comment.clone() },
        content_hash: state.content_hash.clone(),
        state: Some(serde_json::to_value(state).map_err(anyhow::Error::from)?),
        round: i32::try_from(state.round).ok(),
        n_events: last.as_ref().map(|(seq, _)| *seq).or(row.n_events),
        last_hash: last.map(|(_, hash)| hash).or_else(|| row.last_hash.clone()),
        ..row.clone()
    })
}

/// How many superiors the longest seat has been joined by.
fn rung(done: &Done) -> i32 {
    let joined = done.state.open_seats().map(|(_, seat)| seat.also.len()).max().unwrap_or(0);
    i32::try_from(joined).unwrap_or(i32::MAX)
}

/// What was said with the word that ended it.
fn said(done: &Done) -> Option<String> {
    done.events.iter().rev().find_map(|event| match event {
        Event::Answered { comment, .. } => comment.clone(),
        Event::Overridden { comment, .. } => Some(comment.clone()),
        Event::WithdrawalAsked { reason } => reason.clone(),
        _ => None,
    })
}

/// Who has something to do, and what.
pub fn turns(state: &State) -> BTreeMap<UserId, Turn> {
    let mut turns = BTreeMap::new();
    for (task, seat) in state.open_seats() {
        for (rung, user) in (0..).zip(seat.holders()) {
            // A superior joined at the second rung of the ladder at the earliest.
            let rung = if rung == 0 { 0 } else { rung + 1 };
            turns.entry(user).or_insert(Turn { task: task.id, purpose: Purpose::Decide, rung });
        }
    }
    if state.status == Status::Returned {
        let task = state.returned_from.unwrap_or_default();
        turns.insert(state.initiator, Turn { task, purpose: Purpose::Revise, rung: 0 });
    } else if let Some(task) = state.open_tasks().find(|task| task.question.is_some()) {
        turns.entry(state.initiator).or_insert(Turn { task: task.id, purpose: Purpose::Answer, rung: 0 });
    }
    turns
}

/// Whose to-do came, and whose went.
#[derive(Debug, Default)]
pub struct Concern {
    pub came: Vec<(UserId, Turn)>,
    /// Those of them who had a to-do on it before.
    pub again: Vec<UserId>,
    pub went: Vec<(UserId, u32)>,
}

/// Brings the to-dos to where the turns are.
async fn concern(tx: &Tx, approval: &approval::Model, done: &Done) -> Result<Concern> {
    let wanted = turns(&done.state);
    let known = todos::open_on(tx.db(), &[approval.id]).await?;
    let mut concern = Concern::default();
    let mut finished = Vec::new();
    for todo in &known {
        let turn = wanted.get(&UserId(todo.assignee_id));
        let is_same = |turn: &&Turn| {
            todo.task == Some(number(turn.task)) && todo.purpose.as_deref() == Some(turn.purpose.name())
        };
        if turn.filter(is_same).is_none() {
            finished.push(todo.id);
            let task = u32::try_from(todo.task.unwrap_or_default()).unwrap_or_default();
            concern.went.push((UserId(todo.assignee_id), task));
        }
    }
    let is_new =
        |user: &UserId| !known.iter().any(|todo| todo.assignee_id == user.0 && !finished.contains(&todo.id));
    let mut fresh = Vec::new();
    for (user, turn) in wanted.iter().filter(|(user, _)| is_new(user)) {
        concern.came.push((*user, *turn));
        fresh.push(todo_of(tx, approval, *user, *turn));
    }
    let newcomers: Vec<Uuid> = fresh.iter().map(|todo| todo.assignee_id).collect();
    concern.again = todos::had(tx.db(), approval.id, &newcomers).await?.into_iter().map(UserId).collect();
    todos::finish(tx.db(), &finished, tx.now()).await?;
    todos::put(tx.db(), fresh).await?;
    Ok(concern)
}

/// The to-dos of a decision that begins: nobody had one before.
fn first_concern(tx: &Tx, approval: &approval::Model, done: &Done) -> Concern {
    let came: Vec<(UserId, Turn)> = turns(&done.state).into_iter().collect();
    todos::add(tx, came.iter().map(|(user, turn)| todo_of(tx, approval, *user, *turn)).collect());
    Concern { came, ..Concern::default() }
}

fn todo_of(tx: &Tx, approval: &approval::Model, user: UserId, turn: Turn) -> todo::Model {
    todo::Model {
        id: TodoId(platform::new_id()).0,
        approval_id: approval.id,
        assignee_id: user.0,
        rung: turn.rung,
        status: "open".to_owned(),
        created_at: tx.now(),
        done_at: None,
        task: Some(number(turn.task)),
        purpose: Some(turn.purpose.name().to_owned()),
    }
}

fn number(task: u32) -> i32 {
    i32::try_from(task).unwrap_or(i32::MAX)
}

/// The id of a decision as its messages name it.
pub fn matter_key(approval: Uuid, task: u32) -> String {
    format!("todo:{approval}:{task}")
}
