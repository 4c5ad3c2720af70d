//! The two documents that belong together: what counts as evidence, and which stage asks for it.
//!
//! The versions in force are read once for many requests; an earlier one, that something still runs on, is read when it
//! is asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::actions::{Published, Stages};
use domain::documents::Fault;
use domain::evidence::kinds::Kinds;
use serde::de::DeserializeOwned;

use super::cache::{Numbered, Slot};
use super::documents::{self, Kind, parsed, source, typed};
use super::schema;
use crate::App;
use crate::error::Result;
use crate::select::Connection;

/// The stages in force, with these earlier versions that something still runs on.
pub async fn stages(app: &App, db: &impl Connection, versions: &[i32]) -> Result<Published> {
    let (version, stages) = stages_of(app, db, None).await?;
    let mut all = BTreeMap::from([(version, stages)]);
    for earlier in versions {
        if !all.contains_key(earlier) {
            let (found, stages) = stages_of(app, db, Some(*earlier)).await?;
            all.insert(found, stages);
        }
    }
    Ok(Published { version, versions: all })
}

/// One version of the stages; the one in force where there is no such one.
pub async fn stages_of(app: &App, db: &impl Connection, version: Option<i32>) -> Result<Numbered<Stages>> {
    numbered(app, db, (Kind::Stages, &app.settings.stages), version).await
}

/// The kinds of evidence in force, with their version.
pub async fn kinds(app: &App, db: &impl Connection) -> Result<Numbered<Kinds>> {
    numbered(app, db, (Kind::EvidenceKinds, &app.settings.evidence_kinds), None).await
}

/// The kinds of evidence that a record was made with.
pub async fn kinds_of(app: &App, db: &impl Connection, version: i32) -> Result<Arc<Kinds>> {
    let slot = (Kind::EvidenceKinds, &app.settings.evidence_kinds);
    Ok(numbered(app, db, slot, Some(version)).await?.1)
}

async fn numbered<D: DeserializeOwned>(
    app: &App,
    db: &impl Connection,
    (kind, slot): (Kind, &Slot<Numbered<D>>),
    wanted: Option<i32>,
) -> Result<Numbered<D>> {
    let parse = |source: &super::cache::Source| Ok((source.document.version, Arc::new(typed(source)?)));
    let in_force = app.settings.get(slot, async || source(db, kind).await, parse).await?;
    let earlier = match wanted {
        Some(wanted) if wanted != in_force.0 => documents::version(db, kind, wanted).await?,
        _ => None,
    };
    Ok(match earlier {
        Some(document) => (document.version, Arc::new(parsed(document)?)),
        None => (in_force.0, in_force.1.clone()),
    })
}

/// What is wrong with kinds: by themselves, their schemas included, and for the stages in force that ask for them.
pub(super) async fn kind_faults(db: &impl Connection, kinds: &Kinds) -> Result<Vec<Fault>> {
    let schemas = kinds.kinds.iter().enumerate();
    let schemas =
        schemas.flat_map(|(place, kind)| schema::check(&kind.fields, &format!("/kinds/{place}/fields")));
    let own: Vec<Fault> = kinds.check().into_iter().chain(schemas).collect();
    if !own.is_empty() {
        return Ok(own);
    }
    let stages: Stages = parsed(documents::in_force(db, Kind::Stages).await?)?;
    let is_gone = stages.check(kinds).iter().any(|fault| fault.code == "evidence_kind_unknown");
    Ok(if is_gone { vec![Fault::new("/kinds", "evidence_kind_in_use")] } else { Vec::new() })
}

/// What is wrong with stages beside the kinds in force.
pub(super) async fn stage_faults(db: &impl Connection, stages: &Stages) -> Result<Vec<Fault>> {
    Ok(stages.check(&parsed(documents::in_force(db, Kind::EvidenceKinds).await?)?))
}
