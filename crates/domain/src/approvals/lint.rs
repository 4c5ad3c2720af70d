//! What is wrong with flows before they are published.

use std::collections::{BTreeMap, BTreeSet};

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
        if faults.is_empty() {
            faults.extend(self.joins());
        }
        if let Some(condition) = &self.flow.when {
            faults.extend(self.condition(condition, "/when"));
        }
        for (place, node) in self.flow.nodes.iter().enumerate() {
            faults.extend(self.node(node, &format!("/nodes/{place}")));
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

    fn reached_from(&self, start: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&str> = self.flow.node(start).map(Node::key).into_iter().collect();
        while let Some(key) = waiting.pop() {
            if reached.insert(key) {
                waiting.extend(self.flow.node(key).map(Node::leads_to).unwrap_or_default());
            }
        }
        reached
    }

    fn unreachable(&self) -> Vec<Fault> {
        let reached = self.reached_from(&self.flow.start);
        let is_lost = |(_, node): &(usize, &Node)| !reached.contains(node.key());
        let lost = self.flow.nodes.iter().enumerate().filter(is_lost);
        lost.map(|(place, _)| self.fault(format!("/nodes/{place}"), "node_unreachable")).collect()
    }

    /// A node that leads back to itself: a flow goes forward, going back is a return, which is bounded.
    fn cycles(&self) -> Vec<Fault> {
        let goes_round = |node: &Node| {
            node.leads_to().into_iter().any(|next| self.reached_from(next).contains(node.key()))
        };
        let round = self.flow.nodes.iter().enumerate().filter(|(_, node)| goes_round(node));
        round.map(|(place, _)| self.fault(format!("/nodes/{place}"), "flow_goes_round")).collect()
    }

    /// Every way out of a parallel or inclusive node leads to its join, and nothing else does.
    fn joins(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut inside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut waiting = vec![(self.flow.start.as_str(), Vec::new())];
        let mut is_reported = BTreeSet::new();
        while let Some((key, forks)) = waiting.pop() {
            let Some(node) = self.flow.node(key) else { continue };
            let place = self.flow.nodes.iter().position(|it| it.key() == key).unwrap_or_default();
            let mut report = |code| {
                if is_reported.insert(key) {
                    faults.push(self.fault(format!("/nodes/{place}"), code));
                }
            };
            if let Some(known) = inside.get(key) {
                if *known != forks {
                    report("branches_cross");
                }
                continue;
            }
            inside.insert(key, forks.clone());
            let mut after = forks;
            match node {
                Node::Parallel(it) => after.push(&it.join),
                Node::Inclusive(it) => after.push(&it.join),
                Node::Join(it) if after.pop() != Some(it.key.as_str()) => report("join_without_branches"),
                _ => {}
            }
            let next = node.leads_to();
            if next.is_empty() && !after.is_empty() {
                report("branch_not_joined");
            }
            waiting.extend(next.into_iter().map(|next| (next, after.clone())));
        }
        faults
    }

    fn node(&self, node: &Node, at: &str) -> Vec<Fault> {
        match node {
            Node::Approval(it) => self.approval(it, at),
            Node::Choice(it) => self.ways(it.ways.iter().map(|way| &way.when), at),
            Node::Inclusive(it) => self.ways(it.ways.iter().map(|way| &way.when), at),
            Node::Parallel(it) if it.branches.len() < 2 => {
                vec![self.fault(format!("{at}/branches"), "too_few_branches")]
            }
            Node::Copy(it) if it.to.is_empty() => vec![self.fault(format!("{at}/to"), "nobody_named")],
            _ => Vec::new(),
        }
    }

    fn ways<'c>(&self, conditions: impl Iterator<Item = &'c Condition>, at: &str) -> Vec<Fault> {
        let each = |(place, condition)| self.condition(condition, &format!("{at}/ways/{place}/when"));
        conditions.enumerate().flat_map(each).collect()
    }

    fn approval(&self, node: &Approval, at: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let finds = node.approvers.iter().any(|approver| (self.finds)(&approver.who));
        if node.approvers.is_empty() || (!finds && node.nobody == Nobody::Fail) {
            faults.push(self.fault(format!("{at}/approvers"), "nobody_can_approve"));
        }
        for (place, approver) in node.approvers.iter().enumerate() {
            if let Who::Person { .. } = &approver.who
                && !(self.finds)(&approver.who)
            {
                faults.push(self.fault(format!("{at}/approvers/{place}/who"), "person_unknown"));
            }
        }
        let reached_before =
            |key: &String| key != &node.key && self.reached_from(key).contains(node.key.as_str());
        for (place, key) in node.return_to.iter().enumerate() {
            if !matches!(self.flow.node(key), Some(Node::Approval(_))) || !reached_before(key) {
                faults.push(self.fault(format!("{at}/return_to/{place}"), "return_target_not_earlier"));
            }
        }
        faults.extend(self.rule(node, at));
        faults.extend(self.level(node, at));
        faults
    }

    fn rule(&self, node: &Approval, at: &str) -> Vec<Fault> {
        let in_range = match &node.rule {
            Rule::Ratio { percent } => (1..=100).contains(percent),
            Rule::Weighted { pass } => *pass > 0,
            Rule::PerGroup { quorum } => {
                let is_filled = |group: &String| {
                    node.approvers.iter().any(|approver| approver.group.as_ref() == Some(group))
                };
                !quorum.is_empty() && quorum.iter().all(|(group, n)| *n > 0 && is_filled(group))
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
