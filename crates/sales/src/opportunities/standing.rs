//! What stands for an opportunity: its records, the stages they support, and what the next stage lacks.

use std::collections::{BTreeMap, BTreeSet};

use domain::actions::{Stage, Stages};
use domain::evidence::kinds::{Kinds, Need};
use domain::ids::OpportunityId;
use domain::opportunities::{self as rules, Missing};
use platform::Tx;

use super::jobs::TellOwner;
use super::rows::{self, evidence, opportunity};
use crate::App;
use crate::error::Result;
use crate::select::Connection;
use crate::settings::{self, Numbered};

/// What the best record of each kind lacks: nothing where it stands.
pub fn recorded(records: &[evidence::Model]) -> BTreeMap<String, Vec<Need>> {
    let mut recorded: BTreeMap<String, Vec<Need>> = BTreeMap::new();
    for record in records.iter().filter(|it| it.status.stands()) {
        let best = recorded.entry(record.kind.clone()).or_insert_with(|| record.needs.0.clone());
        if record.needs.len() < best.len() {
            *best = record.needs.0.clone();
        }
    }
    recorded
}

fn complete(records: &[evidence::Model]) -> BTreeSet<String> {
    recorded(records).into_iter().filter(|(_, needs)| needs.is_empty()).map(|(kind, _)| kind).collect()
}

/// What entering these stages lacks.
pub async fn missing(
    db: &impl Connection,
    opportunity: &opportunity::Model,
    stages: &[&Stage],
    kinds: &Kinds,
) -> Result<Vec<Missing>> {
    let records = evidence::of(db, OpportunityId(opportunity.id)).await?;
    Ok(rules::missing(stages, kinds, &recorded(&records)))
}

/// The stages that an opportunity runs on.
pub async fn stages(
    app: &App,
    db: &impl Connection,
    opportunity: &opportunity::Model,
) -> Result<Numbered<Stages>> {
    settings::evidence::stages_of(app, db, opportunity.stages_version).await
}

/// Clears the mark of an unsupported stage when its unit is met again, or the opportunity went back before it.
pub async fn settle_support(app: &App, tx: &Tx, id: OpportunityId) -> Result<()> {
    let Some(opportunity) = rows::locked(tx.db(), id).await? else { return Ok(()) };
    let Some(unsupported) = &opportunity.unsupported_stage else { return Ok(()) };
    let (_, stages) = stages(app, tx.db(), &opportunity).await?;
    let place = |code: &str| stages.opportunity.iter().position(|stage| stage.code == code);
    let is_before = place(&opportunity.stage) < place(unsupported);
    let unit = stages.find(true, unsupported).and_then(|stage| stage.unit.as_ref());
    let standing = complete(&evidence::of(tx.db(), id).await?);
    if is_before || unit.is_none_or(|unit| unit.lacking(&standing).is_empty()) {
        rows::mark_supported(tx.db(), id, tx.now()).await?;
    }
    Ok(())
}

/// Marks the stage that a rejected record held up, and promises to tell the owner.
pub async fn question_support(app: &App, tx: &Tx, rejected: &evidence::Model) -> Result<()> {
    let id = OpportunityId(rejected.opportunity_id);
    let Some(opportunity) = rows::locked(tx.db(), id).await? else { return Ok(()) };
    let (_, stages) = stages(app, tx.db(), &opportunity).await?;
    let standing = complete(&evidence::of(tx.db(), id).await?);
    let Some(stage) = rules::unmet(&stages, &opportunity.stage, &rejected.kind, &standing) else {
        return Ok(());
    };
    if rows::mark_unsupported(tx.db(), id, (&stage.code, rejected.id), tx.now()).await? {
        tx.send(&TellOwner { opportunity: id.0 }).await?;
    }
    Ok(())
}
