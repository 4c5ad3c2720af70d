//! The demo's customer files and opportunities.

use std::collections::HashMap;

use anyhow::Context;
use chrono::TimeDelta;
use domain::ids::CustomerId;
use domain::imports::CustomerRow;
use domain::money::Fen;
use domain::opportunities::Status;
use domain::working_time::local_date;
use platform::Tx;
use serde::Deserialize;
use uuid::Uuid;

use super::company::Company;
use super::{files, named, store};
use crate::opportunities::rows::{insert, moves, opportunity};

/// What the other files need to know of a customer.
pub(super) struct Customer {
    pub(super) id: Uuid,
    pub(super) region: Uuid,
    pub(super) owner: Uuid,
    /// Who signs there.
    pub(super) contact: Option<String>,
}

/// By the names the other files use.
pub(super) type Customers = HashMap<String, Customer>;

/// What no importer reads of a customer.
#[derive(Deserialize)]
struct More {
    updated_days_ago: i64,
    last_visit_days_ago: Option<i64>,
}

pub(super) async fn load(tx: &Tx, company: &Company) -> anyhow::Result<Customers> {
    let mut files: Vec<(CustomerRow, More)> = files::sheet(files::CUSTOMERS, CustomerRow::read)?;
    for (row, more) in &mut files {
        row.created_at = Some(tx.now() - TimeDelta::days(365));
        row.updated_at = Some(tx.now() - TimeDelta::days(more.updated_days_ago));
    }
    let rows: Vec<&CustomerRow> = files.iter().map(|(row, _)| row).collect();
    let ids = store(tx, "customers", &rows).await?;

    let mut customers = Customers::new();
    for (row, more) in files {
        let id = *named(&ids, &row.external_id)?;
        if let Some(n_days) = more.last_visit_days_ago {
            let at = tx.now() - TimeDelta::days(n_days);
            crate::customers::verified(tx, CustomerId(id), at).await?;
        }
        let owner = row.owner.context("a customer of the demo has an owner")?;
        let customer = Customer {
            id,
            region: *named(&company.regions, &row.region)?,
            owner: *named(&company.users, &owner)?,
            contact: row.contact.name,
        };
        customers.insert(row.external_id, customer);
    }
    Ok(customers)
}

/// A row of `opportunities.csv`.
#[derive(Deserialize)]
struct OpportunityRow {
    opp_id: String,
    customer_id: String,
    name: String,
    stage: String,
    amount: Fen,
    days_in_stage: i64,
    expected_in_days: i64,
}

pub(super) async fn load_opportunities(tx: &Tx, customers: &Customers) -> anyhow::Result<()> {
    let rows: Vec<OpportunityRow> = files::rows(files::OPPORTUNITIES)?;
    let opportunities = rows.into_iter().map(|row| {
        let customer = named(customers, &row.customer_id)?;
        Ok(opportunity(tx, customer, row))
    });
    let opportunities: Vec<opportunity::Model> = opportunities.collect::<anyhow::Result<_>>()?;
    let entered = opportunities.iter().map(entered).collect();
    insert(tx.db(), opportunities).await?;
    moves::insert(tx.db(), entered).await?;
    Ok(())
}

fn opportunity(tx: &Tx, customer: &Customer, row: OpportunityRow) -> opportunity::Model {
    let stage_entered_at = tx.now() - TimeDelta::days(row.days_in_stage);
    let status = Status::in_stage(&row.stage);
    let is_closed = status != Status::Open;
    opportunity::Model {
        id: platform::new_id(),
        external_id: Some(row.opp_id),
        customer_id: customer.id,
        owner_id: customer.owner,
        region_id: customer.region,
        name: row.name,
        stage: row.stage,
        status,
        amount_fen: row.amount.0,
        stage_entered_at,
        expected_on: Some(local_date(tx.now()) + TimeDelta::days(row.expected_in_days)),
        // The stages before took a month.
        created_at: stage_entered_at - TimeDelta::days(30),
        updated_at: stage_entered_at,
        version: 1,
        stages_version: Some(0),
        n_actions: 0,
        unsupported_at: None,
        unsupported_stage: None,
        unsupported_by: None,
        lost_reason: None,
        lost_note: None,
        closed_at: is_closed.then_some(stage_entered_at),
    }
}

/// How it came to stand where it stands; of its stages before nothing is known.
fn entered(opportunity: &opportunity::Model) -> moves::Model {
    moves::Model {
        id: platform::new_id(),
        opportunity_id: opportunity.id,
        kind: "loaded".to_owned(),
        from_stage: None,
        to_stage: opportunity.stage.clone(),
        stages_version: 0,
        user_id: None,
        reason: None,
        note: None,
        at: opportunity.stage_entered_at,
    }
}
