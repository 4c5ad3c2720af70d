use proptest::prelude::*;

use super::*;

const SECONDS_OF_TWO_YEARS: i64 = 731 * 86_400;
/// A year of work: starting within 2023 and 2024 it ends before 2027.
const LONG_WORK: i64 = 250 * 8 * 3600;

fn instant(seconds: i64) -> DateTime<Utc> {
    at("2023-01-01 00:00:00") + TimeDelta::seconds(seconds)
}

/// The definition, word for word: walk over all days and all segments.
fn walked(calendar: &Calendar, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
    local_date(a)
        .iter_days()
        .take_while(|day| *day <= local_date(b))
        .filter(|day| calendar.is_working_day(*day).unwrap())
        .flat_map(|day| {
            let edges = |shift: &Shift| (at_local(day, shift.opens), at_local(day, shift.closes));
            calendar.working_day(day).unwrap().shifts().iter().map(edges).collect::<Vec<_>>()
        })
        .map(|(opens, closes)| (closes.min(b) - opens.max(a)).max(TimeDelta::zero()))
        .sum()
}

proptest! {
    #[test]
    fn what_is_added_lies_between(start in 0..SECONDS_OF_TWO_YEARS, work in -LONG_WORK..LONG_WORK) {
        let calendar = mainland_without_lunch();
        for calendar in [Calendar::mainland(), &calendar] {
            let (start, work) = (instant(start + SECONDS_OF_TWO_YEARS / 2), TimeDelta::seconds(work));
            // Looking back from early 2024 may leave the published years.
            if let Ok(end) = calendar.add(start, work) {
                prop_assert_eq!(calendar.between(start, end), Ok(work));
            } else {
                prop_assert!(work < TimeDelta::zero());
            }
        }
    }

    #[test]
    fn the_end_of_a_budget_is_the_earliest(start in 0..SECONDS_OF_TWO_YEARS, work in 1..LONG_WORK) {
        let (start, work) = (instant(start), TimeDelta::seconds(work));
        let end = Calendar::mainland().add(start, work).unwrap();
        let just_before = end - TimeDelta::nanoseconds(1);
        prop_assert!(Calendar::mainland().between(start, just_before).unwrap() < work);
    }

    #[test]
    fn more_work_ends_later(start in 0..SECONDS_OF_TWO_YEARS, less in 1..LONG_WORK, more in 1..9_000i64) {
        let start = instant(start);
        let early = Calendar::mainland().add(start, TimeDelta::seconds(less)).unwrap();
        let late = Calendar::mainland().add(start, TimeDelta::seconds(less + more)).unwrap();
        prop_assert!(early < late);
        prop_assert!(start < early);
    }

    #[test]
    fn spans_add_up(mut instants in prop::array::uniform3(0..SECONDS_OF_TWO_YEARS)) {
        let between = |a, b| Calendar::mainland().between(instant(a), instant(b)).unwrap();
        let [a, b, c] = instants;
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(between(a, b), -between(b, a));
        instants.sort_unstable();
        prop_assert!(between(instants[0], instants[1]) <= between(instants[0], instants[2]));
    }

    #[test]
    fn budgets_add_up(start in 0..SECONDS_OF_TWO_YEARS, one in 1..LONG_WORK, other in 1..LONG_WORK) {
        let add = |from, work| Calendar::mainland().add(from, TimeDelta::seconds(work)).unwrap();
        prop_assert_eq!(add(add(instant(start), one), other), add(instant(start), one + other));
    }

    #[test]
    fn ranks_agree_with_walking(start in 0..SECONDS_OF_TWO_YEARS, span in 0..40 * 86_400i64) {
        let (a, b) = (instant(start), instant(start + span));
        let without_lunch = mainland_without_lunch();
        for calendar in [Calendar::mainland(), &without_lunch] {
            prop_assert_eq!(calendar.between(a, b), Ok(walked(calendar, a, b)));
        }
    }

    #[test]
    fn a_working_day_later_is_one_day_of_work_later(start in 0..SECONDS_OF_TWO_YEARS, n in 0..250u32) {
        let calendar = Calendar::mainland();
        let first = calendar.add_working_days(instant(start), 0).unwrap();
        let later = calendar.add_working_days(instant(start), n).unwrap();
        prop_assert_eq!(calendar.between(first, later), Ok(TimeDelta::hours(8 * i64::from(n))));
        prop_assert_eq!(calendar.between(instant(start), first), Ok(TimeDelta::zero()));
        prop_assert_eq!(calendar.add_working_days(first, n), Ok(later));
    }
}
