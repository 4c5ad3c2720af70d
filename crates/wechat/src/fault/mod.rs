//! How a call to WeChat goes wrong, and what the caller does next.

#[cfg(test)]
mod tests;

/// Why there is no answer to use.
///
/// No fault carries a secret, a token, an openid or a phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// WeChat answered no. The text ends with a `rid`, by which WeChat's
    /// support finds the call; only the code has a meaning.
    #[error("WeChat answered {errcode}: {errmsg}")]
    Refused {
        /// WeChat's number for the reason.
        errcode: i64,
        /// WeChat's words, for logs only.
        errmsg: String,
    },
    /// Nothing happened at WeChat: the call may be made again.
    #[error("nothing reached WeChat: {0}")]
    NotSent(String),
    /// Nothing happened at WeChat, and nothing can within the next seconds.
    #[error("not now: {0}")]
    NotNow(String),
    /// The message may have been accepted: never send it again blindly.
    #[error("WeChat may have accepted the message: {0}")]
    Unknown(String),
}

/// What to do about a [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Try again within seconds.
    Retry,
    /// Try again, but not within the next minute.
    RetryLater,
    /// The day's quota is spent: try again after midnight in Beijing.
    Park,
    /// This user cannot be reached this way now: use another one.
    NextChannel,
    /// The code or the session key is dead: the phone logs in again.
    Relogin,
    /// This call will never succeed for this user.
    Permanent,
    /// WeChat does not like the text.
    Content,
    /// An operator must act: credentials, allow-list, template or page.
    Config,
    /// We built a call WeChat does not understand.
    Bug,
    /// It may have succeeded: leave it alone.
    Unknown,
}

impl Fault {
    /// What to do about it. A code WeChat never documented is permanent.
    pub fn class(&self) -> Class {
        match self {
            Self::NotSent(_) => Class::Retry,
            Self::NotNow(_) => Class::RetryLater,
            Self::Unknown(_) => Class::Unknown,
            Self::Refused { errcode, .. } => class_of(*errcode),
        }
    }

    /// Whether WeChat refused the access token, and not what was asked with it.
    pub(crate) fn is_about_token(&self) -> bool {
        matches!(self, Self::Refused { errcode: 40001 | 40014 | 41001 | 42001, .. })
    }
}

/// A refused token was replaced and refused again: it is worth another try, and
/// not at once.
fn class_of(errcode: i64) -> Class {
    match errcode {
        -1 | 43108 => Class::Retry,
        40001 | 40014 | 41001 | 42001 => Class::RetryLater,
        44990 | 45011 | 45033 | 61010 => Class::RetryLater,
        45009 => Class::Park,
        43004 | 43019 | 43101 => Class::NextChannel,
        40029 | 40163 | 87007..=87009 => Class::Relogin,
        40003 | 40038 | 40226 | 43104 | 50002 | 85438 => Class::Permanent,
        46004 | 60011 | 60111 | 81013 | 82001 => Class::Permanent,
        40249 | 45168 | 87014 => Class::Content,
        40002 | 40013 | 40037 | 40091 | 40125 | 40164 | 40165 | 40166 | 40168 => Class::Config,
        40230..=40240 | 40243 | 41030 | 43102 | 43107 | 48001 | 48002 | 48004 | 50007 => Class::Config,
        40056 | 50003 | 60020 | 61004 | 85079 | 93000 | 200_011..=200_021 => Class::Config,
        40058 | 40097 | 40129 | 40169 | 41002 | 41004 | 43002 | 43302 | 44002 => Class::Bug,
        45002 | 45004 | 45103 | 45109 | 47001 | 47003 | 76001..=76004 | 76021 | 76022 | 85401 => Class::Bug,
        _ => Class::Permanent,
    }
}
