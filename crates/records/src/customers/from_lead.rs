//! A customer's file that begins as a lead: nothing is typed twice.

use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, RegionId, UserId};
use platform::Tx;
use serde_json::Value;

use super::rows::from_lead;
use super::{Entry, verified};
use crate::error::Result;
use crate::settings::{self, Event};

/// What a lead knows, and what was missing.
#[derive(Debug)]
pub struct NewCustomer {
    pub name: String,
    pub kind: String,
    pub region: RegionId,
    pub owner: Option<UserId>,
    pub phone: Option<String>,
    pub normal_phone: Option<String>,
    pub uscc: Option<String>,
    pub district_code: Option<String>,
    pub contacts: Value,
    pub need: Option<String>,
}

/// Opens the file.
pub async fn open_from_lead(tx: &Tx, new: &NewCustomer) -> Result<CustomerId> {
    let id = CustomerId(platform::new_id());
    from_lead::insert(tx.db(), id.0, new, tx.now()).await?;
    Ok(id)
}

/// Files what happened before there was a file, at its own instant. What counted then counts as verified.
pub async fn file_earlier(tx: &Tx, entry: Entry, at: DateTime<Utc>, is_verified: bool) -> Result<()> {
    let customer = entry.customer;
    settings::record(tx, Event { happened_at: Some(at), ..entry.event("customers.filed") }).await?;
    if is_verified {
        verified(tx, customer, at).await?;
    }
    Ok(())
}
