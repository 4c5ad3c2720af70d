//! WeChat's cryptography: what it signs and seals for us, and we for it.
//!
//! Whatever comes in may be hostile: every malformed input is a [`Broken`],
//! never a panic, and what is secret is compared in constant time.

pub mod callback;
pub mod open_data;
pub mod signed_api;

#[cfg(test)]
mod tests;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Why something sealed or signed is not what it should be. It never says what
/// stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Not base64, not whole blocks, no padding, no text.
    #[error("it cannot be read")]
    Unreadable,
    /// It was not signed with our token or key, or was changed on the way.
    #[error("the signature is wrong")]
    BadSignature,
    /// It was sealed for another receiver.
    #[error("it was sealed for another receiver")]
    OtherReceiver,
    /// The key itself is unusable.
    #[error("the key has the wrong form")]
    BadKey,
}

/// A key of 43 random characters ends in bits that belong to no byte, in three
/// of four cases: a strict reader refuses it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn decoded(text: &str) -> Result<Vec<u8>, Broken> {
    LENIENT.decode(text.trim()).map_err(|_| Broken::Unreadable)
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    LENIENT.encode(bytes)
}

/// What the phone presents instead of its session key: the key's text itself
/// is the HMAC's key, not the bytes it stands for.
pub fn login_state(session_key: &str, message: &[u8]) -> String {
    // An HMAC takes a key of any length.
    Hmac::<Sha256>::new_from_slice(session_key.as_bytes())
        .map(|mac| hex(&mac.chain_update(message).finalize().into_bytes()))
        .unwrap_or_default()
}

fn sha1_of(parts: &[&str]) -> String {
    let mut digest = Sha1::new();
    for part in parts {
        digest.update(part.as_bytes());
    }
    hex(&digest.finalize())
}

/// The signature of values whose order is their own: WeChat sorts them.
fn sorted_sha1<const N: usize>(mut parts: [&str; N]) -> String {
    parts.sort_unstable();
    sha1_of(&parts)
}

/// Hex may come in either case.
fn is_same(signature: &str, expected: &str) -> bool {
    signature.to_ascii_lowercase().as_bytes().ct_eq(expected.as_bytes()).into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
