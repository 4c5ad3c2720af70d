//! The schema, one file a step, written once for both databases, append only.
//!
//! Old code must run on the new schema: expand in one release, move, contract in a later one. Statements are SQL
//! with the few types that differ as `{uuid}`, `{time}`, `{json}` and `{double}`; `dialect.rs` has them.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

mod dialect;
mod m20261123_000001_platform;
mod m20261123_000002_people;
mod m20261123_000003_notices;
mod m20261123_000004_customers;
mod m20261123_000005_orders;
mod m20261123_000006_field_work;
mod m20261123_000007_photo_uses;
mod m20261124_000010_wechat_tokens;
mod m20261124_000011_documents;
mod m20261124_000012_codes;
mod m20261124_000020_evidence_index;
mod m20261124_000030_trips;
mod m20261125_000040_approvals;
mod m20261125_000042_people;
mod m20261125_000043_customers;
mod m20261125_000044_leads;
mod m20261125_000045_opportunities;
mod m20261125_000046_orders;

/// All steps, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_platform::STEP),
            Box::new(m20261123_000002_people::STEP),
            Box::new(m20261123_000003_notices::STEP),
            Box::new(m20261123_000004_customers::STEP),
            Box::new(m20261123_000005_orders::STEP),
            Box::new(m20261123_000006_field_work::STEP),
            Box::new(m20261123_000007_photo_uses::STEP),
            Box::new(m20261124_000010_wechat_tokens::STEP),
            Box::new(m20261124_000011_documents::STEP),
            Box::new(m20261124_000012_codes::STEP),
            Box::new(m20261124_000020_evidence_index::STEP),
            Box::new(m20261124_000030_trips::STEP),
            Box::new(m20261125_000040_approvals::STEP),
            Box::new(m20261125_000042_people::STEP),
            Box::new(m20261125_000043_customers::STEP),
            Box::new(m20261125_000044_leads::STEP),
            Box::new(m20261125_000045_opportunities::STEP),
            Box::new(m20261125_000046_orders::STEP),
        ]
    }
}
