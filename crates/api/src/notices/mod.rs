//! Who is told what, and how it reaches them.
//!
//! Every matter is in the inbox first, written in the transaction that caused it. A push is a delivery row that a
//! job sends: at most one for each person, matter, rung and channel, whatever is retried. WeChat has no idempotency
//! key, so a row is marked `sending` before the call; a row found in that state later is `unknown`, waits ten
//! minutes for word from the platform, and only then counts as not arrived. A message whose matter is settled or
//! over is dropped. Without a credit or an identity the inbox is all there is.

mod credits;
pub mod http;
pub mod rows;
mod send;
mod sweeps;

use chrono::{DateTime, FixedOffset, Utc};
use domain::ids::UserId;
use domain::notices::{Kind, Message};
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

pub use credits::{Credits, grant, grant_initial};
pub use send::Send;
pub use sweeps::FollowUp;

use crate::App;
use crate::config::Content;
use crate::error::Result;
use crate::select::Connection;

/// A message with its address. One matter, recipient and rung is told once.
#[derive(Clone, Debug)]
pub struct Notice {
    pub recipient: UserId,
    pub matter: String,
    pub rung: i32,
    pub subject: Option<(&'static str, Uuid)>,
    pub message: Message,
}

/// Puts notices into inboxes and promises their pushes, in the caller's transaction. What was told before is left.
pub async fn tell(app: &App, tx: &Tx, notices: &[Notice]) -> Result<()> {
    let mut told = Vec::new();
    for chunk in notices.chunks(200) {
        let rows = chunk.iter().map(|notice| row(app, notice, tx.now())).collect();
        told.extend(rows::insert_new(tx.db(), rows).await?);
    }
    let pushed: Vec<&rows::notice::Model> = told.iter().filter(|notice| notice.is_push()).collect();
    let deliveries: Vec<_> = pushed.iter().map(|notice| delivery(app, notice, tx.now())).collect();
    rows::insert_deliveries(tx.db(), deliveries.clone()).await?;
    let jobs: Vec<Send> = deliveries.iter().map(|it| Send { delivery: it.id }).collect();
    tx.send_all(&jobs, tx.now()).await?;
    Ok(())
}

/// Nothing more needs to be said about it: what was not sent yet is dropped at send time.
pub async fn settle(db: &impl Connection, matter: &str, at: DateTime<Utc>) -> Result<()> {
    rows::settle(db, matter, at).await?;
    Ok(())
}

fn row(app: &App, notice: &Notice, now: DateTime<Utc>) -> rows::notice::Model {
    let message = &notice.message;
    rows::notice::Model {
        id: platform::new_id(),
        recipient_id: notice.recipient.0,
        matter: notice.matter.clone(),
        rung: notice.rung,
        kind: message.kind.name().to_owned(),
        title: message.title.clone(),
        body: message.body.clone(),
        page: Some(message.page.clone()),
        subject_type: notice.subject.map(|(kind, _)| kind.to_owned()),
        subject_id: notice.subject.map(|(_, id)| id),
        fields: if message.is_push { fields(app, message) } else { json!(null) },
        push_until: message.push_until,
        settled_at: None,
        created_at: now,
        read_at: None,
    }
}

/// The template's fields, each within what WeChat takes.
fn fields(app: &App, message: &Message) -> serde_json::Value {
    let Some(template) = app.config.wechat.templates.get(message.kind.name()) else {
        return json!({});
    };
    let field = |key: &String, content: &Content| {
        let value = match content {
            Content::Title => message.title.clone(),
            Content::Body => message.body.clone(),
            Content::Due => message.due_at.map(local_minute).unwrap_or_default(),
        };
        (key.clone(), wechat::field::format(key, &value).into())
    };
    serde_json::Value::Object(template.fields.iter().map(|(key, content)| field(key, content)).collect())
}

/// `2026-11-23 08:30` in the company's time.
pub fn local_minute(at: DateTime<Utc>) -> String {
    let shanghai =
        FixedOffset::east_opt(8 * 3600).map(|zone| at.with_timezone(&zone).format("%Y-%m-%d %H:%M"));
    shanghai.map(|it| it.to_string()).unwrap_or_default()
}

fn delivery(app: &App, notice: &rows::notice::Model, now: DateTime<Utc>) -> rows::delivery::Model {
    rows::delivery::Model {
        id: platform::new_id(),
        notice_id: notice.id,
        recipient_id: notice.recipient_id,
        matter: notice.matter.clone(),
        rung: notice.rung,
        channel: SUBSCRIBE.to_owned(),
        template_id: template_id(app, &notice.kind),
        status: "queued".to_owned(),
        reason: None,
        created_at: now,
        attempted_at: None,
        settled_at: None,
    }
}

/// The channel of subscription messages.
pub const SUBSCRIBE: &str = "wechat_subscribe";

fn template_id(app: &App, kind: &str) -> String {
    app.config.wechat.templates.get(kind).map(|it| it.id.clone()).unwrap_or_default()
}

/// All template ids that are configured, once each.
pub fn template_ids(app: &App) -> Vec<String> {
    let mut ids: Vec<String> = Kind::ALL.iter().map(|kind| template_id(app, kind.name())).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
