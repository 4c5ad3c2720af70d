//! A group robot of WeCom's: one message to everybody in a chat.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Call, WeChat};
use crate::{Fault, Host, paths};

const LONGEST_TEXT: usize = 2048;
const LONGEST_MARKDOWN: usize = 4096;

/// The call of one robot. Its key is its only secret.
pub struct Robot<'a> {
    pub(super) wechat: &'a WeChat,
    pub(super) key: &'a SecretString,
}

/// What a robot says. What is too long is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RobotText<'a> {
    Plain(&'a str),
    Markdown(&'a str),
}

impl Robot<'_> {
    /// Says it. WeCom never recognises a second copy.
    pub async fn say(&self, text: RobotText<'_>) -> Result<(), Fault> {
        let body = match text {
            RobotText::Plain(text) => {
                json!({ "msgtype": "text", "text": { "content": cut(text, LONGEST_TEXT) } })
            }
            RobotText::Markdown(text) => {
                json!({ "msgtype": "markdown", "markdown": { "content": cut(text, LONGEST_MARKDOWN) } })
            }
        };
        let call = Call::post(paths::ROBOT_SEND, &body).with("key", self.key.expose_secret()).once();
        self.wechat.ask_openly::<Value>(Host::WeCom, call).await.map(|_| ())
    }
}

/// The limit is in bytes; no character is torn.
fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}
