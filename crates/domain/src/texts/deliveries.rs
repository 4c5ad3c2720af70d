//! Deliveries in the timeline, and what a supervisor is asked about them.

use super::visits::from_the_store;
use crate::deliveries::Status;

pub const OVERRIDE_ASKED: &str = "申请破例完成签收";

pub fn signed(status: Status, number: &str, signer: &str) -> String {
    let label = match status {
        Status::Signed => "全部签收",
        Status::PartiallySigned => "部分签收",
        Status::Refused => "整单拒收",
        _ => "送货",
    };
    let signer = if signer.is_empty() { String::new() } else { format!("，签收人 {signer}") };
    format!("{label}：送货单 {number}{signer}")
}

pub fn corrected(number: &str, nth: i32) -> String {
    format!("更正签收数量：送货单 {number}（第 {nth} 次）")
}

pub fn not_delivered(number: &str, reason: &str) -> String {
    format!("未送达：送货单 {number}，{reason}")
}

pub fn sign_off_asked(is_refused: bool) -> &'static str {
    if is_refused { "签收未通过，请核实" } else { "签收待复核" }
}

/// What was signed off, by whom and where, and what there is to look at.
pub fn sign_off_summary(
    (customer, by): (&str, &str),
    (number, n_deliveries): (&str, usize),
    distance_m: Option<i32>,
    is_refused: bool,
) -> String {
    let others = if n_deliveries > 1 { format!(" 等 {n_deliveries} 单") } else { String::new() };
    let what_now = match is_refused {
        true => "已提示重拍或重新定位；情况属实可直接通过",
        false => "货已先行签收，请看照片与定位",
    };
    let distance = from_the_store(distance_m);
    format!("{customer}：送货单 {number}{others}，{by} 提交{distance}。{what_now}")
}

pub fn override_summary(customer: &str, number: &str, by: &str, reason: &str) -> String {
    format!("{customer}：送货单 {number}，{by} 说明：{reason}")
}

pub fn sign_off_reviewed(is_accepted: bool, number: &str) -> String {
    let word = if is_accepted { "通过" } else { "未通过，请重新签收" };
    format!("签收复核{word}：送货单 {number}")
}
