//! Signed pages that stay away time after time are one gap of the function that supplies the kind.

use chrono::{DateTime, Utc};
use domain::evidence::kinds::{EvidenceKind, GapRule};
use domain::ids::{RegionId, UserId};
use domain::notices::gap_opened;
use domain::opportunities::{Held, is_gap};
use domain::people::Role;
use domain::working_time::local_date;
use platform::Tx;
use platform::sweeps::Sweep;
use serde_json::json;
use uuid::Uuid;

use super::rows::{evidence, gaps};
use crate::error::Result;
use crate::notices::{self, Notice};
use crate::select;
use crate::settings::{self, Event};
use crate::{App, people};

/// Looks at what a record's grace has ended for.
pub struct WatchGaps;

const BATCH: u64 = 200;
/// More records than any rule asks for in a row, with some whose page may still come.
const LOOKED_AT: u64 = 60;

#[async_trait::async_trait]
impl Sweep<App> for WatchGaps {
    fn name(&self) -> &'static str {
        "opportunities.watch_gaps"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(evidence::next_grace(app.db.conn()).await?)
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let mut n_looked = 0;
        loop {
            let tx = app.db.begin().await?.at(at);
            let over = evidence::over(tx.db(), at, BATCH).await?;
            if over.is_empty() {
                return Ok(n_looked);
            }
            look(app, &tx, &over).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
            tx.commit().await?;
            n_looked += over.len() as u64;
        }
    }
}

async fn look(app: &App, tx: &Tx, over: &[evidence::Model]) -> Result<()> {
    let ids: Vec<Uuid> = over.iter().map(|record| record.id).collect();
    evidence::end_grace(tx.db(), &ids).await?;
    let (_, kinds) = settings::evidence::kinds(app, tx.db()).await?;
    let mut places: Vec<(Uuid, &str)> =
        over.iter().map(|record| (record.region_id, record.kind.as_str())).collect();
    places.sort_unstable();
    places.dedup();
    for (region, kind) in places {
        let kind = kinds.find(kind);
        if let Some((kind, rule)) = kind.and_then(|kind| Some((kind, kind.gap.as_ref()?))) {
            open(app, tx, RegionId(region), (kind, rule)).await?;
        }
    }
    Ok(())
}

async fn open(app: &App, tx: &Tx, region: RegionId, (kind, rule): (&EvidenceKind, &GapRule)) -> Result<()> {
    let last = evidence::last_of_kind(tx.db(), (region, &kind.code), LOOKED_AT).await?;
    let held: Vec<Held> = last
        .iter()
        .map(|record| Held { is_signed: record.is_signed, grace_until: record.grace_until })
        .collect();
    if !is_gap(&held, rule.in_a_row, tx.now()) {
        return Ok(());
    }
    let missing = last.iter().filter(|it| it.grace_until.is_some_and(|until| until <= tx.now()));
    let evidence_ids: Vec<Uuid> = missing.take(rule.in_a_row).map(|record| record.id).collect();
    let opening = gaps::Opening {
        id: platform::new_id(),
        kind: &kind.code,
        region,
        supplier: &rule.supplier,
        evidence_ids: json!(evidence_ids),
    };
    if !gaps::open(tx.db(), &opening, tx.now()).await? {
        return Ok(());
    }
    let event = Event::about("opportunities.gap_opened", None, ("gap", opening.id));
    settings::record(tx, event.with(json!({"kind": kind.code, "region_id": region}))).await?;
    let names = select::names(tx.db(), "people_regions", &[region.0]).await?;
    let message = gap_opened(
        &rule.supplier,
        names.get(&region.0).map_or("", String::as_str),
        &kind.label,
        rule.in_a_row,
    );
    let told = told(tx, region, &rule.told).await?;
    let notice = |recipient| Notice {
        recipient,
        matter: matter(opening.id),
        rung: 0,
        subject: Some(("gap", opening.id)),
        message: message.clone(),
    };
    notices::tell(app, tx, &told.into_iter().map(notice).collect::<Vec<_>>()).await
}

/// The people of the roles: those nearest above the region, or all of a role that nobody holds there.
async fn told(tx: &Tx, region: RegionId, roles: &[Role]) -> Result<Vec<UserId>> {
    let today = local_date(tx.now());
    let mut told = Vec::new();
    for role in roles {
        let nearest = people::in_role(tx.db(), *role, Some(region), today, false).await?;
        told.extend(match nearest.as_slice() {
            [] => people::in_role(tx.db(), *role, None, today, false).await?,
            _ => nearest,
        });
    }
    told.sort_unstable();
    told.dedup();
    Ok(told)
}

/// A record got its page: the row is ended, and nothing more needs to be said about it.
pub(super) async fn close(tx: &Tx, record: &evidence::Model) -> Result<()> {
    let place = (RegionId(record.region_id), record.kind.as_str());
    if let Some(gap) = gaps::close(tx.db(), place, record.id, tx.now()).await? {
        notices::settle(tx.db(), &matter(gap), tx.now()).await?;
        settings::record(tx, Event::about("opportunities.gap_closed", None, ("gap", gap))).await?;
    }
    Ok(())
}

fn matter(gap: Uuid) -> String {
    format!("gap:{gap}")
}
