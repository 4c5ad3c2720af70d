//! Goods that come back after they were taken: credited by what was accepted, counted by their reason.

use domain::ids::{OrderLineId, ReturnId, ReturnLineId};
use domain::money::{Fen, Quantity};
use domain::orders::{ExceptionKind as Kind, Posting, ReturnLine, Turnover, check_return};
use domain::working_time::local_date;
use platform::Tx;
use serde_json::json;

use super::exceptions;
use super::rows::returns::{self, Model, return_line};
use super::rows::{self, line, order};
use super::{bill_to, exposure};
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, FieldFault, Result};
use crate::settings;
use crate::{App, texts};

/// A line of what comes back.
#[derive(Clone, Debug)]
pub struct Back {
    pub line: OrderLineId,
    pub quantity: Quantity,
    pub reason: String,
}

/// Keeps it and credits it. The order is locked with its customer.
pub async fn take_back(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (order, back): (&order::Model, &[Back]),
) -> Result<Model> {
    let id = order.id;
    let record_id = ReturnId(platform::new_id());
    let lines = credited(&rows::lines(tx.db(), id).await?, back, record_id)?;
    let sum = |lines: &[return_line::Model], counts: fn(&return_line::Model) -> bool| {
        Fen::sum(lines.iter().filter(|line| counts(line)).map(|line| line.amount_fen))
    };
    let (amount, counted) = (sum(&lines, |_| true)?, sum(&lines, |line| line.counts_in_return_rate)?);
    let customer = order.customer_id;
    exposure::post(tx, bill_to(order), &[Posting::Credited(amount)]).await?;
    let today = local_date(tx.now());
    let change = Turnover { delivered: Fen::ZERO, returned: counted };
    rows::exposure::turn_over(tx.db(), customer, today, change).await?;
    exceptions::open(tx, id, Kind::Returned).await?;
    let entry = Entry {
        customer,
        kind: "order_returned",
        title: texts::order_returned(&order.number, amount),
        subject: ("order", order.id.0),
        actor: Some(actor.id),
        facts: json!({"return_id": record_id, "amount": amount}),
    };
    customers::file_as(tx, "orders.returned", entry).await?;
    let record = Model {
        id: record_id,
        number: settings::next_number(app, tx, "RT", today).await?,
        external_id: None,
        order_id: order.id,
        customer_id: order.customer_id,
        bill_to_id: bill_to(order),
        amount_fen: amount,
        counted_fen: counted,
        recorded_by: actor.id,
        credited_at: tx.now(),
    };
    returns::insert(tx.db(), record.clone(), lines).await?;
    Ok(record)
}

/// What each line is credited with; everything that is wrong with them.
fn credited(ordered: &[line::Model], back: &[Back], record: ReturnId) -> Result<Vec<return_line::Model>> {
    if back.is_empty() {
        return Err(Error::field("/lines", "required"));
    }
    let reasons = settings::return_reasons()?;
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for (place, it) in back.iter().enumerate() {
        let mut fault = |field, code| faults.push(FieldFault::new(format!("/lines/{place}/{field}"), code));
        let reason = reasons.iter().find(|reason| reason.code == it.reason);
        let line = ordered.iter().find(|line| line.id == it.line);
        let is_twice = back[..place].iter().any(|other| other.line == it.line);
        match (line, reason) {
            _ if is_twice => fault("order_line_id", "line_twice"),
            (None, _) => fault("order_line_id", "line_unknown"),
            (_, None) => fault("reason", "return_reason_unknown"),
            (Some(line), Some(reason)) => match check_return(facts(line, it.quantity)) {
                Err(refusal) => fault("quantity", refusal.code()),
                Ok(amount) => lines.push(return_line::Model {
                    id: ReturnLineId(platform::new_id()),
                    return_id: record,
                    order_line_id: line.id,
                    quantity_thousandths: it.quantity,
                    amount_fen: amount,
                    reason: it.reason.clone(),
                    counts_in_return_rate: reason.counts_in_return_rate,
                    borne_by: reason.borne_by,
                }),
            },
        }
    }
    if faults.is_empty() { Ok(lines) } else { Err(Error::Invalid("return_lines_invalid", faults)) }
}

fn facts(line: &line::Model, quantity: Quantity) -> ReturnLine {
    ReturnLine {
        amount: line.amount_fen,
        ordered: line.quantity_thousandths,
        accepted: line.accepted_thousandths,
        returned: line.returned_thousandths,
        quantity,
    }
}
