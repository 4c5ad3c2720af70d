//! One-tap links in messages: for one person and one turn, used once, for three days. Opening one shows what is asked
//! and never acts: mail scanners and chat previews open links too.

use chrono::{DateTime, TimeDelta, Utc};
use domain::approvals::{Verb, Word};
use domain::ids::{ApprovalId, UserId};
use domain::working_time::local_date;
use platform::Tx;
use platform::secret::{hex, mac, sha256};
use uuid::Uuid;

use super::decide::{Wanted, decide, visible};
use super::keep::Instance;
use super::rows::links::{self, Link};
use super::rows::{self, approval};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::{people, settings};

/// How long a link may be used.
const LIFE: TimeDelta = TimeDelta::hours(72);

/// The address for a message that calls somebody to a decision; none for any other message.
pub async fn link_of(
    app: &App,
    matter: &str,
    user: UserId,
    told_at: DateTime<Utc>,
) -> Result<Option<String>> {
    let mut parts = matter.strip_prefix("todo:").into_iter().flat_map(|rest| rest.splitn(2, ':'));
    let approval = parts.next().and_then(|id| id.parse().ok());
    let Some((approval, task)) = approval.zip(parts.next().and_then(|task| task.parse().ok())) else {
        return Ok(None);
    };
    let tx = app.db.begin().await?;
    let address = address(app, &tx, (approval, task), user, told_at).await?;
    tx.commit().await?;
    Ok(address)
}

/// The address at which a person decides about a turn, where the installation says how it is reached from outside.
/// Asked again for the same message it is the same; only its digest is kept.
async fn address(
    app: &App,
    tx: &Tx,
    (approval, task): (Uuid, i32),
    user: UserId,
    told_at: DateTime<Utc>,
) -> Result<Option<String>> {
    let base = app.config.http.public_url.trim_end_matches('/');
    if base.is_empty() {
        return Ok(None);
    }
    let key = settings::secret(tx, "approval_links").await?;
    let expires_at = told_at + LIFE;
    let text = format!("{approval} {} {task} {}", user.0, expires_at.timestamp());
    let token = hex(&mac(key.as_bytes(), text.as_bytes()));
    let link = Link { approval_id: approval, user_id: user.0, task, expires_at, used_at: None };
    links::keep(tx.db(), &sha256(&token), &link).await?;
    Ok(Some(format!("{base}/links/{token}")))
}

/// What a link asks about, while it may be used: it is still the person's turn, and they still work here.
pub async fn opened(app: &App, token: &str) -> Result<(approval::Model, String)> {
    let tx = app.db.begin().await?;
    let link = links::link(tx.db(), &sha256(token)).await?.ok_or(Error::NotFound)?;
    let actor = holder(app, &tx, &link).await?;
    let row = rows::approval(tx.db(), ApprovalId(link.approval_id)).await?.ok_or(Error::NotFound)?;
    Ok((row, actor.name))
}

/// Whose link it is, if it may be used now.
async fn holder(app: &App, tx: &Tx, link: &Link) -> Result<Actor> {
    check(link, tx.now())?;
    let over = || Error::conflict("link_over");
    let user = people::rows::user(tx.db(), UserId(link.user_id)).await?.ok_or_else(over)?;
    if !domain::people::is_active(user.active_from, user.active_to, local_date(tx.now())) {
        return Err(over());
    }
    let actor = people::actor(user, None).ok_or_else(over)?;
    if !crate::access::decides(actor.role) {
        return Err(Error::Forbidden);
    }
    let (row, mut people) = visible((tx.db(), tx.now()), &actor, ApprovalId(link.approval_id)).await?;
    people.push(actor.id);
    let instance = Instance::of(app, tx, row).await?;
    let is_turn = instance.state.open_seats().any(|(task, seat)| {
        i32::try_from(task.id) == Ok(link.task) && people.iter().any(|user| seat.is_held_by(*user))
    });
    if is_turn { Ok(actor) } else { Err(over()) }
}

fn check(link: &Link, now: DateTime<Utc>) -> Result<()> {
    if link.used_at.is_some() || link.expires_at <= now {
        return Err(Error::conflict("link_over"));
    }
    Ok(())
}

/// Decides by a link, in the name of whom it was sent to. A refusal leaves it unused.
pub async fn use_link(
    app: &App,
    tx: &Tx,
    token: &str,
    (word, comment): (Word, Option<String>),
) -> Result<approval::Model> {
    let digest = sha256(token);
    let link = links::link(tx.db(), &digest).await?.ok_or(Error::NotFound)?;
    if !links::take(tx.db(), &digest, tx.now()).await? {
        return Err(Error::conflict("link_over"));
    }
    let actor = holder(app, tx, &link).await?;
    let verb = Verb::Answer { word, comment };
    decide(app, tx, &actor, ApprovalId(link.approval_id), Wanted::now(&verb)).await
}
