//! Leads in the timeline of the customer that came of them.

use super::OUTCOME_OPEN;
use crate::customers::{Outcome, TouchPoint};

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
