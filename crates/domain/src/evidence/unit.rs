//! The minimal evidence unit (最小证据单元): which kinds of evidence a stage asks for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Kinds that are all asked for, or of which one does; a part may be such a group itself, one level deep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// All of them.
    AllOf(Vec<Part>),
    /// Any of them.
    AnyOf(Vec<Part>),
}

/// A part of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// A kind of evidence by its code.
    Kind(String),
    /// Kinds that belong together.
    Group(Group),
}

/// Kinds that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// All of them.
    AllOf(Vec<String>),
    /// Any of them.
    AnyOf(Vec<String>),
}

/// A kind that is lacking, with the kinds that would do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The code of the kind.
    pub kind: String,
    /// Any of these would do in its place.
    pub alternatives: Vec<String>,
}

impl Unit {
    /// The kinds that are lacking among those that stand; none when the unit is met.
    pub fn lacking(&self, standing: &BTreeSet<String>) -> Vec<Lacking> {
        match self {
            Self::AllOf(parts) => parts.iter().flat_map(|part| part.lacking(standing)).collect(),
            Self::AnyOf(parts) => {
                let each: Vec<Vec<Lacking>> = parts.iter().map(|part| part.lacking(standing)).collect();
                if each.iter().any(Vec::is_empty) { Vec::new() } else { instead(each) }
            }
        }
    }

    /// All the kinds it names, with where they stand in it.
    pub fn kinds(&self) -> Vec<(String, &str)> {
        let (name, parts) = match self {
            Self::AllOf(parts) => ("all_of", parts),
            Self::AnyOf(parts) => ("any_of", parts),
        };
        let each = parts.iter().enumerate().flat_map(|(place, part)| {
            let at = format!("/{name}/{place}");
            part.kinds().into_iter().map(move |(below, kind)| (format!("{at}{below}"), kind))
        });
        each.collect()
    }

    /// Does it name the kind?
    pub fn names(&self, kind: &str) -> bool {
        self.kinds().iter().any(|(_, it)| *it == kind)
    }

    /// Does it, or a group of it, ask for nothing at all?
    pub fn is_empty(&self) -> bool {
        let (Self::AllOf(parts) | Self::AnyOf(parts)) = self;
        parts.is_empty() || parts.iter().any(|part| part.kinds().is_empty())
    }
}

/// Each way of meeting an any-of lacks something: what one lacks, the others would do instead.
fn instead(each: Vec<Vec<Lacking>>) -> Vec<Lacking> {
    let all: Vec<(usize, String)> = each
        .iter()
        .enumerate()
        .flat_map(|(way, all)| all.iter().map(move |it| (way, it.kind.clone())))
        .collect();
    let others = |way: usize| all.iter().filter(|it| it.0 != way).map(|it| it.1.clone()).collect();
    all.iter().map(|(way, kind)| Lacking { kind: kind.clone(), alternatives: others(*way) }).collect()
}

impl Part {
    fn lacking(&self, standing: &BTreeSet<String>) -> Vec<Lacking> {
        let plain = |kind: &String| Lacking { kind: kind.clone(), alternatives: Vec::new() };
        let lacks = |kind: &&String| !standing.contains(*kind);
        match self {
            Self::Kind(kind) => Some(kind).filter(lacks).map(plain).into_iter().collect(),
            Self::Group(Group::AllOf(kinds)) => kinds.iter().filter(lacks).map(plain).collect(),
            Self::Group(Group::AnyOf(kinds)) if kinds.iter().any(|kind| standing.contains(kind)) => {
                Vec::new()
            }
            Self::Group(Group::AnyOf(kinds)) => instead(kinds.iter().map(|kind| vec![plain(kind)]).collect()),
        }
    }

    fn kinds(&self) -> Vec<(String, &str)> {
        match self {
            Self::Kind(kind) => vec![(String::new(), kind.as_str())],
            Self::Group(Group::AllOf(kinds)) => listed("all_of", kinds),
            Self::Group(Group::AnyOf(kinds)) => listed("any_of", kinds),
        }
    }
}

fn listed<'a>(name: &str, kinds: &'a [String]) -> Vec<(String, &'a str)> {
    kinds.iter().enumerate().map(|(place, kind)| (format!("/{name}/{place}"), kind.as_str())).collect()
}
