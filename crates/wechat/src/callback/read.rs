//! Reading a push.

use chrono::DateTime;
use serde_json::{Map, Value};

use super::{Answered, Event, MediaVerdict, Push, SentResult, key_of, xml};
use crate::Suggestion;

const LONGEST: usize = 1 << 20;

/// It is no push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no push can be read in it")]
pub struct Unreadable;

type Fields = Map<String, Value>;

/// Reads an opened body. The content type of a push is not to be trusted, so
/// the first character decides what it is.
pub fn parse(body: &[u8]) -> Result<Push, Unreadable> {
    let fields = fields(body)?;
    let from = text(&fields, "FromUserName").unwrap_or_default();
    let created = number(&fields, "CreateTime").ok_or(Unreadable)?;
    let created_at = DateTime::from_timestamp(created, 0).ok_or(Unreadable)?;
    let event = event_of(&fields);
    let dedupe_key = dedupe_key(&fields, &from, created);
    Ok(Push { to: text(&fields, "ToUserName").unwrap_or_default(), from, created_at, event, dedupe_key })
}

/// The fields of a body, whichever way it is written.
pub(super) fn fields(body: &[u8]) -> Result<Fields, Unreadable> {
    if body.len() > LONGEST {
        return Err(Unreadable);
    }
    let written =
        std::str::from_utf8(body).map_err(|_| Unreadable)?.trim_start_matches('\u{feff}').trim_start();
    let fields = match written.as_bytes().first() {
        Some(b'<') => xml::fields(written),
        Some(b'{') => serde_json::from_str(written).ok(),
        _ => None,
    };
    fields.ok_or(Unreadable)
}

fn event_of(fields: &Fields) -> Event {
    let name = text(fields, "Event").or_else(|| text(fields, "MsgType")).unwrap_or_default();
    match name.as_str() {
        "subscribe_msg_popup_event" => {
            Event::SubscribePopup(items(fields, "SubscribeMsgPopupEvent").filter_map(answered).collect())
        }
        "subscribe_msg_change_event" => {
            Event::SubscribeChange(items(fields, "SubscribeMsgChangeEvent").filter_map(answered).collect())
        }
        "subscribe_msg_sent_event" => {
            Event::SubscribeSent(items(fields, "SubscribeMsgSentEvent").filter_map(sent).collect())
        }
        "wxa_media_check" => media(fields).map_or(Event::Other(name), Event::MediaCheck),
        "TEMPLATESENDJOBFINISH" => Event::TemplateSendFinished {
            msgid: text(fields, "MsgID").or_else(|| text(fields, "MsgId")).unwrap_or_default(),
            status: text(fields, "Status").unwrap_or_default(),
        },
        "subscribe" => Event::Subscribe,
        "unsubscribe" => Event::Unsubscribe,
        _ => Event::Other(name),
    }
}

/// The items of a list: at the top in JSON, in an element of its own in XML,
/// and bare when there is one.
fn items<'a>(fields: &'a Fields, wrapper: &str) -> impl Iterator<Item = &'a Fields> {
    let list = fields.get("List").or_else(|| fields.get(wrapper)?.get("List"));
    let items: &[Value] = match list {
        Some(Value::Array(items)) => items,
        Some(item) => std::slice::from_ref(item),
        None => &[],
    };
    items.iter().filter_map(Value::as_object)
}

fn answered(item: &Fields) -> Option<Answered> {
    let status = text(item, "SubscribeStatusString")?;
    Some(Answered { template_id: text(item, "TemplateId")?, is_accepted: status.starts_with("accept") })
}

fn sent(item: &Fields) -> Option<SentResult> {
    Some(SentResult {
        template_id: text(item, "TemplateId")?,
        msgid: text(item, "MsgID").or_else(|| text(item, "MsgId"))?,
        errcode: number(item, "ErrorCode")?,
        status: text(item, "ErrorStatus").unwrap_or_default(),
    })
}

fn media(fields: &Fields) -> Option<MediaVerdict> {
    let result = fields.get("result").and_then(Value::as_object);
    let suggestion = result.and_then(|it| match text(it, "suggest")?.as_str() {
        "pass" => Some(Suggestion::Pass),
        "review" => Some(Suggestion::Review),
        "risky" => Some(Suggestion::Risky),
        _ => None,
    });
    Some(MediaVerdict {
        trace_id: text(fields, "trace_id")?,
        errcode: number(fields, "errcode").unwrap_or(0),
        suggestion,
        label: result.and_then(|it| number(it, "label")),
    })
}

/// A message has an id, a verdict too. Several events of one user can share a
/// second, so an event is known by what it says.
fn dedupe_key(fields: &Fields, from: &str, created: i64) -> String {
    let created = created.to_string();
    let to = text(fields, "ToUserName").unwrap_or_default();
    let name = text(fields, "Event").unwrap_or_default();
    if let Some(id) = text(fields, "MsgId").filter(|_| name.is_empty()) {
        return key_of(&["message", &to, &id]);
    }
    let said: Vec<String> =
        ["List", "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent"]
            .iter()
            .chain(&["MsgID", "trace_id", "EventKey"])
            .filter_map(|key| fields.get(*key).map(Value::to_string))
            .collect();
    key_of(&["event", &to, from, &created, &name, &said.join("\n")])
}

/// A text, also when it comes as a number.
fn text(fields: &Fields, key: &str) -> Option<String> {
    match fields.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, also when it comes as text.
fn number(fields: &Fields, key: &str) -> Option<i64> {
    let value = fields.get(key)?;
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}
