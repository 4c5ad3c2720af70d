//! Is a new file a known customer? By what they share, at the moment it is entered (查重).

use std::collections::HashMap;

use crate::geo::{self, Point};
use crate::identifiers::{File, Link, links, normal_name};

/// Stores this near with a similar name are probably one.
pub const NEAR_MM: i64 = 50_000;

/// What of a file is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known<'a> {
    /// Its identifiers.
    pub file: File<'a>,
    /// Where it is.
    pub point: Option<Point>,
}

names! {
    /// What two files share. The names are stable codes.
    pub enum By as LikenessReason {
        /// The unified social credit code.
        Uscc = "uscc",
        /// The phone.
        Phone = "phone",
        /// The name within a district.
        Name = "name",
        /// A similar name at nearly the same place.
        Place = "place",
    }
}

/// All that two files share.
pub fn likeness(one: &Known<'_>, other: &Known<'_>) -> Vec<By> {
    let linked = links(&one.file, &other.file).into_iter().map(|link| match link {
        Link::Uscc => By::Uscc,
        Link::Phone => By::Phone,
        Link::Name => By::Name,
    });
    let mut by: Vec<By> = linked.collect();
    let is_near =
        one.point.zip(other.point).is_some_and(|(one, other)| geo::distance_mm(one, other) <= NEAR_MM);
    if is_near && is_similar(one.file.name, other.file.name) {
        by.push(By::Place);
    }
    by
}

/// Does one name contain the other, or do they share at least half of their pairs of signs?
fn is_similar(one: &str, other: &str) -> bool {
    let (one, other) = (normal_name(one), normal_name(other));
    if one.is_empty() || other.is_empty() {
        return false;
    }
    if one.contains(&other) || other.contains(&one) {
        return true;
    }
    let (ones, others) = (pairs(&one), pairs(&other));
    let n_shared: usize = ones.iter().map(|(pair, n)| (*n).min(others.get(pair).copied().unwrap_or(0))).sum();
    let n_all: usize = ones.values().chain(others.values()).sum();
    n_all > 0 && 4 * n_shared >= n_all
}

fn pairs(name: &str) -> HashMap<(char, char), usize> {
    let mut found = HashMap::new();
    for pair in name.chars().zip(name.chars().skip(1)) {
        *found.entry(pair).or_default() += 1;
    }
    found
}
