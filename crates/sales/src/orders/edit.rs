//! Changes an order before any vehicle has carried it: checked again whole, as if it were new.

use chrono::NaiveDate;
use domain::ids::OrderId;
use domain::money::{Fen, Overflow};
use domain::orders::{self as rules, ExceptionKind as Kind, Line, Occasion, Posting, Status};
use platform::Tx;
use serde_json::json;

use super::exceptions;
use super::facts;
use super::findings;
use super::pending::touch;
use super::place::{Placed, check_ship_day, content_hash, hold_back, line_rows};
use super::rows::{self, findings::Model as FindingRow, line, order};
use super::{exposure, special_approval, standing};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings::{self, Event, documents};

/// What is wanted instead.
#[derive(Clone, Debug)]
pub struct Change {
    pub lines: Vec<Line>,
    pub planned_ship_on: Option<NaiveDate>,
}

/// Checks and keeps it. What was allowed before goes on being allowed where nothing is raised and nothing cheaper;
/// else whoever may allow it is asked anew. The order is locked with its customer.
pub async fn edit(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    mut order: order::Model,
    change: &Change,
) -> Result<Placed> {
    let id = order.id;
    rules::may_edit(order.status, order.dispatch.is_some()).map_err(Error::conflict)?;
    let customer = order.customer_id;
    let standing = standing::of(tx, customer).await?;
    standing.refuse_blacklisted()?;
    if change.planned_ship_on != order.planned_ship_on {
        check_ship_day(change.planned_ship_on, tx.now())?;
    }
    let known = facts::read(tx.db(), &standing, &change.lines, tx.now()).await?;
    let (amounts, total) = known.priced(&change.lines)?;
    let before: Vec<Line> = rows::lines(tx.db(), id).await?.iter().map(wanted).collect();
    let checks = documents::order_checks(app, tx.db()).await?;
    let own = (order.ship_to_region_id, standing.held_by(&order));
    let found = known.check((&change.lines, total), &standing, own, &checks);
    let kept = findings::rows_of(tx, (id, Occasion::Edit), &found, &change.lines, &known.names);

    let is_covered =
        may_stand(tx, &order, (&before, change)) && are_granted(tx, id, &kept, (&before, change)).await?;
    let difference = total.checked_sub(order.total_fen).ok_or(Overflow)?;
    order.total_fen = total;
    order.planned_ship_on = change.planned_ship_on;
    order.content_hash = Some(content_hash(customer, &change.lines));
    touch(tx, &mut order);
    special_approval::lapse(tx, id).await?;
    exceptions::settle(tx, id, &[Kind::Waiting]).await?;
    if found.is_empty() || is_covered {
        accept(tx, &mut order, is_covered);
        findings::replace(tx, id, kept.clone()).await?;
        rows::findings::grant(tx.db(), id, tx.now()).await?;
    } else {
        hold_back(app, tx, &mut order, (actor.id, &standing, &found, &kept), &checks).await?;
    }
    let lines = line_rows(id, &change.lines, &amounts);
    rows::written::replace_lines(tx.db(), id, lines.clone()).await?;
    rows::written::update(tx.db(), &order).await?;
    exposure::post(tx, super::bill_to(&order), &[Posting::Submitted(difference)]).await?;
    let event = Event::about("orders.edited", Some(actor.id), ("order", order.id.0)).at(customer);
    settings::record(tx, event.with(json!({"total": total, "status": order.status}))).await?;
    Ok(Placed { order, customer_name: standing.name, lines, names: known.names, findings: kept })
}

/// Does what was allowed go on for the change, before anything is checked: in its time, for goods that leave no later,
/// for lines that ask for no more?
fn may_stand(tx: &Tx, order: &order::Model, (before, change): (&[Line], &Change)) -> bool {
    let is_allowed = order.status == Status::Accepted && order.approval_hash.is_some();
    let is_in_time = order.approval_until.is_some_and(|until| tx.now() <= until);
    let goes_no_later = match (order.planned_ship_on, change.planned_ship_on) {
        (Some(was), Some(is)) => is <= was,
        (was, is) => was == is,
    };
    let cap = order.approval_cap_fen.unwrap_or(Fen::ZERO);
    is_allowed && is_in_time && goes_no_later && rules::covers(before, &change.lines, cap)
}

/// Was every finding granted, about the same product in the same place and by as much?
async fn are_granted(
    tx: &Tx,
    id: OrderId,
    found: &[FindingRow],
    (before, change): (&[Line], &Change),
) -> Result<bool> {
    let mut granted = rows::findings::current(tx.db(), id).await?;
    granted.retain(|it| it.granted_at.is_some());
    let product = |lines: &[Line], line_no: i32| {
        let place = usize::try_from(line_no - 1).ok()?;
        lines.get(place).map(|line| line.product)
    };
    Ok(found.iter().all(|it| {
        let is_same = it.line_no.is_none_or(|no| product(before, no) == product(&change.lines, no));
        is_same && findings::is_within(it, &granted)
    }))
}

/// The order goes. An approval that still covers it is bound to the new content, below the old cap.
fn accept(tx: &Tx, order: &mut order::Model, is_covered: bool) {
    order.status = Status::Accepted;
    order.accepted_at = order.accepted_at.or(Some(tx.now()));
    if is_covered {
        order.approval_hash = order.content_hash.clone();
    } else {
        (order.approval_hash, order.approval_cap_fen, order.approval_until) = (None, None, None);
    }
}

/// A line of an order as it was wanted.
pub fn wanted(line: &line::Model) -> Line {
    Line {
        product: line.product_id,
        unit: line.unit.clone(),
        quantity: line.quantity_thousandths,
        unit_price: line.unit_price_e4,
        discount: line.discount_ppm,
        promotion: line.promotion_id,
    }
}
