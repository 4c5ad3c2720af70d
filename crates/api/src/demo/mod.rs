//! The demo company: a small distributor that can be tried without any setting up.
//!
//! It is loaded from the files in `config/demo`, which are compiled in, in one transaction: either all of it is there
//! or nothing. Regions, people, customers and products go the way of the importers; what no importer knows goes
//! through the slices' own statements. Days in the files count from the business day of loading.
//!
//! Everybody is bound to the simulated WeChat by name but one new colleague, who has a phone number only.
//!
//! What is absent: history. There is work in hand and nothing that was judged, approved or told.

mod company;
mod customers;
mod files;
mod orders;
mod rows;

use std::collections::HashMap;

use anyhow::Context;
use platform::Tx;
use uuid::Uuid;

use crate::imports::Sheet;
use crate::{App, people};

/// Nobody works here yet.
pub async fn is_empty(app: &App) -> anyhow::Result<bool> {
    let first = people::rows::user_by_username(app.db.conn(), "admin").await?;
    Ok(first.is_none())
}

/// Loads it into an empty database.
pub async fn load(app: &App) -> anyhow::Result<()> {
    let tx = app.db.begin().await?;
    let company = company::load(app, &tx).await.context("loading the people")?;
    let customers = customers::load(&tx, &company).await.context("loading the customers")?;
    customers::load_opportunities(&tx, &customers).await.context("loading the opportunities")?;
    orders::load(&tx, &company.regions, &customers).await.context("loading the orders")?;
    tx.commit().await
}

/// Deletes every row of every capability, and what was promised. The installation and its clock stay.
pub async fn wipe(app: &App) -> anyhow::Result<()> {
    let tx = app.db.begin().await?;
    rows::wipe(tx.db()).await.context("wiping")?;
    tx.commit().await
}

/// Ids by the names the files use.
type Ids = HashMap<String, Uuid>;

/// Stores rows the way the importers do and returns their ids.
async fn store<T: Sheet>(tx: &Tx, table: &'static str, rows: &[&T]) -> anyhow::Result<Ids> {
    T::store(tx, rows).await?;
    let names: Vec<String> = rows.iter().map(|row| row.external_id().to_owned()).collect();
    let ids = people::rows::ids_by_external(tx.db(), table, &names).await?;
    Ok(ids.into_iter().collect())
}

/// What the files call by this name.
fn named<'a, T>(things: &'a HashMap<String, T>, name: &str) -> anyhow::Result<&'a T> {
    things.get(name).with_context(|| format!("the demo has no {name}"))
}
