//! What WeChat pushes to us: the check of our address, and sealed messages.
//!
//! In safe mode only `msg_signature` covers the body; the plain `signature`
//! does not, so nothing is opened on its word.

use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use cbc::{Decryptor, Encryptor};
use secrecy::{ExposeSecret, SecretBox, SecretString};

use super::{Broken, decoded, encoded, is_same, sorted_sha1};

/// WeChat pads to 32 bytes although the cipher's block has 16: an unpadding
/// that knows the cipher alone fails on half of all messages.
const PADDED_TO: usize = 32;
const N_RANDOM: usize = 16;
const N_LENGTH: usize = 4;

/// The token and the key that the console shows, and who we are there.
pub struct Seal {
    token: SecretString,
    key: SecretBox<[u8; 32]>,
    receiver: String,
}

/// The part of a push's address that signs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    pub timestamp: &'a str,
    pub nonce: &'a str,
}

/// Whether the plain signature is right: for the check of our address and for
/// pushes in plain mode, where nothing covers the body.
pub fn is_signed(token: &SecretString, stamp: Stamp<'_>, signature: &str) -> bool {
    is_same(signature, &signature_of(token, stamp))
}

/// The plain signature.
pub fn signature_of(token: &SecretString, stamp: Stamp<'_>) -> String {
    sorted_sha1([token.expose_secret(), stamp.timestamp, stamp.nonce])
}

impl Seal {
    /// `encoding_aes_key` has 43 characters; `receiver` is the app id, or the
    /// corp id at WeCom.
    pub fn new(token: SecretString, encoding_aes_key: &SecretString, receiver: &str) -> Result<Self, Broken> {
        let text = encoding_aes_key.expose_secret();
        if text.len() != 43 {
            return Err(Broken::BadKey);
        }
        let bytes = decoded(text).map_err(|_| Broken::BadKey)?;
        let key: [u8; 32] = bytes.try_into().map_err(|_| Broken::BadKey)?;
        Ok(Self { token, key: SecretBox::new(Box::new(key)), receiver: receiver.to_owned() })
    }

    /// The signature that covers a sealed body.
    pub fn msg_signature(&self, stamp: Stamp<'_>, sealed: &str) -> String {
        sorted_sha1([self.token.expose_secret(), stamp.timestamp, stamp.nonce, sealed])
    }

    /// Checks and opens a sealed message.
    pub fn open(&self, stamp: Stamp<'_>, msg_signature: &str, sealed: &str) -> Result<Vec<u8>, Broken> {
        if !is_same(msg_signature, &self.msg_signature(stamp, sealed)) {
            return Err(Broken::BadSignature);
        }
        let mut bytes = decoded(sealed)?;
        let key = self.key.expose_secret();
        let iv: &[u8; 16] = key.first_chunk().ok_or(Broken::BadKey)?;
        let plain = Decryptor::<Aes256>::new(key.into(), iv.into())
            .decrypt_padded::<NoPadding>(&mut bytes)
            .map_err(|_| Broken::Unreadable)?;
        let (message, receiver) = parts(plain)?;
        if receiver != self.receiver.as_bytes() {
            return Err(Broken::OtherReceiver);
        }
        Ok(message.to_vec())
    }

    /// Seals a message as WeChat would. `random` is never used twice.
    pub fn seal(&self, message: &[u8], random: &[u8; N_RANDOM]) -> Result<String, Broken> {
        let length = u32::try_from(message.len()).map_err(|_| Broken::Unreadable)?;
        let mut plain =
            [random.as_slice(), &length.to_be_bytes(), message, self.receiver.as_bytes()].concat();
        let n_padding = PADDED_TO - plain.len() % PADDED_TO;
        plain.extend(std::iter::repeat_n(u8::try_from(n_padding).unwrap_or_default(), n_padding));
        let key = self.key.expose_secret();
        let iv: &[u8; 16] = key.first_chunk().ok_or(Broken::BadKey)?;
        let sealed = Encryptor::<Aes256>::new(key.into(), iv.into()).encrypt_padded_vec::<NoPadding>(&plain);
        Ok(encoded(&sealed))
    }
}

/// The message and its receiver, out of `random || length || message || receiver || padding`.
fn parts(plain: &[u8]) -> Result<(&[u8], &[u8]), Broken> {
    let n_padding = usize::from(*plain.last().ok_or(Broken::Unreadable)?);
    let is_padding = (1..=PADDED_TO).contains(&n_padding) && n_padding <= plain.len();
    let (body, padding) = if is_padding {
        plain.split_at(plain.len() - n_padding)
    } else {
        return Err(Broken::Unreadable);
    };
    if padding.iter().any(|byte| usize::from(*byte) != n_padding) {
        return Err(Broken::Unreadable);
    }
    let after_random = body.get(N_RANDOM..).ok_or(Broken::Unreadable)?;
    let (length, rest) = after_random.split_first_chunk::<N_LENGTH>().ok_or(Broken::Unreadable)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Broken::Unreadable)?;
    rest.split_at_checked(length).ok_or(Broken::Unreadable)
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}
