//! The real WeChat, over HTTPS.
//!
//! The access token is fetched once for all callers and kept until shortly
//! before it dies. A call whose token WeChat refuses gets a new one and is made
//! exactly once more. Nothing else is repeated here: whether to try again is
//! the caller's to decide, by the class of the fault.
//!
//! Secret and token travel in URLs and bodies; neither is ever part of a fault,
//! a log line or a Debug.

mod answer;
mod http;
mod token;

#[cfg(test)]
mod tests;

use std::{fmt, time::Duration};

use anyhow::Result;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use self::{
    http::{Http, IfLost},
    token::Tokens,
};
use crate::{Fault, LoginSession, SubscribeMessage, WeChat, paths};

/// Where WeChat is, and who we are to it.
#[derive(Debug, Clone)]
pub struct LiveConfig {
    /// `https://api.weixin.qq.com`, an egress proxy before it, or a simulator.
    pub base_url: String,
    /// The mini-program.
    pub app_id: String,
    /// Its AppSecret.
    pub secret: SecretString,
    /// How long one call may take, answer included.
    pub timeout: Duration,
}

/// The mini-program's server as WeChat knows it.
pub struct Live {
    app_id: String,
    secret: SecretString,
    http: Http,
    tokens: Tokens,
}

impl Live {
    /// A client for one mini-program. Reaches nobody yet.
    pub fn new(
        config: LiveConfig,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Result<Self> {
        Ok(Self {
            http: Http::new(&config.base_url, config.timeout)?,
            tokens: Tokens::new(&config.app_id, config.secret.clone(), clock),
            app_id: config.app_id,
            secret: config.secret,
        })
    }

    /// Posts with the access token. A refused one is replaced and the call made
    /// again, once: WeChat has done nothing with the first.
    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value, if_lost: IfLost) -> Result<T, Fault> {
        let token = self.tokens.current(&self.http).await?;
        match self.http.post_with_token(path, &token, body, if_lost).await {
            Err(fault) if fault.is_about_token() => {
                tracing::warn!(wechat.path = path, %fault, "WeChat refuses the access token; fetching another");
                let token = self.tokens.replace(&self.http, &token).await?;
                self.http.post_with_token(path, &token, body, if_lost).await
            }
            answer => answer,
        }
    }
}

#[async_trait]
impl WeChat for Live {
    async fn code_to_session(&self, code: &str) -> Result<LoginSession, Fault> {
        let answer: LoginAnswer = self.http.login(&self.app_id, &self.secret, code).await?;
        Ok(LoginSession {
            openid: answer.openid,
            unionid: answer.unionid.filter(|unionid| !unionid.is_empty()),
            session_key: answer.session_key,
        })
    }

    async fn phone_number(&self, phone_code: &str, openid: &str) -> Result<String, Fault> {
        let body = json!({ "code": phone_code, "openid": openid });
        let answer: PhoneAnswer = self.post(paths::PHONE, &body, IfLost::NotSent).await?;
        let phone = answer.phone_info;
        if phone.watermark.appid != self.app_id {
            // WeChat's word for a code that is not ours to use.
            let errmsg = "the phone code belongs to another mini-program".to_owned();
            return Err(Fault::Refused { errcode: 40029, errmsg });
        }
        Ok(phone.pure_phone_number)
    }

    async fn send_subscribe(&self, message: &SubscribeMessage) -> Result<Option<String>, Fault> {
        let answer: SendAnswer = self.post(paths::SEND, &body_of(message), IfLost::Unknown).await?;
        Ok(answer.msgid)
    }

    async fn check(&self) -> Result<String, Fault> {
        self.tokens.current(&self.http).await?;
        Ok(format!("WeChat accepts the credentials of {}", self.app_id))
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("app_id", &self.app_id).finish_non_exhaustive()
    }
}

/// State and language have defaults, yet the documentation calls both required.
fn body_of(message: &SubscribeMessage) -> Value {
    let data: serde_json::Map<_, _> =
        message.data.iter().map(|(key, value)| (key.clone(), json!({ "value": value }))).collect();
    let mut body = json!({
        "touser": message.openid,
        "template_id": message.template_id,
        "miniprogram_state": "formal",
        "lang": "zh_CN",
        "data": data,
    });
    if let Some(page) = &message.page {
        body["page"] = json!(page);
    }
    body
}

#[derive(Deserialize)]
struct LoginAnswer {
    openid: String,
    unionid: Option<String>,
    session_key: SecretString,
}

#[derive(Deserialize)]
struct PhoneAnswer {
    phone_info: PhoneInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    #[serde(deserialize_with = "answer::text")]
    pure_phone_number: String,
    watermark: Watermark,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}

#[derive(Deserialize)]
struct SendAnswer {
    #[serde(default, deserialize_with = "answer::optional_text")]
    msgid: Option<String>,
}
