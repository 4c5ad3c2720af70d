//! A link that opens one version of a quote without a login, and lets the customer sign it once.

use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, QuoteId};
use domain::quotes::{LINK_LASTS, Status};
use domain::writing::clean;
use platform::{Tx, secret};

use super::rows::{self, QuoteRow, line, link, quote};
use super::sign::{self, Signature};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::select::Connection;
use crate::settings::{self, Event};

/// Makes the link of a quote that was sent. The token is shown once and stored as its digest.
pub async fn make(tx: &Tx, actor: &Actor, quote: &quote::Model) -> Result<(String, DateTime<Utc>)> {
    if quote.status != Status::Sent.name() {
        return Err(Error::conflict(if quote.status == Status::Draft.name() {
            "quote_not_sent"
        } else {
            "quote_settled"
        }));
    }
    let token = secret::token()?;
    let expires_at = tx.now() + LINK_LASTS;
    let row = link::Model {
        digest: secret::sha256(&token),
        quote_id: quote.id,
        revision: quote.revision,
        created_by: actor.id.0,
        created_at: tx.now(),
        expires_at,
        used_at: None,
    };
    rows::insert_link(tx.db(), row).await?;
    let event = Event::about("quotes.link_made", Some(actor.id), ("quote", quote.id));
    settings::record(tx, event.at(CustomerId(quote.customer_id))).await?;
    Ok((token, expires_at))
}

/// What the page shows.
#[derive(Debug)]
pub struct Opened {
    pub quote: QuoteRow,
    pub lines: Vec<line::Model>,
    /// It can still be signed by this link.
    pub is_open: bool,
}

/// What a token opens: nothing once it is over, or once the quote has another version. Reading changes nothing.
pub async fn open(db: &impl Connection, token: &str, now: DateTime<Utc>) -> Result<Option<Opened>> {
    let Some(link) = rows::link(db, &secret::sha256(token)).await? else { return Ok(None) };
    let id = QuoteId(link.quote_id);
    let Some(quote) = rows::named(db, id).await? else { return Ok(None) };
    let was_revised = quote.quote.revision != link.revision || quote.quote.voided_at.is_some();
    if link.expires_at <= now || was_revised {
        return Ok(None);
    }
    let lines = rows::lines(db, id, link.revision).await?;
    let is_open = link.used_at.is_none() && quote.quote.status == Status::Sent.name();
    Ok(Some(Opened { quote, lines, is_open }))
}

/// The customer signs by the link, once. A second tap by the same name finds it signed, which is what it asked for.
pub async fn sign(tx: &Tx, token: &str, signer: &str) -> Result<()> {
    let digest = secret::sha256(token);
    let link = rows::link(tx.db(), &digest).await?.ok_or(Error::NotFound)?;
    let quote = rows::locked(tx.db(), QuoteId(link.quote_id)).await?.ok_or(Error::NotFound)?;
    let link = rows::link(tx.db(), &digest).await?.unwrap_or(link);
    let is_same = quote.signer_name.as_deref() == Some(clean(signer).as_str());
    if link.used_at.is_some()
        && quote.revision == link.revision
        && quote.signed_by.as_deref() == Some("link")
        && is_same
    {
        return Ok(());
    }
    if quote.revision != link.revision || !rows::use_link(tx.db(), &digest, tx.now()).await? {
        return Err(Error::NotFound);
    }
    sign::keep(tx, quote, Signature { signer, by: "link", actor: None, photo_ids: &[] }).await
}
