use super::*;

#[track_caller]
fn check_between(a: &str, b: &str, seconds: i64) {
    let there = Calendar::mainland().between(at(a), at(b));
    let back = Calendar::mainland().between(at(b), at(a));
    assert_eq!((there, back), (Ok(TimeDelta::seconds(seconds)), Ok(TimeDelta::seconds(-seconds))));
}

#[track_caller]
fn check_add(from: &str, seconds: i64, end: &str) {
    assert_eq!(Calendar::mainland().add(at(from), TimeDelta::seconds(seconds)), Ok(at(end)));
}

#[track_caller]
fn check_add_days(from: &str, n: u32, end: &str) {
    assert_eq!(Calendar::mainland().add_working_days(at(from), n), Ok(at(end)));
}

#[track_caller]
fn check_unpublished<T: std::fmt::Debug + PartialEq>(answer: Result<T, Unpublished>, year: i32) {
    assert_eq!(answer, Err(Unpublished { year }));
}

#[test]
fn opening_counts_and_closing_does_not() {
    check_between("2026-03-02 08:59:59", "2026-03-02 09:00:00", 0);
    check_between("2026-03-02 09:00:00", "2026-03-02 09:00:01", 1);
    check_between("2026-03-02 11:59:59", "2026-03-02 13:00:01", 2);
    check_between("2026-03-02 18:00:00", "2026-03-03 09:00:00", 0);
    check_between("2026-03-02 10:00:00", "2026-03-02 10:00:00", 0);
}

#[test]
fn a_budget_ends_at_closing_and_one_second_more_after_the_next_opening() {
    check_add("2026-03-02 09:00:00", 3 * 3600, "2026-03-02 12:00:00");
    check_add("2026-03-02 09:00:00", 3 * 3600 + 1, "2026-03-02 13:00:01");
    check_add("2026-03-06 17:59:59", 1, "2026-03-06 18:00:00");
    check_add("2026-03-06 17:59:59", 2, "2026-03-09 09:00:01");
    check_add("2026-03-06 18:00:00", 1, "2026-03-09 09:00:01");
    check_add("2026-03-07 03:00:00", 0, "2026-03-07 03:00:00");
}

#[test]
fn a_negative_budget_looks_back_to_the_earliest_instant() {
    check_add("2026-03-09 09:00:01", -1, "2026-03-06 18:00:00");
    check_add("2026-03-09 09:00:00", -1, "2026-03-06 17:59:59");
    check_add("2026-03-02 13:00:01", -1, "2026-03-02 12:00:00");
}

#[test]
fn days_keep_the_time_of_day_down_to_the_fraction() {
    check_add_days("2026-03-02 10:15:00.25", 1, "2026-03-03 10:15:00.25");
    check_add_days("2026-03-02 12:00:00", 0, "2026-03-02 13:00:00");
    check_add_days("2026-03-02 17:59:59", 0, "2026-03-02 17:59:59");
    check_add_days("2026-03-02 04:00:00", 0, "2026-03-02 09:00:00");
    check_add_days("2023-01-01 00:00:00", 0, "2023-01-03 09:00:00");
}

#[test]
fn make_up_days_work_and_holidays_do_not() {
    let calendar = Calendar::mainland();
    assert_eq!(calendar.is_working_day(day("2026-02-14")), Ok(true));
    assert_eq!(calendar.is_working_day(day("2026-02-16")), Ok(false));
    assert_eq!(calendar.next_working_day(day("2026-02-14")), Ok(day("2026-02-24")));
    assert_eq!(calendar.next_working_day(day("2026-02-24")), Ok(day("2026-02-25")));
    assert_eq!(calendar.next_working_day(day("2022-12-31")), Ok(day("2023-01-03")));
}

#[test]
fn an_unpublished_year_is_named() {
    let calendar = Calendar::mainland();
    let one_second = TimeDelta::seconds(1);
    check_unpublished(calendar.is_working_day(day("2027-01-01")), 2027);
    check_unpublished(calendar.next_working_day(day("2026-12-31")), 2027);
    check_unpublished(calendar.next_working_day(day("2020-05-01")), 2020);
    check_unpublished(calendar.between(at("2026-12-31 10:00:00"), at("2027-01-01 00:00:01")), 2027);
    check_unpublished(calendar.between(at("2022-12-31 23:59:59"), at("2023-01-01 00:00:00")), 2022);
    check_unpublished(calendar.between(at("2031-01-01 00:00:00"), at("2031-01-01 00:00:00")), 2031);
    check_unpublished(calendar.add(at("2026-12-31 18:00:00"), one_second), 2027);
    check_unpublished(calendar.add(at("2030-01-01 00:00:00"), one_second), 2030);
    check_unpublished(calendar.add(at("2023-01-03 09:00:01"), -one_second), 2022);
    check_unpublished(calendar.add(at("2026-01-01 00:00:00"), TimeDelta::MAX), 2027);
    check_unpublished(calendar.add(at("2026-01-01 00:00:00"), TimeDelta::MIN), 2022);
    check_unpublished(calendar.add_working_days(at("2026-12-31 18:00:00"), 0), 2027);
    check_unpublished(calendar.add_working_days(at("2026-12-31 10:00:00"), u32::MAX), 2027);
    check_unpublished(calendar.add_working_days(at("2022-12-31 10:00:00"), 0), 2022);
}

#[test]
fn the_last_second_of_the_last_published_year_can_be_reached() {
    check_add("2026-12-31 17:00:00", 3600, "2026-12-31 18:00:00");
    check_between("2026-12-31 17:00:00", "2027-01-01 00:00:00", 3600);
    check_between("2023-01-01 00:00:00", "2023-01-03 10:00:00", 3600);
}

#[test]
fn a_year_left_out_between_two_published_ones_is_not_skipped() {
    let calendar = weekdays_of(&[2021, 2023]);
    let (early, late) = (at("2021-12-31 17:00:00"), at("2023-01-02 10:00:00"));
    check_unpublished(calendar.between(early, late), 2022);
    check_unpublished(calendar.add(early, TimeDelta::hours(2)), 2022);
    check_unpublished(calendar.add(late, TimeDelta::hours(-2)), 2022);
    check_unpublished(calendar.add_working_days(early, 1), 2022);
    check_unpublished(calendar.next_working_day(day("2021-12-31")), 2022);
    assert_eq!(calendar.add(early, TimeDelta::hours(1)), Ok(at("2021-12-31 18:00:00")));
}

#[test]
fn a_year_without_working_days_leads_on_to_the_next() {
    let closed = rows(&[2021]).replace("1,workday", "0,holiday");
    let days = closed + rows(&[2022]).split_once('\n').unwrap().1;
    let calendar = Calendar::parse(&days, &[(clock("09:00"), clock("18:00"))]).unwrap();
    let start = at("2021-03-01 10:00:00");
    assert_eq!(calendar.add(start, TimeDelta::seconds(1)), Ok(at("2022-01-03 09:00:01")));
    check_unpublished(calendar.add(start, TimeDelta::seconds(-1)), 2020);
}

#[test]
fn company_time_is_shanghai_time() {
    assert_eq!(local_date("2026-02-28T15:59:59Z".parse().unwrap()), day("2026-02-28"));
    assert_eq!(local_date("2026-02-28T16:00:00Z".parse().unwrap()), day("2026-03-01"));
    assert_eq!(at_local(day("2026-03-01"), clock("00:00")), at("2026-03-01 00:00:00"));
}

#[test]
fn summer_time_moves_the_clock_and_nothing_panics() {
    assert_eq!(local_date("1986-07-01T15:00:00Z".parse().unwrap()), day("1986-07-02"));
    let skipped = at_local(day("1986-05-04"), clock("02:30"));
    assert_eq!(skipped, "1986-05-03T18:30:00Z".parse::<DateTime<Utc>>().unwrap());
    check_unpublished(Calendar::mainland().next_working_day(local_date(DateTime::<Utc>::MAX_UTC)), 262_142);
    assert_eq!(at_local(NaiveDate::MIN, clock("00:00")), DateTime::<Utc>::MIN_UTC);
    check_unpublished(
        Calendar::mainland().between(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC),
        NaiveDate::MIN.year(),
    );
}
