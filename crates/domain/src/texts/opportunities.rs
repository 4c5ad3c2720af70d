//! Opportunities in the timeline, and what is asked about their evidence.

pub fn stage_entered(stage: &str, name: &str) -> String {
    format!("商机进入“{stage}”：{name}")
}

pub fn opportunity_lost(reason: &str, name: &str) -> String {
    format!("商机输单（{reason}）：{name}")
}

pub fn opportunity_reopened(note: Option<&str>, name: &str) -> String {
    let said = note.map(|note| format!("（{note}）")).unwrap_or_default();
    format!("商机重新打开{said}：{name}")
}

pub fn evidence_handed_in(by: &str, kind: &str) -> String {
    format!("{by} 提交{kind}")
}

pub fn evidence_asked(is_refused: bool, kind: &str) -> String {
    let title = if is_refused { "证据未通过，请核实" } else { "证据待复核" };
    format!("{title}：{kind}")
}

pub fn evidence_summary(by: &str, opportunity: &str, kind: &str) -> String {
    format!("{by} 为“{opportunity}”提交了{kind}，请查看照片与内容")
}

pub fn evidence_reviewed(kind: &str, is_accepted: bool) -> String {
    format!("{kind}复核{}", if is_accepted { "通过" } else { "未通过" })
}
