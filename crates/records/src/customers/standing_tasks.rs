//! Standing tasks: an instruction becomes a set of customers, a rhythm, and the evidence that counts as done.
//!
//! A task reaches as far as its author sees. It is read off the timelines, which fill themselves, so nobody reports
//! that it was done; what is due feeds the proposals of the day.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use chrono::{Days, NaiveDate, NaiveTime};
use domain::actions::Term;
use domain::customers::{Deed, Progress, Task};
use domain::ids::UserId;
use domain::working_time::{at_local, local_date};
use platform::Tx;
use serde_json::{Value, json};
use uuid::Uuid;

use super::keep::text;
use super::rows::standing_tasks::{self as kept, DeedRow, Model, Selected};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::people;
use crate::select::Connection;
use crate::settings::{self, Event};
use crate::texts;

/// Orders of so many days count for the first so many.
const ORDER_DAYS: u64 = 90;
/// What a due task adds to a proposal.
const POINTS: i64 = 20;

/// What is written.
#[derive(Debug)]
pub struct Draft {
    pub title: String,
    pub instruction: Option<String>,
    pub task: Task,
}

/// Keeps a draft, also one that cannot be published yet.
pub async fn draft(tx: &Tx, actor: &Actor, draft: &Draft) -> Result<Model> {
    let task = Model {
        id: platform::new_id(),
        title: String::new(),
        instruction: None,
        selection: json!({}),
        rhythm: json!({}),
        done_by: json!([]),
        status: "draft".to_owned(),
        created_by: actor.id.0,
        created_at: tx.now(),
        published_at: None,
        ended_at: None,
        version: 1,
    };
    let task = written(task, draft)?;
    kept::insert(tx.db(), task.clone()).await?;
    Ok(task)
}

/// Changes a draft. What is published does not change: it is ended, and another is written.
pub async fn edit(tx: &Tx, draft: &Draft, known: Model) -> Result<Model> {
    if known.status != "draft" {
        return Err(Error::conflict("task_not_a_draft"));
    }
    Ok(kept::update(tx.db(), written(known, draft)?).await?)
}

fn written(task: Model, draft: &Draft) -> Result<Model> {
    let title = text("/title", &draft.title, 100)?.ok_or_else(|| Error::field("/title", "required"))?;
    let instruction = draft.instruction.as_deref().map_or(Ok(None), |it| text("/instruction", it, 1_000))?;
    let selection = &draft.task.selection;
    let longest = [selection.owner_ids.len(), selection.customer_ids.len(), selection.kinds.len()];
    if longest.into_iter().chain([selection.price_tiers.len()]).any(|n| n > 200) {
        return Err(Error::field("/selection", "too_long"));
    }
    Ok(Model {
        title,
        instruction,
        selection: json!(selection),
        rhythm: json!(draft.task.rhythm),
        done_by: json!(draft.task.done_by),
        ..task
    })
}

/// The own task, locked.
pub async fn own(tx: &Tx, actor: &Actor, id: Uuid) -> Result<Model> {
    let task = kept::locked(tx.db(), id).await?.filter(|task| task.created_by == actor.id.0);
    task.ok_or(Error::NotFound)
}

/// Lets a draft hold, where it says what counts as done.
pub async fn publish(tx: &Tx, actor: &Actor, known: Model) -> Result<Model> {
    if known.status != "draft" {
        return Err(Error::conflict("task_not_a_draft"));
    }
    let faults = read(&known)?.check();
    if let Some(first) = faults.first() {
        let named = faults.iter().map(|it| FieldFault::new(it.pointer(), it.code()));
        return Err(Error::Invalid(first.code(), named.collect()));
    }
    let published = Model { status: "published".to_owned(), published_at: Some(tx.now()), ..known };
    noted(tx, actor, "customers.task_published", published).await
}

/// It holds no more.
pub async fn end(tx: &Tx, actor: &Actor, known: Model) -> Result<Model> {
    if known.status != "published" {
        return Err(Error::conflict("task_not_published"));
    }
    let ended = Model { status: "ended".to_owned(), ended_at: Some(tx.now()), ..known };
    noted(tx, actor, "customers.task_ended", ended).await
}

async fn noted(tx: &Tx, actor: &Actor, name: &'static str, task: Model) -> Result<Model> {
    settings::record(tx, Event::about(name, Some(actor.id), ("standing_task", task.id))).await?;
    Ok(kept::update(tx.db(), task).await?)
}

/// The task as the rules read it.
pub fn read(task: &Model) -> Result<Task> {
    let whole = json!({"selection": task.selection, "rhythm": task.rhythm, "done_by": task.done_by});
    Ok(serde_json::from_value(whole).context("reading a standing task")?)
}

/// A selected customer with how far its part of the period is.
struct Part {
    customer: Selected,
    progress: Progress,
}

/// How far each selected customer is on a day; `among` narrows them down to what matters to the caller.
async fn parts(
    db: &impl Connection,
    model: &Model,
    day: NaiveDate,
    among: impl AsyncFnOnce(Vec<Selected>) -> Result<Vec<Selected>>,
) -> Result<Vec<Part>> {
    let task = read(model)?;
    let author = people::rows::user(db, UserId(model.created_by)).await?;
    let Some(author) = author.and_then(|user| people::actor(user, None)) else {
        return Ok(Vec::new());
    };
    let orders_since = at_local(day - Days::new(ORDER_DAYS), NaiveTime::MIN);
    let selected = kept::selected(db, &author, &task.selection, orders_since).await?;
    let selected = among(selected).await?;
    let ids: Vec<Uuid> = selected.iter().map(|it| it.id).collect();
    let since = at_local(task.rhythm.since(day), NaiveTime::MIN);
    let lines = kept::deeds(db, &ids, &task.timeline_kinds(), since).await?;
    let mut deeds: HashMap<Uuid, Vec<Deed<'_>>> = HashMap::new();
    for line in &lines {
        deeds.entry(line.customer_id).or_default().push(deed(line));
    }
    let part = |customer: Selected| {
        let done_on = deeds.get(&customer.id).map_or_else(Vec::new, |deeds| task.done_on(deeds));
        Part { progress: task.rhythm.progress(&done_on, day), customer }
    };
    Ok(selected.into_iter().map(part).collect())
}

fn deed(line: &DeedRow) -> Deed<'_> {
    let text = |name: &str| line.facts.get(name).and_then(Value::as_str);
    Deed {
        kind: &line.kind,
        subject: line.subject_id,
        on: local_date(line.at),
        evidence: text("kind"),
        verdict: text("verdict"),
        is_accepted: line.facts.get("accepted").and_then(Value::as_bool),
    }
}

/// How many owe their part of the period and how many have done it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub n_due: usize,
    pub n_covered: usize,
}

/// The coverage of a task, as far as the viewer sees its customers.
#[derive(Debug)]
pub struct Coverage {
    pub since: NaiveDate,
    pub all: Tally,
    /// By owner; nobody's customers together.
    pub by_owner: Vec<(Option<Uuid>, Tally)>,
}

/// Who has done how much of a task in the period that a day lies in.
pub async fn coverage(
    db: &impl Connection,
    viewer: &Actor,
    model: &Model,
    day: NaiveDate,
) -> Result<Coverage> {
    let rhythm = read(model)?.rhythm;
    let seen = async |all: Vec<Selected>| {
        let ids: Vec<Uuid> = all.iter().map(|it| it.id).collect();
        Ok(kept::seen_by(db, viewer, &ids).await?)
    };
    let mut coverage = Coverage { since: rhythm.since(day), all: Tally::default(), by_owner: Vec::new() };
    let mut tallies: HashMap<Option<Uuid>, Tally> = HashMap::new();
    for part in parts(db, model, day, seen).await? {
        let is_covered = rhythm.is_covered(part.progress);
        for tally in [&mut coverage.all, tallies.entry(part.customer.owner_id).or_default()] {
            tally.n_due += 1;
            tally.n_covered += usize::from(is_covered);
        }
    }
    coverage.by_owner = tallies.into_iter().collect();
    coverage.by_owner.sort_by_key(|(owner, tally)| (tally.n_covered == tally.n_due, *owner));
    Ok(coverage)
}

/// What standing tasks add to the proposals of these people for a day, by customer: a term people can read.
pub async fn due_terms(
    db: &impl Connection,
    owners: &[Uuid],
    day: NaiveDate,
) -> Result<HashMap<Uuid, Vec<Term>>> {
    let owners: HashSet<Uuid> = owners.iter().copied().collect();
    let mut terms: HashMap<Uuid, Vec<Term>> = HashMap::new();
    for model in kept::published(db).await? {
        let rhythm = read(&model)?.rhythm;
        let theirs = async |mut all: Vec<Selected>| {
            all.retain(|it| it.owner_id.is_some_and(|owner| owners.contains(&owner)));
            Ok(all)
        };
        for part in parts(db, &model, day, theirs).await? {
            if rhythm.is_due(part.progress, day) {
                let label = texts::standing_task(&model.title, &rhythm.label(part.progress));
                let term = Term { code: "standing_task".to_owned(), label, points: POINTS };
                terms.entry(part.customer.id).or_default().push(term);
            }
        }
    }
    Ok(terms)
}
