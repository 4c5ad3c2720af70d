//! Rows of a file, read one by one: a bad row says which column is wrong and why, and spoils no other.
//!
//! Column names are those of the company's export files. `*_id` columns are the other system's ids (`external_id`).
//! Points in files are GCJ-02 unless the column `coordinate_system` says otherwise.

mod customer;
mod lead;
mod product;
mod region;
#[cfg(test)]
mod tests;
mod user;

use crate::writing::clean;
use crate::writing::is_blank;
use std::collections::HashMap;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::money::NotANumber;

pub use customer::CustomerRow;
pub use lead::LeadRow;
pub use product::ProductRow;
pub use region::RegionRow;
pub use user::UserRow;

names! {
    /// What can be imported.
    pub enum Kind as ImportKind {
        /// Regions of the company.
        Regions = "regions",
        /// Employees.
        Users = "users",
        /// Customer files.
        Customers = "customers",
        /// Products.
        Products = "products",
        /// Leads.
        Leads = "leads",
    }
}

impl Kind {
    /// Columns without which a file of this kind cannot be read at all; alternatives stand side by side.
    pub fn required_columns(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Regions => &[&["region_code"], &["name"]],
            Self::Users => &[&["user_id"], &["role"]],
            Self::Customers => &[&["customer_id"], &["name"], &["region_code"]],
            Self::Products => &[&["product_id"], &["name"], &["list_price"]],
            Self::Leads => &[&["lead_id"], &["region_code"]],
        }
    }
}

/// What is wrong with one cell, or worth knowing about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The column.
    pub column: String,
    /// The stable code.
    pub code: String,
    /// What stands there, cut short.
    pub value: String,
}

impl Fault {
    /// A fault of a cell.
    pub fn new(column: &str, code: &str, value: &str) -> Self {
        Self { column: column.to_owned(), code: code.to_owned(), value: value.chars().take(60).collect() }
    }
}

/// One row: cells by column, blank cells absent.
#[derive(Clone, Debug, Default)]
pub struct Row {
    cells: HashMap<String, String>,
}

impl Row {
    /// A row from its header and its cells. What cannot be seen is dropped.
    pub fn new<'a>(header: impl Iterator<Item = &'a str>, cells: impl Iterator<Item = &'a str>) -> Self {
        let cells = header
            .zip(cells)
            .filter(|(_, cell)| !is_blank(cell))
            .map(|(column, cell)| (clean(column), clean(cell)))
            .collect();
        Self { cells }
    }

    fn text(&self, columns: &[&str]) -> Option<&str> {
        columns.iter().find_map(|column| self.cells.get(*column)).map(String::as_str)
    }
}

/// Reads a row's cells and collects all that is wrong with them.
struct Reader<'a> {
    row: &'a Row,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn new(row: &'a Row) -> Self {
        Self { row, faults: Vec::new() }
    }

    fn fault(&mut self, column: &str, code: &str, value: &str) {
        self.faults.push(Fault::new(column, code, value));
    }

    fn optional(&mut self, columns: &[&str]) -> Option<String> {
        let text = self.row.text(columns)?;
        if text.chars().count() > 200 {
            self.fault(columns[0], "too_long", text);
            return None;
        }
        Some(text.to_owned())
    }

    fn required(&mut self, columns: &[&str]) -> String {
        if self.row.text(columns).is_none() {
            self.fault(columns[0], "required", "");
        }
        self.optional(columns).unwrap_or_default()
    }

    fn parsed<T: FromStr>(&mut self, columns: &[&str], code: &str) -> Option<T> {
        let text = self.row.text(columns)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.fault(columns[0], code, text);
        }
        value
    }

    fn number<T: FromStr<Err = NotANumber>>(&mut self, columns: &[&str], code: &str) -> Option<T> {
        let text = self.row.text(columns)?;
        match text.parse() {
            Ok(value) => return Some(value),
            Err(NotANumber::TooLarge) => self.fault(columns[0], "number_too_large", text),
            Err(NotANumber::Unreadable | NotANumber::TooFine(_)) => self.fault(columns[0], code, text),
        }
        None
    }

    fn day(&mut self, columns: &[&str]) -> Option<NaiveDate> {
        self.parsed(columns, "not_a_date")
    }

    fn instant(&mut self, columns: &[&str]) -> Option<DateTime<Utc>> {
        self.parsed(columns, "not_an_instant")
    }

    fn finish<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.faults.is_empty() { Ok(value) } else { Err(self.faults) }
    }
}
