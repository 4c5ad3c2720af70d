//! The service account (服务号): template messages that open the mini-program.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;
use serde_json::json;

use super::{
    Call, WeChat, answer,
    messages::{Sent, values},
};
use crate::{Fault, paths, tokens::Tokens};

/// The calls of the service account, which has a token of its own.
pub struct OfficialAccount<'a> {
    pub(super) wechat: &'a WeChat,
    pub(super) tokens: &'a Tokens,
}

/// One message to one follower. Its Debug shows neither the user nor the text.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficialMessage {
    /// The user within the service account: not who it is in the mini-program.
    pub openid: String,
    pub template_id: String,
    /// The page of the mini-program a tap opens.
    pub page: Option<String>,
    pub data: BTreeMap<String, String>,
    /// Our name for the message. WeChat drops another one of the same name for
    /// some minutes, so this message may be sent again when in doubt.
    pub client_msg_id: String,
}

/// Somebody who follows the service account, or did.
#[derive(Clone, PartialEq, Eq)]
pub struct Follower {
    pub openid: String,
    pub follows: bool,
    /// Ties the follower to a user of the mini-program.
    pub unionid: Option<String>,
}

impl OfficialAccount<'_> {
    /// Sends one message. Answers WeChat's message id, when it gives one.
    pub async fn send(&self, message: &OfficialMessage) -> Result<Option<String>, Fault> {
        let mut body = json!({
            "touser": message.openid,
            "template_id": message.template_id,
            "client_msg_id": message.client_msg_id,
            "data": values(&message.data),
        });
        if let Some(page) = &message.page {
            body["miniprogram"] = json!({ "appid": self.wechat.app_id(), "pagepath": page });
        }
        let call = Call::post(paths::TEMPLATE_SEND, &body);
        let answer: Sent = self.wechat.ask_as(self.tokens, call, answer::read).await?;
        Ok(answer.msgid)
    }

    /// Who an openid of the service account is.
    pub async fn follower(&self, openid: &str) -> Result<Follower, Fault> {
        let call = Call::get(paths::FOLLOWER).with("openid", openid).with("lang", "zh_CN");
        let answer: FollowerAnswer = self.wechat.ask_as(self.tokens, call, answer::read).await?;
        Ok(Follower {
            openid: answer.openid,
            follows: answer.subscribe == 1,
            unionid: answer.unionid.filter(|unionid| !unionid.is_empty()),
        })
    }
}

#[derive(Deserialize)]
struct FollowerAnswer {
    #[serde(deserialize_with = "answer::number")]
    subscribe: i64,
    openid: String,
    unionid: Option<String>,
}

impl fmt::Debug for OfficialMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfficialMessage").field("template_id", &self.template_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower").field("follows", &self.follows).finish_non_exhaustive()
    }
}
