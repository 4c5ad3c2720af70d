//! What each stage asks for: a published document, never code.

use serde::{Deserialize, Serialize};

/// An action that a stage asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The stable code.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// The evidence that it needs, as people read it.
    pub evidence: Vec<String>,
}

/// A stage of an opportunity, or of a customer without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The stable code.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// How much it weighs in a proposal, in points.
    pub weight: i64,
    /// Days that should lie between two verified actions at most.
    pub target_gap_days: i64,
    /// What it asks for, the usual one first.
    pub actions: Vec<Action>,
}

/// A published version of the stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stages {
    /// The version; items keep the one they were made with.
    pub version: i32,
    /// Stages of an opportunity, in order.
    pub opportunity: Vec<Stage>,
    /// Stages of a customer without an open opportunity.
    pub customer: Vec<Stage>,
}

impl Stages {
    /// The stage that an item binds to.
    pub fn find(&self, is_opportunity: bool, code: &str) -> Option<&Stage> {
        let stages = if is_opportunity { &self.opportunity } else { &self.customer };
        stages.iter().find(|stage| stage.code == code)
    }
}
