//! What is said about opportunities, gaps and days away.

use super::{Kind, Message};
use crate::actions::Leave;

/// Evidence was rejected, and a stage stands without its own.
pub fn stage_unsupported(customer: &str, opportunity: &str, stage: &str, page: String) -> Message {
    Message {
        kind: Kind::TodoOpened,
        title: format!("阶段证据待补：{customer}"),
        body: format!("“{opportunity}”的“{stage}”阶段有一份证据未通过复核，请补充新的证据；商机留在原阶段"),
        page,
        push_until: None,
        is_push: true,
        due_at: None,
    }
}

/// A region keeps missing the same page: for the function that supplies it.
pub fn gap_opened(supplier: &str, region: &str, kind: &str, in_a_row: usize) -> Message {
    Message {
        kind: Kind::TodoOpened,
        title: format!("{supplier}能力缺口：{region}"),
        body: format!(
            "{region}连续 {in_a_row} 次“{kind}”没有拿到客户签字页，请{supplier}了解现场需要什么；这不是业务员个人的问题"
        ),
        page: "pages/team/gaps".to_owned(),
        push_until: None,
        is_push: true,
        due_at: None,
    }
}

/// Somebody of the team is away: good to know, nothing to do.
pub fn leave_reported(name: &str, leave: Leave) -> Message {
    let (from, until) = (leave.from_on.format("%m-%d"), leave.until_on.format("%m-%d"));
    Message {
        kind: Kind::Decided,
        title: format!("{name} 登记了请假"),
        body: format!("{from} 至 {until} 不需要提交行动清单"),
        page: "pages/team/lists".to_owned(),
        push_until: None,
        is_push: false,
        due_at: None,
    }
}
