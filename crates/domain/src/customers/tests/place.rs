//! What fixes teach about a place.

use uuid::Uuid;

use crate::customers::*;
use crate::geo::{Point, System, distance_mm};
use crate::ids::UserId;

fn point(north_m: i32) -> Point {
    Point::new(29.86 + f64::from(north_m) / 111_195.0, 121.5, System::Wgs84).unwrap()
}

fn fix(user: u128, north_m: i32) -> SeenFix {
    SeenFix { user: UserId(Uuid::from_u128(user)), point: point(north_m), accuracy_mm: 10_000 }
}

#[track_caller]
fn agreed(learned: Learned, north_m: i32) {
    let Learned::Agreed(found, _) = learned else { panic!("{learned:?}") };
    assert!(distance_mm(found, point(north_m)) < 100, "{found:?}");
}

#[test]
fn the_first_good_fix_is_provisional() {
    assert_eq!(learn(None, &[fix(1, 0)]), Learned::First(point(0), 10));
    assert_eq!(learn(None, &[fix(1, 5), fix(1, 0)]), Learned::First(point(0), 10));
    assert_eq!(learn(None, &[]), Learned::Nothing);
    assert_eq!(learn(Some((point(0), false)), &[fix(1, 5)]), Learned::Nothing);
}

#[test]
fn the_median_of_three_by_two_people_is_agreed_upon() {
    let fixes = [fix(2, 40), fix(1, 10), fix(1, 0)];
    agreed(learn(None, &fixes), 10);
    agreed(learn(Some((point(900), false)), &fixes), 10);
    let by_one = [fix(1, 40), fix(1, 10), fix(1, 0)];
    assert_eq!(learn(Some((point(0), false)), &by_one), Learned::Nothing, "one person is no two");
    // The newest count, of one person at most two.
    agreed(learn(None, &[fix(1, 20), fix(1, 10), fix(1, 0), fix(2, 30), fix(3, 90)]), 20);
}

#[test]
fn fixes_far_apart_agree_on_nothing() {
    let fixes = [fix(2, 400), fix(1, 10), fix(1, 0)];
    assert_eq!(learn(Some((point(0), false)), &fixes), Learned::Nothing);
}

#[test]
fn a_confirmed_point_stays_and_a_far_one_is_asked_about() {
    let fixes = [fix(2, 10), fix(1, 0), fix(1, 0)];
    assert_eq!(learn(Some((point(299), true)), &fixes), Learned::Nothing);
    let far = learn(Some((point(302), true)), &fixes);
    assert!(matches!(far, Learned::Elsewhere(..)), "{far:?}");
    assert!(is_far_move(point(0), point(302)) && !is_far_move(point(0), point(299)));
}

#[test]
fn an_accuracy_of_zero_is_no_measurement() {
    assert!(is_good(Some(GOOD_FIX_MM)) && is_good(Some(1)));
    assert!(!is_good(Some(GOOD_FIX_MM + 1)) && !is_good(Some(0)) && !is_good(None));
}
