//! What the simulated platform says when it says no.

use std::process;

use chrono::{DateTime, Utc};

/// A code, and which field it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) errcode: i64,
    pub(super) about: Option<String>,
}

impl From<i64> for Refusal {
    fn from(errcode: i64) -> Self {
        Self { errcode, about: None }
    }
}

impl Refusal {
    /// One field of a message is wrong, or missing.
    pub(super) fn of_field(key: &str, is_missing: bool) -> Self {
        let what = if is_missing { "is empty" } else { "invalid" };
        Self { errcode: 47003, about: Some(format!("argument invalid! data.{key}.value {what}")) }
    }

    /// WeChat's words, with the `rid` every real refusal carries.
    pub(super) fn words(&self, now: DateTime<Utc>, n_refused: u32) -> String {
        let seconds = now.timestamp() & 0xffff_ffff;
        let text = self.about.as_deref().unwrap_or_else(|| text(self.errcode));
        format!("{text} rid: {seconds:08x}-{:08x}-{n_refused:08x}", process::id())
    }
}

fn text(errcode: i64) -> &'static str {
    match errcode {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40003 => "invalid openid",
        40013 => "invalid appid",
        40029 => "invalid code",
        40037 => "invalid template_id",
        40125 => "invalid appsecret",
        40163 => "code been used",
        40169 => "invalid scene",
        41001 => "access_token missing",
        41030 => "invalid page",
        42001 => "access_token expired",
        43004 => "require subscribe",
        43101 => "user refuse to accept the msg",
        43108 => "Cannot make concurrent calls to the same OpenID, please try again",
        45009 => "reach max api daily quota limit",
        45011 => "api minute-quota reach limit  mustslower  retry next minute",
        47001 => "data format error",
        47003 => "argument invalid! data is empty",
        61010 => "code is expired",
        87009 => "invalid signature",
        93000 => "invalid webhook url",
        _ => "refused",
    }
}
