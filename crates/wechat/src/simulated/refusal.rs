//! What the simulated platform says when it says no.

use std::process;

use chrono::{DateTime, Utc};

use crate::Fault;

/// WeChat's words for a code, with the `rid` every real refusal carries.
pub(super) fn refused(errcode: i64, now: DateTime<Utc>, n_refused: u32) -> Fault {
    refused_with(errcode, text(errcode), now, n_refused)
}

/// The refusal of one field of a message.
pub(super) fn field_refused(key: &str, now: DateTime<Utc>, n_refused: u32) -> Fault {
    refused_with(47003, &format!("argument invalid! data.{key}.value invalid"), now, n_refused)
}

fn refused_with(errcode: i64, text: &str, now: DateTime<Utc>, n_refused: u32) -> Fault {
    let seconds = now.timestamp() & 0xffff_ffff;
    Fault::Refused {
        errcode,
        errmsg: format!("{text} rid: {seconds:08x}-{:08x}-{n_refused:08x}", process::id()),
    }
}

fn text(errcode: i64) -> &'static str {
    match errcode {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40003 => "invalid openid",
        40029 => "invalid code",
        40037 => "invalid template_id",
        42001 => "access_token expired",
        43101 => "user refuse to accept the msg",
        43108 => "Cannot make concurrent calls to the same OpenID, please try again",
        45009 => "reach max api daily quota limit",
        45011 => "api minute-quota reach limit  mustslower  retry next minute",
        47003 => "argument invalid! data is empty",
        _ => "refused",
    }
}
