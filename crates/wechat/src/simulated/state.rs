//! What follows from the log: every process comes to the same state.
//!
//! Sent messages are only counted: the log keeps them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    event::{Channel, Event, SentRecord, UserSpec},
    faults::Faults,
    tokens::Tokens,
};
use crate::beijing::day;

/// A repeated `client_msg_id` is dropped for so long.
const CLIENT_ID_LIVES: TimeDelta = TimeDelta::minutes(10);

pub(super) struct State {
    pub(super) initial_credits: u32,
    /// By user, then template.
    subscriptions: HashMap<String, HashMap<String, Subscription>>,
    pub(super) faults: Faults,
    pub(super) tokens: Tokens,
    /// When each was made; none once it is used.
    pub(super) codes: HashMap<String, Code>,
    pub(super) users: HashMap<String, UserSpec>,
    pub(super) missing_pages: HashSet<String>,
    quotas: HashMap<String, Quota>,
    client_ids: HashMap<String, (DateTime<Utc>, String)>,
    robots: HashMap<String, Vec<DateTime<Utc>>>,
    pub(super) ahead: TimeDelta,
    pub(super) n_sent: u64,
}

pub(super) struct Subscription {
    pub(super) credits: u32,
    pub(super) is_shut_off: bool,
}

pub(super) struct Code {
    pub(super) username: String,
    pub(super) made_at: DateTime<Utc>,
    pub(super) is_used: bool,
}

struct Quota {
    per_day: u32,
    used: u32,
    on: Option<NaiveDate>,
}

impl State {
    pub(super) fn new(initial_credits: u32) -> Self {
        Self {
            initial_credits,
            subscriptions: HashMap::new(),
            faults: Faults::default(),
            tokens: Tokens::default(),
            codes: HashMap::new(),
            users: HashMap::new(),
            missing_pages: HashSet::new(),
            quotas: HashMap::new(),
            client_ids: HashMap::new(),
            robots: HashMap::new(),
            ahead: TimeDelta::zero(),
            n_sent: 0,
        }
    }

    /// Takes over one line of the log.
    ///
    /// A reset leaves the counts and the tokens alone: message ids and the
    /// numbers of faults stay unique within the file, and whoever holds a
    /// token goes on with it.
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Sent(sent) => self.sent(sent),
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
            Event::Token(minted) => self.tokens.minted(minted),
            Event::Code { code, username, at } => {
                let made = Code { username: username.clone(), made_at: *at, is_used: false };
                self.codes.insert(code.clone(), made);
            }
            Event::CodeUsed { code, .. } => {
                if let Some(code) = self.codes.get_mut(code) {
                    code.is_used = true;
                }
            }
            Event::User { user, .. } => {
                self.users.insert(user.username.clone(), user.clone());
            }
            Event::Page { page, is_missing, .. } => {
                if *is_missing {
                    self.missing_pages.insert(page.clone());
                } else {
                    self.missing_pages.remove(page);
                }
            }
            Event::Quota { path, per_day, at } => {
                self.quotas.insert(path.clone(), Quota { per_day: *per_day, used: 0, on: day(*at) });
            }
            Event::QuotaUsed { path, at } => self.quota_used(path, *at),
            Event::Clock { ahead_ms, .. } => self.ahead = TimeDelta::milliseconds(*ahead_ms),
            Event::Reset { .. } => self.reset(),
        }
    }

    fn reset(&mut self) {
        self.subscriptions.clear();
        self.faults.clear();
        self.codes.clear();
        self.users.clear();
        self.missing_pages.clear();
        self.quotas.clear();
        self.client_ids.clear();
        self.robots.clear();
        self.ahead = TimeDelta::zero();
    }

    fn sent(&mut self, sent: &SentRecord) {
        self.n_sent += 1;
        match sent.channel {
            Channel::Subscribe => {
                let subscription = self.subscription(&sent.openid, &sent.template_id);
                subscription.credits = subscription.credits.saturating_sub(1);
            }
            Channel::Official => {
                if let Some(id) = &sent.client_msg_id {
                    self.client_ids.retain(|_, (at, _)| sent.at - *at < CLIENT_ID_LIVES);
                    self.client_ids.insert(id.clone(), (sent.at, sent.msgid.clone()));
                }
            }
            Channel::Robot => {
                let said = self.robots.entry(sent.template_id.clone()).or_default();
                said.retain(|at| sent.at - *at < TimeDelta::minutes(1));
                said.push(sent.at);
            }
            Channel::WeCom => {}
        }
    }

    pub(super) fn subscription(&mut self, openid: &str, template_id: &str) -> &mut Subscription {
        let credits = self.initial_credits;
        let of_user = self.subscriptions.entry(openid.to_owned()).or_default();
        of_user.entry(template_id.to_owned()).or_insert(Subscription { credits, is_shut_off: false })
    }

    /// The id of the message that had this name lately.
    pub(super) fn sent_as(&self, client_msg_id: &str, now: DateTime<Utc>) -> Option<&str> {
        let (at, msgid) = self.client_ids.get(client_msg_id)?;
        (now - *at < CLIENT_ID_LIVES).then_some(msgid)
    }

    pub(super) fn n_said_lately(&self, robot: &str, now: DateTime<Utc>) -> usize {
        let said = self.robots.get(robot).map_or(&[][..], Vec::as_slice);
        said.iter().filter(|at| now - **at < TimeDelta::minutes(1)).count()
    }

    /// Whether the calls of this path are counted, and whether they are spent.
    pub(super) fn quota(&self, path: &str, now: DateTime<Utc>) -> Option<bool> {
        let quota = self.quotas.get(path)?;
        let used = if quota.on == day(now) { quota.used } else { 0 };
        Some(used >= quota.per_day)
    }

    fn quota_used(&mut self, path: &str, at: DateTime<Utc>) {
        if let Some(quota) = self.quotas.get_mut(path) {
            let is_same_day = quota.on == day(at);
            quota.used = if is_same_day { quota.used + 1 } else { 1 };
            quota.on = day(at);
        }
    }
}
