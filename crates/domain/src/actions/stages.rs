//! What each stage asks for: a published document, never code.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::documents::Fault;
use crate::evidence::kinds::Kinds;
use crate::evidence::unit::Unit;

/// The stage of an opportunity that is won. It comes last.
pub const WON: &str = "won";
/// The stage of an opportunity that is lost, from wherever it stood.
pub const LOST: &str = "lost";

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
    /// What entering it asks for. The first stage is entered by being created, and losing asks for a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What it asks for, the usual one first.
    pub actions: Vec<Action>,
}

/// A reason that people choose from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The stable code.
    pub code: String,
    /// As people read it.
    pub label: String,
}

/// The document `stages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stages {
    /// Stages of an opportunity, in order.
    pub opportunity: Vec<Stage>,
    /// Stages of a customer without an open opportunity.
    pub customer: Vec<Stage>,
    /// Why an opportunity is lost.
    pub lost_reasons: Vec<Choice>,
    /// Why an item of a list was not done.
    pub undone_reasons: Vec<Choice>,
}

impl Stages {
    /// The stage that an item binds to.
    pub fn find(&self, is_opportunity: bool, code: &str) -> Option<&Stage> {
        let stages = if is_opportunity { &self.opportunity } else { &self.customer };
        stages.iter().find(|stage| stage.code == code)
    }

    /// Everything that is wrong with it, with the kinds of evidence that are in force.
    pub fn check(&self, kinds: &Kinds) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (name, stages) in [("opportunity", &self.opportunity), ("customer", &self.customer)] {
            faults.extend(doubles(name, stages.iter().map(|stage| stage.code.as_str())));
            for (place, stage) in stages.iter().enumerate() {
                if stage.target_gap_days < 1 || !(0..=1_000).contains(&stage.weight) {
                    faults.push(Fault::new(format!("/{name}/{place}"), "out_of_range"));
                }
            }
        }
        for (name, choices) in
            [("lost_reasons", &self.lost_reasons), ("undone_reasons", &self.undone_reasons)]
        {
            faults.extend(doubles(name, choices.iter().map(|choice| choice.code.as_str())));
            if choices.is_empty() {
                faults.push(Fault::new(format!("/{name}"), "required"));
            }
        }
        faults.extend(self.check_order());
        faults.extend(self.check_units(kinds));
        faults
    }

    /// One begins, one wins at the end, one loses; what comes after winning is never reached.
    fn check_order(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let codes: Vec<&str> = self.opportunity.iter().map(|stage| stage.code.as_str()).collect();
        for end in [WON, LOST] {
            if !codes.contains(&end) {
                faults.push(Fault::new("/opportunity", "stage_end_missing"));
            }
        }
        if codes.first().is_none_or(|code| [WON, LOST].contains(code)) {
            faults.push(Fault::new("/opportunity/0", "stage_unreachable"));
        }
        let won = codes.iter().position(|code| *code == WON).unwrap_or(codes.len());
        for (place, code) in codes.iter().enumerate() {
            if place > won && *code != LOST {
                faults.push(Fault::new(format!("/opportunity/{place}"), "stage_unreachable"));
            }
        }
        faults
    }

    fn check_units(&self, kinds: &Kinds) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (place, stage) in self.opportunity.iter().enumerate() {
            let at = format!("/opportunity/{place}/unit");
            let asks = place > 0 && stage.code != LOST;
            match &stage.unit {
                None if asks => faults.push(Fault::new(at, "unit_missing")),
                Some(unit) if unit.is_empty() => faults.push(Fault::new(at, "unit_missing")),
                Some(_) if !asks => faults.push(Fault::new(at, "unit_not_asked")),
                Some(unit) => {
                    let named = unit.kinds();
                    for (_, (below, _)) in
                        (0..).zip(&named).filter(|(_, (_, kind))| kinds.find(kind).is_none())
                    {
                        faults.push(Fault::new(format!("{at}{below}"), "evidence_kind_unknown"));
                    }
                }
                None => {}
            }
        }
        for (place, stage) in self.customer.iter().enumerate() {
            if stage.unit.is_some() {
                faults.push(Fault::new(format!("/customer/{place}/unit"), "unit_not_asked"));
            }
        }
        faults
    }
}

fn doubles<'a>(name: &str, codes: impl Iterator<Item = &'a str>) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let twice = codes.enumerate().filter(|(_, code)| code.is_empty() || !seen.insert(*code));
    twice.map(|(place, _)| Fault::new(format!("/{name}/{place}/code"), "code_twice")).collect()
}

/// The stages in force, with the earlier versions that something still runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version in force.
    pub version: i32,
    /// By version; the one in force among them.
    pub versions: BTreeMap<i32, Arc<Stages>>,
}

impl Published {
    /// One version alone.
    pub fn only(version: i32, stages: Arc<Stages>) -> Self {
        Self { version, versions: BTreeMap::from([(version, stages)]) }
    }

    /// The stage of an opportunity in the version that it runs on, with that version; in force where that is unknown.
    pub fn of_opportunity(&self, version: i32, code: &str) -> Option<(i32, &Stage)> {
        let version = if self.versions.contains_key(&version) { version } else { self.version };
        Some((version, self.versions.get(&version)?.find(true, code)?))
    }

    /// The stage of a customer in the version in force.
    pub fn of_customer(&self, code: &str) -> Option<(i32, &Stage)> {
        Some((self.version, self.versions.get(&self.version)?.find(false, code)?))
    }
}
