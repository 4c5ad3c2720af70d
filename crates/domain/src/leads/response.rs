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
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Phone, Self::Visit, Self::Wechat, Self::QuoteLink, Self::Email, Self::Meeting];

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
}

/// What came of it, by one tap.
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
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Connected, Self::NoAnswer, Self::Refused, Self::WrongContact];

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
            Self::WrongContact => "wrong_contact",
        }
    }
}

/// That somebody was in touch with a lead, or tried to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// How.
    pub touch_point: TouchPoint,
    /// What came of it; an attempt has none.
    pub outcome: Option<Outcome>,
    /// How many photos and files show it.
    pub n_proofs: usize,
}

impl Response {
    /// Does it count as an answer? A call in which they talked, a visit at which somebody was there, and what is
    /// written where a picture or a file shows it. Nothing counts that reached nobody.
    pub fn is_verified(&self) -> bool {
        match (self.touch_point, self.outcome) {
            (_, Some(Outcome::NoAnswer | Outcome::WrongContact)) => false,
            (TouchPoint::Phone, outcome) => outcome == Some(Outcome::Connected),
            (TouchPoint::Visit | TouchPoint::Meeting, outcome) => outcome.is_some() || self.n_proofs > 0,
            (TouchPoint::Wechat | TouchPoint::QuoteLink | TouchPoint::Email, _) => self.n_proofs > 0,
        }
    }
}
