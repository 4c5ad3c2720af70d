//! Why something on the list was not done.

use chrono::NaiveDate;
use domain::actions::{self as rules, Status, Undone};
use domain::ids::ItemId;
use platform::Tx;
use serde_json::json;

use super::rows::{self, list};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// A reason for an item of one's own list.
#[derive(Debug)]
pub struct Reason {
    pub item: ItemId,
    pub code: String,
    pub note: Option<String>,
}

/// Keeps the reason. The item is proposed again tomorrow all the same.
pub async fn give_reason(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    day: NaiveDate,
    reason: &Reason,
) -> Result<list::Model> {
    let list = rows::locked(tx.db(), actor.id, day).await?.ok_or(Error::NotFound)?;
    let item = rows::item_of(tx.db(), actor.id, day, reason.item).await?.ok_or(Error::NotFound)?;
    let (_, stages) = settings::evidence::stages_of(app, tx.db(), None).await?;
    let undone = Undone {
        day,
        is_filed: Status::by_name(&list.status).is_some_and(Status::is_filed),
        is_done: item.status == "done",
        reason: &reason.code,
    };
    rules::give_reason(&undone, &stages, tx.now()).map_err(|refusal| match refusal.pointer() {
        Some(pointer) => Error::field(pointer, refusal.code()),
        None => Error::conflict(refusal.code()),
    })?;
    let event = Event::about("actions.undone", Some(actor.id), ("action_item", item.id));
    let event = event.at(item.customer_id.into()).with(json!({"day": day, "reason": reason.code}));
    rows::set_reason(tx.db(), item, (&reason.code, reason.note.as_deref()), tx.now()).await?;
    settings::record(tx, event).await?;
    Ok(list)
}
