//! Who a phone's user is.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, WeChat, answer};
use crate::{Fault, Host, crypto, paths};

/// What WeChat says about a user who logged in. Its Debug shows none of it.
#[derive(Clone)]
pub struct LoginSession {
    /// The user within this mini-program.
    pub openid: String,
    /// The user across the apps of one Open Platform account. Absent while the
    /// mini-program is bound to none; it may come with a later login.
    pub unionid: Option<String>,
    /// Signs and decrypts what WeChat gives the phone, until the next login.
    pub session_key: SecretString,
}

impl fmt::Debug for LoginSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginSession").finish_non_exhaustive()
    }
}

impl WeChat {
    /// Who logged in, for the code `wx.login` gave the phone.
    pub async fn code_to_session(&self, code: &str) -> Result<LoginSession, Fault> {
        let credentials = &self.0.config.mini_program;
        let call = Call::get(paths::LOGIN)
            .with("appid", &credentials.id)
            .with("secret", credentials.secret.expose_secret())
            .with("js_code", code)
            .with("grant_type", "authorization_code");
        let answer: LoginAnswer = self.ask_openly(Host::Api, call).await?;
        Ok(LoginSession {
            openid: answer.openid,
            unionid: answer.unionid.filter(|unionid| !unionid.is_empty()),
            session_key: answer.session_key,
        })
    }

    /// The number behind a phone code, without the country. WeChat checks that
    /// the code belongs to `openid`: a stolen one binds nobody's number.
    pub async fn phone_number(&self, phone_code: &str, openid: &str) -> Result<String, Fault> {
        let body = json!({ "code": phone_code, "openid": openid });
        let answer: PhoneAnswer = self.ask(Call::post(paths::PHONE, &body)).await?;
        let phone = answer.phone_info;
        if phone.watermark.appid != self.app_id() {
            // WeChat's word for a code that is not ours to use.
            let errmsg = "the phone code belongs to another mini-program".to_owned();
            return Err(Fault::Refused { errcode: 40029, errmsg });
        }
        Ok(phone.pure_phone_number)
    }

    /// Whether the session key is still good: the next login ends it, and so
    /// does idleness.
    pub async fn is_session_good(&self, openid: &str, session_key: &SecretString) -> Result<bool, Fault> {
        let call = Call::get(paths::CHECK_SESSION)
            .with("openid", openid)
            .with("signature", &crypto::login_state(session_key.expose_secret(), b""))
            .with("sig_method", "hmac_sha256");
        match self.ask::<Value>(call).await {
            Ok(_) => Ok(true),
            Err(Fault::Refused { errcode: 87007 | 87009, .. }) => Ok(false),
            Err(fault) => Err(fault),
        }
    }
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
