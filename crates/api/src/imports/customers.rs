//! Customer files: each in a known region, with a known owner, and a warning where it is probably known already.

use std::collections::{BTreeSet, HashSet};

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::identifiers::{normal_name, normal_phone};
use domain::imports::{CustomerRow, Fault, Row};
use domain::people::Role;
use platform::Tx;
use serde_json::{Value, json};
use uuid::Uuid;

use super::duplicates::Seen;
use super::judge::{Judged, Sheet};
use super::{known_ids, ours};
use crate::App;
use crate::customers::rows::{Identity, alike, customer, upsert};
use crate::settings::documents::customer_kinds;

impl Sheet for CustomerRow {
    const ID_COLUMN: &'static str = "customer_id";

    fn of(row: &Row) -> Result<Self, Vec<Fault>> {
        Self::read(row)
    }

    fn external_id(&self) -> &str {
        &self.external_id
    }

    async fn judge(app: &App, _: Role, rows: Vec<Judged<Self>>) -> anyhow::Result<Vec<Judged<Self>>> {
        let db = app.db.conn();
        let good: Vec<&Self> = rows.iter().filter_map(|it| it.outcome.as_ref().ok()).collect();
        let regions =
            known_ids(db, "people_regions", good.iter().map(|row| row.region.as_str()).collect()).await?;
        let owners = good.iter().filter_map(|row| row.owner.as_deref()).collect();
        let owners = known_ids(db, "people_users", owners).await?;
        let usccs = distinct(good.iter().filter_map(|row| row.uscc.clone()));
        let phones = distinct(good.iter().filter_map(|row| Some(normal_phone(row.phone.as_deref()?))));
        let names = distinct(good.iter().map(|row| normal_name(&row.name)));
        let kinds = customer_kinds(db).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let known = Known {
            kinds: kinds.kinds.into_iter().map(|kind| kind.code).collect(),
            regions: regions.into_keys().collect(),
            owners: owners.into_keys().collect(),
            alike: alike(db, &usccs, &phones, &names).await?,
        };
        Ok(judged(rows, known))
    }

    async fn store(tx: &Tx, rows: &[&Self]) -> anyhow::Result<()> {
        let codes = rows.iter().map(|row| row.region.as_str()).collect();
        let regions = known_ids(tx.db(), "people_regions", codes).await?;
        let owners = rows.iter().filter_map(|row| row.owner.as_deref()).collect();
        let owners = known_ids(tx.db(), "people_users", owners).await?;
        let models = rows.iter().map(|row| {
            let region = ours(&regions, Some(&row.region))?.context("a customer has a region")?;
            Ok(model(row, region, ours(&owners, row.owner.as_deref())?, tx.now()))
        });
        upsert(tx.db(), models.collect::<anyhow::Result<_>>()?).await?;
        Ok(())
    }
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let values: BTreeSet<String> = values.filter(|it| !it.is_empty()).collect();
    values.into_iter().collect()
}

struct Known {
    kinds: HashSet<String>,
    regions: HashSet<String>,
    owners: HashSet<String>,
    alike: Vec<Identity>,
}

fn judged(mut rows: Vec<Judged<CustomerRow>>, known: Known) -> Vec<Judged<CustomerRow>> {
    for judged in &mut rows {
        let Ok(row) = &judged.outcome else { continue };
        let mut faults = Vec::new();
        if !known.kinds.contains(&row.kind) {
            faults.push(Fault::new("kind", "value_unknown", &row.kind));
        }
        if !known.regions.contains(&row.region) {
            faults.push(Fault::new("region_code", "region_unknown", &row.region));
        }
        if let Some(owner) = &row.owner
            && !known.owners.contains(owner)
        {
            faults.push(Fault::new("owner_id", "owner_unknown", owner));
        }
        judged.refuse(faults);
    }
    // What the file says of a customer replaces what is stored, whether that has happened yet or not.
    let mut seen = Seen::default();
    let in_file: HashSet<&str> =
        rows.iter().filter_map(|it| Some(it.outcome.as_ref().ok()?.external_id.as_str())).collect();
    for identity in known.alike {
        let is_replaced = identity.external_id.as_deref().is_some_and(|id| in_file.contains(id));
        if !is_replaced {
            seen.stored(identity);
        }
    }
    for judged in &mut rows {
        let Ok(row) = &judged.outcome else { continue };
        judged.warnings = row.warnings();
        judged.warnings.extend(seen.warn(row));
    }
    rows
}

fn model(row: &CustomerRow, region: Uuid, owner: Option<Uuid>, now: DateTime<Utc>) -> customer::Model {
    let phone = row.phone.as_deref().map(normal_phone);
    customer::Model {
        id: platform::new_id(),
        external_id: Some(row.external_id.clone()),
        name: row.name.clone(),
        normal_name: normal_name(&row.name),
        kind: row.kind.clone(),
        region_id: region,
        owner_id: owner,
        phone: row.phone.clone(),
        normal_phone: phone.filter(|it| !it.is_empty()),
        uscc: row.uscc.clone(),
        district_code: row.district.clone(),
        lat: row.point.map(|point| point.lat),
        lng: row.point.map(|point| point.lng),
        system: row.point.map(|point| point.system.as_str().to_owned()),
        location_source: row.point.map(|_| row.location_source.clone()),
        location_confirmed: row.is_confirmed,
        fence_radius_m: row.fence_radius_m,
        price_tier: row.price_tier.clone(),
        credit_limit_fen: row.credit_limit.0,
        return_rate_limit_ppm: row.return_rate_limit_ppm,
        payment_terms: row.payment_terms.to_string(),
        contacts: contacts(row),
        decision_chain: json!(row.decision_chain),
        needs: json!(row.need.iter().collect::<Vec<_>>()),
        stage: row.stage.clone(),
        last_verified_at: None,
        confirmed_at: row.updated_at.unwrap_or(now),
        created_at: row.created_at.unwrap_or(now),
        updated_at: row.updated_at.unwrap_or(now),
        version: 1,
        bill_to_id: None,
        confirmations: None,
        invoice: None,
        uncertainty_m: None,
        proposed_location: None,
        is_blacklisted: false,
        blacklist_reason: None,
        released_at: None,
    }
}

fn contacts(row: &CustomerRow) -> Value {
    let contact = &row.contact;
    if contact.name.is_none() && contact.phone.is_none() && contact.title.is_none() {
        return json!([]);
    }
    json!([{"name": contact.name, "phone": contact.phone, "title": contact.title}])
}
