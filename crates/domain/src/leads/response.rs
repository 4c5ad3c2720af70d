//! Whether what somebody did about a lead is an answer to it.

use crate::customers::{Outcome, TouchPoint};

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
