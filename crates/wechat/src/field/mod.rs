//! The fields of a template: what WeChat lets each hold, and how to make a
//! text fit.
//!
//! The prefix of a key is its type: `thing1` is a `thing`. WeChat does not say
//! what one "character" of a limit is; here it is a Unicode scalar.

mod rule;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDateTime};

use crate::beijing;

pub use rule::rule;

const MINUTE: &str = "%Y-%m-%d %H:%M";

/// Makes `value` fit the field `key`, so that [`rule`] holds.
///
/// A long text ends with `…`; an empty one becomes `无` or `-`, because WeChat
/// wants every field. A number, an amount, a time, a date or a listed value is
/// only tidied: a cut or invented one would be a lie, so a wrong one is left
/// for WeChat to refuse.
pub fn format(key: &str, value: &str) -> String {
    let text = clean(value);
    match kind(key) {
        "phrase" => or("无", keep(&text, is_han).chars().take(5).collect()),
        "name" => {
            let name = keep(&text, |c| !c.is_ascii_digit());
            let limit = if name.chars().any(is_han) { 10 } else { 20 };
            or("无", cut(&name, limit))
        }
        "character_string" => or("-", cut(&keep(&text, |c| !is_han(c)), 32)),
        "phone_number" => or("-", keep(&text, is_dialled).chars().take(17).collect()),
        "car_number" => or("无", keep(&text, is_on_plate).chars().take(8).collect()),
        "letter" => or("-", keep(&text, |c| c.is_ascii_alphabetic()).chars().take(32).collect()),
        "symbol" => or("-", keep(&text, is_symbol).chars().take(5).collect()),
        "number" | "amount" => or("-", keep(&text, |c| !matches!(c, ',' | '，' | ' '))),
        "time" | "date" => or("-", minute(&text)),
        "enum" | "enum_string" => or("-", text),
        _ => or("无", cut(&text, 20)),
    }
}

/// Makes `value` one line of `least` to `most` characters: a long text ends
/// with `…`, a short one is filled up with it.
pub fn fit(value: &str, least: usize, most: usize) -> String {
    let mut text = cut(&clean(value), most);
    let n_chars = text.chars().count();
    text.extend(std::iter::repeat_n('…', least.saturating_sub(n_chars)));
    text
}

/// The type of a field: its key without the index.
fn kind(key: &str) -> &str {
    key.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// One line of visible characters.
fn clean(value: &str) -> String {
    let visible: String = value.chars().filter(|&c| c.is_whitespace() || is_visible(c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Not a control character, a direction mark, a joiner or an emoji.
fn is_visible(c: char) -> bool {
    let hidden = matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{e0fff}');
    !hidden && !c.is_control()
}

fn is_han(c: char) -> bool {
    matches!(c,
        '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

fn is_dialled(c: char) -> bool {
    c.is_ascii_digit() || c.is_ascii_punctuation()
}

fn is_on_plate(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_han(c)
}

fn is_symbol(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}

fn keep(text: &str, fits: impl Fn(char) -> bool) -> String {
    text.chars().filter(|&c| fits(c)).collect::<String>().trim().to_owned()
}

fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let start: String = text.chars().take(limit - 1).collect();
    format!("{}…", start.trim_end())
}

fn or(nothing: &str, text: String) -> String {
    if text.is_empty() { nothing.to_owned() } else { text }
}

/// WeChat knows neither the `T` nor the zone of ISO 8601, and means Beijing.
fn minute(text: &str) -> String {
    let instant = DateTime::parse_from_rfc3339(text).ok();
    if let Some(shown) = instant.and_then(|instant| beijing::shown(&instant, MINUTE)) {
        return shown;
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|layout| NaiveDateTime::parse_from_str(text, layout).ok())
        .map_or_else(|| text.to_owned(), |local| local.format(MINUTE).to_string())
}
