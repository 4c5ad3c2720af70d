//! A quote becomes an order in one step, with the same checks.

use chrono::NaiveDate;
use domain::ids::{CustomerId, QuoteId};
use platform::Tx;

use super::place::{Draft, Placed, place};
use crate::actor::Actor;
use crate::error::Result;
use crate::{App, quotes};

/// Places what the quote says. The quote is locked, and becomes an order once.
pub async fn order(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (id, planned_ship_on): (QuoteId, Option<NaiveDate>),
) -> Result<Placed> {
    let quote = quotes::seen(tx.db(), actor, id).await?;
    let draft = Draft {
        customer: CustomerId(quote.customer_id),
        quote: Some(id),
        lines: quotes::lines(tx.db(), &quote).await?,
        planned_ship_on,
        rep: None,
        ship_to: None,
    };
    place(app, tx, actor, &draft).await
}
