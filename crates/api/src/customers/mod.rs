//! Customer files and what files itself in them.
//!
//! Nobody re-types what happened: every later step appends to the timeline in its own transaction, and a visit or
//! sign-off moves `last_verified_at`, which the daily proposal ranks by.

mod from_lead;
mod handover;
pub mod http;
mod poster;
pub mod rows;

use chrono::{DateTime, Utc};
use domain::evidence::Store;
use domain::geo::Point;
use domain::ids::{CustomerId, UserId};
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

pub use from_lead::{NewCustomer, file_earlier, open_from_lead};
pub use handover::left;

use crate::error::Result;

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

/// Files it in the customer's timeline.
pub async fn file(tx: &Tx, entry: Entry) -> Result<()> {
    rows::append(tx.db(), tx.now(), &entry).await?;
    Ok(())
}

/// A verified action happened at the customer's.
pub async fn verified(tx: &Tx, customer: CustomerId, at: DateTime<Utc>) -> Result<()> {
    rows::mark_verified(tx.db(), customer, at).await?;
    Ok(())
}

/// Where the customer's store is, for the verdict on a place.
pub fn store(customer: &rows::customer::Model) -> Store {
    let system = customer.system.as_deref().and_then(|system| system.parse().ok());
    let point = match (customer.lat, customer.lng, system) {
        (Some(lat), Some(lng), Some(system)) => Point::new(lat, lng, system),
        _ => None,
    };
    Store {
        point,
        is_confirmed: customer.location_confirmed,
        fence_radius_m: i64::from(customer.fence_radius_m),
    }
}
