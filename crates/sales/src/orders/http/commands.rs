//! Placing, changing and taking back orders over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post, put};
use chrono::NaiveDate;
use domain::ids::{CustomerId, OrderId, OrderLineId, QuoteId, RegionId, UserId};
use domain::money::Quantity;
use platform::Tx;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::views::{OrderView, OrderWithLines, PreviewView, ReturnView};
use crate::App;
use crate::actor::Call;
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::orders::edit::Change;
use crate::orders::place::Draft;
use crate::orders::returns::{self, Back};
use crate::orders::rows::{self, order};
use crate::orders::{cancel, edit, pending, place, quoted};
use crate::quotes::http::{LineDraft, lines};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_order)
        .service(post_preview)
        .service(put_order)
        .service(post_cancel)
        .service(post_returns)
        .service(post_quote_order);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderDraft {
    customer_id: Uuid,
    /// The quote it comes from; a quote becomes an order once.
    quote_id: Option<Uuid>,
    lines: Vec<LineDraft>,
    planned_ship_on: Option<NaiveDate>,
    /// Whose order it is where somebody else enters it; the customer's owner unless said.
    rep_id: Option<Uuid>,
    /// Where the goods go, if not to the customer's own region.
    ship_to_region_id: Option<Uuid>,
}

impl OrderDraft {
    fn read(self) -> Result<Draft> {
        Ok(Draft {
            customer: CustomerId(self.customer_id),
            quote: self.quote_id.map(QuoteId),
            quote_revision: None,
            lines: lines(self.lines)?,
            planned_ship_on: self.planned_ship_on,
            rep: self.rep_id.map(UserId),
            ship_to: self.ship_to_region_id.map(RegionId),
        })
    }
}

/// Places an order. What exceeds a limit is kept with all findings and waits for whoever may allow it.
#[utoipa::path(tag = "orders", request_body = OrderDraft,
    responses((status = 201, body = OrderWithLines), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/orders")]
async fn post_order(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: OrderDraft| {
        let placed = place::place(&app, tx, &call.actor, &draft.read()?).await?;
        Ok(OrderWithLines::of(placed.into(), call.actor.sees_prices()))
    })
    .await
}

/// The same findings as placing it would have; nothing is stored.
#[utoipa::path(tag = "orders", request_body = OrderDraft,
    responses((status = 200, body = PreviewView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/orders/preview")]
async fn post_preview(app: Data<App>, call: Call) -> Result<HttpResponse> {
    let draft: OrderDraft = call.body()?;
    let previewed = place::preview(&app, &call.actor, &draft.read()?).await?;
    Ok(HttpResponse::Ok().json(PreviewView::from(previewed)))
}

/// The order, locked with its customer, if the caller sees it and has seen its current version.
async fn locked(tx: &Tx, call: &Call, id: Uuid) -> Result<order::Model> {
    let id = OrderId(id);
    rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    let order = pending::hold(tx, id).await?.ok_or(Error::NotFound)?;
    call.check_version(order.version)?;
    Ok(order)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeDraft {
    /// All lines as they are wanted now.
    lines: Vec<LineDraft>,
    planned_ship_on: Option<NaiveDate>,
}

/// Changes an order before any vehicle has carried it; everything is checked again.
#[utoipa::path(tag = "orders", request_body = ChangeDraft,
    responses((status = 200, body = OrderWithLines), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[put("/orders/{id}")]
async fn put_order(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: ChangeDraft| {
        let order = locked(tx, &call, *id).await?;
        let change = Change { lines: lines(draft.lines)?, planned_ship_on: draft.planned_ship_on };
        let placed = edit::edit(&app, tx, &call.actor, order, &change).await?;
        Ok(OrderWithLines::of(placed.into(), call.actor.sees_prices()))
    })
    .await
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct CancelDraft {
    /// At most 200 characters.
    reason: Option<String>,
}

/// Takes an order back; of one that is partly delivered, the rest.
#[utoipa::path(tag = "orders", request_body = CancelDraft,
    responses((status = 200, body = OrderView), (status = 409, body = Problem)))]
#[post("/orders/{id}/cancel")]
async fn post_cancel(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: CancelDraft| {
        let reason = draft.reason.unwrap_or_default();
        if reason.chars().count() > 200 {
            return Err(Error::field("/reason", "invalid_value"));
        }
        let mut order = locked(tx, &call, *id).await?;
        cancel::cancel(tx, &call.actor, &mut order, &reason).await?;
        let named = rows::visible_named(tx.db(), &call.actor, OrderId(*id)).await?.ok_or(Error::NotFound)?;
        Ok(OrderView::of(named.order, named.customer_name, call.actor.sees_prices()))
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReturnDraft {
    lines: Vec<ReturnLineDraft>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReturnLineDraft {
    order_line_id: Uuid,
    /// At most what was accepted and has not come back yet.
    #[schema(value_type = String)]
    quantity: Quantity,
    /// A code of `GET /return-reasons`; it says whether the return counts in the return rate.
    reason: String,
}

/// Credits goods that came back after they were taken.
#[utoipa::path(tag = "orders", request_body = ReturnDraft,
    responses((status = 201, body = ReturnView), (status = 422, body = Problem)))]
#[post("/orders/{id}/returns")]
async fn post_returns(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: ReturnDraft| {
        let order = locked(tx, &call, *id).await?;
        let back = draft.lines.into_iter().map(|line| Back {
            line: OrderLineId(line.order_line_id),
            quantity: line.quantity,
            reason: line.reason,
        });
        let back: Vec<Back> = back.collect();
        let record = returns::take_back(&app, tx, &call.actor, (&order, &back)).await?;
        Ok(ReturnView::of(record, call.actor.sees_prices()))
    })
    .await
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct QuoteOrderDraft {
    planned_ship_on: Option<NaiveDate>,
}

/// Makes an order of a quote in one step, with the same checks.
#[utoipa::path(tag = "orders", request_body = QuoteOrderDraft,
    responses((status = 201, body = OrderWithLines), (status = 409, body = Problem)))]
#[post("/quotes/{id}/order")]
async fn post_quote_order(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: QuoteOrderDraft| {
        let wanted = (QuoteId(*id), draft.planned_ship_on);
        let placed = quoted::order(&app, tx, &call, wanted).await?;
        Ok(OrderWithLines::of(placed.into(), call.actor.sees_prices()))
    })
    .await
}
