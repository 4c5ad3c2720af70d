//! Somebody was in touch with a lead, or tried to be.

use domain::customers::{Outcome, TouchPoint};
use domain::ids::LeadId;
use domain::leads::{LONGEST_NOTE, Response, Status};
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::matter_key;
use super::rows::{self, ResponseRow, lead};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::settings::{self, Event};
use crate::{evidence, notices};

/// What is recorded.
#[derive(Debug)]
pub struct Draft {
    pub touch_point: TouchPoint,
    pub outcome: Option<Outcome>,
    pub note: Option<String>,
    pub photo_ids: Vec<Uuid>,
    pub file_ids: Vec<Uuid>,
}

/// A response with what it did to the clock.
#[derive(Debug)]
pub struct Responded {
    pub row: ResponseRow,
    pub lead: lead::Model,
}

/// Records it. The first that counts stops the clock.
pub async fn respond(tx: &Tx, actor: &Actor, id: LeadId, draft: &Draft) -> Result<Responded> {
    let mut lead = rows::visible_locked(tx.db(), actor, id).await?.ok_or(Error::NotFound)?;
    check_open(&lead)?;
    if draft.note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Error::field("/note", "too_long"));
    }
    check_proofs(tx, actor, draft).await?;
    let n_proofs = draft.photo_ids.len() + draft.file_ids.len();
    let response = Response { touch_point: draft.touch_point, outcome: draft.outcome, n_proofs };
    let row = ResponseRow {
        id: platform::new_id(),
        lead_id: lead.id,
        user_id: actor.id.0,
        touch_point: draft.touch_point,
        outcome: draft.outcome,
        note: draft.note.clone(),
        photo_ids: draft.photo_ids.clone().into(),
        file_ids: draft.file_ids.clone().into(),
        is_verified: response.is_verified(),
        at: tx.now(),
    };
    rows::insert_response(tx.db(), &row).await?;
    evidence::use_for(tx, ("lead_response", row.id), &draft.photo_ids).await?;
    if row.is_verified && rows::stop_clock(tx.db(), id, tx.now()).await? {
        notices::settle(tx.db(), &matter_key(lead.id), tx.now()).await?;
        let version = lead.version + 1;
        lead = lead::Model { first_response_at: Some(tx.now()), next_rung_at: None, version, ..lead };
    }
    let facts = json!({
        "touch_point": row.touch_point, "outcome": row.outcome, "is_verified": row.is_verified,
        "first_response_at": lead.first_response_at,
    });
    let event = Event::about("leads.responded", Some(actor.id), ("lead", lead.id));
    settings::record(tx, event.with(facts)).await?;
    Ok(Responded { row, lead })
}

/// Is there still something to do about the lead?
pub(super) fn check_open(lead: &lead::Model) -> Result<()> {
    if lead.status == Status::Open.name() { Ok(()) } else { Err(Error::conflict("lead_converted")) }
}

/// Files that the actor may read, and photos that the actor took.
async fn check_proofs(tx: &Tx, actor: &Actor, draft: &Draft) -> Result<()> {
    for (pointer, ids) in [("/file_ids", &draft.file_ids), ("/photo_ids", &draft.photo_ids)] {
        if ids.len() > 20 {
            return Err(Error::field(pointer, "invalid_value"));
        }
    }
    let mut faults = Vec::new();
    for (place, id) in draft.file_ids.iter().enumerate() {
        if evidence::rows::file::visible(tx.db(), actor, *id).await?.is_none() {
            faults.push(FieldFault::new(format!("/file_ids/{place}"), "file_unknown"));
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid("file_unknown", faults));
    }
    let photos = evidence::rows::among(tx.db(), &draft.photo_ids).await?;
    let is_own = |id: &Uuid| photos.iter().any(|photo| photo.id == *id && photo.user_id == actor.id.0);
    let foreign = draft.photo_ids.iter().enumerate().filter(|(_, id)| !is_own(id));
    let faults: Vec<FieldFault> =
        foreign.map(|(place, _)| FieldFault::new(format!("/photo_ids/{place}"), "photo_unknown")).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid("photo_unknown", faults)) }
}
