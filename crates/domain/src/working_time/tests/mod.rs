use super::*;

mod clocks;
mod documents;
mod edges;
mod parsing;
mod properties;
mod unequal;
mod vectors;

fn clock(text: &str) -> NaiveTime {
    format!("{text}:00").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant written as the company's clock shows it.
fn at(text: &str) -> DateTime<Utc> {
    format!("{}+08:00", text.replace(' ', "T")).parse().unwrap()
}

fn mainland_without_lunch() -> Calendar {
    let days = include_str!("../../../../../config/calendar/mainland-2023-2026.csv");
    Calendar::parse(days, &[(clock("09:00"), clock("18:00"))]).unwrap()
}

/// The document that is compiled in.
fn document() -> CalendarDocument {
    serde_json::from_str(include_str!("../../../../../config/calendar/mainland-2023-2026.json")).unwrap()
}

fn shifts(edges: &[(&str, &str)]) -> Vec<Shift> {
    edges.iter().map(|(opens, closes)| Shift { opens: clock(opens), closes: clock(closes) }).collect()
}

/// Mainland China with a short Friday, a Saturday morning, a late Wednesday and a half Christmas Eve.
fn unequal() -> Calendar {
    let weekdays = Weekdays {
        wednesday: Some(shifts(&[("09:00", "12:00"), ("13:00", "18:00"), ("19:30", "21:45")])),
        friday: Some(shifts(&[("08:30", "15:10")])),
        saturday: Some(shifts(&[("10:00", "12:30")])),
        ..Weekdays::default()
    };
    let eve = SpecialDay {
        on: day("2024-12-24"),
        kind: DayKind::Holiday,
        name: "半天".to_owned(),
        hours: Some(shifts(&[("09:00", "12:00")])),
    };
    let mut document = CalendarDocument { weekdays, ..document() };
    document.days.push(eve);
    assert_eq!(document.check(&RegionTree::default()), []);
    document.calendar(None).unwrap()
}

/// Every weekday of these years works, from 09:00 to 12:00 and 13:00 to 18:00.
fn weekdays_of(years: &[i32]) -> Calendar {
    Calendar::parse(&rows(years), &[(clock("09:00"), clock("12:00")), (clock("13:00"), clock("18:00"))])
        .unwrap()
}

fn rows(years: &[i32]) -> String {
    let mut text = "date,is_workday,kind,name\n".to_owned();
    for year in years {
        let first = NaiveDate::from_yo_opt(*year, 1).unwrap();
        for day in first.iter_days().take_while(|day| day.year() == *year) {
            let kind = if day.weekday().number_from_monday() > 5 { "0,weekend" } else { "1,workday" };
            text += &format!("{day},{kind},\n");
        }
    }
    text
}
