//! Whether the platform takes a message, by each channel's rules.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    event::{Channel, SentRecord},
    platform::{Outcome, Platform, Said, Turn, ok},
    refusal::Refusal,
    users,
};
use crate::{OfficialMessage, SubscribeMessage, field};

/// What one robot may say in a minute.
const MOST_SAID: usize = 20;

impl Platform {
    pub(super) fn send(&mut self, message: &SubscribeMessage, turn: &mut Turn<'_>) -> Outcome {
        users::name_of(&message.openid).ok_or(40003)?;
        let template = self.setup.templates.iter().find(|it| it.id == message.template_id);
        if template.is_none() && !self.setup.templates.is_empty() {
            return Err(40037.into());
        }
        if message.page.as_ref().is_some_and(|page| self.is_missing(page)) {
            return Err(41030.into());
        }
        let subscription = self.state.subscription(&message.openid, &message.template_id);
        if subscription.credits == 0 || subscription.is_shut_off {
            return Err(43101.into());
        }
        let wanted = template.map_or(&[][..], |it| &it.fields);
        check(&message.data, wanted.iter().map(|it| it.key.as_str()))?;
        let SubscribeMessage { openid, template_id, page, data } = message.clone();
        let record = SentRecord {
            channel: Channel::Subscribe,
            openid,
            template_id,
            page,
            data,
            at: turn.now,
            msgid: self.next_msgid(),
            client_msg_id: None,
        };
        let msgid = self.accept(record, turn);
        Ok(Said::Json(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid })))
    }

    /// A message of a name that was sent lately is dropped, and called sent.
    pub(super) fn send_official(&mut self, message: &OfficialMessage, turn: &mut Turn<'_>) -> Outcome {
        let name = users::follower_of(&message.openid).ok_or(40003)?;
        if self.state.users.get(name).is_some_and(|user| user.is_stranger) {
            return Err(43004.into());
        }
        check(&message.data, [])?;
        let client_msg_id = Some(message.client_msg_id.clone()).filter(|id| !id.is_empty());
        let last = client_msg_id.as_ref().and_then(|id| self.state.sent_as(id, turn.now));
        if let Some(msgid) = last.and_then(|msgid| msgid.parse::<u64>().ok()) {
            return Ok(Said::Json(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid })));
        }
        let OfficialMessage { openid, template_id, page, data, .. } = message.clone();
        let record = SentRecord {
            channel: Channel::Official,
            openid,
            template_id,
            page,
            data,
            at: turn.now,
            msgid: self.next_msgid(),
            client_msg_id,
        };
        let msgid = self.accept(record, turn);
        Ok(Said::Json(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid })))
    }

    /// Anybody works here until somebody is named; then whoever is not does not.
    pub(super) fn send_wecom(
        &mut self,
        users: &[String],
        page: Option<&String>,
        data: &BTreeMap<String, String>,
        turn: &mut Turn<'_>,
    ) -> Outcome {
        let known = |user: &&String| self.state.users.is_empty() || self.state.users.contains_key(*user);
        let (reached, not_reached): (Vec<&String>, Vec<&String>) = users.iter().partition(known);
        if reached.is_empty() {
            return Err(81013.into());
        }
        for user in reached {
            let record = SentRecord {
                channel: Channel::WeCom,
                openid: user.clone(),
                template_id: String::new(),
                page: page.cloned(),
                data: data.clone(),
                at: turn.now,
                msgid: self.next_msgid(),
                client_msg_id: None,
            };
            self.accept(record, turn);
        }
        let invalid: Vec<String> = not_reached.iter().map(|user| user.to_lowercase()).collect();
        let msgid = self.next_msgid();
        Ok(Said::Json(
            json!({ "errcode": 0, "errmsg": "ok", "invaliduser": invalid.join("|"), "msgid": msgid }),
        ))
    }

    /// The key is a secret even here: only its beginning is written down.
    pub(super) fn say(&mut self, key: &str, text: &str, turn: &mut Turn<'_>) -> Outcome {
        if key.is_empty() {
            return Err(93000.into());
        }
        if text.is_empty() {
            return Err(44002.into());
        }
        let robot = format!("robot-{}", users::session_key(key).get(..8).unwrap_or_default());
        if self.state.n_said_lately(&robot, turn.now) >= MOST_SAID {
            return Err(45009.into());
        }
        let record = SentRecord {
            channel: Channel::Robot,
            openid: String::new(),
            template_id: robot,
            page: None,
            data: BTreeMap::from([("text".to_owned(), text.to_owned())]),
            at: turn.now,
            msgid: self.next_msgid(),
            client_msg_id: None,
        };
        self.accept(record, turn);
        Ok(ok())
    }

    /// The version that is released has not got the page.
    fn is_missing(&self, page: &str) -> bool {
        let path = page.split('?').next().unwrap_or_default();
        self.state.missing_pages.contains(path)
    }
}

/// Every field keeps its rule, and none that the template has is missing.
fn check<'a>(
    data: &BTreeMap<String, String>,
    wanted: impl IntoIterator<Item = &'a str>,
) -> Result<(), Refusal> {
    if data.is_empty() {
        return Err(47003.into());
    }
    if let Some(key) = wanted.into_iter().find(|key| !data.contains_key(*key)) {
        return Err(Refusal::of_field(key, true));
    }
    match data.iter().find(|(key, value)| !field::rule(key, value)) {
        Some((key, value)) => Err(Refusal::of_field(key, value.is_empty())),
        None => Ok(()),
    }
}
