use super::{is_dialled, is_han, is_on_plate, is_symbol, kind};

/// Whether WeChat takes `value` in the field `key`; it answers 47003 if not.
///
/// Where the documentation leaves room this is the stricter reading, and a key
/// of no known type is refused: no template has it.
pub fn rule(key: &str, value: &str) -> bool {
    let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if value.trim().is_empty() || value.chars().any(breaks_line) {
        return false;
    }
    let n_chars = value.chars().count();
    match kind(key) {
        "thing" => n_chars <= 20,
        "number" => n_chars <= 33 && is_number(value, 32),
        "letter" => n_chars <= 32 && value.chars().all(|c| c.is_ascii_alphabetic()),
        "symbol" => n_chars <= 5 && value.chars().all(is_symbol),
        "character_string" => n_chars <= 32 && !value.chars().any(is_han),
        "time" => is_span(value, is_time),
        "date" => is_span(value, is_date),
        "amount" => is_amount(value),
        "phone_number" => n_chars <= 17 && value.chars().all(is_dialled),
        "car_number" => n_chars <= 8 && value.chars().all(is_on_plate),
        "name" => is_name(value, n_chars),
        "phrase" => n_chars <= 5 && value.chars().all(is_han),
        "enum" | "enum_string" | "const" | "short_thing" => true,
        _ => false,
    }
}

/// Mixed counts as Han.
fn is_name(value: &str, n_chars: usize) -> bool {
    let limit = if value.chars().any(is_han) { 10 } else { 20 };
    n_chars <= limit && !value.chars().any(|c| c.is_ascii_digit())
}

/// Digits, at most one point between them.
fn is_number(value: &str, n_digits: usize) -> bool {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    is_digits(whole) && is_digits(fraction) && whole.len() <= n_digits
}

fn is_amount(value: &str) -> bool {
    let sum = value.strip_suffix('元').unwrap_or(value);
    let sum = sum.strip_prefix(['¥', '￥', '$', '€', '£']).unwrap_or(sum);
    is_number(sum, 10)
}

/// One point, or two with `~` between.
fn is_span(value: &str, is_point: impl Fn(&str) -> bool) -> bool {
    match value.split_once('~') {
        Some((from, to)) => is_point(from.trim()) && is_point(to.trim()),
        None => is_point(value),
    }
}

/// A time of day, perhaps after a day.
fn is_time(value: &str) -> bool {
    match value.split_once(' ') {
        Some((day, clock)) => is_day(day) && is_clock(clock),
        None => is_clock(value),
    }
}

/// A day, perhaps before a time.
fn is_date(value: &str) -> bool {
    match value.split_once(' ') {
        Some((day, clock)) => is_day(day) && is_clock(clock),
        None => is_day(value),
    }
}

fn is_clock(value: &str) -> bool {
    match value.split(':').collect::<Vec<_>>().as_slice() {
        [hour, minute] => within(hour, 0, 23) && within(minute, 0, 59),
        [hour, minute, second] => within(hour, 0, 23) && within(minute, 0, 59) && within(second, 0, 59),
        _ => false,
    }
}

fn is_day(value: &str) -> bool {
    if let Some((year, rest)) = value.split_once('年') {
        let month_and_day = rest.strip_suffix('日').and_then(|rest| rest.split_once('月'));
        return month_and_day.is_some_and(|(month, day)| is_year(year) && is_month_day(month, day));
    }
    let separator = value.chars().find(|c| matches!(c, '-' | '/' | '.'));
    let Some(separator) = separator else { return false };
    match value.split(separator).collect::<Vec<_>>().as_slice() {
        [year, month, day] => is_year(year) && is_month_day(month, day),
        [year, month] if is_year(year) => within(month, 1, 12),
        [month, day] => is_month_day(month, day),
        _ => false,
    }
}

fn is_year(value: &str) -> bool {
    value.len() == 4 && is_digits(value)
}

fn is_month_day(month: &str, day: &str) -> bool {
    within(month, 1, 12) && within(day, 1, 31)
}

fn within(value: &str, least: u32, most: u32) -> bool {
    let fits = value.len() <= 2 && is_digits(value);
    fits && value.parse().is_ok_and(|number: u32| (least..=most).contains(&number))
}

fn is_digits(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_ascii_digit())
}
