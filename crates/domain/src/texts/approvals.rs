//! Decisions: who took them, how they ended, and the pages of one-tap links.

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
/// The title of a link's page.
pub const LINK_PAGE: &str = "骨干";
pub const LINK_COMMENT: &str = "意见（不同意时必填）";
pub const LINK_APPROVE: &str = "同意";
pub const LINK_REJECT: &str = "不同意";
pub const LINK_DONE: &str = "可以关闭此页。";
pub const LINK_FAILED: &str = "未能处理";
pub const LINK_ELSEWHERE: &str = "请到小程序里查看。";
/// What the button on a card in WeCom says.
pub const CARD_BUTTON: &str = "去处理";
/// The name of a message's text in WeCom.
pub const CARD_TEXT: &str = "内容";
/// Why a decision ended without anybody's word.
pub const ENDED_LAPSED: &str = "内容已变更或已过有效期，需要时请重新提交";
pub const ENDED_FAILED: &str = "找不到可以审批的人，请联系管理员";
pub const ENDED_WITHDRAWN: &str = "已同意撤回";

/// Until when a link waits.
pub fn link_due(at: &str) -> String {
    format!("请于 {at} 前处理")
}

/// As whom a link decides.
pub fn link_as(name: &str) -> String {
    format!("以 {name} 的身份处理")
}

/// What came of a link's form.
pub fn link_decided(is_approved: bool) -> &'static str {
    if is_approved { "已同意" } else { "已记录您的意见" }
}

/// Who was faster.
pub fn decided_by(name: Option<&str>, at: &str) -> String {
    format!("已由 {} 于 {at} 处理", name.unwrap_or(SYSTEM))
}
