//! Orders, what was found about them, and what would end it.

use serde_json::Value;

use crate::money::Fen;
use crate::orders::Cure;
use crate::people::Role;

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What a line of the timeline says to who sees no prices, where its own title names an amount.
pub fn without_amount(kind: &str) -> Option<&'static str> {
    match kind {
        "order_placed" => Some("下单"),
        "order_returned" => Some("订单退货"),
        _ => None,
    }
}

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What a line of the timeline says to who sees no prices, where its own title names an amount.
pub fn without_amount(kind: &str) -> Option<&'static str> {
    match kind {
        "order_placed" => Some("下单"),
        "order_returned" => Some("订单退货"),
        _ => None,
    }
}

pub fn order_lapsed(number: &str) -> String {
    format!("订单 {number} 特批逾期")
}

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What a line of the timeline says to who sees no prices, where its own title names an amount.
pub fn without_amount(kind: &str) -> Option<&'static str> {
    match kind {
        "order_placed" => Some("下单"),
        "order_returned" => Some("订单退货"),
        _ => None,
    }
}

pub fn order_lapsed(number: &str) -> String {
    format!("订单 {number} 特批逾期")
}

pub fn special_approval(customer: &str, total: Fen) -> String {
    format!("订单特批：{customer} {total} 元")
}

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What a line of the timeline says to who sees no prices, where its own title names an amount.
pub fn without_amount(kind: &str) -> Option<&'static str> {
    match kind {
        "order_placed" => Some("下单"),
        "order_returned" => Some("订单退货"),
        _ => None,
    }
}

pub fn order_lapsed(number: &str) -> String {
    format!("订单 {number} 特批逾期")
}

pub fn special_approval(customer: &str, total: Fen) -> String {
    format!("订单特批：{customer} {total} 元")
}

/// What was found, in one line.
pub fn findings<'a>(found: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let words = found.map(|(rule, measures)| {
        let of = |name: &str| match &measures[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What a line of the timeline says to who sees no prices, where its own title names an amount.
pub fn without_amount(kind: &str) -> Option<&'static str> {
    match kind {
        "order_placed" => Some("下单"),
        "order_returned" => Some("订单退货"),
        _ => None,
    }
}

pub fn order_lapsed(number: &str) -> String {
    format!("订单 {number} 特批逾期")
}

pub fn special_approval(customer: &str, total: Fen) -> String {
    format!("订单特批：{customer} {total} 元")
}

/// What was found, in one line.
pub fn findings<'a>(found: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let words = found.map(|(rule, measures)| {
        let of = |name: &str| match &measures[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let (limit, actual, over_by) = (of("limit"), of("actual"), of("over_by"));
        match rule {
            "credit" => format!("信用占用 {actual} 元，额度 {limit} 元，超出 {over_by} 元"),
            "overdue" => format!("货款逾期 {actual} 天"),
            "return_rate" => format!("退货率 {actual}，上限 {limit}"),
            "price" => format!("单价 {actual} 元，政策价 {limit} 元"),
            "gift" => format!("赠品超出 {over_by}"),
            _ => "发往其他区域，有窜货风险".to_owned(),
        }
    });
    words.collect::<Vec<_>>().join("；")
}

/// Who may allow it, as people say it.
fn approver(role: Role) -> &'static str {
    match role {
        Role::Supervisor => "主管",
        Role::SalesDirector => "销售总监",
        _ => "区域总监",
    }
}

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// What stands in a customer's timeline of the lead it was.
pub fn lead_came(name: &str) -> String {
    format!("线索录入：{name}")
}

/// That somebody was in touch while it was a lead.
pub fn lead_response(touch_point: &str, outcome: Option<&str>) -> String {
    let how = TouchPoint::by_name(touch_point).map_or("联系", TouchPoint::label);
    let what = outcome.map_or("待登记结果", |it| Outcome::by_name(it).map_or("已登记", Outcome::label));
    format!("线索跟进（{how}）：{what}")
}

/// That the lead became a customer.
pub fn lead_converted(by: &str) -> String {
    format!("{by} 将线索转为客户")
}
/// What is said of a customer that the reader does not see.
pub const ANOTHERS_CUSTOMER: &str = "属于其他同事";
/// Whoever decides when no person does.
pub const SYSTEM: &str = "系统";
/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";
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

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What a line of the timeline says to who sees no prices, where its own title names an amount.
pub fn without_amount(kind: &str) -> Option<&'static str> {
    match kind {
        "order_placed" => Some("下单"),
        "order_returned" => Some("订单退货"),
        _ => None,
    }
}

pub fn order_lapsed(number: &str) -> String {
    format!("订单 {number} 特批逾期")
}

pub fn special_approval(customer: &str, total: Fen) -> String {
    format!("订单特批：{customer} {total} 元")
}

/// What was found, in one line.
pub fn findings<'a>(found: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let words = found.map(|(rule, measures)| {
        let of = |name: &str| match &measures[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let (limit, actual, over_by) = (of("limit"), of("actual"), of("over_by"));
        match rule {
            "credit" => format!("信用占用 {actual} 元，额度 {limit} 元，超出 {over_by} 元"),
            "overdue" => format!("货款逾期 {actual} 天"),
            "return_rate" => format!("退货率 {actual}，上限 {limit}"),
            "price" => format!("单价 {actual} 元，政策价 {limit} 元"),
            "gift" => format!("赠品超出 {over_by}"),
            _ => "发往其他区域，有窜货风险".to_owned(),
        }
    });
    words.collect::<Vec<_>>().join("；")
}

/// Who may allow it, as people say it.
fn approver(role: Role) -> &'static str {
    match role {
        Role::Supervisor => "主管",
        Role::SalesDirector => "销售总监",
        _ => "区域总监",
    }
}

/// What would end a finding. `name` gives a line's product where there are several lines.
pub fn cure<'a>(cure: Option<&Cure>, role: Role, name: impl Fn(usize) -> Option<&'a str>) -> String {
    let of = |line: &usize| name(*line).map(|name| format!("「{name}」")).unwrap_or_default();
