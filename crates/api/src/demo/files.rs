//! The compiled-in files.

use anyhow::{Context, anyhow};
use csv::StringRecord;
use domain::imports::{Fault, Row};
use serde::de::DeserializeOwned;

pub(super) const REGIONS: &str = include_str!("../../../../config/demo/regions.csv");
pub(super) const USERS: &str = include_str!("../../../../config/demo/users.csv");
pub(super) const CUSTOMERS: &str = include_str!("../../../../config/demo/customers.csv");
pub(super) const OPPORTUNITIES: &str = include_str!("../../../../config/demo/opportunities.csv");
pub(super) const PRODUCTS: &str = include_str!("../../../../config/demo/products.csv");
pub(super) const PRICES: &str = include_str!("../../../../config/demo/price_lists.csv");
pub(super) const ORDERS: &str = include_str!("../../../../config/demo/orders.csv");
pub(super) const ORDER_LINES: &str = include_str!("../../../../config/demo/order_lines.csv");

/// A line of a file with its header.
pub(super) struct Line {
    header: StringRecord,
    cells: StringRecord,
}

/// The lines of a file.
pub(super) fn lines(text: &str) -> anyhow::Result<Vec<Line>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let line = |cells| {
        Ok(Line {
            header: header.clone(),
            cells: cells?,
        })
    };
    reader.into_records().map(line).collect()
}

impl Line {
    /// What an importer reads.
    pub(super) fn read<T>(&self, read: fn(&Row) -> Result<T, Vec<Fault>>) -> anyhow::Result<T> {
        read(&Row::new(self.header.iter(), self.cells.iter()))
            .map_err(|faults| anyhow!("{:?}: {faults:?}", self.cells))
    }

    /// The columns that no importer knows.
    pub(super) fn more<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        let read = self.cells.deserialize(Some(&self.header));
        read.with_context(|| format!("{:?}", self.cells))
    }
}
