//! What people do with a decision, once: under the row's lock, with the subject resumed in the same transaction.

use chrono::{DateTime, Utc};
use domain::approvals::{self as rules, Acting, Refusal, Verb};
use domain::ids::{ApprovalId, UserId};
use domain::people::Role;
use platform::Tx;
use uuid::Uuid;

use super::chain::By;
use super::consult::consult;
use super::keep::{Instance, keep};
use super::rows::{self, approval};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::select::Connection;
use crate::settings::{self, Event};
use crate::texts;
use crate::{App, people};

/// The decision, if the actor sees it: for themselves or for somebody they stand in for.
pub async fn visible(
    (db, now): (&impl Connection, DateTime<Utc>),
    actor: &Actor,
    id: ApprovalId,
) -> Result<(approval::Model, Vec<UserId>)> {
    let principals = people::principals_of(db, actor.id, now).await?;
    let seen = rows::visible(db, actor, &principals, id).await?.ok_or(Error::NotFound)?;
    Ok((seen, principals))
}

/// What somebody wants of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub verb: &'a Verb,
    /// The version they have seen, where they say so.
    pub version: Option<i32>,
    /// One tap is to decide several.
    pub is_among_many: bool,
}

impl<'a> Wanted<'a> {
    /// This one alone, as it stands.
    pub fn now(verb: &'a Verb) -> Self {
        Self { verb, version: None, is_among_many: false }
    }
}

/// Does what somebody wants, tells whom it concerns, and resumes what waited for it.
pub async fn decide(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    id: ApprovalId,
    wanted: Wanted<'_>,
) -> Result<approval::Model> {
    let (seen, principals) = visible((tx.db(), tx.now()), actor, id).await?;
    // What it is about is locked before the decision, as its own commands do.
    app.subjects.hold(tx, seen.subject()).await?;
    let row = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let verb = wanted.verb;
    if wanted.version.is_some_and(|version| version != row.version) {
        return Err(Error::VersionConflict);
    }
    let instance = Instance::of(app, tx, row).await?;
    if wanted.is_among_many && !instance.begun.flow.kind.is_batchable() {
        return Err(Error::conflict("not_batchable"));
    }
    check(tx, actor, &instance, verb).await?;
    let who = Acting { user: actor.id, principals, is_override: instance.row.review()?.is_override() };
    let done = consult(tx, instance.basis(), |case| rules::act(case, &instance.state, &who, verb)).await?;
    let done = match done {
        Ok(done) => done,
        Err(refusal) => return Err(refused(app, tx, actor, (&instance, &refusal)).await?),
    };
    let row = keep(app, tx, &instance, &done, By::person(actor.id)).await?;
    let event = Event::about("approvals.acted", Some(actor.id), ("approval", row.id));
    settings::record(tx, event.with(serde_json::json!({"status": row.status}))).await?;
    // What is over already goes on once: a remark on it moves nothing.
    if done.state.status.is_over() && !instance.state.status.is_over() {
        app.subjects.resume(app, tx, Some(actor), &row).await?;
    }
    Ok(row)
}

/// What the rules cannot know: whether somebody who is named works here and may decide, and who is an admin.
async fn check(tx: &Tx, actor: &Actor, instance: &Instance, verb: &Verb) -> Result<()> {
    let named = match verb {
        Verb::Transfer { to, .. } | Verb::Delegate { to, .. } | Verb::AddSigner { to, .. } => Some(*to),
        Verb::Override { .. } if actor.role != Role::Admin => return Err(Error::Forbidden),
        // A doubtful photo is looked at whether its taker likes it or not.
        Verb::Withdraw { .. } if instance.begun.flow.kind == rules::Kind::EvidenceReview => {
            return Err(Error::conflict("review_not_withdrawn"));
        }
        _ => None,
    };
    let Some(named) = named else { return Ok(()) };
    let day = domain::working_time::local_date(tx.now());
    let user = people::rows::user(tx.db(), named).await?;
    let may_decide = user.is_some_and(|user| {
        domain::people::is_active(user.active_from, user.active_to, day) && crate::access::decides(user.role)
    });
    if may_decide { Ok(()) } else { Err(Error::field("/to_user_id", "person_may_not_decide")) }
}

/// Why not, in words that help: the loser of a race reads who decided and when.
async fn refused(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (instance, refusal): (&Instance, &Refusal),
) -> Result<Error> {
    let code = refusal.code();
    let row = &instance.row;
    Ok(match refusal {
        Refusal::AlreadyDecided => {
            let by: Vec<Uuid> = row.decided_by.into_iter().collect();
            let names = people::rows::names(tx.db(), &by).await?;
            let name = names.into_values().next();
            let at = row.decided_at.map(super::http::month_day_minute);
            Error::Conflict(code, Some(texts::decided_by(name.as_deref(), &at.unwrap_or_default())))
        }
        Refusal::NotYours => match super::http::decided_already(tx, instance, actor.id).await? {
            Some(detail) => Error::Conflict("already_decided", Some(detail)),
            None => Error::conflict(code),
        },
        Refusal::Withdrawn => Error::conflict(app.subjects.withdrawn_because(row.subject()).unwrap_or(code)),
        Refusal::CommentMissing => Error::Invalid(code, vec![FieldFault::new("/comment", code)]),
        Refusal::TooSoon => {
            let since = instance.state.reminded_at.map_or(tx.now(), |at| at + rules::REMIND_AFTER);
            Error::TooMany(code, u32::try_from((since - tx.now()).num_seconds()).unwrap_or(1))
        }
        _ => Error::conflict(code),
    })
}
