//! What a JSON body says, and what is wrong with it.

use domain::money::NotANumber;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// Reads a JSON body; an empty one reads as an empty object. Says which field is wrong.
pub fn read<D: DeserializeOwned>(body: &[u8]) -> Result<D> {
    let body = if body.is_empty() { b"{}" } else { body };
    if has_control_escape(body) {
        return Err(Error::Invalid("control_character", Vec::new()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(fault_of)?;
    deserializer.end().map_err(|_| Error::Unreadable("malformed_json"))?;
    Ok(value)
}

/// What is wrong with a body, and where.
fn fault_of(fault: serde_path_to_error::Error<serde_json::Error>) -> Error {
    let pointer = pointer(fault.path());
    let cause = fault.into_inner();
    if !cause.is_data() {
        return Error::Unreadable("malformed_json");
    }
    let text = cause.to_string();
    let name = text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        let pointer =
            if pointer.ends_with(&format!("/{name}")) { pointer } else { format!("{pointer}/{name}") };
        return Error::field(pointer, "unknown_field");
    }
    if text.starts_with("missing field") {
        return Error::field(format!("{pointer}/{name}"), "required");
    }
    let is_large = text.starts_with(&NotANumber::TooLarge.to_string());
    Error::field(pointer, if is_large { "number_too_large" } else { "invalid_value" })
}

/// Does a text in the body contain a control character other than a line break or a tab? JSON writes them as escapes
/// only. PostgreSQL cannot keep U+0000, and nobody types the others.
fn has_control_escape(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(place) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = &rest[place + 1..];
        match escape.first() {
            Some(b'b' | b'f') => return true,
            Some(b'u') => {
                let digits = escape.get(1..5).and_then(|digits| std::str::from_utf8(digits).ok());
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                let is_control = |code: u32| (code < 0x20 && ![9, 10, 13].contains(&code)) || code == 0x7f;
                if code.is_some_and(is_control) {
                    return true;
                }
            }
            _ => {}
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => pointer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Draft {
        #[serde(rename = "items")]
        _items: Vec<Item>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[serde(rename = "n")]
        _n: i32,
    }

    fn check(body: &str, expected: (&str, &str)) {
        let problem = read::<Draft>(body.as_bytes()).unwrap_err().problem();
        let pointer = problem.errors.first().map(|fault| fault.pointer.clone()).unwrap_or_default();
        assert_eq!((problem.code.as_str(), pointer.as_str()), expected, "{body}");
    }

    #[test]
    fn control_characters_are_refused_and_line_breaks_are_not() {
        for text in [r#""a\u0000""#, r#""\u001F""#, r#""\b""#, r#""\u007f""#] {
            assert!(has_control_escape(text.as_bytes()), "{text}");
        }
        for text in [r#""a\nb\t""#, r#""\\u0000""#, r#""\u4e00""#, r#""\"#, ""] {
            assert!(!has_control_escape(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_wrong_body_says_where_it_is_wrong() {
        check(r#"{"items": [{"n": 1}, {"n": "x"}]}"#, ("invalid_value", "/items/1/n"));
        check(r#"{"items": [{"n": 1, "m": 2}]}"#, ("unknown_field", "/items/0/m"));
        check(r#"{"items": [], "more": 1}"#, ("unknown_field", "/more"));
        check(r#"{"items": [{}]}"#, ("required", "/items/0/n"));
        check(r#"{"items": ["#, ("malformed_json", ""));
        check(r#"{"items": []} x"#, ("malformed_json", ""));
        check("", ("required", "/items"));
    }
}
