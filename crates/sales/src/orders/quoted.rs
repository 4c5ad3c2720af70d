//! A quote becomes an order in one step, with the same checks.

use chrono::NaiveDate;
use domain::ids::{CustomerId, QuoteId};
use platform::Tx;

use super::place::{Draft, Placed, place};
use crate::actor::Call;
use crate::error::Result;
use crate::{App, quotes};

/// Places what the quote says. The quote is locked, and becomes an order once.
pub async fn order(
    app: &App,
    tx: &Tx,
    call: &Call,
    (id, planned_ship_on): (QuoteId, Option<NaiveDate>),
) -> Result<Placed> {
    let quote = quotes::seen(tx.db(), &call.actor, id).await?;
    call.check_version(quote.version)?;
    let draft = Draft {
        customer: CustomerId(quote.customer_id),
        quote: Some(id),
        quote_revision: Some(quote.revision),
        lines: quotes::lines(tx.db(), &quote).await?,
        planned_ship_on,
        rep: None,
        ship_to: None,
    };
    place(app, tx, &call.actor, &draft).await
}
