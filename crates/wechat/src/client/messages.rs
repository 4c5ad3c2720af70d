//! The mini-program's only own push: the subscribe message (订阅消息).
//!
//! Every accept of the user in `wx.requestSubscribeMessage` allows one message
//! of that template. No call tells how many are left: the sender counts.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Call, WeChat, answer};
use crate::{Fault, paths};

/// One message to one user. Its Debug shows neither the user nor the text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeMessage {
    /// Who gets it.
    pub openid: String,
    /// Which template; the user accepted messages of this one.
    pub template_id: String,
    /// Where a tap goes, without a leading slash. Without it the card is dead.
    pub page: Option<String>,
    /// Every key of the template (`thing1`) with its text, which
    /// [`crate::field::format`] makes fit.
    pub data: BTreeMap<String, String>,
}

impl fmt::Debug for SubscribeMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscribeMessage").field("template_id", &self.template_id).finish_non_exhaustive()
    }
}

/// A template of the mini-program's, as the platform has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub id: String,
    pub title: String,
    pub kind: TemplateKind,
    /// In the order they are shown in.
    pub fields: Vec<TemplateField>,
}

/// How long an accept lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateKind {
    /// One message for each accept.
    OneTime,
    /// Until revoked; for public bodies only.
    LongTerm,
    /// A kind we do not know.
    Other(i64),
}

/// One field: its key, such as `thing1`, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateField {
    pub key: String,
    pub label: String,
}

impl WeChat {
    /// Sends one message and spends one of the user's accepts for its template.
    /// Answers WeChat's message id, when it gives one.
    pub async fn send_subscribe(&self, message: &SubscribeMessage) -> Result<Option<String>, Fault> {
        let answer: Sent = self.ask(Call::post(paths::SEND, &body_of(message)).once()).await?;
        Ok(answer.msgid)
    }

    /// The templates that may be sent.
    pub async fn templates(&self) -> Result<Vec<Template>, Fault> {
        let answer: TemplatesAnswer = self.ask(Call::get(paths::TEMPLATES)).await?;
        Ok(answer.data.into_iter().map(TemplateAnswer::template).collect())
    }
}

/// State and language have defaults, yet the documentation calls both required.
fn body_of(message: &SubscribeMessage) -> Value {
    let mut body = json!({
        "touser": message.openid,
        "template_id": message.template_id,
        "miniprogram_state": "formal",
        "lang": "zh_CN",
        "data": values(&message.data),
    });
    if let Some(page) = &message.page {
        body["page"] = json!(page);
    }
    body
}

/// `{"thing1": {"value": "…"}}`.
pub(super) fn values(data: &BTreeMap<String, String>) -> Map<String, Value> {
    data.iter().map(|(key, value)| (key.clone(), json!({ "value": value }))).collect()
}

#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default, deserialize_with = "answer::optional_text")]
    pub(super) msgid: Option<String>,
}

#[derive(Deserialize)]
struct TemplatesAnswer {
    #[serde(default)]
    data: Vec<TemplateAnswer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TemplateAnswer {
    pri_tmpl_id: String,
    title: String,
    content: String,
    #[serde(rename = "type", deserialize_with = "answer::number")]
    kind: i64,
}

impl TemplateAnswer {
    fn template(self) -> Template {
        let kind = match self.kind {
            2 => TemplateKind::OneTime,
            3 => TemplateKind::LongTerm,
            other => TemplateKind::Other(other),
        };
        let fields = self.content.lines().filter_map(field_of).collect();
        Template { id: self.pri_tmpl_id, title: self.title, kind, fields }
    }
}

/// A line such as `会议时间:{{date2.DATA}}`.
fn field_of(line: &str) -> Option<TemplateField> {
    let (label, rest) = line.split_once("{{")?;
    let (key, _) = rest.split_once(".DATA}}")?;
    let label = label.trim().trim_end_matches([':', '：']);
    Some(TemplateField { key: key.trim().to_owned(), label: label.to_owned() })
}
