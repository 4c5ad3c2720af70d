//! The reverse: a push as WeChat would write and seal it.

use serde_json::{Map, Value, json};

use crate::crypto::{
    Broken,
    callback::{Seal, Stamp, signature_of},
};
use secrecy::SecretString;

/// Which way the console says pushes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Json,
    Xml,
}

/// How a body is sealed: compatible mode leaves the fields beside it. The
/// random bytes are never used twice.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    pub seal: &'a Seal,
    pub is_compatible: bool,
    pub random: &'a [u8; 16],
}

/// The body of a push with these fields; plain without a sealing.
pub fn body(
    fields: &Map<String, Value>,
    format: Format,
    sealing: Option<Sealing<'_>>,
) -> Result<Vec<u8>, Broken> {
    let clear = written(fields, format);
    let Some(Sealing { seal, is_compatible, random }) = sealing else { return Ok(clear.into_bytes()) };
    let is_outside = |key: &str| is_compatible || key == "ToUserName";
    let outside = fields.iter().filter(|(key, _)| is_outside(key));
    let mut outer: Map<String, Value> = outside.map(|(key, value)| (key.clone(), value.clone())).collect();
    outer.insert("Encrypt".to_owned(), json!(seal.seal(clear.as_bytes(), random)?));
    Ok(written(&outer, format).into_bytes())
}

/// The signatures that stand in the address of a push with this body.
pub fn query(
    token: &SecretString,
    stamp: Stamp<'_>,
    sealed: Option<(&Seal, &[u8])>,
) -> Vec<(&'static str, String)> {
    let mut query = vec![
        ("signature", signature_of(token, stamp)),
        ("timestamp", stamp.timestamp.to_owned()),
        ("nonce", stamp.nonce.to_owned()),
    ];
    let encrypt = sealed.and_then(|(seal, body)| {
        let outer = super::read::fields(body).ok()?;
        Some(seal.msg_signature(stamp, outer.get("Encrypt")?.as_str()?))
    });
    if let Some(msg_signature) = encrypt {
        query.push(("encrypt_type", "aes".to_owned()));
        query.push(("msg_signature", msg_signature));
    }
    query
}

fn written(fields: &Map<String, Value>, format: Format) -> String {
    match format {
        Format::Json => Value::Object(fields.clone()).to_string(),
        Format::Xml => {
            let mut text = String::from("<xml>");
            elements(&nested(fields), &mut text);
            text.push_str("</xml>");
            text
        }
    }
}

/// XML has the list of a subscribe event in an element named for the event.
fn nested(fields: &Map<String, Value>) -> Map<String, Value> {
    let wrapper = match fields.get("Event").and_then(Value::as_str) {
        Some("subscribe_msg_popup_event") => "SubscribeMsgPopupEvent",
        Some("subscribe_msg_change_event") => "SubscribeMsgChangeEvent",
        Some("subscribe_msg_sent_event") => "SubscribeMsgSentEvent",
        _ => return fields.clone(),
    };
    let mut fields = fields.clone();
    if let Some(list) = fields.remove("List") {
        fields.insert(wrapper.to_owned(), json!({ "List": list }));
    }
    fields
}

fn elements(fields: &Map<String, Value>, text: &mut String) {
    for (key, value) in fields {
        match value {
            Value::Array(values) => values.iter().for_each(|value| element(key, value, text)),
            value => element(key, value, text),
        }
    }
}

fn element(key: &str, value: &Value, text: &mut String) {
    text.push_str(&format!("<{key}>"));
    match value {
        Value::Object(fields) => elements(fields, text),
        Value::String(said) => {
            // The end of a CDATA section cannot stand in one.
            text.push_str(&format!("<![CDATA[{}]]>", said.replace("]]>", "]]]]><![CDATA[>")));
        }
        other => text.push_str(&other.to_string()),
    }
    text.push_str(&format!("</{key}>"));
}
