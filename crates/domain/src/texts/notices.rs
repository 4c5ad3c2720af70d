//! The messages that ring. Texts are neutral: a record is to be confirmed, a person is never accused.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::actions::{Digest, Leave};
use crate::notices::{Kind, Matter, Message};
use crate::working_time::{local_date, local_time};

/// File your list: worth a push until the meeting.
pub fn list_reminder(day: NaiveDate, meeting_at: DateTime<Utc>) -> Message {
    Message {
        kind: Kind::ActionListReminder,
        title: "今日行动清单还没提交".to_owned(),
        body: format!("{} 晨会前请提交当日重点客户行动清单，已按建议排好，点一下即可提交", month_day(day)),
        page: format!("pages/today/index?date={day}"),
        push_until: Some(meeting_at),
        is_push: true,
        due_at: Some(meeting_at),
    }
}

/// How the team's lists stand: worth a push on the day itself, and only when somebody is missing.
pub fn list_digest(day: NaiveDate, digest: &Digest, at: DateTime<Utc>, push_until: DateTime<Utc>) -> Message {
    let mut body = format!("应交 {} 人，已交 {} 人", digest.n_owed, digest.n_filed);
    if !digest.missing.is_empty() {
        body.push_str(&format!("；未交：{}", some_names(&digest.missing)));
    }
    if !digest.thin.is_empty() {
        body.push_str(&format!("；客户偏少：{}", some_names(&digest.thin)));
    }
    Message {
        kind: Kind::ActionListDigest,
        title: format!("{} 行动清单：{}/{} 已交", month_day(day), digest.n_filed, digest.n_owed),
        body,
        page: format!("pages/team/lists?date={day}"),
        push_until: Some(push_until),
        is_push: digest.is_urgent(),
        due_at: Some(at),
    }
}

/// Something waits for you.
pub fn todo_opened(matter: &Matter<'_>) -> Message {
    about(matter, Kind::TodoOpened, matter.title.to_owned(), matter.summary.to_owned())
}

/// It still waits, and this much of its time is used up.
pub fn todo_reminder(matter: &Matter<'_>, percent: i32) -> Message {
    let title = format!("待处理提醒：{}", matter.title);
    let used = match percent {
        ..100 => format!("处理时限已用去 {percent}%"),
        100 => "处理时限已到".to_owned(),
        _ => format!("已超出处理时限 {}%", percent - 100),
    };
    about(matter, Kind::TodoReminder, title, format!("{used}。{}", matter.summary))
}

/// It was not decided in time; `waiting_for` is who should have.
pub fn todo_escalated(matter: &Matter<'_>, waiting_for: &str) -> Message {
    let title = format!("超时升级：{}", matter.title);
    about(matter, Kind::TodoEscalated, title, format!("{waiting_for} 未在时限内处理。{}", matter.summary))
}

/// It was decided, for whoever had asked.
pub fn decided(matter: &Matter<'_>, is_approved: bool, by: &str, comment: Option<&str>) -> Message {
    let word = if is_approved { "已通过" } else { "未通过" };
    let said = comment.map(|comment| format!("：{comment}")).unwrap_or_default();
    about(matter, Kind::Decided, format!("{word}：{}", matter.title), format!("{by} {word}{said}"))
}

/// A lead is yours to answer.
pub fn lead_assigned(name: &str, due_at: DateTime<Utc>) -> Message {
    let body = format!("请在 {} 前完成首次有效沟通", local_minute(due_at));
    about_lead(Kind::TodoOpened, format!("新线索：{name}"), body, due_at)
}

/// Half of a lead's time is over.
pub fn lead_waiting(name: &str, due_at: DateTime<Utc>) -> Message {
    let body = format!("响应时限已用去一半，请在 {} 前完成首次有效沟通", local_minute(due_at));
    about_lead(Kind::TodoReminder, format!("线索待响应：{name}"), body, due_at)
}

/// A lead's time is over; `owner` is who has it, where anybody does.
pub fn lead_overdue(name: &str, owner: Option<&str>, due_at: DateTime<Utc>) -> Message {
    let body = match owner {
        Some(owner) => format!("{owner} 的这条线索 72 小时内还没有有效沟通，请协助跟进"),
        None => "这条线索还没有负责人，72 小时内没有有效沟通，请安排跟进".to_owned(),
    };
    about_lead(Kind::TodoEscalated, format!("线索尚未响应：{name}"), body, due_at)
}

fn about_lead(kind: Kind, title: String, body: String, due_at: DateTime<Utc>) -> Message {
    let page = "pages/today/index?tab=inbox".to_owned();
    Message { kind, title, body, page, push_until: None, is_push: true, due_at: Some(due_at) }
}

/// `11月23日 08:30` in the company's time.
fn local_minute(at: DateTime<Utc>) -> String {
    format!("{} {}", month_day(local_date(at)), local_time(at).format("%H:%M"))
}

/// You are asked to answer in somebody's place.
pub fn asked_to_stand_in(principal: &str, period: &str) -> Message {
    let body = format!("{period}，{principal} 的待办由您代为处理，记录上会同时写明两个人的名字");
    handed_over(format!("请代 {principal} 处理待办"), body)
}

/// Somebody arranged that you are answered for.
pub fn stood_in_for(by: &str, agent: &str, period: &str) -> Message {
    let body = format!("{by} 已安排 {agent} 在 {period} 代您处理待办，如需调整请告诉主管");
    handed_over(format!("{agent} 将代您处理待办"), body)
}

/// Somebody has left, and their work is yours.
pub fn work_taken_over(left: &str, n_moved: usize) -> Message {
    let body = format!("共 {n_moved} 项，请尽快查看，并告诉客户今后由谁联系");
    handed_over(format!("{left} 的工作已转给您"), body)
}

fn handed_over(title: String, body: String) -> Message {
    let page = "pages/today/index?tab=inbox".to_owned();
    Message { kind: Kind::HandedOver, title, body, page, push_until: None, is_push: true, due_at: None }
}

/// It was given back to whoever asked.
pub fn given_back(matter: &Matter<'_>, by: &str, comment: &str) -> Message {
    let title = format!("被退回：{}", matter.title);
    about(matter, Kind::TodoOpened, title, format!("{by} 退回：{comment}。修改后可重新提交"))
}

/// Whoever asked is asked for more; the clock stands still meanwhile.
pub fn info_asked(matter: &Matter<'_>, by: &str, question: &str) -> Message {
    let title = format!("请补充说明：{}", matter.title);
    about(matter, Kind::TodoOpened, title, format!("{by} 想了解：{question}"))
}

/// Whoever asked has answered.
pub fn info_given(matter: &Matter<'_>, by: &str, answer: &str) -> Message {
    let title = format!("已补充说明：{}", matter.title);
    about(matter, Kind::TodoReminder, title, format!("{by}：{answer}"))
}

/// Whoever asked would like to take it back.
pub fn withdrawal_asked(matter: &Matter<'_>, by: &str) -> Message {
    let title = format!("申请撤回：{}", matter.title);
    about(matter, Kind::TodoReminder, title, format!("{by} 希望撤回这项申请，请确认"))
}

/// Whoever asked reminds by hand.
pub fn nudged(matter: &Matter<'_>, by: &str) -> Message {
    let title = format!("催办：{}", matter.title);
    about(matter, Kind::TodoReminder, title, format!("{by} 请您尽快处理。{}", matter.summary))
}

/// A copy to read; it does not ring.
pub fn copied(matter: &Matter<'_>) -> Message {
    let title = format!("抄送：{}", matter.title);
    Message { is_push: false, ..about(matter, Kind::Decided, title, matter.summary.to_owned()) }
}

/// It ended without a decision.
pub fn ended(matter: &Matter<'_>, why: &str) -> Message {
    about(matter, Kind::Decided, format!("已结束：{}", matter.title), why.to_owned())
}

/// Several messages in one, with the first three titles.
pub fn gathered(titles: &[String]) -> Message {
    let shown = titles.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("；");
    let rest = if titles.len() > 3 { format!(" 等 {} 条", titles.len()) } else { String::new() };
    Message {
        kind: Kind::Gathered,
        title: format!("有 {} 条消息等您看", titles.len()),
        body: format!("{shown}{rest}"),
        page: "pages/today/index?tab=inbox".to_owned(),
        push_until: None,
        is_push: true,
        due_at: None,
    }
}

/// A customer is somebody else's now: for whom it is, worth a push; for whom it was, a line in the inbox.
pub fn customer_moved(customer: &str, by: &str, reason: &str, id: Uuid, is_yours: bool) -> Message {
    let word = if is_yours { "移交给您" } else { "已移交他人" };
    Message {
        kind: Kind::TodoOpened,
        title: format!("客户{word}：{customer}"),
        body: format!("{by} 办理移交。原因：{reason}"),
        page: format!("pages/store/index?id={id}"),
        push_until: None,
        is_push: is_yours,
        due_at: None,
    }
}

/// The working calendar of a year is missing: whoever keeps it has to publish it.
pub fn calendar_missing(year: i32) -> Message {
    Message {
        kind: Kind::TodoOpened,
        title: format!("{year} 年工作日历尚未发布"),
        body: format!("{year} 年的工作日与调休尚未发布，待办时限、晨会提醒暂时无法计算，请尽快更新"),
        page: "pages/today/index?tab=inbox".to_owned(),
        push_until: None,
        is_push: true,
        due_at: None,
    }
}

fn about(matter: &Matter<'_>, kind: Kind, title: String, body: String) -> Message {
    let page = matter.page.to_owned();
    Message { kind, title, body, page, push_until: None, is_push: true, due_at: matter.due_at }
}

fn month_day(day: NaiveDate) -> String {
    day.format("%-m月%-d日").to_string()
}

/// At most five names; the rest as a count.
fn some_names(names: &[String]) -> String {
    let shown = names.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("、");
    if names.len() > 5 { format!("{shown} 等 {} 人", names.len()) } else { shown }
}

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
