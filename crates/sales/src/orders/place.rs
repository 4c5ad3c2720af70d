//! Places an order: facts in, the domain decides, the decision is kept, one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CustomerId, OrderId, OrderLineId, ProductId, QuoteId, RegionId, UserId};
use domain::money::{Fen, Quantity};
use domain::orders::{self as rules, Finding, Line, Occasion, OrderChecks, Status};
use domain::people::{Role, is_active};
use domain::working_time::local_date;
use platform::{Tx, secret};
use serde_json::json;

use super::facts::{self, Known};
use super::findings;
use super::pending;
use super::rows::{self, findings::Model as FindingRow, line, order};
use super::standing::{self, Standing};
use super::{exceptions, exposure};
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, Result};
use crate::settings::{self, documents};
use crate::{App, people, quotes};

/// What somebody wants.
#[derive(Clone, Debug)]
pub struct Draft {
    pub customer: CustomerId,
    pub quote: Option<QuoteId>,
    /// Which version of the quote the lines are of, where they were read from it.
    pub quote_revision: Option<i32>,
    pub lines: Vec<Line>,
    pub planned_ship_on: Option<NaiveDate>,
    /// Whose order it is, where somebody else enters it.
    pub rep: Option<UserId>,
    /// Where the goods go, if not to the customer's own region.
    pub ship_to: Option<RegionId>,
}

/// An order as it was kept.
#[derive(Debug)]
pub struct Placed {
    pub order: order::Model,
    pub customer_name: String,
    pub lines: Vec<line::Model>,
    pub names: HashMap<ProductId, String>,
    pub findings: Vec<FindingRow>,
}

/// Reads the facts under the customer's lock, lets the domain decide, and keeps the decision.
pub async fn place(app: &App, tx: &Tx, actor: &Actor, draft: &Draft) -> Result<Placed> {
    let standing = standing::locked_for(tx, actor, draft.customer).await?;
    standing.refuse_blacklisted()?;
    check_ship_day(draft.planned_ship_on, tx.now())?;
    let rep = rep(tx, actor, draft, &standing).await?;
    let known = facts::read(tx.db(), &standing, &draft.lines, tx.now()).await?;
    let (amounts, total) = known.priced(&draft.lines)?;
    refuse_unknown_region(tx, draft.ship_to).await?;
    let checks = documents::order_checks(app, tx.db()).await?;
    let found = known.check((&draft.lines, total), &standing, (draft.ship_to, Fen::ZERO), &checks);

    let id = OrderId(platform::new_id());
    let number = settings::next_number(app, tx, "SO", local_date(tx.now())).await?;
    let mut order = order::Model { number, ..row(tx, actor, draft, (&standing, rep, id, total)) };
    let findings = findings::rows_of(tx, (id, Occasion::Place), &found, &draft.lines, &known.names);
    if let Some(quote) = draft.quote {
        quotes::ordered(tx, (quote, draft.quote_revision), draft.customer, id).await?;
    }
    if !found.is_empty() {
        bind(tx, &mut order, &checks);
    }
    let lines = line_rows(id, &draft.lines, &amounts);
    rows::written::add(tx, order.clone(), lines.clone());
    exposure::reserve(tx, standing.bill_to, total);
    file(tx, actor, &order, &standing).await?;
    if !found.is_empty() {
        rows::findings::add(tx, findings.clone());
        exceptions::add_waiting(tx, &order, approver(&found));
        pending::ask(app, tx, (&order, actor.id), (&standing, approver(&found), &findings)).await?;
    }
    Ok(Placed { order, customer_name: standing.name, lines, names: known.names, findings })
}

/// What the checks would find; nothing is stored and nothing locked.
#[derive(Debug)]
pub struct Previewed {
    pub total: Fen,
    pub amounts: Vec<Fen>,
    pub findings: Vec<(Finding, String)>,
}

/// Checks what somebody wants as placing it would.
pub async fn preview(app: &App, actor: &Actor, draft: &Draft) -> Result<Previewed> {
    let db = app.db.conn();
    let now = app.db.now().await?;
    let standing = standing::seen_by(db, actor, draft.customer, now).await?;
    standing.refuse_blacklisted()?;
    check_ship_day(draft.planned_ship_on, now)?;
    let known: Known = facts::read(db, &standing, &draft.lines, now).await?;
    let (amounts, total) = known.priced(&draft.lines)?;
    let checks = documents::order_checks(app, db).await?;
    let found = known.check((&draft.lines, total), &standing, (draft.ship_to, Fen::ZERO), &checks);
    let told = |finding: Finding| {
        let sentence = findings::sentence(&finding, &draft.lines, &known.names);
        (finding, sentence)
    };
    Ok(Previewed { total, amounts, findings: found.into_iter().map(told).collect() })
}

/// Goods leave today or within the half-year: a slip of the year must not stretch what is allowed for a while.
pub fn check_ship_day(day: Option<NaiveDate>, now: DateTime<Utc>) -> Result<()> {
    let today = local_date(now);
    let is_near = |day: NaiveDate| (0..=180).contains(&(day - today).num_days());
    if day.is_none_or(is_near) { Ok(()) } else { Err(Error::field("/planned_ship_on", "out_of_range")) }
}

/// Whose order it is: the rep's own, or the rep whom somebody in the office enters it for.
async fn rep(tx: &Tx, actor: &Actor, draft: &Draft, standing: &Standing) -> Result<UserId> {
    if actor.role == Role::Rep {
        let is_own = draft.rep.is_none_or(|rep| rep == actor.id);
        return if is_own { Ok(actor.id) } else { Err(Error::field("/rep_id", "rep_not_yours")) };
    }
    let unknown = || Error::field("/rep_id", "rep_unknown");
    let Some(rep) = draft.rep else {
        return standing.owner.ok_or_else(unknown);
    };
    let user = people::rows::visible_user(tx.db(), actor, rep).await?.ok_or_else(unknown)?;
    let sells = [Role::Rep, Role::Supervisor].contains(&user.role);
    let today = local_date(tx.now());
    if !sells || !is_active(user.active_from, user.active_to, today) {
        return Err(unknown());
    }
    // What is sold in a region is nobody's merit in another; its owner's it is wherever they are.
    let is_theirs = standing.owner == Some(rep);
    let is_near = match user.region_id {
        Some(region) => people::rows::is_at_or_below(tx.db(), standing.region, RegionId(region)).await?,
        None => false,
    };
    if is_theirs || is_near { Ok(rep) } else { Err(Error::field("/rep_id", "rep_of_another_region")) }
}

async fn refuse_unknown_region(tx: &Tx, region: Option<RegionId>) -> Result<()> {
    let Some(region) = region else { return Ok(()) };
    match rows::facts::region_exists(tx.db(), region).await? {
        true => Ok(()),
        false => Err(Error::field("/ship_to_region_id", "region_unknown")),
    }
}

/// The digest of what is asked for.
pub fn content_hash(customer: CustomerId, lines: &[Line]) -> String {
    secret::sha256(rules::content(customer, lines))
}

fn row(
    tx: &Tx,
    actor: &Actor,
    draft: &Draft,
    (standing, rep, id, total): (&Standing, UserId, OrderId, Fen),
) -> order::Model {
    order::Model {
        id,
        number: String::new(),
        external_id: None,
        customer_id: draft.customer,
        region_id: standing.region,
        rep_id: rep,
        entered_by: actor.id,
        status: Status::Accepted,
        total_fen: total,
        submitted_at: tx.now(),
        planned_ship_on: draft.planned_ship_on,
        delivered_on: None,
        signer_name: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
        quote_id: draft.quote,
        bill_to_id: Some(standing.bill_to),
        ship_to_region_id: draft.ship_to,
        content_hash: Some(content_hash(draft.customer, &draft.lines)),
        approval_hash: None,
        approval_cap_fen: None,
        approval_until: None,
        accepted_at: Some(tx.now()),
        cancelled_at: None,
        cancel_reason: None,
        dispatch: None,
    }
}

/// The lines of an order as rows.
pub fn line_rows(order: OrderId, lines: &[Line], amounts: &[Fen]) -> Vec<line::Model> {
    let row = |((line, amount), line_no): ((&Line, &Fen), i32)| line::Model {
        id: OrderLineId(platform::new_id()),
        order_id: order,
        line_no,
        product_id: line.product,
        unit: line.unit.clone(),
        quantity_thousandths: line.quantity,
        unit_price_e4: line.unit_price,
        amount_fen: *amount,
        accepted_thousandths: Quantity::ZERO,
        rejected_thousandths: Quantity::ZERO,
        discount_ppm: line.discount,
        promotion_id: line.promotion,
        returned_thousandths: Quantity::ZERO,
    };
    lines.iter().zip(amounts).zip(1..).map(row).collect()
}

/// The order waits: it keeps what it was found with, is bound to its content, and somebody is asked.
pub async fn hold_back(
    app: &App,
    tx: &Tx,
    order: &mut order::Model,
    (by, standing, found, kept): (UserId, &Standing, &[Finding], &[FindingRow]),
    checks: &Arc<OrderChecks>,
) -> Result<()> {
    let until = bind(tx, order, checks);
    findings::replace(tx, order.id, kept.to_vec()).await?;
    exceptions::open_waiting(tx, order.id, approver(found), until).await?;
    pending::ask(app, tx, (order, by), (standing, approver(found), kept)).await
}

/// Binds what will be decided to the order as it is, until the end that is returned.
fn bind(tx: &Tx, order: &mut order::Model, checks: &OrderChecks) -> DateTime<Utc> {
    let until = rules::validity(order.planned_ship_on, checks, tx.now());
    order.status = Status::PendingSpecialApproval;
    order.approval_hash = order.content_hash.clone();
    order.approval_cap_fen = Some(order.total_fen);
    order.approval_until = Some(until);
    order.accepted_at = None;
    until
}

fn approver(found: &[Finding]) -> Role {
    rules::approver_for(found).unwrap_or(Role::RegionalDirector)
}

async fn file(tx: &Tx, actor: &Actor, order: &order::Model, standing: &Standing) -> Result<()> {
    let total = order.total_fen;
    let entry = Entry {
        customer: standing.customer,
        kind: "order_placed",
        title: crate::texts::order_placed(total),
        subject: ("order", order.id.0),
        actor: Some(actor.id),
        facts: json!({"total": total, "status": order.status}),
    };
    customers::file_as(tx, "orders.placed", entry).await
}
