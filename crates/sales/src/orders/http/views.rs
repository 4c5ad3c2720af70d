//! Orders as they are shown.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{
    CustomerId, OrderId, OrderLineId, ProductId, PromotionId, QuoteId, RegionId, ReturnId, UserId,
};
use domain::money::{Fen, Quantity, UnitPrice};
use domain::orders::{Finding, Occasion, Rule, Status};
use domain::people::Role;
use serde::Serialize;
use serde_json::{Number, Value};
use utoipa::ToSchema;

use crate::orders::findings as kept;
use crate::orders::place::{Placed, Previewed};
use crate::orders::rows::findings::Model as FindingRow;
use crate::orders::rows::returns::Model as ReturnRow;
use crate::orders::rows::{line, order};

/// An order.
#[derive(Serialize, ToSchema)]
pub struct OrderView {
    id: OrderId,
    number: String,
    external_id: Option<String>,
    customer_id: CustomerId,
    customer_name: String,
    region_id: RegionId,
    rep_id: UserId,
    entered_by: UserId,
    status: Status,
    /// Yuan with two decimals; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    total: Option<Fen>,
    submitted_at: DateTime<Utc>,
    planned_ship_on: Option<NaiveDate>,
    delivered_on: Option<NaiveDate>,
    signer_name: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
    quote_id: Option<QuoteId>,
    /// Where the goods go, if not to the customer's own region.
    ship_to_region_id: Option<RegionId>,
    accepted_at: Option<DateTime<Utc>>,
    /// Until when a special approval holds that is asked for or was given.
    approval_until: Option<DateTime<Utc>>,
    cancelled_at: Option<DateTime<Utc>>,
    cancel_reason: Option<String>,
}

impl OrderView {
    /// The order as the caller may see it.
    pub fn of(order: order::Model, customer_name: String, sees_prices: bool) -> Self {
        Self {
            id: order.id,
            number: order.number,
            external_id: order.external_id,
            customer_id: order.customer_id,
            customer_name,
            region_id: order.region_id,
            rep_id: order.rep_id,
            entered_by: order.entered_by,
            status: order.status,
            total: sees_prices.then_some(order.total_fen),
            submitted_at: order.submitted_at,
            planned_ship_on: order.planned_ship_on,
            delivered_on: order.delivered_on,
            signer_name: order.signer_name,
            created_at: order.created_at,
            updated_at: order.updated_at,
            version: order.version,
            quote_id: order.quote_id,
            ship_to_region_id: order.ship_to_region_id,
            accepted_at: order.accepted_at,
            approval_until: order.approval_until,
            cancelled_at: order.cancelled_at,
            cancel_reason: order.cancel_reason,
        }
    }
}

/// A line of an order.
#[derive(Serialize, ToSchema)]
pub struct OrderLineView {
    id: OrderLineId,
    /// The same, by the name under which deliveries refer to it.
    order_line_id: OrderLineId,
    line_no: i32,
    product_id: ProductId,
    product_name: String,
    unit: String,
    /// With up to three decimals.
    #[schema(value_type = String)]
    quantity: Quantity,
    /// Yuan for one unit, with two to four decimals; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    unit_price: Option<UnitPrice>,
    /// Yuan with two decimals; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    amount: Option<Fen>,
    #[schema(value_type = String)]
    accepted_quantity: Quantity,
    #[schema(value_type = String)]
    rejected_quantity: Quantity,
    /// What of the accepted came back later.
    #[schema(value_type = String)]
    returned_quantity: Quantity,
    /// In percent; not shown to who carries it.
    #[schema(value_type = Option<f64>)]
    discount_pct: Option<Number>,
    promotion_id: Option<PromotionId>,
}

impl OrderLineView {
    fn of(line: line::Model, product_name: String, sees_prices: bool) -> Self {
        Self {
            id: line.id,
            order_line_id: line.id,
            line_no: line.line_no,
            product_id: line.product_id,
            product_name,
            unit: line.unit,
            quantity: line.quantity_thousandths,
            unit_price: sees_prices.then_some(line.unit_price_e4),
            amount: sees_prices.then_some(line.amount_fen),
            accepted_quantity: line.accepted_thousandths,
            rejected_quantity: line.rejected_thousandths,
            returned_quantity: line.returned_thousandths,
            discount_pct: line.discount_ppm.to_string().parse().ok().filter(|_| sees_prices),
            promotion_id: line.promotion_id,
        }
    }
}

/// What a check found.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    rule: Rule,
    /// The line it is about, counted from one.
    line_no: Option<i32>,
    /// Yuan as text, rates as numbers, days as a number, base units as text or a region's id.
    #[schema(value_type = Object)]
    limit: Value,
    #[schema(value_type = Object)]
    actual: Value,
    #[schema(value_type = Option<Object>)]
    over_by: Value,
    /// Who may allow it: `supervisor`, `regional_director` or `sales_director`.
    approver_role: Role,
    /// The cheapest way to end it, as a sentence.
    cure: Option<String>,
    /// When it was allowed.
    granted_at: Option<DateTime<Utc>>,
}

impl From<FindingRow> for FindingView {
    fn from(mut row: FindingRow) -> Self {
        let mut take = |name: &str| row.measures.get_mut(name).map_or(Value::Null, Value::take);
        Self {
            limit: take("limit"),
            actual: take("actual"),
            over_by: take("over_by"),
            rule: row.rule,
            line_no: row.line_no,
            approver_role: row.approver_role,
            cure: row.cure,
            granted_at: row.granted_at,
        }
    }
}

impl FindingView {
    fn of((finding, sentence): (Finding, String)) -> Self {
        let mut measures = kept::measures(&finding);
        let mut take = |name: &str| measures.get_mut(name).map_or(Value::Null, Value::take);
        Self {
            limit: take("limit"),
            actual: take("actual"),
            over_by: take("over_by"),
            rule: finding.rule,
            line_no: finding.line.and_then(|place| i32::try_from(place + 1).ok()),
            approver_role: finding.approver_role,
            cure: Some(sentence),
            granted_at: None,
        }
    }
}

/// Goods that came back.
#[derive(Serialize, ToSchema)]
pub struct ReturnView {
    id: ReturnId,
    number: String,
    order_id: OrderId,
    /// What is credited, in yuan; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    amount: Option<Fen>,
    credited_at: DateTime<Utc>,
}

impl ReturnView {
    /// The return as the caller may see it.
    pub fn of(row: ReturnRow, sees_prices: bool) -> Self {
        Self {
            id: row.id,
            number: row.number,
            order_id: row.order_id,
            amount: sees_prices.then_some(row.amount_fen),
            credited_at: row.credited_at,
        }
    }
}

/// An order with its lines and everything that was found.
#[derive(Serialize, ToSchema)]
pub struct OrderWithLines {
    #[serde(flatten)]
    order: OrderView,
    lines: Vec<OrderLineView>,
    /// What the last check found.
    findings: Vec<FindingView>,
    /// What was noted when it left.
    notes: Vec<FindingView>,
    returns: Vec<ReturnView>,
}

/// Everything about one order.
pub struct Whole {
    pub order: order::Model,
    pub customer_name: String,
    pub lines: Vec<(line::Model, String)>,
    pub findings: Vec<FindingRow>,
    pub returns: Vec<ReturnRow>,
}

impl From<Placed> for Whole {
    fn from(placed: Placed) -> Self {
        let mut names: HashMap<ProductId, String> = placed.names;
        let named = placed.lines.into_iter().map(|line| {
            let name = names.get_mut(&line.product_id).cloned().unwrap_or_default();
            (line, name)
        });
        Self {
            lines: named.collect(),
            order: placed.order,
            customer_name: placed.customer_name,
            findings: placed.findings,
            returns: Vec::new(),
        }
    }
}

impl OrderWithLines {
    /// The order as the caller may see it: who carries it sees neither prices nor what was found.
    pub fn of(whole: Whole, sees_prices: bool) -> Self {
        let findings = if sees_prices { whole.findings } else { Vec::new() };
        let (notes, findings) =
            findings.into_iter().partition::<Vec<_>, _>(|it| it.occasion == Occasion::Ship);
        let lines = whole.lines.into_iter();
        Self {
            order: OrderView::of(whole.order, whole.customer_name, sees_prices),
            lines: lines.map(|(line, name)| OrderLineView::of(line, name, sees_prices)).collect(),
            findings: findings.into_iter().map(FindingView::from).collect(),
            notes: notes.into_iter().map(FindingView::from).collect(),
            returns: whole.returns.into_iter().map(|it| ReturnView::of(it, sees_prices)).collect(),
        }
    }
}

/// What placing it would come to.
#[derive(Serialize, ToSchema)]
pub struct PreviewView {
    /// `accepted` or `pending_special_approval`.
    status: Status,
    #[schema(value_type = String)]
    total: Fen,
    /// The amounts of the lines, in order.
    #[schema(value_type = Vec<String>)]
    amounts: Vec<Fen>,
    findings: Vec<FindingView>,
}

impl From<Previewed> for PreviewView {
    fn from(previewed: Previewed) -> Self {
        let is_clean = previewed.findings.is_empty();
        Self {
            status: if is_clean { Status::Accepted } else { Status::PendingSpecialApproval },
            total: previewed.total,
            amounts: previewed.amounts,
            findings: previewed.findings.into_iter().map(FindingView::of).collect(),
        }
    }
}
