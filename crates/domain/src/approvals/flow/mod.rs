//! How a decision is reached: a published document of nodes that an operations person reads and edits.
//!
//! A flow begins at its start node and follows `next`. Where `next` is absent the flow ends, approved. An approval
//! node asks people; a choice takes one way; a parallel or an inclusive node takes several at once, which meet at a
//! join; a copy only tells. Whoever refuses ends the flow; whoever returns it begins another round.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::condition::Condition;

mod asked;

pub use asked::{Approver, Of, Refusing, Rule, Take, Who, Within};

/// All flows of the company: a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flows {
    /// In order: of a kind, the first whose condition holds is taken.
    pub flows: Vec<Flow>,
}

impl Flows {
    /// The flow that a record goes through: the first of its kind whose condition holds.
    pub fn find(&self, kind: Kind, facts: &serde_json::Value) -> Option<&Flow> {
        let is_meant = |flow: &&Flow| !flow.is_retired && flow.kind == kind;
        self.flows
            .iter()
            .filter(is_meant)
            .find(|flow| flow.when.as_ref().is_none_or(|condition| condition.holds(facts)))
    }
}

/// One flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Its stable name.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// What it decides.
    pub kind: Kind,
    /// For which records of that kind; all of them where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What a decider is shown.
    #[serde(default)]
    pub view: View,
    /// Taken for nothing new; what runs goes on.
    #[serde(default, rename = "retired", skip_serializing_if = "std::ops::Not::not")]
    pub is_retired: bool,
    /// The first node.
    pub start: String,
    /// In the order in which they are read.
    pub nodes: Vec<Node>,
}

impl Flow {
    /// The node by its key.
    pub fn node(&self, key: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.key() == key)
    }

    /// The approval node by its key.
    pub fn approval(&self, key: &str) -> Option<&Approval> {
        match self.node(key) {
            Some(Node::Approval(node)) => Some(node),
            _ => None,
        }
    }

    /// Every node that may be come by from this one on, itself among them.
    pub fn reached_from(&self, start: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&str> = self.node(start).map(Node::key).into_iter().collect();
        while let Some(key) = waiting.pop() {
            if reached.insert(key) {
                waiting.extend(self.node(key).map(Node::leads_to).unwrap_or_default());
            }
        }
        reached
    }

    /// Does the first node come before the second?
    pub fn leads(&self, from: &str, to: &str) -> bool {
        from != to && self.reached_from(from).contains(to)
    }
}

/// What a decider is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The record as it was when it was handed in.
    #[default]
    Snapshot,
    /// The record as it is now.
    Live,
}

/// A step of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Node {
    /// Asks people.
    Approval(Approval),
    /// Takes the first way whose condition holds.
    Choice(Choice),
    /// Takes all ways at once.
    Parallel(Parallel),
    /// Takes every way whose condition holds.
    Inclusive(Inclusive),
    /// Waits for the ways that a parallel or an inclusive node took.
    Join(Join),
    /// Tells people and goes on.
    Copy(CarbonCopy),
}

impl Node {
    /// Its stable name.
    pub fn key(&self) -> &str {
        match self {
            Self::Approval(it) => &it.key,
            Self::Choice(it) => &it.key,
            Self::Parallel(it) => &it.key,
            Self::Inclusive(it) => &it.key,
            Self::Join(it) => &it.key,
            Self::Copy(it) => &it.key,
        }
    }

    /// As people read it.
    pub fn name(&self) -> &str {
        match self {
            Self::Approval(it) => &it.name,
            Self::Choice(it) => &it.name,
            Self::Parallel(it) => &it.name,
            Self::Inclusive(it) => &it.name,
            Self::Join(it) => &it.name,
            Self::Copy(it) => &it.name,
        }
    }

    /// Where it may lead, in order.
    pub fn leads_to(&self) -> Vec<&str> {
        match self {
            Self::Approval(it) => it.next.iter().map(String::as_str).collect(),
            Self::Join(it) => it.next.iter().map(String::as_str).collect(),
            Self::Copy(it) => it.next.iter().map(String::as_str).collect(),
            Self::Parallel(it) => it.branches.iter().map(String::as_str).collect(),
            Self::Choice(it) => ways(&it.ways, &it.otherwise),
            Self::Inclusive(it) => ways(&it.ways, &it.otherwise),
        }
    }
}

fn ways<'a>(ways: &'a [Way], otherwise: &'a str) -> Vec<&'a str> {
    ways.iter().map(|way| way.to.as_str()).chain([otherwise]).collect()
}

/// Asks people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Its stable name.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Who is asked, in order.
    pub approvers: Vec<Approver>,
    /// How many of them have to agree.
    pub rule: Rule,
    /// For `any_of`: whose refusal ends it.
    #[serde(default)]
    pub refusal: Refusing,
    /// What happens where nobody is found.
    #[serde(default)]
    pub nobody: Nobody,
    /// What happens where the person who asks would have to answer.
    #[serde(default)]
    pub own_matter: OwnMatter,
    /// What happens where the person who agreed just before is asked again.
    #[serde(default)]
    pub same_again: SameAgain,
    /// The service level; the one of the kind where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_level: Option<String>,
    /// Earlier nodes that it may be returned to, besides the initiator and the previous one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_to: Vec<String>,
    /// Where it goes on; the end where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What happens where nobody is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nobody {
    /// The admin is asked.
    #[default]
    Admin,
    /// The node is passed over, marked as such.
    Skip,
    /// The flow fails: refused where it would begin, ended where it runs.
    Fail,
}

/// What happens where the person who asks would have to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnMatter {
    /// They answer for themselves.
    Themselves,
    /// They are left out.
    #[default]
    Skip,
    /// Their superior answers.
    Superior,
    /// The head of their department answers.
    DepartmentHead,
}

/// What happens where the person who agreed just before is asked again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SameAgain {
    /// Asked again.
    #[default]
    Ask,
    /// Passed over, marked as such.
    Skip,
}

/// A way and when it is taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The condition.
    pub when: Condition,
    /// The node it leads to.
    pub to: String,
}

/// Takes the first way whose condition holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its stable name.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// In order.
    pub ways: Vec<Way>,
    /// Where none holds.
    pub otherwise: String,
}

/// Takes all ways at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parallel {
    /// Its stable name.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// The first node of each way.
    pub branches: Vec<String>,
    /// Where they meet.
    pub join: String,
}

/// Takes every way whose condition holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inclusive {
    /// Its stable name.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Each on its own.
    pub ways: Vec<Way>,
    /// Where none holds.
    pub otherwise: String,
    /// Where they meet.
    pub join: String,
}

/// Waits for the ways that a parallel or an inclusive node took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Its stable name.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Where it goes on; the end where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Tells people and goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarbonCopy {
    /// Its stable name.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Who reads it.
    pub to: Vec<Who>,
    /// Where it goes on; the end where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
