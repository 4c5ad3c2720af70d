use super::*;

mod edges;
mod parsing;
mod properties;
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
