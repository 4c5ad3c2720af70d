//! Takes a photo in: judged and filed, once for each task.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::evidence::{
    Origin, Resemblance, Seen, Source, Thresholds, TicketState, confidence, is_copy, is_drawn, judge_photo,
    judge_resemblance,
};
use domain::ids::{CustomerId, UserId};
use domain::working_time::local_date;
use platform::{Tx, secret};
use serde_json::json;
use uuid::Uuid;

use super::Location;
use super::develop::Prepared;
use super::judge::{self, Received};
use super::rows::{self, looks, photo as row, seen, ticket};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event};
use crate::uploads::Incoming;
use crate::{App, customers};

/// A photo as it arrived.
#[derive(Debug)]
pub struct Upload {
    pub file: Incoming,
    pub ticket: String,
    pub location: Option<Location>,
    pub taken_at: Option<DateTime<Utc>>,
    pub source: Source,
    pub device_id: Option<String>,
    /// What the phone's clock says.
    pub client_time: Option<DateTime<Utc>>,
}

/// The ticket by what the phone sent, whoever it belongs to.
pub async fn ticket_of(app: &App, text: &str) -> Result<ticket::Model> {
    let found = rows::ticket(app.db.conn(), &secret::sha256(text)).await?;
    found.ok_or_else(|| Error::field("/ticket", "ticket_unknown"))
}

/// Judges the photo and files it. The bytes are stored already, and once more if they were swept away meanwhile.
pub async fn receive(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    upload: &Upload,
    prepared: &Prepared,
) -> Result<row::Model> {
    let facts = &prepared.facts;
    rows::hold_bytes(tx.db(), &facts.sha256).await?;
    app.blobs.put_file(upload.file.path(), &facts.sha256).await?;
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

    let limits = settings::documents::evidence_thresholds(app, tx.db()).await?;
    let similar = similar(tx, &ticket, prepared, &limits).await?;
    let resemblances: Vec<Resemblance> = similar.iter().map(|(_, found)| *found).collect();
    let received = Received {
        upload,
        facts,
        state: state_of(&ticket, actor.id, &facts.sha256, tx.now()),
        is_duplicate: duplicate.is_some(),
        is_drawn: prepared.has_preview,
        ticket: &ticket,
        resemblances: &resemblances,
        seen: &seen_before(tx, actor.id, &ticket, upload.location.as_ref(), &limits).await?,
    };
    let photo = judged(tx, actor.id, &received, &limits).await?;
    let similar = similar.iter().map(|(id, found)| json!({"id": id, "distance": found.distance}));
    let photo = row::Model {
        duplicate_of: duplicate.map(|it| it.id),
        has_preview: prepared.has_preview,
        similar_to: similar.collect(),
        ..photo
    };
    file(tx, actor.id, &photo, prepared).await?;
    if received.state != TicketState::Misused {
        rows::use_ticket(tx.db(), ticket.id, &facts.sha256, tx.now()).await?;
    }
    Ok(photo)
}

/// The row with its verdict, how sure that is, and whether a person looks at it all the same.
async fn judged(tx: &Tx, user: UserId, received: &Received<'_>, limits: &Thresholds) -> Result<row::Model> {
    let customer = CustomerId(received.ticket.customer_id);
    let customer = customers::rows::customer(tx.db(), customer).await?.ok_or(Error::NotFound)?;
    let store = customers::store(&customer);
    let shot = judge::shot(received, tx.now());
    let judgement = judge_photo(&shot, &store, limits);
    let photo = judge::row(received, user, &judgement, tx.now());
    let digest = secret::sha256(photo.id.as_bytes());
    let digest = digest.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(u32::MAX);
    Ok(row::Model {
        confidence: Some(confidence(&shot, &store, &judgement, limits).into()),
        drawn: is_drawn(&judgement, digest, limits),
        ..photo
    })
}

async fn file(tx: &Tx, user: UserId, photo: &row::Model, prepared: &Prepared) -> Result<()> {
    rows::insert(tx.db(), photo.clone()).await?;
    if let Some(looks) = &prepared.looks {
        looks::insert(tx.db(), photo.id, looks.upright, local_date(tx.now())).await?;
    }
    let event = Event::about("evidence.photo_received", Some(user), ("photo", photo.id));
    let facts = json!({"verdict": photo.verdict, "distance_m": photo.distance_m});
    settings::record(tx, event.at(CustomerId(photo.customer_id)).with(facts)).await
}

/// The pictures whose resemblance says something. The very same bytes have a rule of their own.
async fn similar(
    tx: &Tx,
    ticket: &ticket::Model,
    prepared: &Prepared,
    limits: &Thresholds,
) -> Result<Vec<(Uuid, Resemblance)>> {
    let ids: Vec<Uuid> = prepared.alike.iter().map(|(id, _)| *id).collect();
    let photos = rows::among(tx.db(), &ids).await?;
    let found = prepared.alike.iter().filter_map(|(id, distance)| {
        let photo = photos.iter().find(|it| it.id == *id && it.sha256 != prepared.facts.sha256)?;
        let found = Resemblance {
            distance: *distance,
            is_same_store: photo.customer_id == ticket.customer_id,
            is_same_day: local_date(photo.received_at) == local_date(tx.now()),
        };
        judge_resemblance(&found, &ticket.purpose, limits).map(|_| (*id, found))
    });
    Ok(found.collect())
}

/// Where the person was before, as far as it bears on where they are now.
async fn seen_before(
    tx: &Tx,
    user: UserId,
    ticket: &ticket::Model,
    location: Option<&Location>,
    limits: &Thresholds,
) -> Result<Seen> {
    let Some(location) = location else {
        return Ok(Seen::default());
    };
    let last = seen::last_placed(tx.db(), user.0).await?;
    let last = last.and_then(|photo| {
        let location: Location = serde_json::from_value(photo.location?).ok()?;
        Some(location.fix().believed(photo.received_at, limits))
    });
    let since = tx.now() - TimeDelta::days(limits.similar_days);
    let n = seen::n_other_stores(tx.db(), user.0, location.millionths(), ticket.customer_id, since).await?;
    Ok(Seen { last, n_other_stores: n })
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
