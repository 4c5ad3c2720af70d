//! The schema, a baseline a capability in calling order, written once for both databases, append only.
//!
//! Old code must run on the new schema: expand in one release, move, contract in a later one. Statements are SQL
//! with the few types that differ as `{uuid}`, `{time}`, `{json}` and `{double}`; `dialect.rs` has them.
//!
//! A `CHECK` refuses what must never be stored: a negative amount, a rate above the whole, an end before its
//! beginning, a status that nobody knows. Sets to which every capability adds, such as kinds of decisions or what a
//! photo is about, are left open: SQLite changes a `CHECK` only by copying its table.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

use dialect::Step;

mod dialect;
mod m20261128_000001_platform;
mod m20261128_000002_people;
mod m20261128_000003_settings;
mod m20261128_000004_approvals;
mod m20261128_000005_notices;
mod m20261128_000006_customers;
mod m20261128_000007_evidence;
mod m20261128_000008_opportunities;
mod m20261128_000009_leads;
mod m20261128_000010_actions;
mod m20261128_000011_visits;
mod m20261128_000012_quotes;
mod m20261128_000013_orders;
mod m20261128_000014_deliveries;
mod m20261128_000015_imports;

/// All steps, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        STEPS.into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>).collect()
    }
}

/// Every table of the schema, each after those that refer to it.
pub fn tables() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().rev().flat_map(|step| step.down).copied().filter(|it| !it.contains(' '))
}

/// The statements of all steps, as they are written.
pub fn statements() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().flat_map(|step| step.up).copied()
}

const STEPS: [Step; 15] = [
    m20261128_000001_platform::STEP,
    m20261128_000002_people::STEP,
    m20261128_000003_settings::STEP,
    m20261128_000004_approvals::STEP,
    m20261128_000005_notices::STEP,
    m20261128_000006_customers::STEP,
    m20261128_000007_evidence::STEP,
    m20261128_000008_opportunities::STEP,
    m20261128_000009_leads::STEP,
    m20261128_000010_actions::STEP,
    m20261128_000011_visits::STEP,
    m20261128_000012_quotes::STEP,
    m20261128_000013_orders::STEP,
    m20261128_000014_deliveries::STEP,
    m20261128_000015_imports::STEP,
];
