//! The slip that was missing at the sign-off comes later: invoicing is held no more.

use domain::deliveries::{InvoicingStatus, Part};
use domain::evidence::Reason;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::rows::{self, delivery};
use super::sign_off::{part, photos};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::evidence;
use crate::settings::{self, Event};

/// Files photos with a signed delivery and opens its invoicing. A photo that is certainly another's is none; where
/// it was taken says nothing, since it comes when the driver is long gone.
pub async fn supply(tx: &Tx, actor: &Actor, delivery: &delivery::Model, photo_ids: &[Uuid]) -> Result<()> {
    let id = delivery.id;
    if delivery.invoicing != Some(InvoicingStatus::Held) {
        return Err(Error::conflict("invoicing_not_held"));
    }
    let stop = super::stop_of(tx, delivery).await?.ok_or(Error::NotFound)?;
    let photos = photos(tx, &stop, photo_ids).await?;
    let is_slip = |photo: &evidence::Photo| part(photo) == Part::SignedSlip && !is_of_another(photo);
    if !photos.iter().any(is_slip) {
        return Err(Error::field("/photo_ids", "signed_slip_photo_missing"));
    }
    evidence::use_for(tx, ("stop", stop.id.0), photo_ids).await?;
    rows::open_invoicing(tx.db(), id).await?;
    let event = Event::about("deliveries.invoicing_opened", Some(actor.id), ("delivery", id.0));
    let facts = json!({"blocked_by": delivery.blocked_by.as_deref(), "photo_ids": photo_ids});
    settings::record(tx, event.at(delivery.customer_id).with(facts)).await
}

fn is_of_another(photo: &evidence::Photo) -> bool {
    let reasons: Vec<Reason> = serde_json::from_value(photo.reasons.clone()).unwrap_or_default();
    reasons.iter().any(|it| matches!(it, Reason::NonceInvalid | Reason::DuplicateExact))
}
