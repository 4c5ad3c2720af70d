//! The users of the simulated platform: everything about them follows from
//! their name.

use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::LoginSession;

const OPENID: &str = "sim-openid-";

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

/// Whether the platform knows the user.
pub(super) fn is_openid(openid: &str) -> bool {
    openid.strip_prefix(OPENID).is_some_and(|name| !name.is_empty())
}

/// What the platform answers to a login. Another code gives another key, of
/// the length a real one has.
pub(super) fn session(name: &str, code: &str) -> LoginSession {
    let digest = Sha256::digest(code.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    LoginSession {
        openid: format!("{OPENID}{name}"),
        unionid: Some(format!("sim-unionid-{name}")),
        session_key: SecretString::from(format!("{}A==", &hex[..21])),
    }
}
