//! Reading what WeChat answers: 200 for failures too, and numbers which come as
//! text on some days.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use serde_json::Value;

use crate::{Fault, Response};

/// The answer, WeChat's refusal, or why it is neither.
///
/// Nothing of the body stands in the reason: it may hold a token or a number.
pub(crate) fn read<T: DeserializeOwned>(response: &Response) -> Result<T, Unread> {
    let status = response.status;
    if status >= 500 {
        return Err(Unread::Lost(format!("HTTP status {status}")));
    }
    let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let Some(fields) = answer.as_object() else {
        return Err(Unread::Lost(format!("HTTP status {status} without a JSON object")));
    };
    let errcode = fields.get("errcode").map_or(Some(0), number_of);
    match errcode {
        Some(0) if (200..300).contains(&status) => {
            T::deserialize(answer).map_err(|_| Unread::Lost("an answer of unexpected shape".to_owned()))
        }
        Some(0) | None => Err(Unread::Lost(format!("HTTP status {status} without a result"))),
        Some(errcode) => {
            let errmsg = fields.get("errmsg").and_then(Value::as_str).unwrap_or_default().to_owned();
            Err(Unread::Refused(Fault::Refused { errcode, errmsg }))
        }
    }
}

/// Why there is no answer.
pub(crate) enum Unread {
    /// WeChat said no.
    Refused(Fault),
    /// WeChat may have done what was asked.
    Lost(String),
}

/// A whole number, also when it comes as text.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    number_of(&value).ok_or_else(|| D::Error::custom("not a whole number"))
}

/// A text, also when it comes as a number.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text(deserializer)?.ok_or_else(|| D::Error::custom("not a text"))
}

/// A text or a number, or nothing.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn number_of(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}
