//! Leads in the timeline of the customer that came of them.

use super::OUTCOME_OPEN;
use crate::customers::{Outcome, TouchPoint};

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: TouchPoint, outcome: Option<Outcome>) -> String {
    let how = touch_point.label();
    let what = outcome.map_or(OUTCOME_OPEN, Outcome::label);
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
