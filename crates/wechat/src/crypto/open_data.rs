//! Data that a phone hands over sealed with its session key.

use aes::Aes128;
use cbc::Decryptor;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::{Broken, decoded, is_same, sha1_of};

/// Whether `raw_data` is exactly what WeChat signed for this session.
pub fn is_signed(raw_data: &str, session_key: &SecretString, signature: &str) -> bool {
    is_same(signature, &sha1_of(&[raw_data, session_key.expose_secret()]))
}

/// Opens `encryptedData`, and sees that it was sealed for our app. A stale
/// session key shows as [`Broken::Unreadable`]: the phone has to log in again.
pub fn open(encrypted: &str, iv: &str, session_key: &SecretString, app_id: &str) -> Result<Value, Broken> {
    let key: [u8; 16] = decoded(session_key.expose_secret())?.try_into().map_err(|_| Broken::BadKey)?;
    let iv: [u8; 16] = decoded(iv)?.try_into().map_err(|_| Broken::Unreadable)?;
    let mut bytes = decoded(encrypted)?;
    let plain = Decryptor::<Aes128>::new(&key.into(), &iv.into())
        .decrypt_padded::<Pkcs7>(&mut bytes)
        .map_err(|_| Broken::Unreadable)?;
    let data: Value = serde_json::from_slice(plain).map_err(|_| Broken::Unreadable)?;
    let marked = Marked::deserialize(&data).map_err(|_| Broken::Unreadable)?;
    if marked.watermark.appid == app_id { Ok(data) } else { Err(Broken::OtherReceiver) }
}

#[derive(Deserialize)]
struct Marked {
    watermark: Watermark,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}
