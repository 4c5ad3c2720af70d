//! What the clock does with decisions: climb what is late, and project clocks anew when a calendar was published.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::approvals::{self as rules, Act, Event as Happened};
use domain::ids::{ApprovalId, RegionId, UserId};
use domain::notices::calendar_missing;
use domain::people::Role;
use domain::working_time::{at_local, local_date};
use platform::Tx;
use platform::sweeps::Sweep;
use uuid::Uuid;

use super::chain::By;
use super::clocks;
use super::consult::consult;
use super::keep::{Instance, keep};
use super::rows::{self, timers};
use crate::error::{Error, Result};
use crate::notices::{self, Notice};
use crate::settings::{self, Event};
use crate::{App, people};

/// Climbs whatever has reached its next rung.
pub struct Escalate;

const BATCH: u64 = 200;
/// How long a clock that could not climb is left alone.
const REST: TimeDelta = TimeDelta::minutes(10);

#[async_trait::async_trait]
impl Sweep<App> for Escalate {
    fn name(&self) -> &'static str {
        "approvals.escalate"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(timers::next(app.db.conn()).await?)
    }

    /// Each rung in a transaction of its own: what a crash leaves behind is whole, and nobody waits for a batch.
    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let mut n_climbed = 0;
        loop {
            let due = timers::due(app.db.conn(), at, BATCH).await?;
            if due.is_empty() {
                return Ok(n_climbed);
            }
            for timer in due {
                match climb(app, at, timer.id, timer.approval_id).await {
                    Ok(()) => n_climbed += 1,
                    Err(fault) => rest(app, at, &timer, &fault).await?,
                }
            }
        }
    }
}

/// One clock that cannot climb must not keep the others from it: it is tried again a little later.
async fn rest(app: &App, at: DateTime<Utc>, timer: &timers::Model, fault: &Error) -> anyhow::Result<()> {
    tracing::error!(approval.id = %timer.approval_id, error = %fault, "a rung could not be climbed");
    let tx = app.db.begin().await?.at(at);
    timers::postpone(tx.db(), timer.id, app.db.now().await?.max(at) + REST).await?;
    tx.commit().await
}

async fn climb(app: &App, at: DateTime<Utc>, timer: Uuid, approval: Uuid) -> Result<()> {
    let tx = app.db.begin().await?.at(at);
    let id = ApprovalId(approval);
    let Some(seen) = rows::approval(tx.db(), id).await? else { return Ok(()) };
    app.subjects.hold(&tx, &seen).await?;
    let Some(row) = rows::locked(tx.db(), id).await? else { return Ok(()) };
    let Some(mut timer) = timers::locked(tx.db(), timer).await? else { return Ok(()) };
    let is_due = timer.status == "running" && timer.next_rung_at.is_some_and(|next| next <= at);
    let level = clocks::level(&timer)?;
    let Some(step) = level.above(timer.rung).filter(|_| is_due) else { return Ok(()) };
    let instance = Instance::of(app, &tx, row).await?;
    timer.rung += 1;
    let calendars = settings::calendars(app, tx.db()).await?;
    let calendar = calendars.of(timer.region_id.map(RegionId));
    clocks::project(&mut timer, &level, calendar);
    timers::keep(tx.db(), &timer).await?;
    // A second run of the same rung finds it claimed and says nothing.
    if timers::claim(tx.db(), timer.id, timer.rung, at).await? {
        let task = u32::try_from(timer.task).unwrap_or_default();
        let rung = timer.rung;
        let done =
            consult(&tx, instance.subject(), |case| rules::climb(case, &instance.state, task, (rung, step)));
        match done.await? {
            Ok(done) => reached(app, &tx, &instance, done, step.act).await?,
            // A flow that cannot go on by itself waits for a person; the rung stays reached.
            Err(refusal) => {
                tracing::warn!(approval.id = %approval, code = refusal.code(), "a rung did nothing")
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn reached(app: &App, tx: &Tx, instance: &Instance, done: rules::Done, act: Act) -> Result<()> {
    let row = keep(app, tx, instance, &done, By::machine("service_level")).await?;
    let joined = done.events.iter().any(|event| matches!(event, Happened::SuperiorJoined { .. }));
    let name = match act {
        Act::Breakpoint => "approvals.breakpoint",
        _ if joined => "approvals.escalated",
        _ => "approvals.reminded",
    };
    let event = Event::about(name, None, ("approval", row.id));
    settings::record(tx, event.with(serde_json::json!({"act": act, "flow": row.flow_key}))).await?;
    if done.state.status.is_over() {
        app.subjects.resume(app, tx, None, &row).await?;
    }
    Ok(())
}

/// Every night, and soon after a calendar was published: projects clocks anew, begins flows for decisions from before
/// there were any, and says in time that next year's calendar is missing.
pub struct Project;

/// The end of the published calendar is announced this long ahead.
const AHEAD: Days = Days::new(30);

#[async_trait::async_trait]
impl Sweep<App> for Project {
    fn name(&self) -> &'static str {
        "approvals.project"
    }

    async fn next_due(&self, app: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        let time = NaiveTime::from_hms_opt(9, 5, 0).unwrap_or_default();
        let days = [Some(local_date(after)), local_date(after).succ_opt()];
        let nightly = days.into_iter().flatten().map(|day| at_local(day, time)).find(|at| *at > after);
        let published = settings::rows::document::last_published(app.db.conn(), "calendar").await?;
        let published = published.filter(|at| *at > after);
        Ok(published.into_iter().chain(nightly).min())
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let n_adopted = adopt(app, at).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let published = settings::rows::document::last_published(app.db.conn(), "calendar").await?;
        let clocks = if published == Some(at) { Clocks::All } else { Clocks::Unprojected };
        let n_projected = project(app, at, clocks).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let tx = app.db.begin().await?.at(at);
        announce(app, &tx, at).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        tx.commit().await?;
        Ok(n_adopted + n_projected)
    }
}

async fn adopt(app: &App, at: DateTime<Utc>) -> Result<u64> {
    let mut n_adopted = 0;
    for waiting in rows::without_flow(app.db.conn(), BATCH).await? {
        let tx = app.db.begin().await?.at(at);
        let Some(row) = rows::locked(tx.db(), ApprovalId(waiting.id)).await? else { continue };
        Instance::of(app, &tx, row).await?;
        tx.commit().await?;
        n_adopted += 1;
    }
    Ok(n_adopted)
}

/// Which clocks are worked out again.
#[derive(Clone, Copy)]
enum Clocks {
    /// All that run: another calendar was published.
    All,
    /// Those that could not be projected when they began.
    Unprojected,
}

/// Works running clocks out again; what does not move is not written.
async fn project(app: &App, at: DateTime<Utc>, clocks: Clocks) -> Result<u64> {
    let (mut n_moved, mut after) = (0, None);
    loop {
        let db = app.db.conn();
        let batch = match clocks {
            Clocks::All => timers::running(db, after, BATCH).await?,
            Clocks::Unprojected => timers::unprojected(db, after, BATCH).await?,
        };
        let Some(last) = batch.last() else { return Ok(n_moved) };
        after = Some(last.id);
        let mut approvals: Vec<Uuid> = batch.iter().map(|timer| timer.approval_id).collect();
        approvals.dedup();
        for approval in approvals {
            n_moved += project_one(app, at, ApprovalId(approval)).await?;
        }
    }
}

/// A decision is locked before its clocks, as whoever decides does.
async fn project_one(app: &App, at: DateTime<Utc>, id: ApprovalId) -> Result<u64> {
    let tx = app.db.begin().await?.at(at);
    if rows::locked(tx.db(), id).await?.is_none() {
        return Ok(0);
    }
    // Read now: what this process knows may be from before the publication.
    let calendars = settings::read_calendars(tx.db()).await?;
    let mut n_moved = 0;
    let mut due = Vec::new();
    for timer in timers::of(tx.db(), id.0).await?.into_iter().filter(|timer| timer.status == "running") {
        let mut moved = timer.clone();
        let level = clocks::level(&timer)?;
        clocks::project(&mut moved, &level, calendars.of(timer.region_id.map(RegionId)));
        if moved != timer {
            timers::keep(tx.db(), &moved).await?;
            n_moved += 1;
        }
        due.extend(moved.due_at);
    }
    if n_moved > 0 {
        rows::set_due(tx.db(), id.0, due.into_iter().min()).await?;
        tx.commit().await?;
    }
    Ok(n_moved)
}

/// Operations and admin read once which year is missing.
async fn announce(app: &App, tx: &Tx, at: DateTime<Utc>) -> Result<()> {
    let today = local_date(at);
    let ahead = today.checked_add_days(AHEAD).unwrap_or(today);
    let calendars = settings::calendars(app, tx.db()).await?;
    let missing = [today, ahead].into_iter().find_map(|day| calendars.of(None).is_working_day(day).err());
    let Some(missing) = missing else { return Ok(()) };
    let mut told = Vec::new();
    for role in [Role::Operations, Role::Admin] {
        told.extend(people::rows::active_after(tx.db(), role, today, None, 50).await?);
    }
    let notice = |user: people::rows::user::Model| Notice {
        recipient: UserId(user.id),
        matter: format!("calendar:{}", missing.year),
        rung: 0,
        subject: None,
        message: calendar_missing(missing.year),
    };
    let notices: Vec<Notice> = told.into_iter().map(notice).collect();
    notices::tell(app, tx, &notices).await
}
