//! Customers: their timeline, the people they talked with, the tasks that stand.

use crate::customers::{Outcome, Progress, Rhythm, TouchPoint};
use crate::money::Fen;

/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// What is said where nobody has noted yet what came of it.
pub const OUTCOME_OPEN: &str = "待登记结果";
pub const CUSTOMER_CREATED: &str = "建立客户档案";
pub const FILE_CHANGED: &str = "更新客户档案";
/// Why a leaver's customers changed hands.
pub const LEAVER: &str = "离职交接";

impl TouchPoint {
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

impl Outcome {
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

impl Rhythm {
    /// What is wanted and how much of it is done, as people read it.
    pub fn label(self, progress: Progress) -> String {
        match self {
            Self::Day => "每天一次".to_owned(),
            Self::Week { times } => format!("每周 {times} 次，本周已完成 {} 次", progress.n_done),
            Self::Days { days } => format!("每 {days} 天一次"),
        }
    }
}

pub fn handed_over_to(by: &str, to: &str) -> String {
    format!("{by} 移交客户给 {to}")
}

pub fn released(by: &str) -> String {
    format!("{by} 释放客户到公海")
}

pub fn claimed(by: &str) -> String {
    format!("{by} 从公海领取客户")
}

pub fn temporary_credit(by: &str, amount: Fen) -> String {
    format!("{by} 批准临时额度 ¥{amount}")
}

pub fn location_asked(customer: &str) -> String {
    format!("门店位置待确认：{customer}")
}

pub fn location_moved(metres: i64) -> String {
    format!("新位置距原位置约 {metres} 米")
}

pub fn location_learned(is_first: bool) -> &'static str {
    match is_first {
        true => "门店位置：首次到店定位，待确认",
        false => "门店位置：多人到店定位一致，已确认",
    }
}

pub fn standing_task(title: &str, label: &str) -> String {
    format!("长期任务“{title}”：{label}")
}
