//! The compiled-in files.

use anyhow::{Context, anyhow};
use csv::StringRecord;
use domain::imports::{Fault, Row};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) const REGIONS: &str = include_str!("../../../../config/demo/regions.csv");
pub(super) const USERS: &str = include_str!("../../../../config/demo/users.csv");
pub(super) const CUSTOMERS: &str = include_str!("../../../../config/demo/customers.csv");
pub(super) const OPPORTUNITIES: &str = include_str!("../../../../config/demo/opportunities.csv");
pub(super) const PRODUCTS: &str = include_str!("../../../../config/demo/products.csv");
pub(super) const PRICES: &str = include_str!("../../../../config/demo/price_lists.csv");
pub(super) const ORDERS: &str = include_str!("../../../../config/demo/orders.csv");
pub(super) const ORDER_LINES: &str = include_str!("../../../../config/demo/order_lines.csv");

/// Nothing but what an importer reads.
#[derive(Deserialize)]
pub(super) struct NoMore {}

/// The rows of a file that no importer knows.
pub(super) fn rows<T: DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    let (header, records) = records(text)?;
    records.iter().map(|cells| more(&header, cells)).collect()
}

/// The rows of a file as an importer reads them, each with the columns that no importer knows.
pub(super) fn sheet<T, M: DeserializeOwned>(
    text: &str,
    read: fn(&Row) -> Result<T, Vec<Fault>>,
) -> anyhow::Result<Vec<(T, M)>> {
    let (header, records) = records(text)?;
    let row = |cells: &StringRecord| {
        let row = read(&Row::new(header.iter(), cells.iter()));
        let row = row.map_err(|faults| anyhow!("{cells:?}: {faults:?}"))?;
        Ok((row, more(&header, cells)?))
    };
    records.iter().map(row).collect()
}

fn records(text: &str) -> anyhow::Result<(StringRecord, Vec<StringRecord>)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let records: Result<_, csv::Error> = reader.into_records().collect();
    Ok((header, records?))
}

fn more<T: DeserializeOwned>(header: &StringRecord, cells: &StringRecord) -> anyhow::Result<T> {
    let read = cells.deserialize(Some(header));
    read.with_context(|| format!("{cells:?}"))
}
