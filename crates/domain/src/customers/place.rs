//! Where a store is, learned from the phones of people who were there.

use crate::geo::{self, Point};
use crate::ids::UserId;

/// A fix that is less accurate teaches nothing.
pub const GOOD_FIX_MM: i64 = 50_000;
/// A confirmed point that would move farther needs somebody's word.
const FAR_MM: i64 = 300_000;
/// Three fixes that lie farther apart do not agree on a place.
const AGREED_MM: i64 = 150_000;

/// A fix of somebody who was at the customer's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenFix {
    /// Whose phone.
    pub user: UserId,
    /// Where.
    pub point: Point,
    /// The radius of its error in millimetres.
    pub accuracy_mm: i64,
}

/// What fixes teach about a store's place, with its uncertainty in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Learned {
    /// Nothing new.
    Nothing,
    /// A first, provisional point.
    First(Point, i32),
    /// The point that people who were there agree on.
    Agreed(Point, i32),
    /// They agree on a point far from the confirmed one: somebody has to say so.
    Elsewhere(Point, i32),
}

/// Is a fix good enough to learn from? An accuracy of exactly zero is no measurement.
pub fn is_good(accuracy_mm: Option<i64>) -> bool {
    accuracy_mm.is_some_and(|accuracy| (1..=GOOD_FIX_MM).contains(&accuracy))
}

/// Would this move a confirmed point so far that somebody has to approve it?
pub fn is_far_move(confirmed: Point, to: Point) -> bool {
    geo::distance_mm(confirmed, to) > FAR_MM
}

/// What the fixes teach, newest first: a known point comes with whether it is confirmed. Three of at least two people
/// agree on their median; until then the first good fix of a store without a point is provisional.
pub fn learn(known: Option<(Point, bool)>, fixes: &[SeenFix]) -> Learned {
    match (known, agreed(fixes)) {
        (Some((confirmed, true)), Some((point, uncertainty_m))) if is_far_move(confirmed, point) => {
            Learned::Elsewhere(point, uncertainty_m)
        }
        (Some((_, true)), _) => Learned::Nothing,
        (_, Some((point, uncertainty_m))) => Learned::Agreed(point, uncertainty_m),
        (None, None) => match fixes.last() {
            Some(fix) => Learned::First(fix.point, metres(fix.accuracy_mm)),
            None => Learned::Nothing,
        },
        (Some(_), None) => Learned::Nothing,
    }
}

fn agreed(fixes: &[SeenFix]) -> Option<(Point, i32)> {
    let mut three: Vec<&SeenFix> = Vec::new();
    for fix in fixes {
        let n_own = three.iter().filter(|it| it.user == fix.user).count();
        if n_own < 2 && three.len() < 3 {
            three.push(fix);
        }
    }
    let [one, two, other] = three.as_slice() else { return None };
    let median = geo::median([one.point, two.point, other.point]);
    let reach = |it: &&SeenFix| geo::distance_mm(it.point, median) + it.accuracy_mm;
    let farthest = three.iter().map(reach).max()?;
    (farthest <= AGREED_MM).then(|| (median, metres(farthest)))
}

fn metres(mm: i64) -> i32 {
    i32::try_from((mm + 999) / 1_000).unwrap_or(i32::MAX)
}
