//! Who hears what, when and by which channel: a document that operations edits.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::documents::Fault;

names! {
    /// A way to a person's phone, or to a group. The inbox is none of them: it always has everything first.
    pub enum Channel {
        /// A subscription message of the mini-program: one for each acceptance.
        WechatSubscribe = "wechat_subscribe",
        /// A template message of the service account, to its followers.
        WechatService = "wechat_service",
        /// A message of the WeCom application, to members.
        Wecom = "wecom",
        /// The robot of a WeCom group: counts only, never names.
        WecomRobot = "wecom_robot",
    }
}

names! {
    /// How much a message matters.
    pub enum Severity {
        /// Good to know.
        Inform = "inform",
        /// Somebody has to act.
        Act = "act",
        /// Somebody should have acted: also over the day's budget and with the last credit.
        Urgent = "urgent",
    }
}

names! {
    /// A tap at which the client may ask for subscription messages.
    pub enum Tap {
        /// The list is filed.
        Filing = "filing",
        /// A check-in, or its outcome.
        Checkin = "checkin",
        /// A delivery is signed off.
        Signoff = "signoff",
        /// A decision is taken.
        Decision = "decision",
        /// The button in the inbox.
        Inbox = "inbox",
    }
}

/// What holds for one kind of message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How much it matters.
    pub severity: Severity,
    /// Waits for the next digest instead of going out by itself.
    #[serde(default)]
    pub is_gathered: bool,
    /// Also counted by the group's robot.
    #[serde(default)]
    pub tells_group: bool,
}

/// Hours in which nothing rings, in company time. From may be later than until: over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: NaiveTime,
    /// First minute that may ring again.
    pub until: NaiveTime,
}

/// The document `notification_rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// When nothing rings; never where absent. Delays delivery, not creation.
    pub quiet_hours: Option<QuietHours>,
    /// Messages a person gets singly in a day; more are merged into the next digest.
    pub daily_budget: u32,
    /// When digests go out, in company time.
    pub digests_at: Vec<NaiveTime>,
    /// Which ways are tried, in order, by severity.
    pub chains: BTreeMap<Severity, Vec<Channel>>,
    /// What holds for each kind.
    pub kinds: BTreeMap<Kind, Rule>,
    /// Which kinds are asked for at which tap, the most needed first.
    pub asked_at: BTreeMap<Tap, Vec<Kind>>,
}

impl Rules {
    /// Everything that is wrong with it.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |pointer: String, code| faults.push(Fault::new(pointer, code));
        if self.quiet_hours.is_some_and(|quiet| quiet.from == quiet.until) {
            fault("/quiet_hours".to_owned(), "always_quiet");
        }
        if self.daily_budget == 0 {
            fault("/daily_budget".to_owned(), "out_of_range");
        }
        if self.digests_at.is_empty() || self.digests_at.len() > 12 {
            fault("/digests_at".to_owned(), "out_of_range");
        }
        for (place, at) in self.digests_at.iter().enumerate() {
            if self.is_quiet(*at) {
                fault(format!("/digests_at/{place}"), "in_quiet_hours");
            }
            if place > 0 && self.digests_at[place - 1] >= *at {
                fault(format!("/digests_at/{place}"), "not_in_order");
            }
        }
        for kind in Kind::ALL {
            if !self.kinds.contains_key(&kind) {
                fault(format!("/kinds/{}", kind.name()), "required");
            }
        }
        for (kind, rule) in &self.kinds {
            // Only this one counts; the others name people and stores.
            if rule.tells_group && *kind != Kind::ActionListDigest {
                fault(format!("/kinds/{}/tells_group", kind.name()), "group_reads_names");
            }
        }
        for severity in Severity::ALL {
            let chain = self.chains.get(&severity).map(Vec::as_slice).unwrap_or_default();
            let pointer = format!("/chains/{severity:?}").to_lowercase();
            let has_double = chain.iter().enumerate().any(|(place, it)| chain[..place].contains(it));
            if chain.is_empty() {
                fault(pointer, "required");
            } else if has_double {
                fault(pointer, "twice");
            } else if chain.contains(&Channel::WecomRobot) {
                // A group must not read what is one person's.
                fault(pointer, "robot_reaches_nobody_alone");
            }
        }
        faults
    }

    /// The rule of a kind. A document without it does not pass `check`; it matters like any to-do.
    pub fn rule(&self, kind: Kind) -> Rule {
        self.kinds.get(&kind).cloned().unwrap_or(Rule {
            severity: Severity::Act,
            is_gathered: false,
            tells_group: false,
        })
    }

    /// The ways that are tried for a severity, in order.
    pub fn chain(&self, severity: Severity) -> &[Channel] {
        self.chains.get(&severity).map(Vec::as_slice).unwrap_or_default()
    }

    /// Does nothing ring at this minute of the company's day?
    pub fn is_quiet(&self, at: NaiveTime) -> bool {
        self.quiet_hours.is_some_and(|QuietHours { from, until }| {
            if from <= until { from <= at && at < until } else { at >= from || at < until }
        })
    }
}
