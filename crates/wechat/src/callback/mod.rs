//! What WeChat pushes to us: events about users, and verdicts on media.
//!
//! An [`Envelope`] checks and opens the body, [`parse`] reads it. JSON and XML
//! are one thing here, a list of one item may come bare, and a number may come
//! as text. Whatever is not known is [`Event::Other`]: it is answered and left.

mod envelope;
mod event;
mod read;
mod write;
mod xml;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::crypto::{self, hex};

pub use envelope::{Envelope, Mode, Refusal, Signed};
pub use event::{Answered, Event, MediaVerdict, SentResult};
pub use read::{Unreadable, parse};
pub use write::{Format, Sealing, body, query};

/// Something that happened at WeChat. Its Debug does not show to whom.
#[derive(Clone, PartialEq, Eq)]
pub struct Push {
    /// Our account, by its original id (`gh_…`).
    pub to: String,
    /// The user's openid; for WeCom the user.
    pub from: String,
    pub created_at: DateTime<Utc>,
    pub event: Event,
    /// The same for every copy of a push: WeChat repeats what is not answered
    /// within five seconds.
    pub dedupe_key: String,
}

/// Our address is checked by a signature; this is what to answer, if anything.
pub fn echo<'a>(token: &SecretString, signed: Signed<'_>, echostr: &'a str) -> Option<&'a str> {
    let is_signed = crypto::callback::is_signed(token, signed.stamp(), signed.signature?);
    is_signed.then_some(echostr)
}

fn key_of(parts: &[&str]) -> String {
    hex(&Sha256::digest(parts.join("\n")))
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Push");
        shown.field("event", &self.event).field("created_at", &self.created_at).finish_non_exhaustive()
    }
}
