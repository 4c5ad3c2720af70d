//! Why a customer is proposed for a day's list.

use crate::money::Fen;

pub const DISTRIBUTION_GAP: &str = "有铺货缺口";
pub const ROLLED_OVER: &str = "昨日计划未完成";

/// Where the customer or the opportunity stands.
pub fn in_stage(stage: &str) -> String {
    format!("阶段：{stage}")
}

/// For how long nobody did anything that counts; none where nobody ever did.
pub fn idle(n_days: Option<i64>, target_days: i64) -> String {
    match n_days {
        Some(n_days) => format!("{n_days} 天没有有效动作（目标 {target_days} 天内）"),
        None => "还没有过有效动作".to_owned(),
    }
}

/// How far off the day is that was promised.
pub fn promised(n_days: i64) -> String {
    match n_days {
        ..0 => format!("约定日期已过 {} 天", n_days.unsigned_abs()),
        0 => "约定就在当天".to_owned(),
        1.. => format!("约定日期还有 {n_days} 天"),
    }
}

/// What an opportunity is worth.
pub fn worth(amount: Fen) -> String {
    format!("商机金额 ¥{amount}")
}
