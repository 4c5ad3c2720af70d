//! The users of the simulated platform: everything about them follows from
//! their name.

use sha2::{Digest, Sha256};

use crate::crypto::hex;

const OPENID: &str = "sim-openid-";
const FOLLOWER: &str = "sim-follower-";
/// The start of a code that the control plane makes.
pub(super) const MADE_CODE: &str = "sim-code:";

/// Whose login code it is: `sim:<username>`, with any `#suffix`, or
/// `sim-new:<anything>`.
pub(super) fn name_behind(code: &str) -> Option<String> {
    if let Some(anything) = code.strip_prefix("sim-new:") {
        return (!anything.is_empty()).then(|| format!("new-{anything}"));
    }
    let username = code.strip_prefix("sim:")?.split('#').next()?;
    (!username.is_empty()).then(|| username.to_owned())
}

/// Which number a phone code stands for: `sim-phone:<number>`.
pub(super) fn number_behind(code: &str) -> Option<String> {
    code.strip_prefix("sim-phone:").filter(|number| !number.is_empty()).map(str::to_owned)
}

/// Who a name is in the mini-program.
pub(super) fn openid(username: &str) -> String {
    format!("{OPENID}{username}")
}

/// Who a name is across our apps.
pub(super) fn unionid(username: &str) -> String {
    format!("sim-unionid-{username}")
}

/// Whose openid it is, if the platform knows the user.
pub(super) fn name_of(openid: &str) -> Option<&str> {
    openid.strip_prefix(OPENID).filter(|name| !name.is_empty())
}

/// Whose openid of the service account it is.
pub(super) fn follower_of(openid: &str) -> Option<&str> {
    openid.strip_prefix(FOLLOWER).filter(|name| !name.is_empty())
}

/// What the platform gives a login. Another code gives another key, of the
/// length a real one has.
pub(super) fn session_key(code: &str) -> String {
    format!("{}A==", &hex(&Sha256::digest(code.as_bytes()))[..21])
}
