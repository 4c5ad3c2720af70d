use std::fmt;

use secrecy::SecretString;

/// What WeChat says about a user who logged in. Its Debug shows none of it.
#[derive(Clone)]
pub struct LoginSession {
    /// The user within this mini-program.
    pub openid: String,
    /// The user across the apps of one Open Platform account. Absent while the
    /// mini-program is bound to none; it may come with a later login.
    pub unionid: Option<String>,
    /// Signs and decrypts what WeChat gives the phone, until the next login.
    pub session_key: SecretString,
}

impl fmt::Debug for LoginSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginSession").finish_non_exhaustive()
    }
}
