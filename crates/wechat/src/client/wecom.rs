//! WeCom (企业微信): a notice that opens the mini-program, to employees.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, WeChat, answer};
use crate::{Fault, field, paths, tokens::Tokens};

/// The calls of the WeCom app, which has a token of its own.
pub struct WeCom<'a> {
    pub(super) wechat: &'a WeChat,
    pub(super) tokens: &'a Tokens,
}

/// One notice to up to a thousand users, fitted into WeCom's limits when sent.
/// Its Debug shows neither the users nor the text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct WeComNotice {
    pub users: Vec<String>,
    /// 4 to 12 characters.
    pub title: String,
    /// 4 to 12 characters; none when empty.
    pub description: String,
    /// The page of the mini-program a tap opens.
    pub page: Option<String>,
    /// Ten of up to 10 and 30 characters.
    pub items: Vec<(String, String)>,
    /// A page of the web that a tap opens instead: the notice becomes a text card of this app.
    pub card: Option<Card>,
}

/// What a text card opens.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    pub url: String,
    pub agent_id: u64,
    /// What its button says.
    pub button: String,
}

/// The users a notice did not reach although WeCom took it, in lower case as
/// WeCom writes them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NotReached(pub Vec<String>);

const MOST_ITEMS: usize = 10;
const LONGEST_PAGE: usize = 1024;

impl WeCom<'_> {
    /// Sends one notice. WeCom drops the same notice again for half an hour, so
    /// it may be sent again when in doubt.
    pub async fn send(&self, notice: &WeComNotice) -> Result<NotReached, Fault> {
        let mut body = json!({
            "touser": notice.users.join("|"),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
        });
        match &notice.card {
            Some(it) => {
                body["msgtype"] = json!("textcard");
                body["agentid"] = json!(it.agent_id);
                body["textcard"] = card(notice, it);
            }
            None => {
                body["msgtype"] = json!("miniprogram_notice");
                body["miniprogram_notice"] = self.content(notice);
            }
        }
        let call = Call::post(paths::WECOM_SEND, &body);
        let answer: SentAnswer = self.wechat.ask_as(self.tokens, call, answer::read).await?;
        let not_reached = [answer.invaliduser, answer.unlicenseduser].into_iter().flatten();
        let users = not_reached.flat_map(|users| users.split('|').map(str::to_lowercase).collect::<Vec<_>>());
        Ok(NotReached(users.filter(|user| !user.is_empty()).collect()))
    }

    /// Who has that mobile number; none when nobody in the company has.
    pub async fn user_by_mobile(&self, mobile: &str) -> Result<Option<String>, Fault> {
        let call = Call::post(paths::WECOM_USER, &json!({ "mobile": mobile }));
        match self.wechat.ask_as::<UserAnswer>(self.tokens, call, answer::read).await {
            Ok(answer) => Ok(Some(answer.userid)),
            Err(Fault::Refused { errcode: 46004, .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    fn content(&self, notice: &WeComNotice) -> Value {
        let items = notice.items.iter().take(MOST_ITEMS);
        let items: Vec<Value> = items
            .map(|(key, value)| json!({ "key": field::fit(key, 1, 10), "value": field::fit(value, 1, 30) }))
            .collect();
        let mut content = json!({
            "appid": self.wechat.app_id(),
            "title": field::fit(&notice.title, 4, 12),
            "emphasis_first_item": false,
            "content_item": items,
        });
        if !notice.description.trim().is_empty() {
            content["description"] = json!(field::fit(&notice.description, 4, 12));
        }
        if let Some(page) = notice.page.as_ref().filter(|page| page.len() <= LONGEST_PAGE) {
            content["page"] = json!(page);
        }
        content
    }
}

/// At most 128 characters of title and 512 bytes of text.
fn card(notice: &WeComNotice, card: &Card) -> Value {
    let lines = notice.items.iter().map(|(_, value)| value.as_str());
    let text = std::iter::once(notice.description.as_str()).chain(lines).collect::<Vec<_>>().join(" ");
    json!({
        "title": field::fit(&notice.title, 1, 42),
        "description": field::fit(&text, 1, 170),
        "url": card.url,
        "btntxt": field::fit(&card.button, 1, 4),
    })
}

#[derive(Deserialize)]
struct SentAnswer {
    invaliduser: Option<String>,
    unlicenseduser: Option<String>,
}

#[derive(Deserialize)]
struct UserAnswer {
    userid: String,
}

impl fmt::Debug for WeComNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeComNotice").field("n_users", &self.users.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for NotReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotReached").field("n_users", &self.0.len()).finish_non_exhaustive()
    }
}
