//! Communication records (沟通记录): by-products of calls, chats and visits, never a form of their own.

use serde::{Deserialize, Serialize};

/// How somebody was in touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TouchPoint {
    /// 电话
    Phone,
    /// 拜访
    Visit,
    /// 微信
    Wechat,
    /// 报价单链接
    QuoteLink,
    /// 邮件
    Email,
    /// 会议
    Meeting,
}

impl TouchPoint {
    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Visit => "visit",
            Self::Wechat => "wechat",
            Self::QuoteLink => "quote_link",
            Self::Email => "email",
            Self::Meeting => "meeting",
        }
    }

    /// The touch point by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Phone, Self::Visit, Self::Wechat, Self::QuoteLink, Self::Email, Self::Meeting]
            .into_iter()
            .find(|it| it.name() == name)
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Phone => "电话",
            Self::Visit => "拜访",
            Self::Wechat => "微信",
            Self::QuoteLink => "报价单链接",
            Self::Email => "邮件",
            Self::Meeting => "会议",
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They talked.
    Connected,
    /// Nobody answered.
    NoAnswer,
    /// Somebody did not want to.
    Refused,
    /// It was somebody else's number or address.
    WrongContact,
}

impl Outcome {
    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
            Self::WrongContact => "wrong_contact",
        }
    }

    /// The outcome by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Connected, Self::NoAnswer, Self::Refused, Self::WrongContact]
            .into_iter()
            .find(|it| it.name() == name)
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Connected => "已沟通",
            Self::NoAnswer => "未接通",
            Self::Refused => "对方不便沟通",
            Self::WrongContact => "联系方式有误",
        }
    }
}

/// A record as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Communication {
    /// How.
    pub touch_point: TouchPoint,
    /// What came of it; an attempt has none yet.
    pub outcome: Option<Outcome>,
    /// How many photos and files show it.
    pub n_proofs: usize,
}

impl Communication {
    /// Does it count as an action? They talked, and what leaves no trace of its own is shown by a photo or a file.
    pub fn is_verified(&self) -> bool {
        let leaves_a_trace = matches!(self.touch_point, TouchPoint::Phone | TouchPoint::QuoteLink);
        self.outcome == Some(Outcome::Connected) && (leaves_a_trace || self.n_proofs > 0)
    }
}
