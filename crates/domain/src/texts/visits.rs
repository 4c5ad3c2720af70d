//! Visits in the timeline, and what a supervisor is asked about them.

use crate::visits::Outcome;

impl Outcome {
    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Order => "下单",
            Self::Interest => "有意向",
            Self::NoInterest => "暂无意向",
            Self::Complaint => "投诉",
            Self::Closed => "门店未营业",
        }
    }
}

pub fn visited(by: &str, outcome: Outcome) -> String {
    format!("{by} 拜访：{}", outcome.label())
}

pub fn check_in_asked(is_refused: bool, customer: &str) -> String {
    let title = if is_refused { "签到未通过，请核实" } else { "签到待复核" };
    format!("{title}：{customer}")
}

pub fn check_in_summary(by: &str, distance_m: Option<i32>) -> String {
    format!("{by} 签到{}，请看照片与定位", from_the_store(distance_m))
}

/// How far from the store, after a comma; nothing where nobody knows.
pub(super) fn from_the_store(distance_m: Option<i32>) -> String {
    distance_m.map(|metres| format!("，距门店 {metres} 米")).unwrap_or_default()
}

pub fn check_in_reviewed(is_accepted: bool) -> String {
    format!("签到复核{}", if is_accepted { "通过" } else { "未通过" })
}
