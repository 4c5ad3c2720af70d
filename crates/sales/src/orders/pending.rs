//! What waits for a special approval: asked for, decided, or not allowed in time.

use chrono::{DateTime, Utc};
use domain::ids::{OrderId, UserId};
use domain::notices::Matter;
use domain::orders::{Approval, ExceptionKind as Kind, Line, Occasion, Rule, Status};
use domain::people::Role;
use platform::Tx;
use platform::sweeps::Sweep;
use serde_json::json;
use uuid::Uuid;

use super::cancel::release;
use super::edit::wanted;
use super::exceptions;
use super::facts;
use super::findings;
use super::rows::{self, findings::Model as FindingRow, order};
use super::special_approval::{self, Asked};
use super::standing::{self, Standing};
use crate::error::{Error, Result};
use crate::notices::{self, Notice};
use crate::settings::{self, Event, documents};
use crate::{App, texts};

/// Asks whoever may allow all that was found.
pub async fn ask(
    app: &App,
    tx: &Tx,
    (order, by): (&order::Model, UserId),
    (standing, approver_role, findings): (&Standing, Role, &[FindingRow]),
) -> Result<()> {
    let shown: Vec<_> = findings
        .iter()
        .map(|it| {
            json!({"rule": it.rule, "line_no": it.line_no, "measures": it.measures, "cure": it.cure,
                "approver_role": it.approver_role})
        })
        .collect();
    let over_by = findings.iter().find(|it| it.rule == Rule::Credit);
    let mut rules: Vec<Rule> = findings.iter().map(|it| it.rule).collect();
    rules.dedup();
    let total = order.total_fen;
    let asked = Asked {
        order: order.id,
        customer: standing.customer,
        region: order.region_id,
        rep: order.rep_id,
        initiator: by,
        approver_role,
        title: texts::special_approval(&standing.name, total),
        summary: texts::findings(findings.iter().map(|it| (it.rule.name(), &it.measures))),
        facts: json!({
            "order_id": order.id,
            "total": total,
            "cap": total,
            "content_hash": order.content_hash,
            "valid_until": order.approval_until,
            "approver_role": approver_role,
            "over_by": over_by.map(|it| &it.measures["over_by"]),
            "rules": rules,
            "customer_kind": standing.kind,
            "price_tier": standing.tier,
            "findings": shown,
        }),
    };
    special_approval::ask(app, tx, asked).await
}

/// The customer, then the order, locked: in this order whoever decides about an order.
pub async fn hold(tx: &Tx, id: OrderId) -> Result<Option<order::Model>> {
    let Some(seen) = rows::written::among(tx.db(), &[id]).await?.pop() else { return Ok(None) };
    standing::locked(tx, super::bill_to(&seen)).await?;
    Ok(rows::locked(tx.db(), id).await?)
}

/// What was decided about an order.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    pub order: Uuid,
    pub is_approved: bool,
    pub comment: Option<&'a str>,
    /// The content that was decided about.
    pub content_hash: Option<&'a str>,
}

/// The verdict comes back. The order is locked. An approval holds for what was asked for, up to its amount and in its
/// time, and where nothing is found that was not asked about; a rejection takes the order back and lets its money go.
/// What was decided about another content says nothing of this one.
pub async fn decided(app: &App, tx: &Tx, by: Option<UserId>, verdict: Verdict<'_>) -> Result<()> {
    let id = verdict.order;
    let mut order = hold(tx, OrderId(id)).await?.ok_or(Error::NotFound)?;
    if verdict.content_hash != order.content_hash.as_deref() {
        return Ok(());
    }
    if order.status != Status::PendingSpecialApproval {
        return Err(Error::conflict("order_not_waiting"));
    }
    if !verdict.is_approved {
        return release(tx, by, &mut order, verdict.comment.unwrap_or_default()).await;
    }
    let approval = approval(&order).ok_or_else(|| anyhow::anyhow!("a waiting order has its approval"))?;
    let content = order.content_hash.as_deref();
    let content = content.ok_or_else(|| anyhow::anyhow!("a waiting order has its content"))?;
    let holds = approval.holds(content, order.total_fen, tx.now());
    holds.map_err(|lapsed| Error::conflict(lapsed.code()))?;
    refuse_other_findings(app, tx, &order).await?;
    order.status = Status::Accepted;
    order.accepted_at = Some(tx.now());
    touch(tx, &mut order);
    rows::written::update(tx.db(), &order).await?;
    rows::findings::grant(tx.db(), OrderId(id), tx.now()).await?;
    exceptions::settle(tx, OrderId(id), &[Kind::Waiting]).await?;
    let event = Event::about("orders.allowed", by, ("order", id));
    settings::record(tx, event.at(order.customer_id)).await
}

/// Whoever allows it has read what was found when it was asked for; more than that is asked for anew.
async fn refuse_other_findings(app: &App, tx: &Tx, order: &order::Model) -> Result<()> {
    let id = order.id;
    let standing = standing::of(tx, order.customer_id).await?;
    standing.refuse_blacklisted()?;
    let lines: Vec<Line> = rows::lines(tx.db(), id).await?.iter().map(wanted).collect();
    let known = facts::read(tx.db(), &standing, &lines, tx.now()).await?;
    let checks = documents::order_checks(app, tx.db()).await?;
    let own = (order.ship_to_region_id, standing.held_by(order));
    let found = known.check((&lines, order.total_fen), &standing, own, &checks);
    let found = findings::rows_of(tx, (id, Occasion::Edit), &found, &lines, &known.names);
    let asked = rows::findings::current(tx.db(), id).await?;
    let is_known = found.iter().all(|it| findings::is_within(it, &asked));
    if is_known { Ok(()) } else { Err(Error::conflict("order_findings_changed")) }
}

/// What the order's approval is bound to.
pub fn approval(order: &order::Model) -> Option<Approval> {
    Some(Approval {
        content_hash: order.approval_hash.clone()?,
        cap: order.approval_cap_fen?,
        until: order.approval_until?,
    })
}

/// The order has changed.
pub fn touch(tx: &Tx, order: &mut order::Model) {
    order.updated_at = tx.now();
    order.version += 1;
}

/// What nobody allowed in time is taken back.
pub struct Lapse;

const BATCH: u64 = 50;

#[async_trait::async_trait]
impl Sweep<App> for Lapse {
    fn name(&self) -> &'static str {
        "orders.lapse"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(rows::written::next_lapse(app.db.conn()).await?)
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let mut n_lapsed = 0;
        loop {
            let due = rows::written::lapsed(app.db.conn(), at, BATCH).await?;
            if due.is_empty() {
                return Ok(n_lapsed);
            }
            for order in due {
                // One customer is locked at a time, as every command does.
                let tx = app.db.begin().await?.at(at);
                lapse(app, &tx, order.id).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
                tx.commit().await?;
                n_lapsed += 1;
            }
        }
    }
}

async fn lapse(app: &App, tx: &Tx, id: OrderId) -> Result<()> {
    let Some(mut order) = hold(tx, id).await? else { return Ok(()) };
    let is_due = order.approval_until.is_some_and(|until| until <= tx.now());
    if order.status != Status::PendingSpecialApproval || !is_due {
        return Ok(());
    }
    special_approval::lapse(tx, id).await?;
    release(tx, None, &mut order, texts::APPROVAL_LAPSED).await?;
    let page = format!("pages/orders/detail?id={id}");
    let title = texts::order_lapsed(&order.number);
    let matter = Matter { title: &title, summary: texts::APPROVAL_LAPSED, page: &page, due_at: None };
    let message = domain::notices::decided(&matter, false, texts::SYSTEM, Some(texts::APPROVAL_LAPSED));
    let (recipient, subject) = (order.entered_by, Some(("order", id.0)));
    let notice = Notice { recipient, matter: format!("lapsed:{id}"), rung: 0, subject, message };
    notices::tell(app, tx, &[notice]).await
}
