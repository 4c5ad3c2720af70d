//! The demo's customer files and opportunities.

use std::collections::HashMap;

use anyhow::Context;
use chrono::TimeDelta;
use domain::identifiers::{normal_name, normal_phone};
use domain::imports::CustomerRow;
use domain::money::Fen;
use domain::working_time::local_date;
use platform::Tx;
use serde::Deserialize;
use serde_json::json;

use super::company::Company;
use super::{files, id_of};
use crate::customers::rows::{self, customer};
use crate::opportunities;
use crate::opportunities::rows::opportunity;

/// The files by the names the other files use.
pub(super) type Customers = HashMap<String, customer::Model>;

/// What no importer reads of a customer.
#[derive(Deserialize)]
struct More {
    updated_days_ago: i64,
    last_visit_days_ago: Option<i64>,
}

pub(super) async fn load(tx: &Tx, company: &Company) -> anyhow::Result<Customers> {
    let mut customers = Vec::new();
    for line in files::lines(files::CUSTOMERS)? {
        let row = line.read(CustomerRow::read)?;
        customers.push(file(tx, company, row, line.more()?)?);
    }
    rows::upsert(tx.db(), customers.clone()).await?;
    let by_name = |it: customer::Model| it.external_id.clone().map(|name| (name, it));
    Ok(customers.into_iter().filter_map(by_name).collect())
}

fn file(tx: &Tx, company: &Company, row: CustomerRow, more: More) -> anyhow::Result<customer::Model> {
    let owner = row.owner.context("a customer of the demo has an owner")?;
    let contact = json!({"name": row.contact.name, "phone": row.contact.phone, "title": row.contact.title});
    let confirmed_at = tx.now() - TimeDelta::days(more.updated_days_ago);
    Ok(customer::Model {
        id: platform::new_id(),
        external_id: Some(row.external_id),
        normal_name: normal_name(&row.name),
        name: row.name,
        kind: row.kind,
        region_id: id_of(&company.regions, &row.region)?,
        owner_id: Some(id_of(&company.users, &owner)?),
        normal_phone: row.phone.as_deref().map(normal_phone),
        phone: row.phone,
        uscc: row.uscc,
        district_code: row.district,
        lat: row.point.map(|it| it.lat),
        lng: row.point.map(|it| it.lng),
        system: row.point.map(|it| it.system.to_string()),
        location_source: Some(row.location_source),
        location_confirmed: row.is_confirmed,
        fence_radius_m: row.fence_radius_m,
        price_tier: row.price_tier,
        credit_limit_fen: row.credit_limit.0,
        return_rate_limit_ppm: row.return_rate_limit_ppm,
        payment_terms: row.payment_terms,
        contacts: json!([contact]),
        decision_chain: json!(row.decision_chain),
        needs: json!(Vec::from_iter(row.need)),
        stage: row.stage,
        last_verified_at: more
            .last_visit_days_ago
            .map(|n_days| tx.now() - TimeDelta::days(n_days)),
        confirmed_at,
        created_at: tx.now() - TimeDelta::days(365),
        updated_at: confirmed_at,
        version: 1,
    })
}

/// A line of `opportunities.csv`.
#[derive(Deserialize)]
struct OpportunityLine {
    opp_id: String,
    customer_id: String,
    name: String,
    stage: String,
    amount: Fen,
    days_in_stage: i64,
    expected_in_days: i64,
}

pub(super) async fn load_opportunities(tx: &Tx, customers: &Customers) -> anyhow::Result<()> {
    let mut opportunities = Vec::new();
    for line in files::lines(files::OPPORTUNITIES)? {
        opportunities.push(opportunity(tx, customers, line.more()?)?);
    }
    opportunities::rows::insert(tx.db(), opportunities).await?;
    Ok(())
}

fn opportunity(tx: &Tx, customers: &Customers, line: OpportunityLine) -> anyhow::Result<opportunity::Model> {
    let customer = customer_of(customers, &line.customer_id)?;
    let stage_entered_at = tx.now() - TimeDelta::days(line.days_in_stage);
    let status = match line.stage.as_str() {
        "won" | "lost" => line.stage.clone(),
        _ => "open".to_owned(),
    };
    Ok(opportunity::Model {
        id: platform::new_id(),
        external_id: Some(line.opp_id),
        customer_id: customer.id,
        owner_id: customer
            .owner_id
            .context("an opportunity of the demo has an owner")?,
        region_id: customer.region_id,
        name: line.name,
        stage: line.stage,
        status,
        amount_fen: line.amount.0,
        stage_entered_at,
        expected_on: Some(local_date(tx.now()) + TimeDelta::days(line.expected_in_days)),
        // The stages before took a month.
        created_at: stage_entered_at - TimeDelta::days(30),
        updated_at: stage_entered_at,
        version: 1,
    })
}

pub(super) fn customer_of<'a>(customers: &'a Customers, name: &str) -> anyhow::Result<&'a customer::Model> {
    customers
        .get(name)
        .with_context(|| format!("the demo has no {name}"))
}
