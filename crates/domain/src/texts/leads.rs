//! Leads in the timeline of the customer that came of them.

use super::OUTCOME_OPEN;
use crate::customers::{Outcome, TouchPoint};

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or(OUTCOME_OPEN, |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
