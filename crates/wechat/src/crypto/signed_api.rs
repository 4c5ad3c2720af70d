//! Calls whose bodies are sealed with AES-256-GCM (服务端 API 签名加密): the
//! seal, and the text that is signed. The RSA signature itself is absent.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Broken, decoded, encoded};

const N_TAG: usize = 16;

/// What a sealed body belongs to; all of it is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The whole address without its query.
    pub url: &'a str,
    pub app_id: &'a str,
    pub timestamp: i64,
    /// The number of the symmetric key.
    pub key_number: &'a str,
}

/// A sealed body, as it is sent and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    pub iv: String,
    pub data: String,
    pub authtag: String,
}

/// Seals a request. `iv` is never used twice with one key.
pub fn seal(key: &SecretString, context: Context<'_>, plain: &[u8], iv: &[u8; 12]) -> Result<Sealed, Broken> {
    let aad = context.aad();
    let payload = Payload { msg: plain, aad: aad.as_bytes() };
    let mut data = cipher(key)?.encrypt(iv.into(), payload).map_err(|_| Broken::Unreadable)?;
    let tag = data.split_off(data.len().saturating_sub(N_TAG));
    Ok(Sealed { iv: encoded(iv), data: encoded(&data), authtag: encoded(&tag) })
}

/// Opens an answer, and sees that it is for our app.
pub fn open(key: &SecretString, context: Context<'_>, sealed: &Sealed) -> Result<Value, Broken> {
    let iv: [u8; 12] = decoded(&sealed.iv)?.try_into().map_err(|_| Broken::Unreadable)?;
    let bytes = [decoded(&sealed.data)?, decoded(&sealed.authtag)?].concat();
    let aad = context.aad();
    let payload = Payload { msg: &bytes, aad: aad.as_bytes() };
    let plain = cipher(key)?.decrypt(&iv.into(), payload).map_err(|_| Broken::BadSignature)?;
    let answer: Value = serde_json::from_slice(&plain).map_err(|_| Broken::Unreadable)?;
    if answer.get("_appid").and_then(Value::as_str) != Some(context.app_id) {
        return Err(Broken::OtherReceiver);
    }
    Ok(answer)
}

/// What is signed: over the exact bytes that are sent or came.
pub fn to_sign(context: Context<'_>, body: &str) -> String {
    format!("{}\n{}\n{}\n{body}", context.url, context.app_id, context.timestamp)
}

impl Context<'_> {
    fn aad(&self) -> String {
        format!("{}|{}|{}|{}", self.url, self.app_id, self.timestamp, self.key_number)
    }
}

fn cipher(key: &SecretString) -> Result<Aes256Gcm, Broken> {
    let bytes = decoded(key.expose_secret()).map_err(|_| Broken::BadKey)?;
    Aes256Gcm::new_from_slice(&bytes).map_err(|_| Broken::BadKey)
}
