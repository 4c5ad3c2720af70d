//! Days of different lengths.

use proptest::prelude::*;

use super::*;

const SECONDS_OF_TWO_YEARS: i64 = 731 * 86_400;

#[track_caller]
fn check_add(from: &str, minutes: i64, end: &str) {
    let (calendar, work) = (unequal(), TimeDelta::minutes(minutes));
    assert_eq!(calendar.add(at(from), work), Ok(at(end)));
    assert_eq!(calendar.between(at(from), at(end)), Ok(work));
}

fn instant(seconds: i64) -> DateTime<Utc> {
    at("2024-01-01 00:00:00") + TimeDelta::seconds(seconds)
}

/// One minute after the other.
fn stepped(calendar: &Calendar, from: DateTime<Utc>, n_minutes: i64) -> TimeDelta {
    let is_open = |minute: &i64| {
        let at = local(from + TimeDelta::minutes(*minute));
        let hours = calendar.working_day(at.date());
        hours.is_some_and(|it| it.shifts().iter().any(|it| it.opens <= at.time() && at.time() < it.closes))
    };
    TimeDelta::minutes(i64::try_from((0..n_minutes).filter(is_open).count()).unwrap())
}

#[test]
fn each_day_has_its_own_hours() {
    // Wednesday closes at 21:45, Friday at 15:10, Saturday at 12:30.
    check_add("2026-03-04 17:59:00", 2, "2026-03-04 19:31:00");
    check_add("2026-03-04 21:45:00", 1, "2026-03-05 09:01:00");
    check_add("2026-03-06 08:30:00", 400, "2026-03-06 15:10:00");
    check_add("2026-03-06 08:30:00", 401, "2026-03-07 10:01:00");
    check_add("2026-03-07 12:29:00", 2, "2026-03-09 09:01:00");
    check_add("2024-12-24 11:59:00", 2, "2024-12-25 09:01:00");
    check_add("2024-12-25 09:01:00", -2, "2024-12-24 11:59:00");
}

#[test]
fn a_make_up_day_works_the_ordinary_hours_whatever_its_weekday() {
    // Saturday, 14 February 2026.
    check_add("2026-02-14 09:00:00", 480, "2026-02-14 18:00:00");
    check_add("2026-02-13 15:09:00", 482, "2026-02-24 09:01:00");
}

#[test]
fn a_working_day_later_keeps_the_time_of_day_also_where_that_day_closes_earlier() {
    let days = |from, n| unequal().add_working_days(at(from), n);
    assert_eq!(days("2026-03-05 17:00:00", 1), Ok(at("2026-03-06 17:00:00")));
    assert_eq!(days("2026-03-06 17:00:00", 0), Ok(at("2026-03-07 10:00:00")));
    assert_eq!(unequal().day_length(), TimeDelta::hours(8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn spans_agree_with_stepping(start in 0..SECONDS_OF_TWO_YEARS / 60, n_minutes in 0..20_000i64) {
        let (calendar, start) = (unequal(), instant(start * 60));
        let end = start + TimeDelta::minutes(n_minutes);
        prop_assert_eq!(calendar.between(start, end), Ok(stepped(&calendar, start, n_minutes)));
    }

    #[test]
    fn a_budget_ends_where_stepping_ends_it(start in 0..SECONDS_OF_TWO_YEARS / 60, n in 1..2_000i64) {
        let (calendar, start) = (unequal(), instant(start * 60));
        let end = calendar.add(start, TimeDelta::minutes(n)).unwrap();
        let n_minutes = (end - start).num_minutes();
        prop_assert_eq!(stepped(&calendar, start, n_minutes), TimeDelta::minutes(n));
        prop_assert_eq!(stepped(&calendar, start, n_minutes - 1), TimeDelta::minutes(n - 1));
    }

    #[test]
    fn what_is_added_lies_between_and_more_ends_later(
        start in 0..SECONDS_OF_TWO_YEARS, less in 1..5_000_000i64, more in 1..90_000i64,
    ) {
        let (calendar, start) = (unequal(), instant(start));
        let add = |from, seconds| calendar.add(from, TimeDelta::seconds(seconds)).unwrap();
        let (early, late) = (add(start, less), add(start, less + more));
        prop_assert_eq!(calendar.between(start, early), Ok(TimeDelta::seconds(less)));
        prop_assert!(early < late);
        prop_assert_eq!(add(early, more), late);
        // Looking back ends at the earliest instant, which is no later than the start.
        let back = add(late, -more);
        prop_assert!(back <= early);
        prop_assert_eq!(calendar.between(back, early), Ok(TimeDelta::zero()));
    }

    #[test]
    fn spans_add_up(instants in prop::array::uniform3(0..SECONDS_OF_TWO_YEARS)) {
        let calendar = unequal();
        let between = |a, b| calendar.between(instant(a), instant(b)).unwrap();
        let [a, b, c] = instants;
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(between(a, b), -between(b, a));
    }
}
