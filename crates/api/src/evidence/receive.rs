//! Takes a photo in: read, kept, judged, filed, once for each task.

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use domain::evidence::{Origin, Source, TicketState, is_copy, judge_photo};
use domain::ids::{CustomerId, UserId};
use domain::working_time::local_date;
use platform::{Tx, secret};
use uuid::Uuid;
use wechat::photo::{self, Facts, Limits};

use super::judge::{self, Received};
use super::rows::{self, photo as row, ticket};
use super::{Location, metres};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::settings::{self, Event};
use crate::{App, customers};

/// A photo as it arrived.
#[derive(Debug)]
pub struct Upload {
    pub bytes: Vec<u8>,
    pub ticket: String,
    pub location: Option<Location>,
    pub taken_at: Option<DateTime<Utc>>,
    pub source: Source,
}

/// Reads the file's facts off the async threads. What is no photo is refused with what it is instead.
pub async fn read(bytes: Vec<u8>, max_bytes: usize) -> Result<(Vec<u8>, Facts)> {
    let limits = Limits { max_bytes: max_bytes as u64, ..Limits::default() };
    let (bytes, facts) = tokio::task::spawn_blocking(move || {
        let facts = photo::read(&bytes, &limits);
        (bytes, facts)
    })
    .await
    .context("reading a photo")?;
    match facts {
        Ok(facts) => Ok((bytes, facts)),
        Err(photo::Refusal::TooLarge) => Err(Error::TooLarge("photo_too_large")),
        Err(refusal) => {
            let code = refusal.code();
            Err(Error::Invalid(code, vec![FieldFault::new("/file", code)]))
        }
    }
}

/// The ticket by what the phone sent, whoever it belongs to.
pub async fn ticket_of(app: &App, text: &str) -> Result<ticket::Model> {
    let found = rows::ticket(app.db.conn(), &secret::sha256(text)).await?;
    found.ok_or_else(|| Error::field("/ticket", "ticket_unknown"))
}

/// Judges the photo and files it. The bytes are stored already.
pub async fn receive(tx: &Tx, actor: &Actor, upload: &Upload, facts: &Facts) -> Result<row::Model> {
    rows::hold_bytes(tx.db(), &facts.sha256).await?;
    let ticket = rows::locked_ticket(tx.db(), &secret::sha256(&upload.ticket)).await?;
    let ticket = ticket.ok_or_else(|| Error::field("/ticket", "ticket_unknown"))?;
    let earlier = rows::same_bytes(tx.db(), &facts.sha256).await?;
    let today = local_date(tx.now());
    if let Some(same) = earlier.iter().find(|it| is_same_task(it, actor.id, &ticket, today)) {
        return Ok(same.clone());
    }
    // Only with originals: what another copy was taken for says nothing about this one.
    let mut originals = earlier.iter().filter(|it| it.duplicate_of.is_none());
    let own = origin(actor.id, ticket.customer_id, &ticket.purpose, tx.now());
    let duplicate = originals
        .find(|it| is_copy(&origin(UserId(it.user_id), it.customer_id, &it.purpose, it.received_at), &own));
    let state = state_of(&ticket, actor.id, &facts.sha256, tx.now());
    let customer = CustomerId(ticket.customer_id);
    let file = customers::rows::customer(tx.db(), customer).await?.ok_or(Error::NotFound)?;

    let received = Received { upload, facts, state, is_duplicate: duplicate.is_some(), ticket: &ticket };
    let shot = judge::shot(&received, tx.now());
    let judgement = judge_photo(&shot, &customers::store(&file), &settings::evidence_thresholds());

    let photo = judge::row(&received, actor.id, &judgement, tx.now());
    let photo = row::Model { duplicate_of: duplicate.map(|it| it.id), ..photo };
    rows::insert(tx.db(), photo.clone()).await?;
    if state != TicketState::Misused {
        rows::use_ticket(tx.db(), ticket.id, &facts.sha256, tx.now()).await?;
    }
    let event = Event::about("evidence.photo_received", Some(actor.id), ("photo", photo.id)).at(customer);
    let distance_m = metres(judgement.distance_mm);
    settings::record(tx, event.with(serde_json::json!({"verdict": photo.verdict, "distance_m": distance_m})))
        .await?;
    Ok(photo)
}

fn origin(user: UserId, customer: Uuid, purpose: &str, received_at: DateTime<Utc>) -> Origin<'_> {
    Origin { user, customer: CustomerId(customer), purpose, day: local_date(received_at) }
}

/// The photo was handed in with this very ticket, or with another for the same task of the same day.
fn is_same_task(photo: &row::Model, user: UserId, ticket: &ticket::Model, today: NaiveDate) -> bool {
    photo.user_id == user.0
        && (photo.ticket_id == Some(ticket.id) || local_date(photo.received_at) == today)
        && photo.subject_type == ticket.subject_type
        && photo.subject_id == ticket.subject_id
        && photo.purpose == ticket.purpose
}

fn state_of(ticket: &ticket::Model, user: UserId, sha256: &str, now: DateTime<Utc>) -> TicketState {
    let is_used_otherwise = ticket.used_sha256.as_ref().is_some_and(|used| used != sha256);
    if ticket.user_id != user.0 || is_used_otherwise {
        TicketState::Misused
    } else if now > ticket.expires_at {
        TicketState::Expired
    } else {
        TicketState::Valid
    }
}
