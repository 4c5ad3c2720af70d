//! Where a customer stands: what every order is checked against.
//!
//! Credit, terms, prices and the return-rate limit are those of `bill_to`: the chain a store belongs to, or the
//! customer itself. Orders call [`locked`] first thing, so that two of them cannot both fit into what is left.

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::customers::{Section, Standing, TemporaryCredit, may_edit};
use domain::ids::{CustomerId, RegionId, UserId};
use domain::money::Fen;
use platform::Tx;
use serde_json::json;

use super::rows::standing::{self as kept, StandingRow, credit};
use super::{Entry, file_as, rows};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::select::Connection;
use crate::texts;

/// The standing at an instant, for who only looks. None of a customer that is not there.
pub async fn standing(db: &impl Connection, id: CustomerId, at: DateTime<Utc>) -> Result<Option<Standing>> {
    kept::standing(db, None, id, at).await?.map(read).transpose()
}

/// The standings of these customers at an instant, for who only looks.
pub async fn standings(
    db: &impl Connection,
    customers: &[CustomerId],
    at: DateTime<Utc>,
) -> Result<Vec<Standing>> {
    kept::standings(db, customers, at).await?.into_iter().map(read).collect()
}

/// The standing now, with who pays locked until the transaction ends.
pub async fn locked_standing(tx: &Tx, id: CustomerId) -> Result<Option<Standing>> {
    kept::locked(tx.db(), None, id, tx.now()).await?.map(read).transpose()
}

/// The standing at an instant, if the actor sees the customer.
pub async fn visible_standing(
    db: &impl Connection,
    actor: &Actor,
    id: CustomerId,
    at: DateTime<Utc>,
) -> Result<Option<Standing>> {
    kept::standing(db, Some(actor), id, at).await?.map(read).transpose()
}

/// The standing now, if the actor sees the customer, with who pays locked until the transaction ends.
pub async fn locked_visible_standing(tx: &Tx, actor: &Actor, id: CustomerId) -> Result<Option<Standing>> {
    kept::locked(tx.db(), Some(actor), id, tx.now()).await?.map(read).transpose()
}

fn read(row: StandingRow) -> Result<Standing> {
    Ok(Standing {
        customer: CustomerId(row.id),
        name: row.name,
        bill_to: CustomerId(row.bill_to_id),
        region: RegionId(row.region_id),
        bill_to_region: RegionId(row.bill_to_region_id),
        owner: row.owner_id.map(UserId),
        kind: row.kind,
        limit: Fen(row.credit_limit_fen),
        temporary: Fen(row.temporary_fen),
        terms: row.payment_terms.parse().context("reading payment terms")?,
        price_tier: row.price_tier,
        return_rate_limit_ppm: row.return_rate_limit_ppm,
        is_blacklisted: row.is_blacklisted,
    })
}

/// Grants more credit for a while to who pays for the customer. Several may overlap: they add up.
pub async fn grant(
    tx: &Tx,
    actor: &Actor,
    id: CustomerId,
    (granted, reason): (TemporaryCredit, &str),
) -> Result<credit::Model> {
    if !may_edit(actor.role, Section::Credit) {
        return Err(Error::Forbidden);
    }
    rows::visible(tx.db(), actor, id).await?.ok_or(Error::NotFound)?;
    granted.check(tx.now()).map_err(|refusal| Error::field(refusal.pointer(), refusal.code()))?;
    let reason = super::keep::text("/reason", reason, 500)?.ok_or(Error::field("/reason", "required"))?;
    let standing = locked_standing(tx, id).await?.ok_or(Error::NotFound)?;
    // The credit is the payer's: who reaches one store of a chain does not lend to the chain.
    rows::visible(tx.db(), actor, standing.bill_to).await?.ok_or(Error::NotFound)?;
    let credit = credit::Model {
        id: platform::new_id(),
        customer_id: standing.bill_to.0,
        amount_fen: granted.amount.0,
        valid_from: granted.from,
        valid_until: granted.until,
        reason,
        granted_by: actor.id.0,
        granted_at: tx.now(),
    };
    kept::grant(tx.db(), credit.clone()).await?;
    let facts = json!({
        "amount": granted.amount, "from": granted.from, "until": granted.until, "reason": credit.reason,
    });
    let entry = Entry {
        customer: standing.bill_to,
        kind: "temporary_credit",
        title: texts::temporary_credit(&actor.name, granted.amount),
        subject: ("customer", standing.bill_to.0),
        actor: Some(actor.id),
        facts,
    };
    file_as(tx, "customers.temporary_credit", entry).await?;
    Ok(credit)
}
