//! Somebody is away: no list is owed, and who leads hears it.

use domain::actions::{self as rules, Leave};
use domain::ids::UserId;
use domain::notices::leave_reported;
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;

use super::rows::leaves;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::notices::{self, Notice};
use crate::settings::{self, Event};
use crate::{App, access, people};

/// Keeps a leave, one's own or that of somebody one leads. The same one again is the same answer.
pub async fn report_leave(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (user, leave): (UserId, Leave),
) -> Result<leaves::Model> {
    if user != actor.id && !access::is_leader(actor.role) {
        return Err(Error::NotFound);
    }
    let person = people::rows::visible_user(tx.db(), actor, user).await?.ok_or(Error::NotFound)?;
    let days = (leave.from_on, leave.until_on);
    if let Some(known) = leaves::same(tx.db(), user, days).await? {
        return Ok(known);
    }
    rules::check_leave(leave, local_date(tx.now()))
        .map_err(|refusal| Error::field(refusal.pointer(), refusal.code()))?;
    let kept = leaves::Model {
        id: platform::new_id(),
        user_id: user.0,
        from_on: leave.from_on,
        until_on: leave.until_on,
        reported_by: actor.id.0,
        created_at: tx.now(),
    };
    leaves::insert(tx.db(), kept.clone()).await?;
    let event = Event::about("actions.leave", Some(actor.id), ("user", user.0));
    settings::record(tx, event.with(json!({"from_on": leave.from_on, "until_on": leave.until_on}))).await?;
    if let Some(leader) = people::superior(tx.db(), user, local_date(tx.now())).await? {
        let notice = Notice {
            recipient: UserId(leader.id),
            matter: format!("leave:{}", kept.id),
            rung: 0,
            subject: Some(("user", user.0)),
            message: leave_reported(&person.name, leave),
        };
        notices::tell(app, tx, &[notice]).await?;
    }
    Ok(kept)
}
