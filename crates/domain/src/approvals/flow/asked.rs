//! Who is asked in a node, and how many of them have to agree.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::people::Role;

/// One of those who are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// Who it is.
    pub who: Who,
    /// For a quorum by group: in which group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// For a weighted vote: how much the word counts.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_one(weight: &u32) -> bool {
    *weight == 1
}

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Who {
    /// People of a role.
    Role {
        /// The role.
        #[schemars(with = "String")]
        role: Role,
        /// Where they are looked for.
        #[serde(default)]
        within: Within,
        /// The first of them, or all.
        #[serde(default)]
        take: Take,
    },
    /// Managers upward, the nearest first.
    Superior {
        /// Above whom.
        of: Of,
        /// How many levels at most.
        #[serde(default = "one")]
        levels: u32,
    },
    /// Who heads the department: the regional director of the person's region, else the top of their managers.
    DepartmentHead {
        /// Whose department.
        of: Of,
    },
    /// One person.
    Person {
        /// By login name.
        username: String,
    },
    /// Whom the initiator chooses.
    Chosen {
        /// Only people of these roles.
        #[schemars(with = "Vec<String>")]
        among: Vec<Role>,
        /// How many at most.
        most: u32,
    },
    /// The first of these that finds anybody but the initiator.
    FirstOf {
        /// In order.
        choices: Vec<Who>,
    },
}

/// Where people of a role are looked for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// In the record's region, or the nearest above it that has any.
    #[default]
    Region,
    /// In the whole company.
    Company,
}

/// The first of several, or all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// One person.
    #[default]
    First,
    /// Everybody.
    All,
}

/// Seen from whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// Who asks.
    Initiator,
    /// Whose customer or record it is.
    Owner,
}

/// How many have to agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// 依次审批: all, one after the other.
    Sequential,
    /// 会签: all, at the same time.
    All,
    /// 或签: one of them.
    AnyOf,
    /// 比例签: at least this share of them.
    Ratio {
        /// 1 to 100.
        percent: u32,
    },
    /// 票签: those who agree weigh at least this much.
    Weighted {
        /// The weight that is needed.
        pass: u32,
    },
    /// So many of each group.
    PerGroup {
        /// By group. Where fewer are found, all of those.
        quorum: BTreeMap<String, u32>,
    },
}

/// Whose refusal ends an `any_of`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusing {
    /// Anybody's.
    #[default]
    Veto,
    /// More than half of them.
    Majority,
    /// Everybody's.
    All,
}
