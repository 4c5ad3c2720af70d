//! What other slices do with decisions: ask, ask about something newer, take back, hand over.

use domain::approvals::{self as rules, Kind, State, Status, Subject, SubjectKind};
use domain::ids::{ApprovalId, CustomerId, RegionId, UserId};
use domain::people::Work;
use domain::working_time::local_date;
use platform::Tx;
use serde_json::{Value, json};
use uuid::Uuid;

use super::begun::{self, Begun};
use super::chain::By;
use super::consult::{Basis, consult};
use super::keep::{self, Instance, keep};
use super::resume::Resume;
use super::rows::{self, approval};
use crate::App;
use crate::error::{Error, Result};
use crate::people::{self, Moved};
use crate::select::Connection;
use crate::settings::{self, Event};

/// What is asked about what; the published flow of its kind says who decides.
#[derive(Debug)]
pub struct Request {
    pub kind: Kind,
    pub subject: Subject,
    pub customer: Option<CustomerId>,
    pub region: Option<RegionId>,
    /// Whose customer or record it is.
    pub owner: Option<UserId>,
    pub initiator: UserId,
    pub title: String,
    pub summary: String,
    /// What the decider sees, as it is now; conditions look at it.
    pub facts: Value,
    /// What exactly is asked about, where a decision binds to it.
    pub content_hash: Option<String>,
}

/// Opens the decision with its clocks, to-dos and messages. None where nobody can be found who decides: what is asked
/// about is kept all the same, and whoever runs the installation reads it in the log.
pub async fn open(app: &App, tx: &Tx, request: Request) -> Result<Option<ApprovalId>> {
    let (kind, subject) = (request.kind.name(), request.subject);
    match open_by(app, tx, request, (None, Vec::new())).await {
        Ok((id, _)) => Ok(Some(id)),
        Err(Error::Conflict(code, _)) if code == "nobody_to_decide" || code == "flow_missing" => {
            tracing::error!(kind, subject.id = %subject.id(), code, "nobody can decide; add a director or an admin");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The same by a named flow, with people the initiator has chosen. Says how it stands: a flow that asks nobody ends at
/// once.
pub(super) async fn open_by(
    app: &App,
    tx: &Tx,
    request: Request,
    (flow, chosen): (Option<&str>, Vec<UserId>),
) -> Result<(ApprovalId, Status)> {
    let facts = with_initiator(tx, request.facts, request.initiator).await?;
    let begun = match flow {
        None => begun::begin(app, tx.db(), request.kind, &facts).await?,
        Some(key) => named(app, tx, request.kind, key).await?,
    };
    let (digest, version, begun) = begun.ok_or_else(|| Error::conflict("flow_missing"))?;
    let row = approval::Model {
        id: platform::new_id(),
        kind: request.kind.name().to_owned(),
        subject_type: request.subject.kind(),
        subject_id: request.subject.id(),
        customer_id: request.customer.map(|it| it.0),
        region_id: request.region.map(|it| it.0),
        initiator_id: request.initiator.0,
        title: request.title,
        summary: request.summary,
        facts,
        status: Status::Open.name().to_owned(),
        budget_minutes: begun.budget_minutes(),
        due_at: None,
        rung: 0,
        next_rung_at: None,
        decided_by: None,
        decided_at: None,
        comment: None,
        created_at: tx.now(),
        version: 0,
        owner_id: request.owner.map(|it| it.0),
        content_hash: request.content_hash,
        flow_key: Some(begun.flow.key.clone()),
        flow_version: Some(version),
        flow_digest: Some(digest),
        state: None,
        round: Some(1),
        n_events: Some(0),
        last_hash: Some(String::new()),
    };
    let instance = Instance { row, state: State::blank(request.initiator), begun };
    let (hash, subject) = (instance.row.content_hash.clone(), instance.basis());
    let done = consult(tx, subject, |case| {
        rules::open(case, version, request.initiator, (hash.clone(), chosen.clone()))
    });
    let done = done.await?.map_err(|refusal| Error::conflict(refusal.code()))?;
    let row = keep::begin(app, tx, &instance, &done, By::person(request.initiator)).await?;
    let event = Event::about(
        "approvals.opened",
        Some(request.initiator),
        (request.subject.kind().name(), request.subject.id()),
    );
    let event = match request.customer {
        Some(customer) => event.at(customer),
        None => event,
    };
    settings::record(tx, event).await?;
    if done.state.status.is_over() {
        // Whoever asks has not kept what they ask about yet: it goes on in a transaction of its own.
        tx.send(&Resume { approval: row.id }).await?;
    }
    Ok((ApprovalId(row.id), done.state.status))
}

async fn named(
    app: &App,
    tx: &Tx,
    kind: Kind,
    key: &str,
) -> Result<Option<(String, i32, std::sync::Arc<Begun>)>> {
    let flows = settings::approval_flows(app, tx.db()).await?;
    let flow = flows.1.flows.iter().find(|flow| flow.key == key && flow.kind == kind && !flow.is_retired);
    let flow = flow.ok_or_else(|| Error::field("/flow", "flow_unknown"))?;
    begun::keep(app, tx.db(), flow.clone(), flows.0).await.map(Some)
}

/// What conditions may ask about whoever asks.
async fn with_initiator(tx: &Tx, mut facts: Value, initiator: UserId) -> Result<Value> {
    let user = people::rows::user(tx.db(), initiator).await?.ok_or(Error::NotFound)?;
    facts["initiator_role"] = json!(user.role);
    facts["initiator_username"] = json!(user.username);
    Ok(facts)
}

impl Instance {
    /// What it is about, for the rules.
    pub fn basis(&self) -> Basis<'_> {
        Basis {
            begun: &self.begun,
            facts: &self.row.facts,
            owner: self.row.owner_id.map(UserId),
            region: self.row.region_id.map(RegionId),
        }
    }

    /// A decision whose row the caller has locked. What was opened before flows were is begun now.
    pub async fn of(app: &App, tx: &Tx, row: approval::Model) -> Result<Self> {
        match Self::read(app, tx.db(), row.clone()).await? {
            Some(instance) => Ok(instance),
            None => Self::adopt(app, tx, row).await,
        }
    }

    /// A decision to be shown; none where it is from before there were flows.
    pub async fn read(app: &App, db: &impl Connection, row: approval::Model) -> Result<Option<Self>> {
        let (Some(state), Some(digest)) = (&row.state, &row.flow_digest) else { return Ok(None) };
        let state = serde_json::from_value(state.clone()).map_err(anyhow::Error::from)?;
        let begun = begun::read(app, db, digest).await?;
        Ok(Some(Self { row, state, begun }))
    }

    /// Begins the flow of its kind for a decision that had none. Its clock begins anew.
    async fn adopt(app: &App, tx: &Tx, row: approval::Model) -> Result<Self> {
        match Status::by_name(&row.status) {
            Some(Status::Open) => {}
            Some(Status::Approved | Status::Rejected) => return Err(Error::conflict("already_decided")),
            _ => return Err(Error::conflict("approval_withdrawn")),
        }
        let kind = Kind::by_name(&row.kind).ok_or_else(|| Error::conflict("flow_missing"))?;
        let facts = with_initiator(tx, row.facts.clone(), UserId(row.initiator_id)).await?;
        let found = begun::begin(app, tx.db(), kind, &facts).await?;
        let (digest, version, begun) = found.ok_or_else(|| Error::conflict("flow_missing"))?;
        let row = approval::Model {
            facts,
            flow_key: Some(begun.flow.key.clone()),
            flow_version: Some(version),
            flow_digest: Some(digest),
            round: Some(1),
            n_events: Some(0),
            last_hash: Some(String::new()),
            ..row
        };
        let initiator = UserId(row.initiator_id);
        let blank = Self { row, state: State::blank(initiator), begun };
        let open = |case: rules::Case<'_>| rules::open(case, version, initiator, (None, Vec::new()));
        let done = consult(tx, blank.basis(), open).await?;
        let done = done.map_err(|refusal| Error::conflict(refusal.code()))?;
        let row = keep(app, tx, &blank, &done, By::machine("adoption")).await?;
        Ok(Self { row, state: done.state, begun: blank.begun })
    }
}

/// The decision that is waited for about a subject.
pub async fn waiting(tx: &Tx, subject: Subject) -> Result<Option<approval::Model>> {
    Ok(rows::open_about(tx.db(), subject).await?.pop())
}

/// The decisions that are waited for about these subjects.
pub async fn all_waiting(tx: &Tx, kind: SubjectKind, subjects: &[Uuid]) -> Result<Vec<approval::Model>> {
    Ok(rows::open_about_any(tx.db(), kind, subjects).await?)
}

/// Asks about a newer attempt in a decision that is still open: whoever has to take it reads what is newest and is
/// not called again. The clock goes on.
pub async fn renew(app: &App, tx: &Tx, open: approval::Model, request: Request) -> Result<()> {
    let instance = Instance::of(app, tx, open).await?;
    let hash = request.content_hash.clone();
    let done = consult(tx, instance.basis(), |case| {
        Ok(rules::renew(case, &instance.state, request.initiator, hash.clone()))
    });
    let done = done.await?.map_err(|refusal| Error::conflict(refusal.code()))?;
    let facts = with_initiator(tx, request.facts, request.initiator).await?;
    let row = approval::Model {
        subject_type: request.subject.kind(),
        subject_id: request.subject.id(),
        initiator_id: request.initiator.0,
        title: request.title,
        summary: request.summary,
        facts,
        ..instance.row
    };
    let instance = Instance { row, ..instance };
    let row = keep(app, tx, &instance, &done, By::person(request.initiator)).await?;
    settings::record(tx, Event::about("approvals.renewed", Some(request.initiator), ("approval", row.id)))
        .await
}

/// Takes back whatever is open about a subject that went on by itself. Nobody is told: nothing was decided.
pub async fn withdraw(tx: &Tx, subject: Subject) -> Result<()> {
    end_quietly(tx, subject, Status::Withdrawn).await
}

/// Ends whatever is open about a subject whose content has changed or whose time is over; the subject says so in its
/// own words.
pub async fn lapse(tx: &Tx, subject: Subject) -> Result<()> {
    end_quietly(tx, subject, Status::Lapsed).await
}

async fn end_quietly(tx: &Tx, subject: Subject, status: Status) -> Result<()> {
    for row in rows::open_about(tx.db(), subject).await? {
        let id = row.id;
        match (&row.state, &row.flow_digest) {
            (Some(state), Some(digest)) => {
                let state = serde_json::from_value(state.clone()).map_err(anyhow::Error::from)?;
                let begun = begun::read_uncached(tx.db(), digest).await?;
                let instance = Instance { row, state, begun };
                let done = ended(tx, &instance, status).await?;
                keep::keep_quietly(tx, &instance, &done, By::machine("subject")).await?;
            }
            // From before there were flows: there is nothing but the row and its to-dos.
            _ => {
                let status = status.name().to_owned();
                rows::keep(tx.db(), &approval::Model { status, decided_at: Some(tx.now()), ..row }).await?;
                let known = rows::todos::open_on(tx.db(), &[id]).await?;
                let known: Vec<Uuid> = known.into_iter().map(|todo| todo.id).collect();
                rows::todos::finish(tx.db(), &known, tx.now()).await?;
            }
        }
        settings::record(tx, Event::about("approvals.ended", None, ("approval", id))).await?;
    }
    Ok(())
}

async fn ended(tx: &Tx, instance: &Instance, status: Status) -> Result<rules::Done> {
    let done = consult(tx, instance.basis(), |case| Ok(rules::end(case, &instance.state, status))).await?;
    done.map_err(|refusal| Error::conflict(refusal.code()))
}

/// Moves what waits for somebody who leaves, now or later; what they had asked for and got back is over.
pub async fn left(app: &App, tx: &Tx, from: UserId, to: UserId) -> Result<Vec<Moved>> {
    let to = who_decides(tx, to).await?;
    let mut moved = Vec::new();
    for id in rows::concerning(tx.db(), from).await? {
        let Some(seen) = rows::approval(tx.db(), ApprovalId(id)).await? else { continue };
        app.subjects.hold(tx, seen.subject()).await?;
        let Some(row) = rows::locked(tx.db(), ApprovalId(id)).await? else { continue };
        let instance = Instance::of(app, tx, row).await?;
        let is_given_back = instance.state.status == Status::Returned && instance.row.initiator_id == from.0;
        let done = consult(tx, instance.basis(), |case| {
            if is_given_back {
                return Ok(rules::end(case, &instance.state, Status::Lapsed));
            }
            rules::move_turns(case, &instance.state, from, to)
        });
        let done = done.await?.map_err(|refusal| Error::conflict(refusal.code()))?;
        if done.events.is_empty() {
            continue;
        }
        let received = done.events.iter().find_map(|event| match event {
            rules::Event::Transferred { to, .. } => Some(*to),
            _ => None,
        });
        let row = keep(app, tx, &instance, &done, By::machine("leaver")).await?;
        if done.state.status.is_over() {
            tx.send(&Resume { approval: row.id }).await?;
        }
        moved.push(Moved { kind: Work::Todo, id: row.id, title: row.title, to: received.unwrap_or(to) });
    }
    Ok(moved)
}

/// The person, or the nearest above them who may decide.
async fn who_decides(tx: &Tx, to: UserId) -> Result<UserId> {
    let day = local_date(tx.now());
    let above = people::chain(tx.db(), to, 8, day).await?;
    for id in std::iter::once(to).chain(above) {
        let user = people::rows::user(tx.db(), id).await?;
        if user.is_some_and(|user| crate::access::decides(user.role)) {
            return Ok(id);
        }
    }
    Ok(to)
}
