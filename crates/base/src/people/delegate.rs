//! Sets and ends the windows in which somebody answers for somebody else.

use chrono::{DateTime, SubsecRound, Utc};
use domain::ids::UserId;
use domain::notices::{self as words, Message};
use domain::people::delegation::{self as rules, Delegation, Refusal};
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::agents::around;
use super::rows::{self, DelegationRow, user};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::notices::{self, Notice, local_minute};
use crate::select::Connection;
use crate::settings::{self, Event};
use crate::{App, access, texts};

/// What is asked for.
#[derive(Debug)]
pub struct Draft {
    pub principal: UserId,
    pub agent: UserId,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// May the actor speak for somebody? They themselves, whoever stands above them at any level, and the admin.
pub async fn speaks_for(db: &impl Connection, actor: &Actor, user: UserId) -> Result<bool> {
    if actor.id == user || actor.role == Role::Admin {
        return Ok(true);
    }
    Ok(rows::above(db, user).await?.iter().any(|above| above.id == actor.id.0))
}

/// Sets a window and tells those whom it concerns. It begins no earlier than it is set: nobody has answered for
/// anybody in the past.
pub async fn delegate(app: &App, tx: &Tx, actor: &Actor, draft: &Draft) -> Result<DelegationRow> {
    rows::keep_others_out(tx.db(), "people_delegations").await?;
    let principal = rows::user(tx.db(), draft.principal).await?.ok_or(Error::NotFound)?;
    if !speaks_for(tx.db(), actor, draft.principal).await? {
        return Err(Error::NotFound);
    }
    let agent = rows::user(tx.db(), draft.agent).await?;
    let agent = agent.ok_or_else(|| Error::field("/to_user_id", "person_unknown"))?;
    let new = Delegation {
        principal: draft.principal,
        agent: draft.agent,
        from: draft.from.trunc_subsecs(6).max(tx.now()),
        until: draft.until.trunc_subsecs(6),
    };
    let day = local_date(new.from);
    if !is_active(principal.active_from, principal.active_to, day) {
        return Err(Error::conflict("person_not_active"));
    }
    if !is_active(agent.active_from, agent.active_to, day) {
        return Err(Error::field("/to_user_id", "person_not_active"));
    }
    if access::decides(principal.role) && !access::decides(agent.role) {
        return Err(Error::field("/to_user_id", "person_may_not_decide"));
    }
    let standing = around(tx.db(), &new).await?;
    if let Err(refusal) = rules::check(&new, &standing) {
        return Err(refused(tx.db(), &refusal).await?);
    }
    let row = row(&new, actor, tx.now());
    rows::insert_delegation(tx.db(), &row).await?;
    let facts = json!({"agent_id": row.agent_id, "from": row.from_at, "until": row.until_at});
    let event = Event::about("people.delegated", Some(actor.id), ("user", row.principal_id));
    settings::record(tx, event.with(facts)).await?;
    tell(app, tx, actor, (&principal, &agent, &row)).await?;
    Ok(row)
}

fn row(new: &Delegation, actor: &Actor, now: DateTime<Utc>) -> DelegationRow {
    DelegationRow {
        id: platform::new_id(),
        principal_id: new.principal.0,
        agent_id: new.agent.0,
        from_at: new.from,
        until_at: new.until,
        set_by: actor.id.0,
        set_at: now,
        ended_by: None,
        ended_at: None,
    }
}

async fn refused(db: &impl Connection, refusal: &Refusal) -> Result<Error> {
    let code = refusal.code();
    Ok(match refusal {
        Refusal::ToOneself => Error::field("/to_user_id", code),
        Refusal::Empty => Error::field("/until", code),
        Refusal::Ring | Refusal::TooLong => Error::conflict(code),
        Refusal::Overlaps(other) => {
            let names = rows::names(db, &[other.agent.0]).await?;
            let agent = names.into_values().next().unwrap_or_default();
            let period = (local_minute(other.from), local_minute(other.until));
            Error::Conflict(code, Some(texts::other_window(&agent, (&period.0, &period.1))))
        }
    })
}

/// The agent hears what is coming, and the person what somebody else arranged for them.
async fn tell(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (principal, agent, row): (&user::Model, &user::Model, &DelegationRow),
) -> Result<()> {
    let period = texts::period(&local_minute(row.from_at), &local_minute(row.until_at));
    let notice = |recipient: Uuid, message: Message| Notice {
        recipient: UserId(recipient),
        matter: matter_key(row.id),
        rung: 0,
        subject: Some(("delegation", row.id)),
        message: Message { push_until: Some(row.until_at), ..message },
    };
    let mut told = vec![notice(agent.id, words::asked_to_stand_in(&principal.name, &period))];
    if actor.id.0 != principal.id {
        told.push(notice(principal.id, words::stood_in_for(&actor.name, &agent.name, &period)));
    }
    notices::tell(app, tx, &told).await
}

fn matter_key(id: Uuid) -> String {
    format!("delegation:{id}")
}

/// Ends a window early. What is over stays as it is.
pub async fn end(tx: &Tx, actor: &Actor, id: Uuid) -> Result<DelegationRow> {
    let row = rows::delegation(tx.db(), id).await?.ok_or(Error::NotFound)?;
    if !speaks_for(tx.db(), actor, UserId(row.principal_id)).await? {
        return Err(Error::NotFound);
    }
    if rows::end_delegation(tx.db(), id, actor.id, tx.now()).await? {
        notices::settle(tx.db(), &matter_key(id), tx.now()).await?;
        let event = Event::about("people.delegation_ended", Some(actor.id), ("user", row.principal_id));
        settings::record(tx, event.with(json!({"agent_id": row.agent_id}))).await?;
    }
    rows::delegation(tx.db(), id).await?.ok_or(Error::NotFound)
}
