//! Communication records: what a tap on a phone number, a chat or a meeting leaves behind.
//!
//! A record is an attempt until its outcome is told, once. One that counts confirms the fields it touched and is a
//! verified action at the customer's.

use domain::customers::{Communication, Outcome, Step, TouchPoint};
use domain::ids::CustomerId;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::keep::text;
use super::rows::communications::{self as kept, Model};
use super::{Entry, file, rows, touched, verified};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};
use crate::texts;

/// What is recorded.
#[derive(Debug)]
pub struct Draft {
    pub touch_point: TouchPoint,
    pub contact: Option<String>,
    pub told: Told,
}

/// What came of it, where that is known, and what shows it.
#[derive(Debug)]
pub struct Told {
    pub outcome: Option<Outcome>,
    pub note: Option<String>,
    pub photo_ids: Vec<Uuid>,
    pub file_ids: Vec<Uuid>,
}

/// Records that somebody was in touch, or tried to be.
pub async fn record(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (customer, draft): (CustomerId, &Draft),
) -> Result<Model> {
    rows::visible(tx.db(), actor, customer).await?.ok_or(Error::NotFound)?;
    let id = platform::new_id();
    let told = &draft.told;
    prove(app, tx, actor, (customer, id), told).await?;
    let communication = Communication {
        touch_point: draft.touch_point,
        outcome: told.outcome,
        n_proofs: told.photo_ids.len() + told.file_ids.len(),
    };
    let record = Model {
        id,
        customer_id: customer.0,
        user_id: actor.id.0,
        touch_point: draft.touch_point,
        outcome: told.outcome,
        contact: optional("/contact", draft.contact.as_deref(), 50)?,
        note: optional("/note", told.note.as_deref(), 500)?,
        photo_ids: told.photo_ids.clone().into(),
        file_ids: told.file_ids.clone().into(),
        is_verified: communication.is_verified(),
        at: tx.now(),
        outcome_at: told.outcome.map(|_| tx.now()),
    };
    kept::insert(tx.db(), record.clone()).await?;
    follow(tx, actor, &record, &communication).await?;
    Ok(record)
}

/// Tells what came of an attempt, once, by whoever made it.
pub async fn conclude(app: &App, tx: &Tx, actor: &Actor, (id, told): (Uuid, &Told)) -> Result<Model> {
    let attempt = kept::locked(tx.db(), id).await?.filter(|it| it.user_id == actor.id.0);
    let attempt = attempt.ok_or(Error::NotFound)?;
    if attempt.outcome.is_some() {
        return Err(Error::conflict("outcome_already_told"));
    }
    let outcome = told.outcome.ok_or_else(|| Error::field("/outcome", "required"))?;
    let customer = CustomerId(attempt.customer_id);
    prove(app, tx, actor, (customer, id), told).await?;
    let photo_ids = joined(&attempt.photo_ids, &told.photo_ids);
    let file_ids = joined(&attempt.file_ids, &told.file_ids);
    let communication = Communication {
        touch_point: attempt.touch_point,
        outcome: Some(outcome),
        n_proofs: photo_ids.len() + file_ids.len(),
    };
    let record = Model {
        outcome: Some(outcome),
        note: optional("/note", told.note.as_deref(), 500)?.or(attempt.note.clone()),
        photo_ids: photo_ids.into(),
        file_ids: file_ids.into(),
        is_verified: communication.is_verified(),
        outcome_at: Some(tx.now()),
        ..attempt
    };
    kept::conclude(tx.db(), &record, tx.now()).await?;
    follow(tx, actor, &record, &communication).await?;
    Ok(record)
}

fn optional(pointer: &str, value: Option<&str>, most: usize) -> Result<Option<String>> {
    value.map_or(Ok(None), |value| text(pointer, value, most))
}

fn joined(known: &[Uuid], more: &[Uuid]) -> Vec<Uuid> {
    let mut all = known.to_vec();
    all.extend(more.iter().filter(|id| !all.contains(id)).copied().collect::<Vec<_>>());
    all
}

/// Photos and files are the caller's, about this customer, and prove this record.
async fn prove(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (customer, id): (CustomerId, Uuid),
    told: &Told,
) -> Result<()> {
    app.subjects.prove(tx, actor, (("communication", id), customer), (&told.photo_ids, &told.file_ids)).await
}

/// What follows from a record: a line in the timeline, and where it counts the file is confirmed by it.
async fn follow(tx: &Tx, actor: &Actor, record: &Model, communication: &Communication) -> Result<()> {
    let customer = CustomerId(record.customer_id);
    let outcome = communication.outcome.map_or(texts::OUTCOME_OPEN, Outcome::label);
    let facts = json!({
        "touch_point": record.touch_point,
        "outcome": record.outcome,
        "contact": record.contact,
        "note": record.note,
        "photo_ids": record.photo_ids,
        "file_ids": record.file_ids,
    });
    let entry = Entry {
        customer,
        kind: if record.is_verified { "communication" } else { "communication_attempt" },
        title: format!("{} {}：{outcome}", actor.name, communication.touch_point.label()),
        subject: ("communication", record.id),
        actor: Some(actor.id),
        facts,
    };
    file(tx, entry).await?;
    if record.is_verified {
        verified(tx, customer, tx.now()).await?;
        touched(tx, customer, Step::Call, tx.now()).await?;
    }
    let facts = json!({
        "touch_point": record.touch_point, "outcome": record.outcome, "is_verified": record.is_verified,
    });
    let event = Event::about("customers.communication", Some(actor.id), ("communication", record.id));
    settings::record(tx, event.at(customer).with(facts)).await
}
