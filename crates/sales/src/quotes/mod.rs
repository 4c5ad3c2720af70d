//! Quotes: an offer to a customer who has a file, in versions, sent, signed, and made an order in one step.
//!
//! Sending starts 48 hours. The customer's signature stops them: a photo of it, or the customer's own hand on a page
//! that a link opens without a login. A link does one thing for one version, once, and for three days; its token is
//! stored hashed. Opening it changes nothing, so that whoever previews links signs nothing.
//!
//! What is absent: the checks of prices and credit. They run when an order is made of it, which `orders` does.

pub mod http;
mod link;
pub mod rows;
mod sign;
mod sweeps;
mod write;

use domain::ids::{CustomerId, OrderId, ProductId, PromotionId, QuoteId};
use domain::money::{Percent, Quantity, UnitPrice};
use domain::orders::Line;
use domain::quotes::{Status, Step};
use platform::Tx;

pub use sweeps::Remind;
pub use write::refused;

use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::notices;
use crate::select::Connection;
use rows::quote;

/// The quote, if the actor sees it.
pub async fn seen(db: &impl Connection, actor: &Actor, id: QuoteId) -> Result<quote::Model> {
    Ok(rows::visible(db, actor, id).await?.ok_or(Error::NotFound)?.quote)
}

/// What its version in force says, as an order's lines.
pub async fn lines(db: &impl Connection, quote: &quote::Model) -> Result<Vec<Line>> {
    let lines = rows::lines(db, QuoteId(quote.id), quote.revision).await?;
    let line = |line: rows::line::Model| Line {
        product: ProductId(line.product_id),
        unit: line.unit,
        quantity: Quantity(line.quantity_thousandths),
        unit_price: UnitPrice(line.unit_price_e4),
        discount: Percent(line.discount_ppm),
        promotion: line.promotion_id.map(PromotionId),
    };
    Ok(lines.into_iter().map(line).collect())
}

/// An order was made of it, in that order's transaction: once, and of the version whose lines were read, where they
/// were.
pub async fn ordered(
    tx: &Tx,
    (id, revision): (QuoteId, Option<i32>),
    customer: CustomerId,
    order: OrderId,
) -> Result<()> {
    let unknown = || Error::field("/quote_id", "quote_unknown");
    let mut quote = rows::locked(tx.db(), id).await?.ok_or_else(unknown)?;
    if quote.customer_id != customer.0 {
        return Err(unknown());
    }
    if revision.is_some_and(|revision| revision != quote.revision) {
        return Err(Error::conflict("version_conflict"));
    }
    advance(tx, &mut quote, Step::Order).await?;
    quote.order_id = Some(order.0);
    Ok(rows::update(tx.db(), &quote).await?)
}

/// Takes the step, or says why it leads nowhere. Whatever is not at the customer's any more reminds nobody.
async fn advance(tx: &Tx, quote: &mut quote::Model, step: Step) -> Result<()> {
    let status = Status::by_name(&quote.status).unwrap_or(Status::Void);
    let status = status.after(step).map_err(Error::conflict)?;
    quote.status = status.name().to_owned();
    if status != Status::Sent {
        quote.next_rung_at = None;
        notices::settle(tx.db(), &sign::matter(quote.id), tx.now()).await?;
    }
    quote.updated_at = tx.now();
    quote.version += 1;
    Ok(())
}
