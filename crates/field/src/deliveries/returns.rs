//! Goods that come back at the door, and what goes out for them.

use domain::deliveries::{self as rules, Direction, DoorLine, DoorRefusal, Exchange, Sold};
use domain::ids::{ExchangeId, ExchangeLineId, ProductId};
use platform::Tx;

use super::rows::{self, attempt, exchange, exchange_line, stop};
use crate::error::{Error, FieldFault, Result};
use crate::orders;
use crate::settings;

/// Refuses records that name what is not sold, no unit of it, or no reason of the list. All faults are named.
pub async fn check(tx: &Tx, exchanges: &[Exchange]) -> Result<()> {
    let lines = exchanges.iter().flat_map(|it| it.out.iter().chain(&it.back));
    let mut ids: Vec<ProductId> = lines.map(|line| line.product_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > 100 {
        return Err(Error::field("/returns", "invalid_value"));
    }
    let products = orders::rows::products_among(tx.db(), &ids).await?;
    let sold: Vec<Sold> = products.into_iter().map(sold).collect();
    let reasons = settings::return_reasons()?;
    let mut faults = Vec::new();
    for (place, exchange) in exchanges.iter().enumerate() {
        for refusal in rules::check_exchange(exchange, &sold, reasons) {
            faults.push(FieldFault::new(format!("/returns/{place}{}", refusal.pointer()), refusal.code()));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(DoorRefusal::Empty.code(), faults)) }
}

fn sold(product: orders::rows::product::Model) -> Sold {
    let packs = product.packs.0.into_iter().map(|pack| pack.unit);
    Sold { product: product.id, units: std::iter::once(product.base_unit).chain(packs).collect() }
}

/// Keeps the records of a stop, with what the list says of each reason today.
pub async fn keep(
    tx: &Tx,
    stop: &stop::Model,
    attempt: &attempt::Model,
    exchanges: &[Exchange],
) -> Result<()> {
    for exchange in exchanges {
        let record = exchange::Model {
            id: ExchangeId(platform::new_id()),
            stop_id: stop.id,
            customer_id: stop.customer_id,
            recorded_by: attempt.user_id,
            recorded_at: attempt.at,
            set_id: attempt.set(),
            voided_at: None,
        };
        let out = exchange.out.iter().map(|line| line_row(record.id, Direction::Out, line));
        let back = exchange.back.iter().map(|line| line_row(record.id, Direction::In, line));
        let lines = out.chain(back).collect::<Result<Vec<_>>>()?;
        rows::insert_exchange(tx.db(), record, lines).await?;
    }
    Ok(())
}

fn line_row(exchange: ExchangeId, direction: Direction, line: &DoorLine) -> Result<exchange_line::Model> {
    let reason = settings::return_reasons()?.iter().find(|it| Some(&it.code) == line.reason.as_ref());
    Ok(exchange_line::Model {
        id: ExchangeLineId(platform::new_id()),
        exchange_id: exchange,
        direction,
        product_id: line.product_id,
        unit: line.unit.clone(),
        quantity_thousandths: line.quantity,
        reason: line.reason.clone(),
        counts_in_return_rate: reason.is_some_and(|it| it.counts_in_return_rate),
        borne_by: reason.map(|it| it.borne_by),
    })
}
