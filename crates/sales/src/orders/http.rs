//! Orders over HTTP.

pub mod catalogue;
mod commands;
mod desk;
mod views;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use domain::ids::{CustomerId, OrderId};
use domain::orders::Status;
use serde::Deserialize;
use uuid::Uuid;

use super::rows::{self, Filter};
use crate::App;
use crate::actor::Actor;
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use views::{OrderView, OrderWithLines, Whole};

pub fn routes(config: &mut ServiceConfig<'_>) {
    catalogue::routes(config);
    // What is more exact comes before what would match it too.
    desk::routes(config);
    config.service(get_orders).service(get_order);
    commands::routes(config);
}

#[derive(Deserialize, utoipa::IntoParams)]
struct OrderFilter {
    status: Option<Status>,
    customer_id: Option<CustomerId>,
}

/// The orders in the caller's scope.
#[utoipa::path(tag = "orders", params(Paging, OrderFilter), responses((status = 200, body = Page<OrderView>)))]
#[get("/orders")]
async fn get_orders(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<OrderFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter = Filter { status: filter.status, customer: filter.customer_id };
    let orders = rows::page(app.db.conn(), &actor, filter, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(
        window,
        orders,
        |it| it.order.id.0,
        |it| OrderView::of(it.order, it.customer_name, actor.sees_prices()),
    )))
}

/// An order in the caller's scope, with its lines.
#[utoipa::path(tag = "orders", responses((status = 200, body = OrderWithLines), (status = 404, body = Problem)))]
#[get("/orders/{id}")]
async fn get_order(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let id = OrderId(*id);
    let order = rows::visible_named(app.db.conn(), &actor, id).await?.ok_or(Error::NotFound)?;
    let lines = rows::named_lines(app.db.conn(), id).await?;
    let whole = Whole {
        order: order.order,
        customer_name: order.customer_name,
        lines: lines.into_iter().map(|it| (it.line, it.product_name)).collect(),
        findings: rows::findings::current(app.db.conn(), id).await?,
        returns: rows::returns::of_order(app.db.conn(), id).await?,
    };
    Ok(HttpResponse::Ok().json(OrderWithLines::of(whole, actor.sees_prices())))
}
