//! The two documents that belong together: what counts as evidence, and which stage asks for it.

use std::collections::BTreeMap;

use domain::actions::{Published, Stages};
use domain::documents::Fault;
use domain::evidence::kinds::Kinds;
use serde_json::Value;

use super::documents::{self, Kind, typed};
use super::schema;
use crate::error::Result;
use crate::select::Connection;

/// The stages in force, with these earlier versions that something still runs on.
pub async fn stages(db: &impl Connection, versions: &[i32]) -> Result<Published> {
    let document = documents::in_force(db, Kind::Stages).await?;
    let version = document.version;
    let mut all = BTreeMap::from([(version, typed(document)?)]);
    for earlier in versions {
        if !all.contains_key(earlier) {
            let document = documents::version(db, Kind::Stages, *earlier).await?;
            if document.version == *earlier {
                all.insert(*earlier, typed(document)?);
            }
        }
    }
    Ok(Published { version, versions: all })
}

/// One version of the stages; the one in force where there is no such one.
pub async fn stages_of(db: &impl Connection, version: Option<i32>) -> Result<(i32, Stages)> {
    let document = match version {
        Some(version) => documents::version(db, Kind::Stages, version).await?,
        None => documents::in_force(db, Kind::Stages).await?,
    };
    Ok((document.version, typed(document)?))
}

/// The kinds of evidence in force, with their version.
pub async fn kinds(db: &impl Connection) -> Result<(i32, Kinds)> {
    let document = documents::in_force(db, Kind::EvidenceKinds).await?;
    Ok((document.version, typed(document)?))
}

/// The kinds of evidence that a record was made with.
pub async fn kinds_of(db: &impl Connection, version: i32) -> Result<Kinds> {
    typed(documents::version(db, Kind::EvidenceKinds, version).await?)
}

/// What is wrong with kinds by themselves, their schemas included.
pub(super) fn check(kinds: &Kinds) -> Vec<Fault> {
    let schemas = kinds.kinds.iter().enumerate();
    let schemas =
        schemas.flat_map(|(place, kind)| schema::check(&kind.fields, &format!("/kinds/{place}/fields")));
    kinds.check().into_iter().chain(schemas).collect()
}

/// What is wrong with stages beside the kinds in force.
pub(super) async fn check_stages(db: &impl Connection, body: &Value) -> Result<Vec<Fault>> {
    let stages: Stages = serde_json::from_value(body.clone()).map_err(anyhow::Error::from)?;
    Ok(stages.check(&kinds(db).await?.1))
}

/// Kinds that the stages in force ask for must not vanish.
pub(super) async fn check_kinds(db: &impl Connection, body: &Value) -> Result<Vec<Fault>> {
    let kinds: Kinds = serde_json::from_value(body.clone()).map_err(anyhow::Error::from)?;
    let (_, stages) = stages_of(db, None).await?;
    let is_unknown = |fault: &Fault| fault.code == "evidence_kind_unknown";
    let gone = stages.check(&kinds).into_iter().any(|fault| is_unknown(&fault));
    Ok(if gone { vec![Fault::new("/kinds", "evidence_kind_in_use")] } else { Vec::new() })
}
