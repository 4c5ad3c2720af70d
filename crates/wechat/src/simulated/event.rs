use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::tokens::Minted;

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
    Token(Minted),
    /// A login code for one login within five minutes.
    Code {
        code: String,
        username: String,
        at: DateTime<Utc>,
    },
    CodeUsed {
        code: String,
        at: DateTime<Utc>,
    },
    User {
        #[serde(flatten)]
        user: UserSpec,
        at: DateTime<Utc>,
    },
    /// A page that the released version has not, or has again.
    Page {
        page: String,
        is_missing: bool,
        at: DateTime<Utc>,
    },
    /// So many more calls of this path on the day are answered.
    Quota {
        path: String,
        per_day: u32,
        at: DateTime<Utc>,
    },
    QuotaUsed {
        path: String,
        at: DateTime<Utc>,
    },
    /// The platform's clock goes ahead of the process's own.
    Clock {
        ahead_ms: i64,
        at: DateTime<Utc>,
    },
    Reset {
        at: DateTime<Utc>,
    },
}

/// A message the simulated platform accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentRecord {
    /// Which way it went.
    #[serde(default)]
    pub channel: Channel,
    /// Who got it, as that channel names them; empty for a robot.
    pub openid: String,
    /// Which template, where the channel has them.
    pub template_id: String,
    /// Where a tap goes.
    pub page: Option<String>,
    /// The fields as they were sent.
    pub data: BTreeMap<String, String>,
    /// When it was accepted.
    pub at: DateTime<Utc>,
    /// The platform's own id, which no other message has.
    pub msgid: String,
    /// The sender's name for it, where the channel knows such names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_msg_id: Option<String>,
}

/// The ways a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Channel {
    /// The mini-program's subscribe message.
    #[default]
    #[serde(rename = "wechat_subscribe")]
    Subscribe,
    /// The service account's template message.
    #[serde(rename = "wechat_service")]
    Official,
    #[serde(rename = "wecom")]
    WeCom,
    #[serde(rename = "wecom_robot")]
    Robot,
}

impl Channel {
    /// Its name wherever it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subscribe => "wechat_subscribe",
            Self::Official => "wechat_service",
            Self::WeCom => "wecom",
            Self::Robot => "wecom_robot",
        }
    }
}

/// What is special about a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSpec {
    pub username: String,
    /// By which WeCom finds them.
    #[serde(default)]
    pub mobile: Option<String>,
    /// They have not been here for hours, so their texts cannot be judged.
    #[serde(default)]
    pub is_inactive: bool,
    /// They do not follow the service account.
    #[serde(default)]
    pub is_stranger: bool,
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
    /// calls but those for a token when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How long the answer takes. The call itself is decided at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
}

fn once() -> u32 {
    1
}
