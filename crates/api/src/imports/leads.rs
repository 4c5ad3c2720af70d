//! Leads: each in a known region, with a known owner where it has one. Their own instants are kept, and history rings
//! for nobody.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use domain::identifiers::{normal_name, normal_phone};
use domain::imports::{Fault, LeadRow, Row};
use domain::leads::{Status, due_at, first_rung_at};
use domain::people::Role;
use domain::working_time::Calendar;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::judge::{Judged, Sheet};
use super::{known_ids, ours};
use crate::App;
use crate::leads::rows::{lead, upsert};
use crate::opportunities::rows as opportunities;

impl Sheet for LeadRow {
    const ID_COLUMN: &'static str = "lead_id";

    fn of(row: &Row) -> Result<Self, Vec<Fault>> {
        Self::read(row)
    }

    fn external_id(&self) -> &str {
        &self.external_id
    }

    async fn judge(app: &App, _: Role, mut rows: Vec<Judged<Self>>) -> anyhow::Result<Vec<Judged<Self>>> {
        let db = app.db.conn();
        let good: Vec<&Self> = rows.iter().filter_map(|it| it.outcome.as_ref().ok()).collect();
        let regions = good.iter().map(|row| row.region.as_str()).collect();
        let regions: HashSet<String> = known_ids(db, "people_regions", regions).await?.into_keys().collect();
        let owners = good.iter().filter_map(|row| row.owner.as_deref()).collect();
        let owners: HashSet<String> = known_ids(db, "people_users", owners).await?.into_keys().collect();
        for judged in &mut rows {
            let Ok(row) = &judged.outcome else { continue };
            let mut faults = Vec::new();
            if !regions.contains(&row.region) {
                faults.push(Fault::new("region_code", "region_unknown", &row.region));
            }
            if let Some(owner) = row.owner.as_ref().filter(|owner| !owners.contains(*owner)) {
                faults.push(Fault::new("owner_id", "owner_unknown", owner));
            }
            judged.refuse(faults);
        }
        Ok(rows)
    }

    async fn store(tx: &Tx, rows: &[&Self]) -> anyhow::Result<()> {
        let codes = rows.iter().map(|row| row.region.as_str()).collect();
        let regions = known_ids(tx.db(), "people_regions", codes).await?;
        let owners = rows.iter().filter_map(|row| row.owner.as_deref()).collect();
        let owners = known_ids(tx.db(), "people_users", owners).await?;
        let became = became(tx, rows).await?;
        let models = rows.iter().map(|row| {
            let region = ours(&regions, Some(&row.region))?.context("a lead has a region")?;
            let owner = ours(&owners, row.owner.as_deref())?;
            let opportunity = row.opportunity.as_ref().and_then(|it| became.get(it)).copied();
            Ok(model(tx, row, (region, owner), opportunity))
        });
        upsert(tx.db(), models.collect::<anyhow::Result<_>>()?).await?;
        Ok(())
    }
}

/// The opportunities that leads became, with their customers, as far as they are known: they may come in later.
async fn became(tx: &Tx, rows: &[&LeadRow]) -> anyhow::Result<HashMap<String, (Uuid, Uuid)>> {
    let named = rows.iter().filter_map(|row| row.opportunity.as_deref()).collect();
    let known = known_ids(tx.db(), "opportunities", named).await?;
    let ids: Vec<Uuid> = known.values().copied().collect();
    let found = opportunities::among(tx.db(), &ids).await?;
    let customers: HashMap<Uuid, Uuid> = found.into_iter().map(|it| (it.id, it.customer_id)).collect();
    let both = |(name, id): (String, Uuid)| Some((name, (id, *customers.get(&id)?)));
    Ok(known.into_iter().filter_map(both).collect())
}

fn model(
    tx: &Tx,
    row: &LeadRow,
    (region, owner): (Uuid, Option<Uuid>),
    became: Option<(Uuid, Uuid)>,
) -> lead::Model {
    let created_at = row.created_at.unwrap_or(tx.now());
    let status = if row.opportunity.is_some() { Status::Converted } else { Status::Open };
    let is_waiting = row.first_response_at.is_none() && status == Status::Open;
    let first_rung_at = first_rung_at(Calendar::mainland(), created_at, tx.now());
    lead::Model {
        id: platform::new_id(),
        external_id: Some(row.external_id.clone()),
        name: row.name.clone(),
        normal_name: normal_name(&row.name),
        normal_phone: row.phone.as_deref().map(normal_phone),
        phone: row.phone.clone(),
        district_code: row.district.clone(),
        source: row.source.clone(),
        region_id: region,
        owner_id: owner,
        product_interest: row.product_interest.clone(),
        note: row.note.clone(),
        contacts: json!([]),
        status: status.name().to_owned(),
        created_by: None,
        created_at,
        due_at: due_at(created_at),
        first_response_at: row.first_response_at,
        rung: 0,
        next_rung_at: first_rung_at.filter(|_| is_waiting),
        customer_id: became.map(|(_, customer)| customer),
        opportunity_id: became.map(|(opportunity, _)| opportunity),
        converted_by: None,
        converted_at: None,
        updated_at: tx.now(),
        version: 1,
    }
}
