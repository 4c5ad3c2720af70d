//! A lead gets somebody who answers it.

use domain::ids::{LeadId, UserId};
use platform::Tx;
use serde_json::json;

use super::rows::{self, lead};
use super::{owner, respond, tell_owner};
use crate::App;
use crate::actor::Call;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// Gives a lead to somebody the actor leads, who hears of it. Its clock goes on.
pub async fn assign(app: &App, tx: &Tx, call: &Call, id: LeadId, to: UserId) -> Result<lead::Model> {
    let lead = rows::visible_locked(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    call.check_version(lead.version)?;
    respond::check_open(&lead)?;
    let to = owner(tx, &call.actor, to).await?;
    if lead.owner_id == Some(to.id) {
        return Ok(lead);
    }
    rows::set_owner(tx.db(), id, UserId(to.id), tx.now()).await?;
    let event = Event::about("leads.assigned", Some(call.actor.id), ("lead", lead.id));
    settings::record(tx, event.with(json!({"from": lead.owner_id, "to": to.id}))).await?;
    let version = lead.version + 1;
    let assigned = lead::Model { owner_id: Some(to.id), updated_at: tx.now(), version, ..lead };
    tell_owner(app, tx, &call.actor, &assigned).await?;
    Ok(assigned)
}
