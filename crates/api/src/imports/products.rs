//! Products: nothing they refer to.

use domain::ids::ProductId;
use domain::imports::{Fault, ProductRow, Row};
use domain::people::Role;
use domain::stored::Stored;
use platform::Tx;

use super::judge::{Judged, Sheet};
use crate::App;
use crate::orders::rows::{product, upsert_products};

impl Sheet for ProductRow {
    const ID_COLUMN: &'static str = "product_id";

    fn of(row: &Row) -> Result<Self, Vec<Fault>> {
        Self::read(row)
    }

    fn external_id(&self) -> &str {
        &self.external_id
    }

    async fn judge(_: &App, _: Role, rows: Vec<Judged<Self>>) -> anyhow::Result<Vec<Judged<Self>>> {
        Ok(rows)
    }

    async fn store(tx: &Tx, rows: &[&Self]) -> anyhow::Result<()> {
        let models = rows.iter().map(|row| product::Model {
            id: ProductId(platform::new_id()),
            external_id: Some(row.external_id.clone()),
            name: row.name.clone(),
            base_unit: row.base_unit.clone(),
            packs: Stored(row.packs.clone()),
            list_price_e4: row.list_price,
            created_at: tx.now(),
            version: 1,
        });
        upsert_products(tx.db(), models.collect()).await?;
        Ok(())
    }
}
