//! From the top down: whatever a row refers to in the same file stands before it.

use std::collections::{HashMap, VecDeque};

/// The places of `links` in an order in which each follows the one it names, and those that name one another in a
/// ring, with all that hang on it. A link is a key and the key above it; a key above that is not among them is
/// somebody else's matter.
pub fn above_first(links: &[(&str, Option<&str>)]) -> (Vec<usize>, Vec<usize>) {
    let places: HashMap<&str, usize> =
        links.iter().enumerate().map(|(place, (key, _))| (*key, place)).collect();
    let mut below: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut waiting = VecDeque::new();
    for (place, (_, above)) in links.iter().enumerate() {
        match above.and_then(|above| places.get(above)) {
            Some(above) => below.entry(*above).or_default().push(place),
            None => waiting.push_back(place),
        }
    }
    let mut sorted = Vec::with_capacity(links.len());
    while let Some(place) = waiting.pop_front() {
        sorted.push(place);
        waiting.extend(below.remove(&place).unwrap_or_default());
    }
    let mut in_a_ring: Vec<usize> = below.into_values().flatten().collect();
    in_a_ring.sort_unstable();
    (sorted, in_a_ring)
}

#[cfg(test)]
mod tests {
    use super::above_first;

    #[test]
    fn who_is_referred_to_comes_first() {
        let links = [
            ("rep", Some("manager")),
            ("director", None),
            ("manager", Some("director")),
            ("other", Some("elsewhere")),
        ];
        assert_eq!(above_first(&links), (vec![1, 3, 2, 0], vec![]));
        assert_eq!(above_first(&[]), (vec![], vec![]));
    }

    #[test]
    fn a_ring_and_what_hangs_on_it_is_found() {
        let links = [("a", Some("b")), ("b", Some("a")), ("c", Some("a")), ("d", None)];
        assert_eq!(above_first(&links), (vec![3], vec![0, 1, 2]));
    }
}
