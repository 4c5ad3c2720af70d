//! What the platform knows, and what it answers.
//!
//! All of it follows from the log, so every process comes to the same state.
//! Sent messages are only counted: the log keeps them.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};

use super::{
    LOST_ANSWER,
    event::{Event, SentRecord},
    faults::Faults,
    refusal, users,
};
use crate::{Fault, SubscribeMessage, field, paths};

/// Message ids begin here: they are as long as WeChat's.
const FIRST_MSGID: u64 = 3_000_000_000_000_000_000;

/// Something asked of the platform.
#[derive(Clone)]
pub(super) enum Call {
    Login {
        code: String,
    },
    Phone {
        code: String,
    },
    Send(SubscribeMessage),
    /// From outside WeChat's own calls: a tap, a fault, a reset.
    Record(Event),
}

/// What the caller gets, and how long it takes.
pub(super) struct Answer {
    pub(super) result: Result<String, Fault>,
    pub(super) delay: Duration,
}

pub(super) struct Platform {
    initial_credits: u32,
    /// By user, then template.
    subscriptions: HashMap<String, HashMap<String, Subscription>>,
    faults: Faults,
    n_sent: u64,
    n_refused: u32,
}

struct Subscription {
    credits: u32,
    is_shut_off: bool,
}

impl Platform {
    pub(super) fn new(initial_credits: u32) -> Self {
        let (subscriptions, faults) = (HashMap::new(), Faults::default());
        Self { initial_credits, subscriptions, faults, n_sent: 0, n_refused: 0 }
    }

    /// Forgets what the log said, to read it anew.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.initial_credits);
    }

    /// Takes over one line of the log.
    ///
    /// A reset leaves the counts alone: message ids and the numbers of faults
    /// stay unique within the file.
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Sent(sent) => {
                self.n_sent += 1;
                let subscription = self.subscription(&sent.openid, &sent.template_id);
                subscription.credits = subscription.credits.saturating_sub(1);
            }
            Event::Subscribe { openid, template_ids, decision, always, .. } => {
                let accepts = decision.starts_with("accept");
                for template_id in template_ids {
                    let subscription = self.subscription(openid, template_id);
                    subscription.credits = subscription.credits.saturating_add(u32::from(accepts));
                    subscription.is_shut_off = !accepts && (*always || subscription.is_shut_off);
                }
            }
            Event::Fault { fault, .. } => self.faults.add(fault.clone()),
            Event::FaultUsed { fault, .. } => self.faults.used(*fault),
            Event::Reset { .. } => {
                self.subscriptions.clear();
                self.faults.clear();
            }
        }
    }

    /// Answers a call. The lines it causes are taken over, and added to `lines`.
    pub(super) fn answer(&mut self, call: &Call, now: DateTime<Utc>, lines: &mut Vec<Event>) -> Answer {
        let met = call.path().map(|path| self.faults.meet(path, now)).unwrap_or_default();
        for event in met.uses {
            self.happens(event, lines);
        }
        let result = match met.errcode {
            Some(LOST_ANSWER) => {
                self.decide(call, now, lines).ok();
                Err(call.lost("the answer was lost"))
            }
            Some(errcode) => Err(self.refused(errcode, now)),
            None => self.decide(call, now, lines),
        };
        Answer { result, delay: met.delay }
    }

    fn decide(&mut self, call: &Call, now: DateTime<Utc>, lines: &mut Vec<Event>) -> Result<String, Fault> {
        match call {
            Call::Login { code } => users::name_behind(code).ok_or_else(|| self.refused(40029, now)),
            Call::Phone { code } => users::number_behind(code).ok_or_else(|| self.refused(40029, now)),
            Call::Send(message) => {
                self.allow(message, now)?;
                let msgid = (FIRST_MSGID + self.n_sent).to_string();
                self.happens(Event::Sent(SentRecord::of(message, &msgid, now)), lines);
                Ok(msgid)
            }
            Call::Record(event) => {
                self.happens(event.clone(), lines);
                Ok(String::new())
            }
        }
    }

    /// Whether the platform would take the message.
    fn allow(&mut self, message: &SubscribeMessage, now: DateTime<Utc>) -> Result<(), Fault> {
        if !users::is_openid(&message.openid) {
            return Err(self.refused(40003, now));
        }
        let subscription = self.subscription(&message.openid, &message.template_id);
        if subscription.credits == 0 || subscription.is_shut_off {
            return Err(self.refused(43101, now));
        }
        if message.data.is_empty() {
            return Err(self.refused(47003, now));
        }
        match message.data.iter().find(|(key, value)| !field::rule(key, value)) {
            Some((key, _)) => {
                self.n_refused = self.n_refused.wrapping_add(1);
                Err(refusal::field_refused(key, now, self.n_refused))
            }
            None => Ok(()),
        }
    }

    fn happens(&mut self, event: Event, lines: &mut Vec<Event>) {
        self.apply(&event);
        lines.push(event);
    }

    fn refused(&mut self, errcode: i64, now: DateTime<Utc>) -> Fault {
        self.n_refused = self.n_refused.wrapping_add(1);
        refusal::refused(errcode, now, self.n_refused)
    }

    fn subscription(&mut self, openid: &str, template_id: &str) -> &mut Subscription {
        let credits = self.initial_credits;
        let of_user = self.subscriptions.entry(openid.to_owned()).or_default();
        of_user.entry(template_id.to_owned()).or_insert(Subscription { credits, is_shut_off: false })
    }
}

impl Call {
    /// WeChat's name for it. Nothing from outside meets a fault.
    fn path(&self) -> Option<&'static str> {
        match self {
            Self::Login { .. } => Some(paths::LOGIN),
            Self::Phone { .. } => Some(paths::PHONE),
            Self::Send(_) => Some(paths::SEND),
            Self::Record(_) => None,
        }
    }

    /// The fault of a call without an answer: only what is written is in doubt.
    pub(super) fn lost(&self, why: &str) -> Fault {
        let why = why.to_owned();
        match self {
            Self::Login { .. } | Self::Phone { .. } => Fault::NotSent(why),
            Self::Send(_) | Self::Record(_) => Fault::Unknown(why),
        }
    }
}
