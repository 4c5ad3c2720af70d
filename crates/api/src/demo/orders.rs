//! The demo's products, prices and orders.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};
use domain::imports::ProductRow;
use domain::money::{Fen, Quantity, UnitPrice};
use domain::working_time::local_date;
use platform::Tx;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::customers::{Customers, customer_of};
use super::{Ids, files, id_of};
use crate::customers::rows::customer;
use crate::orders::rows::{self, line, order, price, product};
use crate::settings;

pub(super) async fn load(tx: &Tx, regions: &Ids, customers: &Customers) -> anyhow::Result<()> {
    let products = load_products(tx).await?;
    load_prices(tx, regions, &products).await?;
    load_orders(tx, customers, &products).await
}

async fn load_products(tx: &Tx) -> anyhow::Result<Ids> {
    let mut ids = Ids::new();
    let mut products = Vec::new();
    for line in files::lines(files::PRODUCTS)? {
        let row = line.read(ProductRow::read)?;
        let id = platform::new_id();
        ids.insert(row.external_id.clone(), id);
        products.push(product::Model {
            id,
            external_id: Some(row.external_id),
            name: row.name,
            base_unit: row.base_unit,
            packs: json!(row.packs),
            list_price_e4: row.list_price.0,
            created_at: tx.now(),
            version: 1,
        });
    }
    rows::upsert_products(tx.db(), products).await?;
    Ok(ids)
}

/// A line of `price_lists.csv`.
#[derive(Deserialize)]
struct PriceLine {
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
    let mut prices = Vec::new();
    for line in files::lines(files::PRICES)? {
        let line: PriceLine = line.more()?;
        prices.push(price::Model {
            id: platform::new_id(),
            external_id: Some(line.price_id),
            region_id: Some(id_of(regions, &line.region_code)?),
            price_tier: Some(line.price_tier),
            product_id: id_of(products, &line.product_id)?,
            unit: line.unit,
            list_price_e4: line.list_price.0,
            floor_price_e4: line.floor_price.0,
            valid_from: line.valid_from,
            valid_to: line.valid_to,
        });
    }
    rows::insert_prices(tx.db(), prices).await?;
    Ok(())
}

/// A line of `orders.csv`.
#[derive(Deserialize)]
struct OrderLine {
    order_id: String,
    customer_id: String,
    submitted_days_ago: i64,
    planned_ship_in_days: i64,
    status: String,
}

/// A line of `order_lines.csv`.
#[derive(Deserialize)]
struct GoodsLine {
    order_id: String,
    line_no: i32,
    product_id: String,
    unit: String,
    quantity: Quantity,
    unit_price: UnitPrice,
}

async fn load_orders(tx: &Tx, customers: &Customers, products: &Ids) -> anyhow::Result<()> {
    let mut goods: HashMap<String, Vec<GoodsLine>> = HashMap::new();
    for line in files::lines(files::ORDER_LINES)? {
        let line: GoodsLine = line.more()?;
        goods.entry(line.order_id.clone()).or_default().push(line);
    }
    let (mut orders, mut all_lines) = (Vec::new(), Vec::new());
    for line in files::lines(files::ORDERS)? {
        let line: OrderLine = line.more()?;
        let customer = customer_of(customers, &line.customer_id)?;
        let id = platform::new_id();
        let mut total = Fen::ZERO;
        for goods in goods.remove(&line.order_id).unwrap_or_default() {
            let line = goods_line(id, products, goods, line.status == "delivered")?;
            total = total
                .checked_add(Fen(line.amount_fen))
                .context("a total is too large")?;
            all_lines.push(line);
        }
        orders.push(order(tx, customer, line, (id, total)).await?);
    }
    rows::insert(tx.db(), orders, all_lines).await?;
    Ok(())
}

fn goods_line(
    order: Uuid,
    products: &Ids,
    goods: GoodsLine,
    is_delivered: bool,
) -> anyhow::Result<line::Model> {
    let amount = goods.unit_price.times(goods.quantity);
    Ok(line::Model {
        id: platform::new_id(),
        order_id: order,
        line_no: goods.line_no,
        product_id: id_of(products, &goods.product_id)?,
        unit: goods.unit,
        quantity_thousandths: goods.quantity.0,
        unit_price_e4: goods.unit_price.0,
        amount_fen: amount.context("an amount is too large")?.0,
        accepted_thousandths: if is_delivered { goods.quantity.0 } else { 0 },
        rejected_thousandths: 0,
    })
}

async fn order(
    tx: &Tx,
    customer: &customer::Model,
    line: OrderLine,
    (id, total): (Uuid, Fen),
) -> anyhow::Result<order::Model> {
    let submitted_at = tx.now() - TimeDelta::days(line.submitted_days_ago);
    let planned_ship_on = local_date(tx.now()) + TimeDelta::days(line.planned_ship_in_days);
    let rep = customer.owner_id.context("an order of the demo has a rep")?;
    let is_delivered = line.status == "delivered";
    let signer = customer.contacts[0]["name"].as_str().unwrap_or(&customer.name);
    Ok(order::Model {
        id,
        number: settings::next_number(tx, "SO", local_date(submitted_at)).await?,
        external_id: Some(line.order_id),
        customer_id: customer.id,
        region_id: customer.region_id,
        rep_id: rep,
        entered_by: rep,
        status: line.status,
        total_fen: total.0,
        submitted_at,
        planned_ship_on: Some(planned_ship_on),
        delivered_on: is_delivered.then_some(planned_ship_on),
        signer_name: is_delivered.then(|| signer.to_owned()),
        created_at: submitted_at,
        updated_at: submitted_at,
        version: 1,
    })
}
