//! Service levels: how much working time a node may take, and what happens on the way.
//!
//! A clock is a budget, what of it is used up, and since when it runs: never an instant alone, so that a pause or
//! another calendar moves everything that is still to come. A year whose calendar is not published leaves the clock
//! unprojected; it never fails the command that started it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::documents::Fault;

names! {
    /// What a rung of the ladder does.
    pub enum Act as EscalationAct {
        /// Remind those whose turn it is.
        Remind = "remind",
        /// The superior of those who joined last joins.
        Superior = "superior",
        /// The head of their department joins.
        Director = "director",
        /// The turn goes to the superior.
        Reassign = "reassign",
        /// A breakpoint of the process is recorded.
        Breakpoint = "breakpoint",
        /// The machine agrees.
        AutoApprove = "auto_approve",
        /// The machine refuses.
        AutoReject = "auto_reject",
    }
}

impl Act {
    fn is_decision(self) -> bool {
        matches!(self, Self::AutoApprove | Self::AutoReject)
    }
}

/// A rung: at this share of the budget, do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Percent of the budget, 1 to 1000.
    pub percent: i32,
    /// What happens.
    pub act: Act,
}

/// How long a node may take, and what happens on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevel {
    /// Its stable name. A level named like a kind of decision serves that kind unless a node says otherwise.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// The budget in minutes of working time.
    pub working_minutes: i32,
    /// From the first rung up.
    pub ladder: Vec<Rung>,
}

/// All service levels: a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevels {
    /// In any order.
    pub levels: Vec<ServiceLevel>,
}

/// A year of working time: longer budgets are slips of the keyboard.
const MOST_MINUTES: i32 = 60 * 8 * 250;

impl ServiceLevels {
    /// The level of a node: the one it names, else the one of the kind.
    pub fn find(&self, named: Option<&str>, kind: Kind) -> Option<&ServiceLevel> {
        let by_key = |key: &str| self.levels.iter().find(|level| level.key == key);
        named.and_then(by_key).or_else(|| by_key(kind.name()))
    }

    /// What is wrong with the document.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut keys = BTreeSet::new();
        for (place, level) in self.levels.iter().enumerate() {
            let at = format!("/levels/{place}");
            if !keys.insert(level.key.as_str()) {
                faults.push(Fault::new(format!("{at}/key"), "key_twice"));
            }
            if !(1..=MOST_MINUTES).contains(&level.working_minutes) {
                faults.push(Fault::new(format!("{at}/working_minutes"), "out_of_range"));
            }
            faults.extend(level.faults(&at));
        }
        for kind in Kind::ALL {
            if !keys.contains(kind.name()) {
                faults.push(Fault::new("/levels", "service_level_missing"));
            }
        }
        faults
    }
}

impl ServiceLevel {
    fn faults(&self, at: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut last = 0;
        // The level of a kind serves that kind; any other is judged where a flow names it.
        let kind = Kind::by_name(&self.key);
        for (place, rung) in self.ladder.iter().enumerate() {
            let at = format!("{at}/ladder/{place}");
            if !(1..=1000).contains(&rung.percent) || rung.percent <= last {
                faults.push(Fault::new(format!("{at}/percent"), "not_in_order"));
            }
            last = rung.percent;
            if kind.is_some_and(|kind| self.decides_for(kind)) && rung.act.is_decision() {
                faults.push(Fault::new(format!("{at}/act"), "auto_decision_forbidden"));
            }
        }
        faults
    }

    /// Would a machine decide what only a person may: money, legal or credit?
    pub fn decides_for(&self, kind: Kind) -> bool {
        kind.needs_a_person() && self.ladder.iter().any(|rung| rung.act.is_decision())
    }

    /// The rung above `rung`; 0 is the ground.
    pub fn above(&self, rung: i32) -> Option<Rung> {
        usize::try_from(rung).ok().and_then(|rung| self.ladder.get(rung)).copied()
    }
}
