//! The demo's products, prices and orders.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};
use domain::ids::{CustomerId, OrderId, OrderLineId, PriceId, ProductId, RegionId, UserId};
use domain::imports::ProductRow;
use domain::money::{Fen, Percent, Quantity, UnitPrice};
use domain::orders::{Dispatch, Status};
use domain::working_time::local_date;
use platform::Tx;
use serde::Deserialize;

use super::customers::{Customer, Customers};
use super::files::NoMore;
use super::{Ids, files, named, store};
use crate::orders;
use crate::orders::rows::{self, line, order, price};
use crate::settings;

pub(super) async fn load(tx: &Tx, regions: &Ids, customers: &Customers) -> anyhow::Result<()> {
    let products: Vec<(ProductRow, NoMore)> = files::sheet(files::PRODUCTS, ProductRow::read)?;
    let products: Vec<&ProductRow> = products.iter().map(|(row, _)| row).collect();
    let products = store(tx, "orders_products", &products).await?;
    load_prices(tx, regions, &products).await?;
    load_orders(tx, customers, &products).await
}

/// A row of `price_lists.csv`.
#[derive(Deserialize)]
struct PriceRow {
    price_id: String,
    region_code: String,
    price_tier: String,
    product_id: String,
    unit: String,
    list_price: UnitPrice,
    floor_price: UnitPrice,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

async fn load_prices(tx: &Tx, regions: &Ids, products: &Ids) -> anyhow::Result<()> {
    let prices: Vec<PriceRow> = files::rows(files::PRICES)?;
    let prices = prices.into_iter().map(|row| {
        Ok(price::Model {
            id: PriceId(platform::new_id()),
            external_id: Some(row.price_id),
            region_id: Some(RegionId(*named(regions, &row.region_code)?)),
            price_tier: Some(row.price_tier),
            product_id: ProductId(*named(products, &row.product_id)?),
            unit: row.unit,
            list_price_e4: row.list_price,
            floor_price_e4: row.floor_price,
            ceiling_price_e4: None,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        })
    });
    rows::insert_prices(tx.db(), prices.collect::<anyhow::Result<_>>()?).await?;
    Ok(())
}

/// A row of `orders.csv`.
#[derive(Deserialize)]
struct OrderRow {
    order_id: String,
    customer_id: String,
    submitted_days_ago: i64,
    planned_ship_in_days: i64,
    status: Status,
}

impl OrderRow {
    fn is_delivered(&self) -> bool {
        self.status == Status::Delivered
    }
}

/// A row of `order_lines.csv`.
#[derive(Deserialize)]
struct LineRow {
    order_id: String,
    line_no: i32,
    product_id: String,
    unit: String,
    quantity: Quantity,
    unit_price: UnitPrice,
}

async fn load_orders(tx: &Tx, customers: &Customers, products: &Ids) -> anyhow::Result<()> {
    let mut lines_of: HashMap<String, Vec<LineRow>> = HashMap::new();
    for row in files::rows::<LineRow>(files::ORDER_LINES)? {
        lines_of.entry(row.order_id.clone()).or_default().push(row);
    }
    let (mut orders, mut lines) = (Vec::new(), Vec::new());
    for row in files::rows::<OrderRow>(files::ORDERS)? {
        let customer = named(customers, &row.customer_id)?;
        let id = OrderId(platform::new_id());
        let mut total = Fen::ZERO;
        for line_row in lines_of.remove(&row.order_id).unwrap_or_default() {
            let product = ProductId(*named(products, &line_row.product_id)?);
            let line = line((id, product), line_row, row.is_delivered())?;
            let sum = total.checked_add(line.amount_fen);
            total = sum.context("a total is too large")?;
            lines.push(line);
        }
        orders.push(order(tx, customer, row, (id, total)).await?);
    }
    let sold = turnover(&orders);
    rows::insert(tx.db(), orders, lines).await?;
    for customer in customers.values() {
        orders::exposure::rebuild(tx, CustomerId(customer.id)).await.map_err(broken)?;
    }
    for (customer, day, amount) in sold {
        orders::turned_over(tx, customer, day, amount).await.map_err(broken)?;
    }
    Ok(())
}

/// What was delivered to whom on which day.
fn turnover(orders: &[order::Model]) -> Vec<(CustomerId, NaiveDate, Fen)> {
    let delivered = orders.iter().filter_map(|order| Some((order, order.delivered_on?)));
    delivered.map(|(order, day)| (order.customer_id, day, order.total_fen)).collect()
}

fn broken(fault: crate::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{fault}")
}

fn line(
    (order, product): (OrderId, ProductId),
    row: LineRow,
    is_delivered: bool,
) -> anyhow::Result<line::Model> {
    let amount = row.unit_price.times(row.quantity);
    Ok(line::Model {
        id: OrderLineId(platform::new_id()),
        order_id: order,
        line_no: row.line_no,
        product_id: product,
        unit: row.unit,
        quantity_thousandths: row.quantity,
        unit_price_e4: row.unit_price,
        amount_fen: amount.context("an amount is too large")?,
        accepted_thousandths: if is_delivered { row.quantity } else { Quantity::ZERO },
        rejected_thousandths: Quantity::ZERO,
        discount_ppm: Percent::default(),
        promotion_id: None,
        returned_thousandths: Quantity::ZERO,
    })
}

async fn order(
    tx: &Tx,
    customer: &Customer,
    row: OrderRow,
    (id, total): (OrderId, Fen),
) -> anyhow::Result<order::Model> {
    let submitted_at = tx.now() - TimeDelta::days(row.submitted_days_ago);
    let planned_ship_on = local_date(tx.now()) + TimeDelta::days(row.planned_ship_in_days);
    let dispatch = row.is_delivered().then_some(Dispatch::Ended);
    let signer = customer.contact.clone().filter(|_| row.is_delivered());
    Ok(order::Model {
        id,
        number: settings::next_number_within(tx, "SO", local_date(submitted_at)).await?,
        external_id: Some(row.order_id.clone()),
        customer_id: CustomerId(customer.id),
        region_id: RegionId(customer.region),
        rep_id: UserId(customer.owner),
        entered_by: UserId(customer.owner),
        total_fen: total,
        submitted_at,
        planned_ship_on: Some(planned_ship_on),
        delivered_on: row.is_delivered().then_some(planned_ship_on),
        signer_name: signer,
        status: row.status,
        created_at: submitted_at,
        updated_at: submitted_at,
        version: 1,
        quote_id: None,
        bill_to_id: Some(CustomerId(customer.id)),
        ship_to_region_id: None,
        content_hash: None,
        approval_hash: None,
        approval_cap_fen: None,
        approval_until: None,
        accepted_at: Some(submitted_at),
        cancelled_at: None,
        cancel_reason: None,
        dispatch,
    })
}
