use std::collections::{BTreeMap, HashMap};

use super::{normal_name, normal_phone, normal_uscc};

/// What of a customer file tells it from another. An absent or empty value
/// links nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File<'a> {
    /// The unified social credit code as entered; a wrong one links as well.
    pub uscc: Option<&'a str>,
    /// The phone as entered.
    pub phone: Option<&'a str>,
    /// The name as entered.
    pub name: &'a str,
    /// The GB/T 2260 code of the district: chains share their name across districts. A file without one may be
    /// in any.
    pub district: Option<&'a str>,
}

/// The files that are probably one customer, as places in `files`: groups of
/// two or more, ascending inside, ordered by their first file. A name without a
/// district joins nobody here: a chain's stores must not become one by it.
pub fn duplicate_groups(files: &[File<'_>]) -> Vec<Vec<usize>> {
    let mut parents: Vec<usize> = (0..files.len()).collect();
    let mut holders: HashMap<Mark<'_>, usize> = HashMap::new();
    for (place, file) in files.iter().enumerate() {
        for mark in marks(file) {
            let holder = *holders.entry(mark).or_insert(place);
            link(&mut parents, holder, place);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in 0..files.len() {
        groups.entry(root(&mut parents, place)).or_default().push(place);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// By what two files are linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// The same credit code.
    Uscc,
    /// The same phone.
    Phone,
    /// The same name in the same district, or where one of them names none.
    Name,
}

/// All that links two files.
pub fn links(one: &File<'_>, other: &File<'_>) -> Vec<Link> {
    let theirs: Vec<Mark<'_>> = marks(other).collect();
    let shared = marks(one).filter(|mark| theirs.contains(mark)).map(|mark| match mark {
        Mark::Uscc(_) => Link::Uscc,
        Mark::Phone(_) => Link::Phone,
        Mark::NameInDistrict(..) => Link::Name,
    });
    let mut shared: Vec<Link> = shared.collect();
    let is_unplaced = district(one).is_none() || district(other).is_none();
    let name = normal_name(one.name);
    if is_unplaced && !name.is_empty() && name == normal_name(other.name) {
        shared.push(Link::Name);
    }
    shared
}

fn district<'a>(file: &File<'a>) -> Option<&'a str> {
    file.district.filter(|district| !district.is_empty())
}

#[derive(PartialEq, Eq, Hash)]
enum Mark<'a> {
    Uscc(String),
    Phone(String),
    NameInDistrict(String, &'a str),
}

fn marks<'a>(file: &File<'a>) -> impl Iterator<Item = Mark<'a>> {
    let filled = |text: &String| !text.is_empty();
    let uscc = file.uscc.map(normal_uscc).filter(filled).map(Mark::Uscc);
    let phone = file.phone.map(normal_phone).filter(filled).map(Mark::Phone);
    let name = Some(normal_name(file.name)).filter(filled);
    let name_in_district =
        name.zip(district(file)).map(|(name, district)| Mark::NameInDistrict(name, district));
    [uscc, phone, name_in_district].into_iter().flatten()
}

/// The smaller root stays, so a root is the first file of its group.
fn link(parents: &mut [usize], one: usize, other: usize) {
    let one = root(parents, one);
    let other = root(parents, other);
    parents[one.max(other)] = one.min(other);
}

/// Halves the path on the way, so that long chains stay cheap.
fn root(parents: &mut [usize], mut place: usize) -> usize {
    while parents[place] != place {
        parents[place] = parents[parents[place]];
        place = parents[place];
    }
    place
}
