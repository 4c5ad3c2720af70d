//! Who is told what, and how it reaches them.
//!
//! Every matter is in the inbox first, written in the transaction that caused it. A push is a delivery row that a
//! job sends: at most one for each person, matter, rung and channel, whatever is retried. WeChat has no idempotency
//! key, so a row is marked `sending` before the call, a few at a time; a row found in that state later is `unknown`, waits ten
//! minutes for word from the platform, and only then counts as not arrived. What does not go one way goes on by the
//! next of the chain that the rules name; at its end the inbox is all there is. A message whose matter is settled or
//! over is dropped; beyond a day's budget messages are merged into a digest.

mod addresses;
mod callbacks;
mod credits;
pub mod http;
mod plan;
pub mod rows;
mod send;
mod sweeps;
mod templates;
mod tokens;

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::notices::rules::Channel;
use domain::notices::{Kind, Message};
use domain::working_time::shown;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

pub use callbacks::{Account, Callback, account, envelope, receive};
pub use credits::{Credits, grant, grant_initial};
pub use send::Send;
pub use sweeps::{Digest, FollowUp, Forget};
pub use templates::faults as template_faults;
pub use tokens::SharedTokens;

use crate::App;
use crate::config::Template;
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

/// Tells several waiting messages in one: it stands in the inbox under the digest's instant, and does not wait again.
async fn tell_together(
    app: &App,
    tx: &Tx,
    (recipient, at): (UserId, DateTime<Utc>),
    message: Message,
) -> Result<()> {
    let notice =
        Notice { recipient, matter: format!("digest:{}", at.timestamp()), rung: 0, subject: None, message };
    let told = rows::insert_new(tx.db(), vec![row(app, &notice, tx.now())]).await?;
    let deliveries = told.iter().map(|notice| delivery(app, notice, Some(at), tx.now())).collect();
    send::promise(tx, deliveries).await?;
    Ok(())
}

/// Puts notices into inboxes and promises their pushes, in the caller's transaction. What was told before is left.
pub async fn tell(app: &App, tx: &Tx, notices: &[Notice]) -> Result<()> {
    let mut told = Vec::new();
    for chunk in notices.chunks(200) {
        let rows = chunk.iter().map(|notice| row(app, notice, tx.now())).collect();
        told.extend(rows::insert_new(tx.db(), rows).await?);
    }
    let pushed: Vec<&rows::notice::Model> = told.iter().filter(|notice| notice.is_push()).collect();
    let deliveries = pushed.iter().map(|notice| delivery(app, notice, None, tx.now())).collect();
    send::promise(tx, deliveries).await?;
    Ok(())
}

/// Nothing more needs to be said about it: what was not sent yet is dropped at send time.
pub async fn settle(db: &impl Connection, matter: &str, at: DateTime<Utc>) -> Result<()> {
    rows::settle(db, matter, at).await?;
    Ok(())
}

/// The same for one person alone.
pub async fn settle_for(db: &impl Connection, matter: &str, user: UserId, at: DateTime<Utc>) -> Result<()> {
    rows::settle_for(db, matter, user, at).await?;
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
        fields: if message.is_push { fields(app, message, now) } else { json!(null) },
        push_until: message.push_until,
        settled_at: None,
        created_at: now,
        read_at: None,
    }
}

/// The template's fields, each within what WeChat takes.
/// WeChat takes no message with an empty time: what has no due date carries the time it was told.
fn fields(app: &App, message: &Message, now: DateTime<Utc>) -> serde_json::Value {
    let due = local_minute(message.due_at.unwrap_or(now));
    let template = app.config.wechat.templates.get(message.kind.name());
    template.map_or_else(|| json!({}), |template| json!(template.fill(&message.title, &message.body, &due)))
}

/// `2026-11-23 08:30` in the company's time.
pub fn local_minute(at: DateTime<Utc>) -> String {
    shown(at, "%Y-%m-%d %H:%M")
}

fn delivery(
    app: &App,
    notice: &rows::notice::Model,
    digest_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> rows::delivery::Model {
    rows::delivery::Model {
        id: platform::new_id(),
        notice_id: notice.id,
        recipient_id: notice.recipient_id,
        matter: notice.matter.clone(),
        rung: notice.rung,
        channel: Channel::WechatSubscribe.name().to_owned(),
        template_id: template_id(app, &notice.kind),
        status: "queued".to_owned(),
        reason: None,
        created_at: now,
        attempted_at: None,
        settled_at: None,
        msgid: None,
        digest_at,
    }
}

/// The template that carries a kind of message by a channel.
fn template_of<'a>(app: &'a App, channel: Channel, kind: &str) -> Option<&'a Template> {
    match channel {
        Channel::WechatSubscribe => app.config.wechat.templates.get(kind),
        Channel::WechatService => app.config.wechat.service_templates.get(kind),
        Channel::Wecom | Channel::WecomRobot => None,
    }
}

/// Is the channel configured at all?
fn is_open(app: &App, channel: Channel) -> bool {
    match channel {
        Channel::WechatSubscribe => true,
        Channel::WechatService => app.wechat.official().is_some(),
        Channel::Wecom => app.wechat.wecom().is_some(),
        Channel::WecomRobot => !app.config.wechat.robot_keys.is_empty(),
    }
}

fn template_id(app: &App, kind: &str) -> String {
    template_of(app, Channel::WechatSubscribe, kind).map(|it| it.id.clone()).unwrap_or_default()
}

/// All template ids that are configured, once each.
pub fn template_ids(app: &App) -> Vec<String> {
    let mut ids: Vec<String> = Kind::ALL.iter().map(|kind| template_id(app, kind.name())).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
