use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::SubscribeMessage;

/// One line of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    Sent(SentRecord),
    Subscribe {
        openid: String,
        template_ids: Vec<String>,
        decision: String,
        always: bool,
        at: DateTime<Utc>,
    },
    Fault {
        #[serde(flatten)]
        fault: FaultSpec,
        at: DateTime<Utc>,
    },
    /// `fault` counts the fault lines from the start of the file, from 1.
    FaultUsed {
        fault: u64,
        errcode: i64,
        path: String,
        at: DateTime<Utc>,
    },
    Reset {
        at: DateTime<Utc>,
    },
}

/// A message the simulated platform accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentRecord {
    /// Who got it.
    pub openid: String,
    /// Which template.
    pub template_id: String,
    /// Where a tap leads.
    pub page: Option<String>,
    /// The fields as they were sent.
    pub data: BTreeMap<String, String>,
    /// When it was accepted.
    pub at: DateTime<Utc>,
    /// The platform's own id, which no other message has.
    pub msgid: String,
}

/// Calls that shall go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultSpec {
    /// What WeChat answers: 0 only delays, and [`super::LOST_ANSWER`] loses the
    /// answer to a call that succeeds.
    pub errcode: i64,
    /// How many calls; one when not said.
    #[serde(default = "once")]
    pub count: u32,
    /// The end of the path of the calls, such as `/message/subscribe/send`. All
    /// calls when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How long the answer takes. The call itself is decided at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
}

impl SentRecord {
    pub(super) fn of(message: &SubscribeMessage, msgid: &str, at: DateTime<Utc>) -> Self {
        let SubscribeMessage { openid, template_id, page, data } = message.clone();
        Self { openid, template_id, page, data, at, msgid: msgid.to_owned() }
    }
}

fn once() -> u32 {
    1
}
