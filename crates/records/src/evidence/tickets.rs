//! Hands out capture tickets: bound to a person, a task and a purpose, and used once.

use chrono::{DateTime, TimeDelta, Utc};
use domain::evidence::ON_THE_ROAD;
use domain::ids::CustomerId;
use domain::notices::end_of_day;
use platform::{Tx, secret};
use uuid::Uuid;

use super::rows::{self, ticket};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};

/// What photos are wanted for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub purpose: String,
    pub subject_type: String,
    pub subject_id: Uuid,
    pub count: usize,
    /// The device that asks; another one that hands the photo in is looked at.
    pub device_id: Option<String>,
}

/// Purposes a photo may be taken for.
pub const PURPOSES: [&str; 9] = [
    "storefront",
    "goods",
    "signed_slip",
    "evidence",
    "voucher",
    "contract_page",
    "bank_slip",
    "shelf",
    "form",
];
/// A ticket that is used at once.
const ONLINE: TimeDelta = TimeDelta::minutes(10);

/// Hands out `count` tickets that end at the same time.
pub async fn hand_out(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    wanted: &Wanted,
) -> Result<(Vec<String>, DateTime<Utc>)> {
    if !PURPOSES.contains(&wanted.purpose.as_str()) {
        return Err(Error::field("/purpose", "invalid_value"));
    }
    if !(1..=100).contains(&wanted.count) {
        return Err(Error::field("/count", "invalid_value"));
    }
    if wanted.device_id.as_ref().is_some_and(|it| it.is_empty() || it.chars().count() > 128) {
        return Err(Error::field("/device_id", "invalid_value"));
    }
    let (customer, expires_at) = subject(app, tx, actor, wanted).await?;
    let (mut tickets, mut kept) = (Vec::new(), Vec::new());
    for _ in 0..wanted.count {
        let (ticket, digest) = fresh()?;
        kept.push(ticket::Model {
            id: platform::new_id(),
            digest,
            user_id: actor.id.0,
            purpose: wanted.purpose.clone(),
            subject_type: wanted.subject_type.clone(),
            subject_id: wanted.subject_id,
            customer_id: customer.0,
            issued_at: tx.now(),
            expires_at,
            used_at: None,
            used_sha256: None,
            device_id: wanted.device_id.clone(),
        });
        tickets.push(ticket);
    }
    rows::insert_tickets(tx.db(), kept).await?;
    Ok((tickets, expires_at))
}

/// What photos are wanted for on the road, where whoever asks has seen the task and knows its customer.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub purpose: &'static str,
    pub subject: (&'static str, Uuid),
    pub customer: CustomerId,
}

/// Hands out `count` tickets for each of many tasks, which last for the road.
pub async fn hand_out_all(
    tx: &Tx,
    actor: &Actor,
    tasks: &[Task],
    count: usize,
) -> Result<(Vec<Vec<String>>, DateTime<Utc>)> {
    let expires_at = tx.now() + ON_THE_ROAD;
    let (mut all, mut kept) = (Vec::new(), Vec::new());
    for task in tasks {
        let mut tickets = Vec::new();
        for _ in 0..count {
            let (ticket, digest) = fresh()?;
            kept.push(ticket::Model {
                id: platform::new_id(),
                digest,
                user_id: actor.id.0,
                purpose: task.purpose.to_owned(),
                subject_type: task.subject.0.to_owned(),
                subject_id: task.subject.1,
                customer_id: task.customer.0,
                issued_at: tx.now(),
                expires_at,
                used_at: None,
                used_sha256: None,
                device_id: None,
            });
            tickets.push(ticket);
        }
        all.push(tickets);
    }
    rows::insert_tickets(tx.db(), kept).await?;
    Ok((all, expires_at))
}

/// A ticket that nobody can guess, and what is kept of it.
fn fresh() -> Result<(String, String)> {
    let ticket = secret::token()?;
    let digest = secret::sha256(&ticket);
    Ok((ticket, digest))
}

/// The customer behind the task, if the actor sees it, and how long its tickets last.
async fn subject(app: &App, tx: &Tx, actor: &Actor, wanted: &Wanted) -> Result<(CustomerId, DateTime<Utc>)> {
    let lasting = match wanted.subject_type.as_str() {
        "customer" if wanted.count > 1 => end_of_day(tx.now()),
        "customer" | "quote" => tx.now() + ONLINE,
        // A demo lasts, and its signed page comes at its end.
        "opportunity" => end_of_day(tx.now()),
        "delivery" | "trip" => tx.now() + ON_THE_ROAD,
        _ => return Err(Error::field("/subject_type", "subject_unknown")),
    };
    let customer = app.subjects.customer_behind(tx, actor, (&wanted.subject_type, wanted.subject_id)).await?;
    Ok((customer.ok_or_else(|| Error::field("/subject_id", "subject_unknown"))?, lasting))
}
