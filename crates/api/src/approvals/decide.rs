//! One decision, once: under the row's lock, with the subject resumed in the same transaction.

use chrono::FixedOffset;
use domain::approvals::{self as rules, Decision, Standing};
use domain::ids::{ApprovalId, UserId};
use platform::Tx;
use uuid::Uuid;

use super::rows::{self, approval};
use super::{matter, matter_key, page};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::notices::{self, Notice};
use crate::settings::{self, Event};
use crate::{App, people, subjects};

/// Decides, tells who asked, and resumes what waited.
pub async fn decide(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    id: ApprovalId,
    (decision, comment): (Decision, Option<&str>),
) -> Result<approval::Model> {
    let approval = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let assignees = rows::assignees(tx.db(), id).await?;
    if !assignees.contains(&actor.id) && !is_visible(tx, actor, &approval).await? {
        return Err(Error::NotFound);
    }
    let standing = Standing {
        status: rules::Status::by_name(&approval.status).unwrap_or(rules::Status::Rejected),
        initiator: UserId(approval.initiator_id),
        assignees,
        is_override: subjects::is_override(&approval),
    };
    let verdict = match rules::decide(&standing, actor.id, decision, comment) {
        Ok(verdict) => verdict,
        Err(refusal) => return Err(refused(tx, &approval, &refusal).await?),
    };

    let decided = rows::close(tx.db(), approval, (verdict, actor.id, comment), tx.now()).await?;
    notices::settle(tx.db(), &matter_key(&decided), tx.now()).await?;
    let event = Event::about("approvals.decided", Some(actor.id), ("approval", decided.id));
    settings::record(tx, event.with(serde_json::json!({"verdict": verdict}))).await?;
    subjects::resume(tx, actor, &decided, verdict == rules::Status::Approved).await?;
    tell_initiator(app, tx, actor, &decided, comment).await?;
    Ok(decided)
}

/// May somebody read it who has no to-do on it? Whoever asked, and whoever sees the asker's work.
pub(super) async fn is_visible(tx: &Tx, actor: &Actor, approval: &approval::Model) -> Result<bool> {
    Ok(rows::visible(tx.db(), actor, ApprovalId(approval.id)).await?.is_some())
}

async fn tell_initiator(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    decided: &approval::Model,
    comment: Option<&str>,
) -> Result<()> {
    let page = page(ApprovalId(decided.id));
    let is_approved = decided.status == rules::Status::Approved.name();
    let message = domain::notices::decided(&matter(decided, &page), is_approved, &actor.name, comment);
    let recipient = UserId(decided.initiator_id);
    let subject = Some(("approval", decided.id));
    let matter = format!("decided:{}", decided.id);
    notices::tell(app, tx, &[Notice { recipient, matter, rung: 0, subject, message }]).await
}

/// The loser of a race reads who decided and when.
async fn refused(tx: &Tx, approval: &approval::Model, refusal: &rules::Refusal) -> Result<Error> {
    let code = refusal.code();
    Ok(match refusal {
        rules::Refusal::AlreadyDecided => {
            let by: Vec<Uuid> = approval.decided_by.into_iter().collect();
            let names = people::rows::names(tx.db(), &by).await?;
            let name = names.into_values().next().unwrap_or_default();
            let at = approval.decided_at.zip(FixedOffset::east_opt(8 * 3600));
            let at = at.map(|(at, zone)| at.with_timezone(&zone).format("%m-%d %H:%M").to_string());
            Error::Conflict(code, Some(format!("已由 {name} 于 {} 处理", at.unwrap_or_default())))
        }
        rules::Refusal::Withdrawn => Error::conflict(subjects::withdrawn_because(approval).unwrap_or(code)),
        rules::Refusal::CommentMissing => Error::Invalid(code, vec![FieldFault::new("/comment", code)]),
        rules::Refusal::NotYours | rules::Refusal::OwnMatter => Error::conflict(code),
    })
}
