//! Communication records (沟通记录): by-products of calls, chats and visits, never a form of their own.

names! {
    /// How somebody was in touch.
    pub enum TouchPoint {
        /// 电话
        Phone = "phone",
        /// 拜访
        Visit = "visit",
        /// 微信
        Wechat = "wechat",
        /// 报价单链接
        QuoteLink = "quote_link",
        /// 邮件
        Email = "email",
        /// 会议
        Meeting = "meeting",
    }
}

names! {
    /// What came of it.
    pub enum Outcome as CommunicationOutcome {
        /// They talked.
        Connected = "connected",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// Somebody did not want to.
        Refused = "refused",
        /// It was somebody else's number or address.
        WrongContact = "wrong_contact",
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
