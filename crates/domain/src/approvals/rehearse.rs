//! What a flow would have done with records of the past.

use std::collections::BTreeMap;

use serde_json::Value;

use super::flow::{Flow, Flows, Node};
use super::{Kind, condition::Condition};

/// What the flows would have done with some records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// How many records were tried.
    pub n_records: u32,
    /// How many would have gone another way than by the flows in force.
    pub n_different: u32,
    /// How many no flow would have taken.
    pub n_without_flow: u32,
    /// By flow and node, how many records would have come by.
    pub visits: BTreeMap<(String, String), u32>,
}

/// Sends records through the flows and compares with those in force.
pub fn rehearse(flows: &Flows, in_force: &Flows, records: &[(Kind, Value)]) -> Rehearsal {
    let mut rehearsal = Rehearsal::default();
    for (kind, facts) in records {
        rehearsal.n_records += 1;
        let Some(flow) = flows.find(*kind, facts) else {
            rehearsal.n_without_flow += 1;
            continue;
        };
        let way = way(flow, facts);
        let before = in_force.find(*kind, facts).map(|flow| self::way(flow, facts));
        if before.as_ref() != Some(&way) {
            rehearsal.n_different += 1;
        }
        for node in way {
            *rehearsal.visits.entry((flow.key.clone(), node)).or_default() += 1;
        }
    }
    rehearsal
}

/// The approval nodes a record comes by, in the order in which they are first reached.
pub(super) fn way(flow: &Flow, facts: &Value) -> Vec<String> {
    let mut way = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut waiting = std::collections::VecDeque::from([flow.start.as_str()]);
    while let Some(key) = waiting.pop_front() {
        if !seen.insert(key) {
            continue;
        }
        let Some(node) = flow.node(key) else { continue };
        if let Node::Approval(node) = node {
            way.push(node.key.clone());
        }
        waiting.extend(taken(node, facts));
    }
    way
}

fn taken<'a>(node: &'a Node, facts: &Value) -> Vec<&'a str> {
    let holds = |condition: &Condition| condition.holds(facts);
    match node {
        Node::Choice(it) => {
            let way = it.ways.iter().find(|way| holds(&way.when));
            vec![way.map_or(it.otherwise.as_str(), |way| way.to.as_str())]
        }
        Node::Inclusive(it) => {
            let held: Vec<&str> =
                it.ways.iter().filter(|way| holds(&way.when)).map(|way| way.to.as_str()).collect();
            if held.is_empty() { vec![&it.otherwise] } else { held }
        }
        other => other.leads_to(),
    }
}
