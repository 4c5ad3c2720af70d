//! Budgets that pause.

use chrono::SubsecRound;
use proptest::prelude::*;

use super::*;

fn hours(n: i64) -> TimeDelta {
    TimeDelta::hours(n)
}

fn started() -> Clock {
    Clock::start(hours(8), at("2026-03-02 09:00:00"))
}

#[track_caller]
fn check_reaches(clock: &Clock, percent: u32, at: Option<DateTime<Utc>>) {
    assert_eq!(clock.reaches(Calendar::mainland(), percent), Ok(at), "{percent} %");
}

fn paused(clock: Clock, from: &str, until: &str) -> Clock {
    clock.pause(Calendar::mainland(), at(from)).unwrap().resume(at(until))
}

#[test]
fn shares_of_a_budget_are_reached_in_working_time() {
    check_reaches(&started(), 0, Some(at("2026-03-02 09:00:00")));
    check_reaches(&started(), 50, Some(at("2026-03-02 14:00:00")));
    check_reaches(&started(), 100, Some(at("2026-03-02 18:00:00")));
    check_reaches(&started(), 150, Some(at("2026-03-03 14:00:00")));
    let odd = Clock::start(TimeDelta::seconds(3), at("2026-03-02 09:00:00"));
    check_reaches(&odd, 50, Some(at("2026-03-02 09:00:02")));
}

#[test]
fn a_paused_clock_reaches_nothing_and_uses_nothing() {
    let paused = started().pause(Calendar::mainland(), at("2026-03-02 11:00:00")).unwrap();
    check_reaches(&paused, 50, None);
    check_reaches(&paused, 10, None);
    assert_eq!(paused.consumed_at(Calendar::mainland(), at("2026-06-01 00:00:00")), Ok(hours(2)));
    assert_eq!(paused.pause(Calendar::mainland(), at("2026-03-05 11:00:00")), Ok(paused));
    let resumed = paused.resume(at("2026-03-09 09:00:00"));
    check_reaches(&resumed, 50, Some(at("2026-03-09 11:00:00")));
    assert_eq!(resumed.resume(at("2026-03-20 09:00:00")), resumed);
    // It was reached before the pause: due at once.
    check_reaches(&resumed, 10, Some(at("2026-03-09 09:00:00")));
}

#[test]
fn a_pause_over_a_night_or_a_holiday_costs_nothing() {
    let over_night = paused(started(), "2026-03-02 18:00:00", "2026-03-03 09:00:00");
    check_reaches(&over_night, 150, Some(at("2026-03-03 14:00:00")));
    let late = Clock::start(hours(8), at("2026-02-14 17:00:00"));
    let over_spring_festival = paused(late, "2026-02-14 18:00:00", "2026-02-24 09:00:00");
    check_reaches(&over_spring_festival, 100, late.reaches(Calendar::mainland(), 100).unwrap());
    // From Monday 17:00 to Tuesday 10:00 two working hours are saved, not seventeen.
    let over_evening = paused(started(), "2026-03-02 17:00:00", "2026-03-03 10:00:00");
    check_reaches(&over_evening, 100, Some(at("2026-03-03 11:00:00")));
}

#[test]
fn a_clock_started_before_opening_or_after_closing_loses_nothing() {
    for start in ["2026-03-02 03:00:00", "2026-02-28 18:00:00", "2026-03-01 12:00:00"] {
        check_reaches(&Clock::start(hours(8), at(start)), 100, Some(at("2026-03-02 18:00:00")));
    }
}

#[test]
fn an_unpublished_year_is_named_and_no_share_overflows() {
    let late = Clock::start(hours(8), at("2026-12-31 17:00:00"));
    let unpublished = Err(Unpublished { year: 2027 });
    assert_eq!(late.reaches(Calendar::mainland(), 100), unpublished);
    assert_eq!(late.pause(Calendar::mainland(), at("2027-01-04 10:00:00")).err(), unpublished.err());
    assert_eq!(
        Clock::start(TimeDelta::MAX, late.running_since.unwrap()).reaches(Calendar::mainland(), u32::MAX),
        unpublished
    );
    assert_eq!(late.consumed_at(Calendar::mainland(), at("2026-12-30 10:00:00")), Ok(hours(0)));
}

proptest! {
    #[test]
    fn pauses_leave_the_working_time_outside_them(
        mut edges in prop::collection::vec(0..700 * 86_400_000i64, 1..24),
    ) {
        let calendar = unequal();
        let instant = |millis: i64| at("2024-01-01 00:00:00") + TimeDelta::milliseconds(millis);
        edges.sort_unstable();
        let mut clock = Clock::start(hours(8), instant(edges[0]));
        let mut outside = TimeDelta::zero();
        for pair in edges.windows(2) {
            let (from, until) = (instant(pair[0]), instant(pair[1]));
            clock = if clock.running_since.is_some() {
                outside += calendar.between(from.trunc_subsecs(0), until.trunc_subsecs(0)).unwrap();
                clock.pause(&calendar, until).unwrap()
            } else {
                clock.resume(until)
            };
        }
        let end = instant(700 * 86_400_000);
        if let Some(since) = clock.running_since {
            outside += calendar.between(since, end).unwrap();
        }
        let consumed = clock.consumed_at(&calendar, end).unwrap();
        prop_assert_eq!(consumed, outside);
        prop_assert_eq!(consumed.subsec_nanos(), 0);
    }

    #[test]
    fn a_share_is_used_exactly_when_it_is_reached(
        start in 0..500 * 86_400i64, used in 0..20_000i64, budget in 1..400_000i64, percent in 0..200u32,
    ) {
        let calendar = unequal();
        let since = at("2024-01-01 00:00:00") + TimeDelta::seconds(start);
        let (budget, consumed) = (TimeDelta::seconds(budget), TimeDelta::seconds(used));
        let clock = Clock { budget, consumed, running_since: Some(since) };
        let reached = clock.reaches(&calendar, percent).unwrap().unwrap();
        let share = (budget.num_seconds() * i64::from(percent) + 99) / 100;
        let consumed = clock.consumed_at(&calendar, reached).unwrap().num_seconds();
        prop_assert_eq!(consumed, share.max(used));
    }
}
