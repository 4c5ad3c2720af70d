//! The flow that a decision began with, kept under what it says: publishing another changes nothing that runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use domain::approvals::flow::Flow;
use domain::approvals::{Kind, ServiceLevel, ServiceLevels};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::chain::canonical;
use super::rows;
use crate::App;
use crate::error::Result;
use crate::select::Connection;

/// A flow with the service levels of the day on which it began.
#[derive(Debug, Serialize, Deserialize)]
pub struct Begun {
    pub flow: Flow,
    pub levels: ServiceLevels,
}

/// Flows as this process knows them. What a digest stands for never changes.
#[derive(Default)]
pub struct Flows(Mutex<HashMap<String, Arc<Begun>>>);

/// More flows than a company ever had.
const MOST_KNOWN: usize = 500;

impl Begun {
    /// The level of a node.
    pub fn level(&self, node: &str) -> Option<&ServiceLevel> {
        let named = self.flow.approval(node).and_then(|node| node.service_level.as_deref());
        self.levels.find(named, self.flow.kind)
    }

    /// The level that a kind has without a flow's word.
    pub fn budget_minutes(&self) -> i32 {
        self.levels.find(None, self.flow.kind).map_or(0, |level| level.working_minutes)
    }
}

/// Keeps the flow of a kind that is in force, with the levels it needs, and says under which digest.
pub async fn begin(
    app: &App,
    db: &impl Connection,
    kind: Kind,
    facts: &Value,
) -> Result<Option<(String, i32, Arc<Begun>)>> {
    let flows = crate::settings::approval_flows(app, db).await?;
    let Some(flow) = flows.1.find(kind, facts) else { return Ok(None) };
    keep(app, db, flow.clone(), flows.0).await.map(Some)
}

/// Keeps a flow, with the levels of today.
pub async fn keep(
    app: &App,
    db: &impl Connection,
    flow: Flow,
    version: i32,
) -> Result<(String, i32, Arc<Begun>)> {
    let levels = crate::settings::service_levels(app, db).await?.as_ref().clone();
    let begun = Arc::new(Begun { flow, levels });
    let body = serde_json::to_value(begun.as_ref()).map_err(anyhow::Error::from)?;
    let digest = platform::secret::sha256(canonical(&body));
    // Always: what this process knows may come from a transaction that was never committed.
    rows::keep_flow(db, &digest, body).await?;
    Ok((digest, version, begun))
}

/// The flow of a decision that runs, for whoever has no installation at hand.
pub async fn read_uncached(db: &impl Connection, digest: &str) -> Result<Arc<Begun>> {
    let body = rows::flow(db, digest).await?.context("a flow that was begun is kept")?;
    Ok(Arc::new(serde_json::from_value(body).map_err(anyhow::Error::from)?))
}

/// The flow of a decision that runs.
pub async fn read(app: &App, db: &impl Connection, digest: &str) -> Result<Arc<Begun>> {
    if let Some(known) = app.flows.known(digest) {
        return Ok(known);
    }
    let begun = read_uncached(db, digest).await?;
    app.flows.keep(digest, &begun);
    Ok(begun)
}

impl Flows {
    fn known(&self, digest: &str) -> Option<Arc<Begun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    fn keep(&self, digest: &str, begun: &Arc<Begun>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(digest.to_owned(), begun.clone());
    }
}
