mod oracle;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::geo::{Point, System};

const STORE: Rule = Rule { min_dwell_seconds: 180, accept_uncertain: true, accept_no_point: true };
const ORACLE: Rule = Rule { min_dwell_seconds: 600, accept_uncertain: false, accept_no_point: false };

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn visit(whereabouts: Whereabouts, dwell: Option<i64>) -> Facts {
    let (checked_in_at, checkout_at) = (at(0), dwell.map(at));
    Facts { whereabouts, checked_in_at, checkout_at, n_photos: 1, has_result: true }
}

fn check(facts: Facts, rule: Rule, effective: Option<bool>, why_not: &[WhyNot]) {
    let expected = vec![Effect { effective, why_not: why_not.to_vec() }];
    assert_eq!(judge_day(&[facts], &rule), expected);
}

#[test]
fn a_visit_counts_when_it_is_long_enough_to_the_second() {
    let inside = |dwell| visit(Whereabouts::Inside, dwell);
    check(inside(Some(180)), STORE, Some(true), &[]);
    check(inside(Some(179)), STORE, Some(false), &[WhyNot::DwellTooShort]);
    check(inside(Some(599)), ORACLE, Some(false), &[WhyNot::DwellTooShort]);
    check(inside(None), STORE, None, &[WhyNot::DwellUnknown]);
}

#[test]
fn what_may_still_come_leaves_it_open_and_what_is_wrong_does_not() {
    let open = Facts { has_result: false, ..visit(Whereabouts::Inside, None) };
    check(open, STORE, None, &[WhyNot::DwellUnknown, WhyNot::ResultMissing]);
    let bare = Facts { n_photos: 0, ..open };
    let all = [WhyNot::DwellUnknown, WhyNot::PhotoMissing, WhyNot::ResultMissing];
    check(bare, STORE, Some(false), &all);
}

#[test]
fn a_doubtful_place_counts_in_operation_and_not_for_history() {
    for (whereabouts, why) in
        [(Whereabouts::Uncertain, WhyNot::PlaceUncertain), (Whereabouts::Unknown, WhyNot::PlaceUnknown)]
    {
        check(visit(whereabouts, Some(600)), STORE, Some(true), &[]);
        check(visit(whereabouts, Some(600)), ORACLE, Some(false), &[why]);
    }
    for rule in [STORE, ORACLE] {
        check(visit(Whereabouts::Nowhere, Some(600)), rule, Some(false), &[WhyNot::NoPlace]);
        check(visit(Whereabouts::Outside, Some(600)), rule, Some(false), &[WhyNot::OutsideFence]);
        check(visit(Whereabouts::Refuted, Some(600)), rule, Some(false), &[WhyNot::EvidenceRejected]);
    }
}

#[test]
fn the_fence_includes_its_edge() {
    let place = |mm| Whereabouts::by_distance(Some(mm), 150, false);
    assert_eq!((place(150_000), place(150_001)), (Whereabouts::Inside, Whereabouts::Outside));
    assert_eq!(Whereabouts::by_distance(Some(150_001), 150, true), Whereabouts::Uncertain);
    assert_eq!(Whereabouts::by_distance(None, 150, false), Whereabouts::Unknown);
}

#[test]
fn a_record_without_signal_is_of_the_time_it_was_made_where_that_can_be() {
    let arrived = at(36 * 3_600);
    let made = |seconds, not_before| happened_at(Some(at(seconds)), arrived, not_before);
    assert_eq!(made(0, None), at(0), "36 hours to the second");
    assert_eq!(made(-1, None), arrived);
    assert_eq!(made(36 * 3_600 + 1, None), arrived, "a clock that is ahead");
    assert_eq!((made(60, Some(at(60))), made(59, Some(at(60)))), (at(60), arrived));
    assert_eq!(happened_at(None, arrived, None), arrived);
}

#[test]
fn what_arrives_together_with_a_late_check_in_says_nothing_about_its_end() {
    assert_eq!(telling_from(at(0), at(120)), at(120));
    assert_eq!(telling_from(at(0), at(121)), at(421));
}

#[test]
fn only_the_first_that_counts_of_a_day_counts() {
    let (short, good) = (visit(Whereabouts::Inside, Some(1)), visit(Whereabouts::Inside, Some(700)));
    let judged = judge_day(&[short, good, good, short], &STORE);
    let effective: Vec<_> = judged.iter().map(|it| it.effective).collect();
    assert_eq!(effective, [Some(false), Some(true), Some(false), Some(false)]);
    assert_eq!(judged[2].why_not, [WhyNot::NotFirst]);
    assert_eq!(judged[3].why_not, [WhyNot::DwellTooShort]);
}

#[test]
fn a_visit_ends_with_its_last_record_before_the_next_check_in() {
    let records = [at(300), at(0), at(900)];
    assert_eq!(checkout_at(at(0), &records, None), Some(at(900)));
    assert_eq!(checkout_at(at(0), &records, Some(at(900))), Some(at(300)));
    assert_eq!(checkout_at(at(0), &records, Some(at(300))), None);
    assert_eq!(checkout_at(at(0), &[at(0)], None), None, "a bare check-in has no end");
}

fn seen(north_m: f64, seconds: i64) -> Seen {
    let lat = 30.0 + north_m / 111_195.0;
    Seen {
        point: Point { lat, lng: 120.0, system: System::Wgs84 },
        accuracy_mm: Some(10_000),
        at: at(seconds),
    }
}

#[test]
fn faster_than_a_vehicle_is_odd_and_the_measurements_error_is_not_travelled() {
    let last = seen(0.0, 0);
    let odd = |north_m, seconds| flags(&seen(north_m, seconds), &[last], at(seconds)) == [Flag::Teleport];
    // 150 km in an hour, and twenty metres that both may be off.
    assert!(!odd(150_000.0, 3_600));
    assert!(odd(150_200.0, 3_600));
    assert!(odd(5_000.0, 0));
    assert!(!odd(500.0, 0), "a phone that finds its place anew is no traveller");
}

#[test]
fn the_same_fix_three_times_is_odd() {
    let same = seen(0.0, 0);
    assert_eq!(flags(&seen(0.0, 9_000), &[same, same], at(9_000)), [Flag::FixRepeated]);
    assert_eq!(flags(&seen(0.0, 9_000), &[same], at(9_000)), []);
    assert_eq!(flags(&seen(0.0, 9_000), &[same, seen(1.0, 0)], at(9_000)), []);
}

#[test]
fn a_perfect_accuracy_and_a_clock_ahead_are_odd() {
    let perfect = Seen { accuracy_mm: Some(0), ..seen(0.0, 0) };
    assert_eq!(flags(&perfect, &[], at(0)), [Flag::AccuracyZero]);
    assert_eq!(flags(&seen(0.0, 301), &[], at(0)), [Flag::ClockSkew]);
    assert_eq!(flags(&seen(0.0, 300), &[], at(0)), []);
}
