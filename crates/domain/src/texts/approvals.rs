//! Decisions: who took them, how they ended, and the pages of one-tap links.

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
