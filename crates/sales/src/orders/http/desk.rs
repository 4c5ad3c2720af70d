//! What managers and finance look at: exceptions, how often rules are waived, and where a customer's money stands.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::ids::{CustomerId, ExceptionId, OrderId, UserId};
use domain::money::Fen;
use domain::orders::{Buckets, ExceptionKind, Rule};
use domain::people::Role;
use domain::working_time::at_local;
use domain::writing::is_blank;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::actor::{Actor, Call};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::orders::rows::exceptions::{self, ExceptionRow};
use crate::orders::rows::findings::{self, RuleCount};
use crate::orders::rows::{self};
use crate::orders::{exposure, standing};
use crate::page::{Page, Paging};
use crate::settings::{self, Event};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_exceptions).service(post_close).service(get_statistics).service(get_exposure);
}

/// An order that somebody has to look after.
#[derive(Serialize, ToSchema)]
struct ExceptionView {
    id: ExceptionId,
    kind: ExceptionKind,
    order_id: OrderId,
    order_number: String,
    customer_id: CustomerId,
    customer_name: String,
    rep_id: UserId,
    /// Whose it is: the rep's own where it says `rep`.
    owner_role: Role,
    opened_at: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    note: Option<String>,
}

impl From<ExceptionRow> for ExceptionView {
    fn from(row: ExceptionRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            order_id: row.order_id,
            order_number: row.order_number,
            customer_id: row.customer_id,
            customer_name: row.customer_name,
            rep_id: row.rep_id,
            owner_role: row.owner_role,
            opened_at: row.opened_at,
            due_at: row.due_at,
            closed_at: row.closed_at,
            note: row.note,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct ExceptionFilter {
    kind: Option<ExceptionKind>,
    /// `open` (unless said) or `closed`.
    status: Option<String>,
}

/// One list instead of six spreadsheets: what waits, is late, was short, refused or returned.
#[utoipa::path(tag = "orders", params(Paging, ExceptionFilter),
    responses((status = 200, body = Page<ExceptionView>)))]
#[get("/order-exceptions")]
async fn get_exceptions(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<ExceptionFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let is_closed = filter.status.as_deref() == Some("closed");
    let rows = exceptions::page(app.db.conn(), &actor, (filter.kind, is_closed), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, rows, |it| it.id.0, ExceptionView::from)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseDraft {
    /// What was done about it; at most 200 characters.
    note: String,
}

/// Says what was done about it. What waits or is late ends by itself, with the order.
#[utoipa::path(tag = "orders", request_body = CloseDraft,
    responses((status = 200, body = ExceptionView), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/order-exceptions/{id}/close")]
async fn post_close(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: CloseDraft| {
        let (id, note) = (ExceptionId(*id), draft.note.trim());
        if is_blank(note) || note.chars().count() > 200 {
            return Err(Error::field("/note", "invalid_value"));
        }
        let seen = exceptions::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
        if matches!(seen.kind, ExceptionKind::Waiting | ExceptionKind::Late) {
            return Err(Error::conflict("exception_ends_with_order"));
        }
        if !exceptions::close(tx.db(), id, (call.actor.id, note), tx.now()).await? {
            return Err(Error::conflict("exception_closed"));
        }
        let event = Event::about("orders.exception_closed", Some(call.actor.id), ("order", seen.order_id.0));
        settings::record(tx, event.at(seen.customer_id)).await?;
        let now = exceptions::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
        Ok(ExceptionView::from(now))
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Period {
    /// The first day; needed.
    from: Option<NaiveDate>,
    /// The last day, at most 400 days after the first; needed.
    to: Option<NaiveDate>,
}

impl Period {
    fn instants(&self) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
        let from = self.from.ok_or_else(|| Error::field("/from", "invalid_parameter"))?;
        let to = self.to.filter(|to| (0..=400).contains(&(*to - from).num_days()));
        let to = to.ok_or_else(|| Error::field("/to", "invalid_parameter"))?;
        let after = to.succ_opt().unwrap_or(to);
        Ok((at_local(from, NaiveTime::MIN), at_local(after, NaiveTime::MIN)))
    }
}

/// How often a rule was found, and how often it was allowed: a limit that is always waived is a wrong limit.
#[derive(Serialize, ToSchema)]
struct RuleStatistics {
    rule: Rule,
    /// Orders with such a finding.
    n_found: i64,
    /// Those of them for which it was allowed.
    n_granted: i64,
}

impl From<RuleCount> for RuleStatistics {
    fn from(row: RuleCount) -> Self {
        Self { rule: row.rule, n_found: row.n_found, n_granted: row.n_granted }
    }
}

#[derive(Serialize, ToSchema)]
struct CheckStatistics {
    /// Orders that were submitted.
    n_submitted: i64,
    /// Those of them that had no finding.
    n_first_pass: i64,
    rules: Vec<RuleStatistics>,
}

/// What the checks found and what was allowed of it, in the caller's scope.
#[utoipa::path(tag = "orders", params(Period), responses((status = 200, body = CheckStatistics)))]
#[get("/orders/checks/statistics")]
async fn get_statistics(app: Data<App>, actor: Actor, period: Query<Period>) -> Result<HttpResponse> {
    let between = period.instants()?;
    let first_pass = findings::first_pass(app.db.conn(), &actor, between).await?;
    let rules = findings::by_rule(app.db.conn(), &actor, between).await?;
    Ok(HttpResponse::Ok().json(CheckStatistics {
        n_submitted: first_pass.n_submitted,
        n_first_pass: first_pass.n_clean,
        rules: rules.into_iter().map(RuleStatistics::from).collect(),
    }))
}

#[derive(Serialize, ToSchema)]
struct BucketsView {
    #[schema(value_type = String)]
    reserved: Fen,
    #[schema(value_type = String)]
    unbilled: Fen,
    #[schema(value_type = String)]
    receivable: Fen,
    /// Credited for goods that came back.
    #[schema(value_type = String)]
    credited: Fen,
    #[schema(value_type = String)]
    received: Fen,
    /// The exposure: the first three less the last two.
    #[schema(value_type = String)]
    total: Fen,
}

impl From<Buckets> for BucketsView {
    fn from(buckets: Buckets) -> Self {
        Self {
            reserved: buckets.reserved,
            unbilled: buckets.unbilled,
            receivable: buckets.receivable,
            credited: buckets.credited,
            received: buckets.received,
            total: buckets.total().unwrap_or(Fen(i64::MAX)),
        }
    }
}

/// Where a customer's money stands.
#[derive(Serialize, ToSchema)]
struct ExposureView {
    customer_id: CustomerId,
    bill_to_id: CustomerId,
    #[schema(value_type = String)]
    limit: Fen,
    #[schema(value_type = String)]
    temporary: Fen,
    #[serde(flatten)]
    held: BucketsView,
    /// What is left of the limit; less than nothing where it is crossed.
    #[schema(value_type = String)]
    available: Fen,
    /// The same from the documents themselves, for finance and admin.
    recomputed: Option<BucketsView>,
}

/// What is held of a customer's credit.
#[utoipa::path(tag = "orders", responses((status = 200, body = ExposureView), (status = 404, body = Problem)))]
#[get("/customers/{id}/exposure")]
async fn get_exposure(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let db = app.db.conn();
    let standing = standing::seen_by(db, &actor, CustomerId(*id), app.db.now().await?)
        .await
        .map_err(|fault| if matches!(fault, Error::Invalid(..)) { Error::NotFound } else { fault })?;
    let held = rows::exposure::held(db, standing.bill_to).await?;
    let recomputed = match actor.role {
        Role::Finance | Role::Admin => Some(exposure::recomputed(db, standing.bill_to).await?.into()),
        _ => None,
    };
    let total = held.total().unwrap_or(Fen(i64::MAX));
    let limit = standing.limit.0.saturating_add(standing.temporary.0);
    Ok(HttpResponse::Ok().json(ExposureView {
        customer_id: CustomerId(*id),
        bill_to_id: standing.bill_to,
        limit: standing.limit,
        temporary: standing.temporary,
        held: held.into(),
        available: Fen(limit.saturating_sub(total.0)),
        recomputed,
    }))
}
