use super::*;

const NINE_TO_SIX: [(&str, &str); 1] = [("09:00", "18:00")];

#[track_caller]
fn check(days_csv: &str, hours: &[(&str, &str)], fault: Malformed) {
    let segments: Vec<_> = hours.iter().map(|(opens, closes)| (clock(opens), clock(closes))).collect();
    assert_eq!(Calendar::parse(days_csv, &segments), Err(fault));
}

#[test]
fn the_compiled_in_calendar_covers_four_years() {
    let calendar = Calendar::mainland();
    assert_eq!(calendar.years, BTreeSet::from([2023, 2024, 2025, 2026]));
    assert_eq!(calendar.working_days.len(), 996);
    assert_eq!(calendar.day_length(), TimeDelta::hours(8));
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter() {
    let plain = rows(&[2024]);
    let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    let segments = [(clock("09:00"), clock("18:00"))];
    assert_eq!(Calendar::parse(&windows, &segments), Calendar::parse(&plain, &segments));
}

#[test]
fn a_line_that_cannot_be_read_is_counted() {
    let good = rows(&[2024]);
    check("", &NINE_TO_SIX, Malformed::Line { line: 1 });
    check(&good.replacen("name", "label", 1), &NINE_TO_SIX, Malformed::Line { line: 1 });
    check(&good.replacen("2024-01-02", "2024-02-30", 1), &NINE_TO_SIX, Malformed::Line { line: 3 });
    check(&good.replacen("1,workday", "0,workday", 1), &NINE_TO_SIX, Malformed::Line { line: 2 });
    check(&good.replacen("1,workday", "1,holiday", 1), &NINE_TO_SIX, Malformed::Line { line: 2 });
    check(&good.replacen("1,workday,", "1,workday", 1), &NINE_TO_SIX, Malformed::Line { line: 2 });
}

#[test]
fn a_year_is_published_whole_and_each_day_once() {
    let good = rows(&[2023, 2024]);
    check(
        &good.replacen("2024-12-31,1,workday,\n", "", 1),
        &NINE_TO_SIX,
        Malformed::Incomplete { year: 2024 },
    );
    check(
        &good.replacen("2023-06-01,1,workday,\n", "", 1),
        &NINE_TO_SIX,
        Malformed::Incomplete { year: 2023 },
    );
    let twice = good + "2023-06-01,1,workday,\n";
    check(&twice, &NINE_TO_SIX, Malformed::Twice { day: day("2023-06-01") });
}

#[test]
fn hours_are_in_order_and_apart() {
    let good = rows(&[2024]);
    check(&good, &[("09:00", "09:00")], Malformed::Segments);
    check(&good, &[("18:00", "09:00")], Malformed::Segments);
    check(&good, &[("09:00", "13:00"), ("12:00", "18:00")], Malformed::Segments);
    check(&good, &[("13:00", "18:00"), ("09:00", "12:00")], Malformed::Segments);
}

#[test]
fn a_calendar_that_never_opens_is_refused() {
    check(&rows(&[2024]), &[], Malformed::NeverOpens);
    check(&rows(&[2024]).replace("1,workday", "0,holiday"), &NINE_TO_SIX, Malformed::NeverOpens);
    check("date,is_workday,kind,name\n", &NINE_TO_SIX, Malformed::NeverOpens);
}
