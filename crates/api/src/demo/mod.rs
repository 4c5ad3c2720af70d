//! The demo company: a small distributor that can be tried without any setting up.
//!
//! It is loaded from the files in `config/demo`, which are compiled in, in one transaction: either all of it is there
//! or nothing. Every path goes through the readers of the importers and the slices' own statements, so that the demo
//! cannot hold what the product would refuse. Days in the files count from the business day of loading.
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
use uuid::Uuid;

use crate::{App, people};

/// Ids by the names the files use.
type Ids = HashMap<String, Uuid>;

fn id_of(ids: &Ids, name: &str) -> anyhow::Result<Uuid> {
    let id = ids.get(name).copied();
    id.with_context(|| format!("the demo has no {name}"))
}

/// Nobody works here yet.
pub async fn is_empty(app: &App) -> anyhow::Result<bool> {
    let first = people::rows::user_by_username(app.db.conn(), "admin").await?;
    Ok(first.is_none())
}

/// Loads it into an empty database.
pub async fn load(app: &App) -> anyhow::Result<()> {
    let tx = app.db.begin().await?;
    let company = company::load(app, &tx).await.context("loading the people")?;
    let customers = customers::load(&tx, &company)
        .await
        .context("loading the customers")?;
    customers::load_opportunities(&tx, &customers)
        .await
        .context("loading the opportunities")?;
    orders::load(&tx, &company.regions, &customers)
        .await
        .context("loading the orders")?;
    tx.commit().await
}

/// Deletes every row of every capability, and what was promised. The installation and its clock stay.
pub async fn wipe(app: &App) -> anyhow::Result<()> {
    let tx = app.db.begin().await?;
    rows::wipe(tx.db()).await.context("wiping")?;
    tx.commit().await
}
