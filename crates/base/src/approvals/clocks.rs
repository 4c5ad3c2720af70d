//! The clocks of a decision's tasks: armed when a task is asked, paused while the initiator has to answer, done when it
//! is left.

use chrono::{DateTime, TimeDelta, Utc};
use domain::approvals::{ServiceLevel, State, Task, TaskStatus};
use domain::working_time::{Calendar, Clock};
use platform::Tx;

use super::begun::Begun;
use super::keep::Instance;
use super::rows::approval;
use super::rows::timers::{self, Model as Timer};
use crate::error::Result;

/// The level that a timer was armed with.
pub fn level(timer: &Timer) -> Result<ServiceLevel> {
    Ok(serde_json::from_value(timer.level.clone()).map_err(anyhow::Error::from)?)
}

fn clock(timer: &Timer, level: &ServiceLevel) -> Clock {
    Clock {
        budget: TimeDelta::minutes(i64::from(level.working_minutes)),
        consumed: TimeDelta::seconds(timer.consumed_seconds),
        running_since: timer.running_since,
    }
}

/// Works out when the budget ends and the next rung is reached. A year without a calendar leaves both open.
pub fn project(timer: &mut Timer, level: &ServiceLevel, calendar: &Calendar) {
    let clock = clock(timer, level);
    let reaches =
        |percent: i32| clock.reaches(calendar, u32::try_from(percent).unwrap_or_default()).ok().flatten();
    timer.due_at = reaches(100);
    timer.next_rung_at = level.above(timer.rung).and_then(|rung| reaches(rung.percent));
}

/// How much working time is left until it is due, in minutes; negative once it is over.
pub fn minutes_left(timer: &Timer, calendar: &Calendar, now: DateTime<Utc>) -> Option<i64> {
    let level = level(timer).ok()?;
    let used = clock(timer, &level).consumed_at(calendar, now).ok()?;
    let left = TimeDelta::minutes(i64::from(level.working_minutes)) - used;
    // A minute that has begun counts as there.
    Some((left.num_seconds() + 59).div_euclid(60))
}

/// Brings the clocks of a decision to where its tasks are. Says when the earliest of those that are open is due.
pub async fn follow(
    tx: &Tx,
    instance: &Instance,
    calendar: &Calendar,
    (before, after): (Option<&State>, &State),
) -> Result<Option<DateTime<Utc>>> {
    let (approval, begun) = (&instance.row, instance.begun.as_ref());
    let known = match before {
        Some(_) => timers::of(tx.db(), approval.id).await?,
        None => Vec::new(),
    };
    let (mut fresh, mut due) = (Vec::new(), Vec::new());
    for task in &after.tasks {
        let number = i32::try_from(task.id).unwrap_or(i32::MAX);
        match known.iter().find(|timer| timer.task == number) {
            Some(timer) => {
                let mut moved = timer.clone();
                step(&mut moved, task, calendar, tx.now())?;
                if moved != *timer {
                    timers::keep(tx.db(), &moved).await?;
                }
                due.push(moved);
            }
            None if task.status == TaskStatus::Open => {
                if let Some(timer) = arm(approval, task, begun, calendar, tx.now())? {
                    fresh.push(timer.clone());
                    due.push(timer);
                }
            }
            None => {}
        }
    }
    match before {
        Some(_) => timers::arm(tx.db(), fresh).await?,
        None => timers::add(tx, fresh),
    }
    Ok(due.iter().filter(|timer| timer.status == "running").filter_map(|timer| timer.due_at).min())
}

fn arm(
    approval: &approval::Model,
    task: &Task,
    begun: &Begun,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<Option<Timer>> {
    let Some(level) = begun.level(&task.node) else { return Ok(None) };
    let mut timer = Timer {
        id: platform::new_id(),
        approval_id: approval.id,
        task: i32::try_from(task.id).unwrap_or(i32::MAX),
        region_id: approval.region_id,
        level: serde_json::to_value(level).map_err(anyhow::Error::from)?,
        consumed_seconds: 0,
        running_since: Clock::start(TimeDelta::zero(), now).running_since,
        rung: 0,
        due_at: None,
        next_rung_at: None,
        status: "running".to_owned(),
    };
    project(&mut timer, level, calendar);
    Ok(Some(timer))
}

/// Pauses, runs on or ends, as the task says.
fn step(timer: &mut Timer, task: &Task, calendar: &Calendar, now: DateTime<Utc>) -> Result<()> {
    let wanted = match (task.status, &task.question) {
        (TaskStatus::Open, Some(_)) => "paused",
        (TaskStatus::Open, None) => "running",
        _ => "done",
    };
    if timer.status == wanted {
        return Ok(());
    }
    let level = level(timer)?;
    let clock = clock(timer, &level);
    // A pause in a year without a calendar loses what was used: nobody can say how much it was.
    let moved = if wanted == "running" { Some(clock.resume(now)) } else { clock.pause(calendar, now).ok() };
    if let Some(moved) = moved {
        timer.consumed_seconds = moved.consumed.num_seconds();
        timer.running_since = moved.running_since;
    } else {
        timer.running_since = None;
    }
    wanted.clone_into(&mut timer.status);
    if wanted == "running" {
        project(timer, &level, calendar);
    } else {
        (timer.due_at, timer.next_rung_at) = (None, None);
    }
    Ok(())
}
