//! Customer files and what files itself in them.
//!
//! Nobody re-types what happened: every later step appends to the timeline in its own transaction, and a visit or
//! sign-off moves `last_verified_at`, which the daily proposal ranks by. Steps confirm the fields they touch
//! ([`touched`], [`heard`]) and teach a file its place ([`seen_at`]).
//!
//! A chain has one customer that pays and many that are delivered to: credit, terms and prices are read through
//! [`locked_standing`] alone, which locks who pays. The index of places is the database's own: see `rows/nearby.rs`.

mod alike;
mod communications;
mod draft;
mod freshness;
mod from_lead;
mod handover;
pub mod http;
mod keep;
mod location_change;
mod nearby;
mod ownership;
mod places;
mod poster;
pub mod rows;
mod standing;
mod standing_tasks;
mod write;

use chrono::{DateTime, Utc};
use domain::evidence::Store;
use domain::geo::Point;
use domain::ids::{CustomerId, UserId};
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

pub use freshness::{heard, touched};
pub use from_lead::{NewCustomer, file_earlier, open_from_lead};
pub use handover::left;
pub use location_change::{AskAboutPlace, decided as place_decided, hold};
pub use places::seen_at;
pub use standing::{locked_standing, locked_visible_standing, standing, standings, visible_standing};
pub use standing_tasks::due_terms;

use crate::error::Result;
use crate::settings::{self, Event};

/// Something that happened at a customer's.
#[derive(Debug)]
pub struct Entry {
    pub customer: CustomerId,
    pub kind: &'static str,
    pub title: String,
    pub subject: (&'static str, Uuid),
    pub actor: Option<UserId>,
    pub facts: Value,
}

/// Files it in the customer's timeline, which is a reading of the events.
pub async fn file(tx: &Tx, entry: Entry) -> Result<()> {
    file_as(tx, "customers.filed", entry).await
}

/// Files what has a name of its own among the events.
pub async fn file_as(tx: &Tx, name: &'static str, entry: Entry) -> Result<()> {
    settings::record(tx, entry.event(name)).await
}

impl Entry {
    fn event(self, name: &'static str) -> Event {
        let event = Event::about(name, self.actor, self.subject).at(self.customer).with(self.facts);
        event.told(self.kind, self.title)
    }
}

/// A verified action happened at the customer's.
pub async fn verified(tx: &Tx, customer: CustomerId, at: DateTime<Utc>) -> Result<()> {
    rows::mark_verified(tx.db(), customer, at).await?;
    Ok(())
}

/// Where the customer is, where that is known.
pub fn point(customer: &rows::customer::Model) -> Option<Point> {
    let system = customer.system.as_deref()?.parse().ok()?;
    Point::new(customer.lat?, customer.lng?, system)
}

/// Where the customer's store is, for the verdict on a place.
pub fn store(customer: &rows::customer::Model) -> Store {
    Store {
        point: point(customer),
        is_confirmed: customer.location_confirmed,
        fence_radius_m: i64::from(customer.fence_radius_m),
    }
}
