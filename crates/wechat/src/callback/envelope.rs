//! Checking and opening what was posted to us.

use secrecy::SecretString;
use serde_json::Value;

use super::read::{Unreadable, fields};
use crate::crypto::{
    Broken,
    callback::{Seal, Stamp, is_signed},
};

/// How the console says pushes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing covers the body: for trying things only.
    Plain,
    /// The body comes both clear and sealed; only the sealed part is believed.
    Compatible,
    /// Sealed.
    #[default]
    Safe,
}

/// The signatures in the address of a push.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signed<'a> {
    pub signature: Option<&'a str>,
    pub timestamp: &'a str,
    pub nonce: &'a str,
    pub msg_signature: Option<&'a str>,
}

/// Why a push is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It does not come from WeChat, or not to us: the answer is 403.
    #[error("not from WeChat to us: {0}")]
    Forged(#[from] Broken),
    /// What must be sealed is not.
    #[error("a push without msg_signature and Encrypt")]
    NotSealed,
    /// It comes from WeChat and is no push.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// What the console and we agreed on.
#[derive(Debug)]
pub struct Envelope {
    opening: Opening,
}

#[derive(Debug)]
enum Opening {
    Plain(SecretString),
    Sealed(Box<Seal>),
}

impl Envelope {
    /// For plain mode.
    pub fn plain(token: SecretString) -> Self {
        Self { opening: Opening::Plain(token) }
    }

    /// For safe and compatible mode: both refuse what is not sealed.
    pub fn sealed(seal: Seal) -> Self {
        Self { opening: Opening::Sealed(Box::new(seal)) }
    }

    /// The body that may be believed.
    pub fn open(&self, signed: Signed<'_>, body: &[u8]) -> Result<Vec<u8>, Refusal> {
        match &self.opening {
            Opening::Plain(token) => {
                let signature = signed.signature.unwrap_or_default();
                match is_signed(token, signed.stamp(), signature) {
                    true => Ok(body.to_vec()),
                    false => Err(Broken::BadSignature.into()),
                }
            }
            Opening::Sealed(seal) => {
                let signature = signed.msg_signature.ok_or(Refusal::NotSealed)?;
                let outer = fields(body)?;
                let sealed = outer.get("Encrypt").and_then(Value::as_str).ok_or(Refusal::NotSealed)?;
                Ok(seal.open(signed.stamp(), signature, sealed)?)
            }
        }
    }
}

impl<'a> Signed<'a> {
    pub(super) fn stamp(&self) -> Stamp<'a> {
        Stamp { timestamp: self.timestamp, nonce: self.nonce }
    }
}
