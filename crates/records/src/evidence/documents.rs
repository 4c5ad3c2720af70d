//! Takes a document in: typed by its content, kept as it came, judged by nobody.

use domain::ids::CustomerId;
use domain::writing::is_blank;
use platform::Tx;
use uuid::Uuid;
use wechat::photo::{self, Document, Limits, Refusal};

use super::rows::{self, file};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::settings::{self, Event};
use crate::uploads::{Incoming, blocking};
use crate::{App, customers};

/// A document as it arrived.
#[derive(Debug)]
pub struct Draft {
    pub file: Incoming,
    pub name: Option<String>,
    pub customer: Option<CustomerId>,
}

/// Reads what the file is. What nobody files is refused.
pub async fn typed(app: &App, draft: Draft) -> Result<(Draft, Document)> {
    let limits = Limits { max_bytes: app.config.uploads.photo_bytes as u64, ..Limits::default() };
    let (draft, found) = blocking(app, move || {
        let bytes = draft.file.read()?;
        anyhow::Ok((draft, photo::document(&bytes, &limits)))
    })
    .await??;
    let found = found.map_err(|refusal| {
        let code = if refusal == Refusal::UnsupportedType { "file_type_unsupported" } else { refusal.code() };
        Error::Invalid(code, vec![FieldFault::new("/file", code)])
    })?;
    app.blobs.put_file(draft.file.path(), &draft.file.sha256).await?;
    Ok((draft, found))
}

/// Files it. The same document by the same person for the same customer is the same answer.
pub async fn receive(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    draft: &Draft,
    found: &Document,
) -> Result<file::Model> {
    let sha256 = &draft.file.sha256;
    rows::hold_bytes(tx.db(), sha256).await?;
    app.blobs.put_file(draft.file.path(), sha256).await?;
    if let Some(customer) = draft.customer {
        let seen = customers::rows::visible(tx.db(), actor, customer).await?;
        seen.ok_or_else(|| Error::field("/customer_id", "customer_unknown"))?;
    }
    let customer_id = draft.customer.map(|it| it.0);
    let earlier = file::same_bytes(tx.db(), sha256).await?;
    if let Some(same) = earlier.iter().find(|it| it.user_id == actor.id.0 && it.customer_id == customer_id) {
        return Ok(same.clone());
    }
    let file = file::Model {
        id: platform::new_id(),
        sha256: sha256.clone(),
        user_id: actor.id.0,
        customer_id,
        content_type: found.media_type.to_owned(),
        n_bytes: i64::try_from(draft.file.n_bytes).unwrap_or(i64::MAX),
        name: draft.name.as_deref().and_then(plain_name),
        has_macros: found.has_macros,
        duplicate_of: earlier.first().map(|it| it.id),
        received_at: tx.now(),
    };
    file::insert(tx.db(), file.clone()).await?;
    record(tx, actor, &file).await?;
    Ok(file)
}

/// Files the caller's documents with a customer. All that are not the caller's, or are another customer's, are named.
pub async fn file_with(tx: &Tx, actor: &Actor, customer: CustomerId, ids: &[Uuid]) -> Result<()> {
    if ids.len() > 20 {
        return Err(Error::field("/file_ids", "invalid_value"));
    }
    let own = file::own_among(tx.db(), actor.id, ids).await?;
    let is_free = |id: &&Uuid| {
        let known = own.iter().find(|it| it.id == **id);
        known.is_some_and(|it| it.customer_id.is_none_or(|theirs| theirs == customer.0))
    };
    let strangers = ids.iter().enumerate().filter(|(_, id)| !is_free(id));
    let faults: Vec<FieldFault> =
        strangers.map(|(place, _)| FieldFault::new(format!("/file_ids/{place}"), "file_unknown")).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid("file_unknown", faults));
    }
    file::file_with(tx.db(), customer, ids).await?;
    Ok(())
}

async fn record(tx: &Tx, actor: &Actor, file: &file::Model) -> Result<()> {
    let event = Event::about("evidence.file_received", Some(actor.id), ("file", file.id));
    let facts = serde_json::json!({"content_type": file.content_type, "has_macros": file.has_macros});
    let customer = file.customer_id.map(CustomerId);
    settings::record(tx, Event { customer, ..event.with(facts) }).await
}

/// What the phone calls the file, without a path and without what cannot be seen.
fn plain_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|it| !it.is_control()).take(200).collect();
    (!is_blank(&plain)).then(|| plain.trim().to_owned())
}
