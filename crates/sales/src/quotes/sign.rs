//! The customer signs: on paper, which is photographed, or on the page that a link opens.

use domain::ids::{CustomerId, UserId};
use domain::quotes::Step;
use domain::writing::clean;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::advance;
use super::rows::{self, quote};
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, Result};
use crate::{evidence, texts};

/// How it was signed.
#[derive(Debug)]
pub struct Signature<'a> {
    pub signer: &'a str,
    /// `photo` or `link`.
    pub by: &'static str,
    /// Who handed it in; nobody of ours where the customer did it.
    pub actor: Option<UserId>,
    pub photo_ids: &'a [Uuid],
}

/// Signed on paper: the photos were taken for this quote. The quote is locked.
pub async fn by_photo(
    tx: &Tx,
    actor: &Actor,
    quote: quote::Model,
    (signer, photo_ids): (&str, &[Uuid]),
) -> Result<()> {
    if photo_ids.is_empty() {
        return Err(Error::field("/photo_ids", "signature_photo_missing"));
    }
    evidence::photos_for(tx, photo_ids, ("quote", quote.id), None).await?;
    keep(tx, quote, Signature { signer, by: "photo", actor: Some(actor.id), photo_ids }).await
}

/// Keeps the signature; it stops the clock.
pub async fn keep(tx: &Tx, mut quote: quote::Model, signature: Signature<'_>) -> Result<()> {
    let signer = &clean(signature.signer);
    if signer.is_empty() || signer.chars().count() > 50 {
        return Err(Error::field("/signer_name", "signer_missing"));
    }
    advance(tx, &mut quote, Step::Sign).await?;
    quote.signed_at = Some(tx.now());
    quote.signer_name = Some(signer.to_owned());
    quote.signed_by = Some(signature.by.to_owned());
    quote.photo_ids = json!(signature.photo_ids);
    rows::update(tx.db(), &quote).await?;
    let customer = CustomerId(quote.customer_id);
    let is_late = quote.due_at.is_some_and(|due_at| tx.now() > due_at);
    let facts = json!({"node": "quote_sign", "by": signature.by, "is_late": is_late, "signer_name": signer});
    let entry = Entry {
        customer,
        kind: "quote_signed",
        title: texts::quote_signed(&quote.number, signer),
        subject: ("quote", quote.id),
        actor: signature.actor,
        facts,
    };
    customers::file_as(tx, "quotes.signed", entry).await
}

/// The inbox key of everything that is said about a quote.
pub fn matter(quote: Uuid) -> String {
    format!("quote:{quote}")
}
