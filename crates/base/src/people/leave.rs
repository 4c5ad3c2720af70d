//! Somebody leaves: out at once, and their work goes to somebody who is still there.
//!
//! Whoever has a last day is seen out by a sweep of the morning after it, whoever set that day and how: also whoever has
//! handed everything over before, since work may have come until then.
//!
//! Sessions, windows and work change in one transaction. What moved is kept as a list, item by item. Leaving twice
//! moves nothing twice: what has moved is no longer theirs.

use chrono::NaiveDate;
use domain::ids::UserId;
use domain::people::{Role, Work, is_active, is_term, last_day};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::keep::keep_an_admin;
use super::responsible::in_role;
use super::rows::{self, user};
use super::superior;
use crate::error::{Error, Result};
use crate::notices::{self, Notice};
use crate::select::Connection;
use crate::settings::{self, Event};
use crate::{App, access};

/// What is asked for.
#[derive(Debug)]
pub struct Leaving {
    pub user: UserId,
    /// The last day; out at once where none is named.
    pub on: Option<NaiveDate>,
    /// Who takes the work over; the nearest manager where nobody is named.
    pub to: Option<UserId>,
}

/// A piece of work that has moved.
#[derive(Clone, Debug)]
pub struct Moved {
    pub kind: Work,
    pub id: Uuid,
    pub title: String,
    pub to: UserId,
}

/// Who has left, who took over, and what.
#[derive(Debug)]
pub struct Left {
    pub user: user::Model,
    pub to: UserId,
    pub moved: Vec<Moved>,
}

/// Sees somebody out.
pub async fn leave(app: &App, tx: &Tx, by: UserId, leaving: &Leaving) -> Result<Left> {
    rows::keep_others_out(tx.db(), "people_users").await?;
    rows::keep_others_out(tx.db(), "people_delegations").await?;
    let before = rows::user(tx.db(), leaving.user).await?.ok_or(Error::NotFound)?;
    let today = local_date(tx.now());
    let last = last_day(leaving.on, before.active_to, today);
    if leaving.on.is_some() && !is_term(before.active_from, Some(last)) {
        return Err(Error::field("/on", "before_start"));
    }
    let becomes = user::Model { active_to: Some(last), ..before.clone() };
    keep_an_admin(tx, &before, &becomes).await?;
    let to = receiver(tx.db(), leaving, today).await?;

    rows::set_last_day(tx.db(), leaving.user, last, tx.now()).await?;
    if last < today {
        rows::set_seen_out(tx.db(), leaving.user, last).await?;
    }
    let n_sessions = rows::close_sessions(tx.db(), leaving.user).await?;
    let n_windows = rows::end_delegations_of(tx.db(), leaving.user, by, tx.now()).await?;
    let mut moved = app.subjects.depart(app, tx, (leaving.user, to), by).await?;
    moved.extend(hand_over_team(tx, &before, to).await?);
    rows::insert_moves(tx.db(), (leaving.user, by), &moved, tx.now()).await?;

    let event = Event::about("people.left", Some(by), ("user", leaving.user.0));
    let facts = json!({"on": last, "to_user_id": to, "n_moved": moved.len(), "n_sessions": n_sessions,
        "n_delegations": n_windows});
    settings::record(tx, event.with(facts)).await?;
    if !moved.is_empty() {
        tell(app, tx, (&before, to), moved.len()).await?;
    }
    let user = rows::user(tx.db(), leaving.user).await?.ok_or(Error::NotFound)?;
    Ok(Left { user, to, moved })
}

/// Whoever is named, if they work here; else the nearest manager who does, else somebody who leads the company.
async fn receiver(db: &impl Connection, leaving: &Leaving, today: NaiveDate) -> Result<UserId> {
    if let Some(to) = leaving.to {
        let named = rows::user(db, to).await?.ok_or_else(|| Error::field("/to_user_id", "person_unknown"))?;
        if to == leaving.user || !is_active(named.active_from, named.active_to, today) {
            return Err(Error::field("/to_user_id", "person_not_active"));
        }
        return Ok(to);
    }
    if let Some(manager) = superior(db, leaving.user, today).await? {
        return Ok(UserId(manager.id));
    }
    for role in [Role::SalesDirector, Role::Admin] {
        let leaders = in_role(db, role, None, today, false).await?;
        if let Some(leader) = leaders.into_iter().find(|it| *it != leaving.user) {
            return Ok(leader);
        }
    }
    Err(Error::field("/to_user_id", "required"))
}

/// Whoever the leaver led is led by whoever takes over, where that is somebody who leads, else by the nearest manager.
/// One from below takes the leaver's place first, so that nobody stands above themselves.
async fn hand_over_team(tx: &Tx, leaver: &user::Model, to: UserId) -> Result<Vec<Moved>> {
    let from = UserId(leaver.id);
    let taking = rows::user(tx.db(), to).await?.map(|user| user.role);
    let leader = if taking.is_some_and(access::is_leader) {
        Some(to)
    } else {
        superior(tx.db(), from, local_date(tx.now())).await?.map(|user| UserId(user.id))
    };
    let Some(leader) = leader else { return Ok(Vec::new()) };
    if rows::above(tx.db(), leader).await?.iter().any(|above| above.id == leaver.id) {
        rows::set_manager(tx.db(), leader, leaver.manager_id, tx.now()).await?;
    }
    let team = rows::hand_over_team(tx.db(), from, leader, tx.now()).await?;
    Ok(team.into_iter().map(|it| Moved { kind: Work::User, id: it.id, title: it.name, to: leader }).collect())
}

async fn tell(app: &App, tx: &Tx, (left, to): (&user::Model, UserId), n_moved: usize) -> Result<()> {
    let notice = Notice {
        recipient: to,
        matter: format!("left:{}:{}", left.id, tx.now().timestamp()),
        rung: 0,
        subject: Some(("user", left.id)),
        message: domain::notices::work_taken_over(&left.name, n_moved),
    };
    notices::tell(app, tx, &[notice]).await
}
