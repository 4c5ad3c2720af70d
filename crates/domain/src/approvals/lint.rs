//! What is wrong with flows before they are published.

use std::collections::BTreeSet;

use super::advance::MOST_STEPS;
use super::branches::{self, Ways};
use super::condition::{Condition, Operator, Test, number};
use super::flow::{Approval, Flow, Flows, Nobody, Node, Rule, Who};
use super::{Field, FieldType, Kind, ServiceLevels};
use crate::documents::Fault;

/// Everything that is wrong with the flows. `finds` says whether an active person answers to a part of a flow;
/// what depends on the record is taken to.
pub fn check(flows: &Flows, levels: &ServiceLevels, finds: &dyn Fn(&Who) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut keys = BTreeSet::new();
    for (place, flow) in flows.flows.iter().enumerate() {
        let at = format!("/flows/{place}");
        if !keys.insert(flow.key.as_str()) {
            faults.push(Fault::new(format!("{at}/key"), "key_twice"));
        }
        faults.extend(Linter { flow, at, levels, finds }.faults());
    }
    for kind in Kind::ALL {
        let always = |flow: &&Flow| flow.kind == kind && !flow.is_retired && flow.when.is_none();
        if flows.flows.iter().filter(always).count() == 0 {
            faults.push(Fault::new("/flows", "flow_missing"));
        }
        // What comes after a flow that takes every record of its kind is never taken.
        let of_kind = flows.flows.iter().enumerate().filter(|(_, it)| it.kind == kind && !it.is_retired);
        let unreached = of_kind.skip_while(|(_, flow)| flow.when.is_some()).skip(1);
        faults.extend(unreached.map(|(place, _)| Fault::new(format!("/flows/{place}"), "flow_unreachable")));
    }
    faults
}

struct Linter<'a> {
    flow: &'a Flow,
    at: String,
    levels: &'a ServiceLevels,
    finds: &'a dyn Fn(&Who) -> bool,
}

impl Linter<'_> {
    fn fault(&self, pointer: impl AsRef<str>, code: &'static str) -> Fault {
        Fault::new(format!("{}{}", self.at, pointer.as_ref()), code)
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = self.names();
        if !faults.is_empty() {
            // Ways that lead nowhere would make all that follows misleading.
            return faults;
        }
        faults.extend(self.unreachable());
        faults.extend(self.cycles());
        let (ways, crossing) = branches::ways(self.flow);
        if faults.is_empty() {
            faults.extend(
                crossing.into_iter().map(|(place, code)| self.fault(format!("/nodes/{place}"), code)),
            );
        }
        if let Some(condition) = &self.flow.when {
            faults.extend(self.condition(condition, "/when"));
        }
        for (place, node) in self.flow.nodes.iter().enumerate() {
            faults.extend(self.node(node, &format!("/nodes/{place}"), &ways));
        }
        faults
    }

    /// Keys twice, and ways that lead to no node.
    fn names(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut keys = BTreeSet::new();
        for (place, node) in self.flow.nodes.iter().enumerate() {
            if !keys.insert(node.key()) {
                faults.push(self.fault(format!("/nodes/{place}/key"), "key_twice"));
            }
        }
        let n_ways: usize = self.flow.nodes.iter().map(|node| node.leads_to().len()).sum();
        if u32::try_from(n_ways).is_ok_and(|n_ways| n_ways >= MOST_STEPS) {
            faults.push(self.fault("/nodes", "out_of_range"));
        }
        if !keys.contains(self.flow.start.as_str()) {
            faults.push(self.fault("/start", "node_unknown"));
        }
        for (place, node) in self.flow.nodes.iter().enumerate() {
            let join = match node {
                Node::Parallel(it) => Some(it.join.as_str()),
                Node::Inclusive(it) => Some(it.join.as_str()),
                _ => None,
            };
            if node.leads_to().into_iter().chain(join).any(|to| !keys.contains(to)) {
                faults.push(self.fault(format!("/nodes/{place}"), "node_unknown"));
            }
        }
        faults
    }

    fn unreachable(&self) -> Vec<Fault> {
        let reached = self.flow.reached_from(&self.flow.start);
        let is_lost = |(_, node): &(usize, &Node)| !reached.contains(node.key());
        let lost = self.flow.nodes.iter().enumerate().filter(is_lost);
        lost.map(|(place, _)| self.fault(format!("/nodes/{place}"), "node_unreachable")).collect()
    }

    /// A node that leads back to itself: a flow goes forward, going back is a return, which is bounded.
    fn cycles(&self) -> Vec<Fault> {
        let goes_round = |node: &Node| {
            node.leads_to().into_iter().any(|next| self.flow.reached_from(next).contains(node.key()))
        };
        let round = self.flow.nodes.iter().enumerate().filter(|(_, node)| goes_round(node));
        round.map(|(place, _)| self.fault(format!("/nodes/{place}"), "flow_goes_round")).collect()
    }

    fn node(&self, node: &Node, at: &str, ways: &Ways<'_>) -> Vec<Fault> {
        match node {
            Node::Approval(it) => self.approval(it, at, ways),
            Node::Choice(it) => self.ways(it.ways.iter().map(|way| &way.when), at),
            Node::Inclusive(it) if it.ways.is_empty() => {
                vec![self.fault(format!("{at}/ways"), "too_few_branches")]
            }
            Node::Inclusive(it) => self.ways(it.ways.iter().map(|way| &way.when), at),
            Node::Parallel(it) if it.branches.len() < 2 => {
                vec![self.fault(format!("{at}/branches"), "too_few_branches")]
            }
            Node::Copy(it) if it.to.is_empty() => vec![self.fault(format!("{at}/to"), "nobody_named")],
            Node::Copy(it) => {
                let each = |(place, who)| self.who(who, &format!("{at}/to/{place}"));
                it.to.iter().enumerate().flat_map(each).collect()
            }
            Node::Parallel(_) | Node::Join(_) => Vec::new(),
        }
    }

    fn ways<'c>(&self, conditions: impl Iterator<Item = &'c Condition>, at: &str) -> Vec<Fault> {
        let each = |(place, condition)| self.condition(condition, &format!("{at}/ways/{place}/when"));
        conditions.enumerate().flat_map(each).collect()
    }

    fn approval(&self, node: &Approval, at: &str, ways: &Ways<'_>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let finds = node.approvers.iter().any(|approver| (self.finds)(&approver.who));
        if node.approvers.is_empty() || (!finds && node.nobody == Nobody::Fail) {
            faults.push(self.fault(format!("{at}/approvers"), "nobody_can_approve"));
        }
        for (place, approver) in node.approvers.iter().enumerate() {
            faults.extend(self.who(&approver.who, &format!("{at}/approvers/{place}/who")));
            if approver.weight == 0 {
                faults.push(self.fault(format!("{at}/approvers/{place}/weight"), "out_of_range"));
            }
        }
        // What lies on a way that has been joined again cannot be gone back to: its sisters would be left behind.
        let is_earlier = |key: &str| {
            self.flow.approval(key).is_some()
                && self.flow.leads(key, &node.key)
                && branches::is_around(ways, key, &node.key)
        };
        for (place, key) in node.return_to.iter().enumerate() {
            if !is_earlier(key) {
                faults.push(self.fault(format!("{at}/return_to/{place}"), "return_target_not_earlier"));
            }
        }
        faults.extend(self.rule(node, at));
        faults.extend(self.level(node, at));
        faults
    }

    fn who(&self, who: &Who, at: &str) -> Vec<Fault> {
        match who {
            Who::Person { .. } if !(self.finds)(who) => vec![self.fault(at, "person_unknown")],
            Who::Superior { levels: 0, .. } => vec![self.fault(format!("{at}/levels"), "out_of_range")],
            Who::Chosen { most: 0, .. } => vec![self.fault(format!("{at}/most"), "out_of_range")],
            Who::FirstOf { choices } => {
                let each = |(place, who)| self.who(who, &format!("{at}/choices/{place}"));
                choices.iter().enumerate().flat_map(each).collect()
            }
            _ => Vec::new(),
        }
    }

    fn rule(&self, node: &Approval, at: &str) -> Vec<Fault> {
        let in_range = match &node.rule {
            Rule::Ratio { percent } => (1..=100).contains(percent),
            Rule::Weighted { pass } => *pass > 0,
            Rule::PerGroup { quorum } => {
                // A word outside of every group would count for nothing.
                let groups: BTreeSet<_> = node.approvers.iter().map(|it| it.group.as_ref()).collect();
                !quorum.is_empty()
                    && quorum.values().all(|n| *n > 0)
                    && groups == quorum.keys().map(Some).collect()
            }
            Rule::Sequential | Rule::All | Rule::AnyOf => true,
        };
        if in_range { Vec::new() } else { vec![self.fault(format!("{at}/rule"), "out_of_range")] }
    }

    fn level(&self, node: &Approval, at: &str) -> Vec<Fault> {
        let Some(key) = &node.service_level else { return Vec::new() };
        let code = match self.levels.levels.iter().find(|level| level.key == *key) {
            None => "service_level_unknown",
            Some(level) if level.decides_for(self.flow.kind) => "auto_decision_forbidden",
            Some(_) => return Vec::new(),
        };
        vec![self.fault(format!("{at}/service_level"), code)]
    }

    fn condition(&self, condition: &Condition, at: &str) -> Vec<Fault> {
        let fields = self.flow.kind.fields();
        let mut tests = Vec::new();
        condition.tests(at, &mut tests);
        let fault = |(at, test): (String, &Test)| {
            let Some(field) = fields.iter().find(|field| field.name == test.field) else {
                return Some(self.fault(format!("{at}/field"), "field_unknown"));
            };
            (!fits(*field, test)).then(|| self.fault(format!("{at}/value"), "value_does_not_fit"))
        };
        tests.into_iter().filter_map(fault).collect()
    }
}

/// Can the comparison ever be meant?
fn fits(field: Field, test: &Test) -> bool {
    use Operator::{AtLeast, AtMost, Between, Contains, Equal, Greater, In, IsSet, Less, NotEqual};
    let is_number = |value: &serde_json::Value| number(value).is_some();
    match (test.op, field.kind) {
        (IsSet, _) => test.value.is_null(),
        (Greater | Less | AtLeast | AtMost, FieldType::Number) => is_number(&test.value),
        (Between, FieldType::Number) => {
            test.value.as_array().is_some_and(|ends| ends.len() == 2 && ends.iter().all(is_number))
        }
        (In, FieldType::Number) => test.value.as_array().is_some_and(|list| list.iter().all(is_number)),
        (In, FieldType::Text) => {
            test.value.as_array().is_some_and(|list| list.iter().all(serde_json::Value::is_string))
        }
        (Contains, FieldType::List | FieldType::Text) => test.value.is_string(),
        (Equal | NotEqual, FieldType::Number) => is_number(&test.value),
        (Equal | NotEqual, FieldType::Text) => test.value.is_string(),
        (Equal | NotEqual, FieldType::YesNo) => test.value.is_boolean(),
        _ => false,
    }
}
