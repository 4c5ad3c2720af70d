//! Products, prices and orders over HTTP.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::OrderId;
use domain::money::{Fen, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rows::{self, Filter, LineRow, OrderRow, PriceFilter, PriceRow, product};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_products).service(get_price_lists).service(get_orders).service(get_order);
}

/// Something that is sold.
#[derive(Serialize, ToSchema)]
struct ProductView {
    id: Uuid,
    external_id: Option<String>,
    name: String,
    /// The unit that everything is counted in.
    base_unit: String,
    /// `{unit, factor}` each: so many base units.
    #[schema(value_type = Vec<Object>)]
    packs: Value,
    /// Yuan for a base unit, before any agreement; not shown to who carries it.
    #[schema(value_type = Option<String>)]
    list_price: Option<UnitPrice>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl ProductView {
    fn of(product: product::Model, sees_prices: bool) -> Self {
        Self {
            id: product.id,
            external_id: product.external_id,
            name: product.name,
            base_unit: product.base_unit,
            packs: product.packs,
            list_price: sees_prices.then_some(UnitPrice(product.list_price_e4)),
            created_at: product.created_at,
            version: product.version,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct ProductFilter {
    external_id: Option<String>,
}

/// The products.
#[utoipa::path(tag = "orders", params(Paging, ProductFilter), responses((status = 200, body = Page<ProductView>)))]
#[get("/products")]
async fn get_products(
    app: Data<App>,
    actor: Actor,
    paging: Query<Paging>,
    filter: Query<ProductFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let products = rows::products(app.db.conn(), filter.into_inner().external_id, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(
        window,
        products,
        |it| it.id,
        |it| ProductView::of(it, actor.sees_prices()),
    )))
}

/// A price of a product in a region and a tier.
#[derive(Serialize, ToSchema)]
struct PriceView {
    id: Uuid,
    external_id: Option<String>,
    /// Everywhere where absent.
    region_id: Option<Uuid>,
    /// Every tier where absent.
    price_tier: Option<String>,
    product_id: Uuid,
    product_name: String,
    unit: String,
    /// Yuan for one unit, with two to four decimals.
    #[schema(value_type = String)]
    list_price: UnitPrice,
    /// What nobody goes below unasked.
    #[schema(value_type = String)]
    floor_price: UnitPrice,
    valid_from: NaiveDate,
    /// The last day; open where absent.
    valid_to: Option<NaiveDate>,
}

impl From<PriceRow> for PriceView {
    fn from(row: PriceRow) -> Self {
        let price = row.price;
        Self {
            id: price.id,
            external_id: price.external_id,
            region_id: price.region_id,
            price_tier: price.price_tier,
            product_id: price.product_id,
            product_name: row.product_name,
            unit: price.unit,
            list_price: UnitPrice(price.list_price_e4),
            floor_price: UnitPrice(price.floor_price_e4),
            valid_from: price.valid_from,
            valid_to: price.valid_to,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct PriceListFilter {
    region_id: Option<Uuid>,
    price_tier: Option<String>,
    product_id: Option<Uuid>,
}

/// The prices of each region and tier.
#[utoipa::path(tag = "orders", params(Paging, PriceListFilter), responses((status = 200, body = Page<PriceView>)))]
#[get("/price-lists")]
async fn get_price_lists(
    app: Data<App>,
    _actor: Actor,
    paging: Query<Paging>,
    filter: Query<PriceListFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter =
        PriceFilter { region: filter.region_id, price_tier: filter.price_tier, product: filter.product_id };
    let prices = rows::prices(app.db.conn(), filter, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, prices, |it| it.price.id, PriceView::from)))
}

/// An order.
#[derive(Serialize, ToSchema)]
struct OrderView {
    id: Uuid,
    number: String,
    external_id: Option<String>,
    customer_id: Uuid,
    customer_name: String,
    region_id: Uuid,
    rep_id: Uuid,
    entered_by: Uuid,
    /// Such as `accepted`, `pending_special_approval` or `delivered`.
    status: String,
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
}

impl OrderView {
    fn of(row: OrderRow, sees_prices: bool) -> Self {
        let order = row.order;
        Self {
            id: order.id,
            number: order.number,
            external_id: order.external_id,
            customer_id: order.customer_id,
            customer_name: row.customer_name,
            region_id: order.region_id,
            rep_id: order.rep_id,
            entered_by: order.entered_by,
            status: order.status,
            total: sees_prices.then_some(Fen(order.total_fen)),
            submitted_at: order.submitted_at,
            planned_ship_on: order.planned_ship_on,
            delivered_on: order.delivered_on,
            signer_name: order.signer_name,
            created_at: order.created_at,
            updated_at: order.updated_at,
            version: order.version,
        }
    }
}

/// A line of an order.
#[derive(Serialize, ToSchema)]
struct OrderLineView {
    id: Uuid,
    /// The same, by the name under which deliveries refer to it.
    order_line_id: Uuid,
    line_no: i32,
    product_id: Uuid,
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
}

impl OrderLineView {
    fn of(row: LineRow, sees_prices: bool) -> Self {
        let line = row.line;
        Self {
            id: line.id,
            order_line_id: line.id,
            line_no: line.line_no,
            product_id: line.product_id,
            product_name: row.product_name,
            unit: line.unit,
            quantity: Quantity(line.quantity_thousandths),
            unit_price: sees_prices.then_some(UnitPrice(line.unit_price_e4)),
            amount: sees_prices.then_some(Fen(line.amount_fen)),
            accepted_quantity: Quantity(line.accepted_thousandths),
            rejected_quantity: Quantity(line.rejected_thousandths),
        }
    }
}

/// An order with its lines.
#[derive(Serialize, ToSchema)]
struct OrderWithLines {
    #[serde(flatten)]
    order: OrderView,
    lines: Vec<OrderLineView>,
}

#[derive(Deserialize, utoipa::IntoParams)]
struct OrderFilter {
    status: Option<String>,
    customer_id: Option<Uuid>,
}

/// The orders in the caller's scope.
#[utoipa::path(tag = "orders", params(Paging, OrderFilter), responses((status = 200, body = Page<OrderView>)))]
#[get("/orders")]
async fn get_orders(
    app: Data<App>,
    actor: Actor,
    paging: Query<Paging>,
    filter: Query<OrderFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter = Filter { status: filter.status, customer: filter.customer_id };
    let orders = rows::page(app.db.conn(), &actor, filter, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(
        window,
        orders,
        |it| it.order.id,
        |it| OrderView::of(it, actor.sees_prices()),
    )))
}

/// An order in the caller's scope, with its lines.
#[utoipa::path(tag = "orders", responses((status = 200, body = OrderWithLines), (status = 404, body = Problem)))]
#[get("/orders/{id}")]
async fn get_order(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let id = OrderId(*id);
    let order = rows::visible_named(app.db.conn(), &actor, id).await?.ok_or(Error::NotFound)?;
    let lines = rows::named_lines(app.db.conn(), id).await?;
    let sees_prices = actor.sees_prices();
    Ok(HttpResponse::Ok().json(OrderWithLines {
        order: OrderView::of(order, sees_prices),
        lines: lines.into_iter().map(|line| OrderLineView::of(line, sees_prices)).collect(),
    }))
}
