//! What the platform pushes to its owner's address, and how.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use super::event::{Channel, SentRecord};
use crate::{
    callback::{Format, Mode, Sealing, body, query},
    crypto::callback::{Seal, Stamp},
};

/// WeChat hangs up after so long, and tries so often.
const TIMEOUT: Duration = Duration::from_secs(5);
const MOST_ATTEMPTS: u32 = 3;
const SIDE_BY_SIDE: usize = 16;
const MOST_KEPT: usize = 1000;
const ACCOUNT: &str = "gh_simulated";

/// Where pushes go, as the console would say.
#[derive(Debug)]
pub struct Callback {
    pub url: String,
    pub token: SecretString,
    /// None in plain mode.
    pub seal: Option<Seal>,
    pub mode: Mode,
    pub format: Format,
}

/// A push that is due, after a while.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) fields: Map<String, Value>,
    pub(super) after: Duration,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pushed {
    pub event: String,
    pub n_attempts: u32,
    pub is_taken: bool,
}

/// Posts pushes, each in a task of its own.
pub(super) struct Poster {
    callback: RwLock<Option<(reqwest::Client, Arc<Callback>)>>,
    pushed: Mutex<VecDeque<Pushed>>,
    permits: Semaphore,
}

impl Poster {
    pub(super) fn new() -> Self {
        let permits = Semaphore::new(SIDE_BY_SIDE);
        Self { callback: RwLock::default(), pushed: Mutex::default(), permits }
    }

    /// From now on pushes go there; nowhere with `None`.
    pub(super) fn send_to(&self, callback: Option<Callback>) -> Result<()> {
        let there = match callback {
            None => None,
            Some(callback) => {
                let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build();
                Some((client.context("building the client for pushes")?, Arc::new(callback)))
            }
        };
        *self.callback.write().unwrap_or_else(PoisonError::into_inner) = there;
        Ok(())
    }

    pub(super) fn pushed(&self) -> Vec<Pushed> {
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Starts posting, if there is an address.
    pub(super) fn post_all(self: &Arc<Self>, due: Vec<Due>) {
        let callback = self.callback.read().unwrap_or_else(PoisonError::into_inner);
        let Some((client, callback)) = &*callback else { return };
        for due in due {
            let (poster, client, callback) = (self.clone(), client.clone(), callback.clone());
            tokio::spawn(async move { poster.post(&client, &callback, due).await });
        }
    }

    async fn post(&self, client: &reqwest::Client, callback: &Callback, due: Due) {
        tokio::time::sleep(due.after).await;
        let event = due.fields.get("Event").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Ok(letter) = Letter::write(callback, &due.fields) else { return };
        let mut pushed = Pushed { event, n_attempts: 0, is_taken: false };
        while !pushed.is_taken && pushed.n_attempts < MOST_ATTEMPTS {
            let _permit = self.permits.acquire().await;
            let asked = client.post(&callback.url).query(&letter.query).body(letter.body.clone());
            let asked = asked.header("content-type", "application/json").send().await;
            pushed.is_taken = asked.is_ok_and(|answer| answer.status().is_success());
            pushed.n_attempts += 1;
        }
        let mut all = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == MOST_KEPT {
            all.pop_front();
        }
        all.push_back(pushed);
    }
}

/// A push as it is posted; every attempt posts the same.
struct Letter {
    query: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Letter {
    fn write(callback: &Callback, fields: &Map<String, Value>) -> Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("reading random bytes: {error}"))?;
        let is_compatible = callback.mode == Mode::Compatible;
        let seal = callback.seal.as_ref().filter(|_| callback.mode != Mode::Plain);
        let sealing = seal.map(|seal| Sealing { seal, is_compatible, random: &random });
        let body = body(fields, callback.format, sealing)?;
        let created = fields.get("CreateTime").map(Value::to_string).unwrap_or_default();
        let nonce = u32::from_le_bytes([random[0], random[1], random[2], random[3]]).to_string();
        let stamp = Stamp { timestamp: &created, nonce: &nonce };
        let sealed = seal.map(|seal| (seal, body.as_slice()));
        let query = query(&callback.token, stamp, sealed);
        Ok(Self { query, body })
    }
}

/// Something happened to a user.
pub(super) fn event(openid: &str, name: &str, more: Value, at: DateTime<Utc>) -> Due {
    let fields = json!({
        "ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": at.timestamp(), "MsgType": "event",
        "Event": name,
    });
    let both = [fields, more].into_iter().filter_map(|it| it.as_object().cloned()).flatten();
    Due { fields: both.collect(), after: Duration::ZERO }
}

/// Somebody answered a prompt. Of one template the list comes bare.
pub(super) fn tapped(
    openid: &str,
    template_ids: &[String],
    decision: &str,
    at: DateTime<Utc>,
) -> Option<Due> {
    let status = if decision.starts_with("accept") { "accept" } else { "reject" };
    let item = |id: &String| json!({ "TemplateId": id, "SubscribeStatusString": status, "PopupScene": "0" });
    let mut list: Vec<Value> = template_ids.iter().map(item).collect();
    let list = if list.len() == 1 { list.remove(0) } else { Value::Array(list) };
    (!template_ids.is_empty())
        .then(|| event(openid, "subscribe_msg_popup_event", json!({ "List": list }), at))
}

/// A message arrived.
pub(super) fn sent(record: &SentRecord) -> Due {
    let SentRecord { openid, template_id, msgid, at, .. } = record;
    if record.channel == Channel::Official {
        let more = json!({ "MsgID": msgid, "Status": "success" });
        return event(openid, "TEMPLATESENDJOBFINISH", more, *at);
    }
    let item = json!({
        "TemplateId": template_id, "MsgID": msgid, "ErrorCode": "0", "ErrorStatus": "success",
    });
    event(openid, "subscribe_msg_sent_event", json!({ "List": item }), *at)
}

/// A verdict on a file, some time later.
pub(super) fn media(openid: &str, app_id: &str, trace_id: &str, at: DateTime<Utc>) -> Due {
    let more = json!({
        "appid": app_id, "trace_id": trace_id, "version": 2, "result": { "suggest": "pass", "label": "100" },
        "detail": [{ "strategy": "content_model", "errcode": 0, "suggest": "pass", "label": "100", "prob": 90 }],
    });
    Due { after: Duration::from_secs(1), ..event(openid, "wxa_media_check", more, at) }
}

/// What the platform thinks of a text: two words to try the other verdicts.
pub(super) fn judged(content: &str) -> (&'static str, i64) {
    if content.contains("SIM-RISKY") {
        ("risky", 20006)
    } else if content.contains("SIM-REVIEW") {
        ("review", 21000)
    } else {
        ("pass", 100)
    }
}
