//! Quotes, and the page on which a customer signs one.

use crate::money::Fen;

/// The title of the page on which a customer signs.
pub const QUOTE_PAGE: &str = "报价单";
pub const QUOTE_PAGE_COLUMNS: [&str; 4] = ["商品", "数量", "单价（元）", "金额（元）"];
pub const QUOTE_PAGE_SIGNER: &str = "签收人姓名";
pub const QUOTE_PAGE_SIGN: &str = "确认签收";
pub const QUOTE_LINK_OVER: &str = "链接已失效，请联系业务员";

pub fn quote_total(total: Fen) -> String {
    format!("合计 {total} 元")
}

pub fn quote_was_signed(signer: &str) -> String {
    format!("已由 {signer} 签收")
}

pub fn quote_sent(number: &str) -> String {
    format!("发出报价单 {number}")
}

pub fn quote_signed(number: &str, signer: &str) -> String {
    format!("报价单 {number} 已签收，签收人 {signer}")
}

pub fn quote_unsigned(customer: &str) -> String {
    format!("报价单待客户签收：{customer}")
}
