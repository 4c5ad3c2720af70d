//! Which ways a node lies inside of: every way out of a parallel or inclusive node leads to its join, and to nothing
//! that another way leads to.

use std::collections::BTreeMap;

use super::flow::{Flow, Node};

/// A way out of a parallel or inclusive node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Branch<'a> {
    /// The node it leads out of.
    fork: &'a str,
    /// Which of its ways.
    place: usize,
    /// Where it ends.
    join: &'a str,
}

/// The ways that each node lies inside of, outermost first. A join lies behind those it joins.
pub(super) type Ways<'a> = BTreeMap<&'a str, Vec<Branch<'a>>>;

/// The ways of a flow that does not go round, and where they cross or are not joined: the place of a node and a code.
pub(super) fn ways(flow: &Flow) -> (Ways<'_>, Vec<(usize, &'static str)>) {
    let mut ways = Ways::new();
    let mut faults = BTreeMap::new();
    let mut waiting = vec![(flow.start.as_str(), Vec::<Branch<'_>>::new())];
    while let Some((key, mut inside)) = waiting.pop() {
        let Some(place) = flow.nodes.iter().position(|node| node.key() == key) else { continue };
        let node = &flow.nodes[place];
        if matches!(node, Node::Join(_)) && inside.pop().is_none_or(|branch| branch.join != key) {
            faults.entry(place).or_insert("join_without_branches");
        }
        if let Some(known) = ways.get(key) {
            if *known != inside {
                faults.entry(place).or_insert("branches_cross");
            }
            continue;
        }
        if node.leads_to().is_empty() && !inside.is_empty() {
            faults.entry(place).or_insert("branch_not_joined");
        }
        let join = match node {
            Node::Parallel(it) => Some(it.join.as_str()),
            Node::Inclusive(it) => Some(it.join.as_str()),
            _ => None,
        };
        for (place, next) in node.leads_to().into_iter().enumerate() {
            let branch = join.map(|join| Branch { fork: node.key(), place, join });
            waiting.push((next, inside.iter().copied().chain(branch).collect()));
        }
        ways.insert(key, inside);
    }
    (ways, faults.into_iter().collect())
}

/// Is the second node inside of every way that the first one is inside of?
pub(super) fn is_around(ways: &Ways<'_>, outer: &str, inner: &str) -> bool {
    match (ways.get(outer), ways.get(inner)) {
        (Some(outer), Some(inner)) => inner.starts_with(outer),
        _ => false,
    }
}
