//! What people are told, in what words, and until when it is worth a push.
//!
//! Every matter is in the inbox first. A push is an extra: it is dropped when its matter is settled or over, and
//! nobody gets more than one for the same matter and rung. Texts are neutral: a record is to be confirmed, a person
//! is never accused.

pub mod credits;
mod opportunities;
mod route;
pub mod rules;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::actions::Digest;
use crate::working_time::local_date;

pub use opportunities::{gap_opened, leave_reported, stage_unsupported};
pub use route::{Push, Step, next_channel, next_digest, off_the_hour, route};

/// What sort of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// File your list.
    ActionListReminder,
    /// How the team's lists stand.
    ActionListDigest,
    /// Something waits for you.
    TodoOpened,
    /// It still waits.
    TodoReminder,
    /// It was not decided in time.
    TodoEscalated,
    /// It was decided.
    Decided,
    /// Several messages in one.
    Gathered,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ActionListReminder,
        Self::ActionListDigest,
        Self::TodoOpened,
        Self::TodoReminder,
        Self::TodoEscalated,
        Self::Decided,
        Self::Gathered,
    ];

    /// The name in the API, in the database and in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::ActionListReminder => "action_list_reminder",
            Self::ActionListDigest => "action_list_digest",
            Self::TodoOpened => "todo_opened",
            Self::TodoReminder => "todo_reminder",
            Self::TodoEscalated => "todo_escalated",
            Self::Decided => "decided",
            Self::Gathered => "gathered",
        }
    }

    /// The kind by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// A message before it is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What sort.
    pub kind: Kind,
    /// One line.
    pub title: String,
    /// What and what to do.
    pub body: String,
    /// Where the mini-program opens.
    pub page: String,
    /// Worth a push until then, in UTC; for ever when absent.
    pub push_until: Option<DateTime<Utc>>,
    /// Worth a push at all.
    pub is_push: bool,
    /// When what it speaks of is due, in UTC.
    pub due_at: Option<DateTime<Utc>>,
}

/// File your list: worth a push until the meeting.
pub fn list_reminder(day: NaiveDate, meeting_at: DateTime<Utc>) -> Message {
    Message {
        kind: Kind::ActionListReminder,
        title: "今日行动清单还没提交".to_owned(),
        body: format!("{} 晨会前请提交当日重点客户行动清单,已按建议排好,点一下即可提交", month_day(day)),
        page: format!("pages/today/index?date={day}"),
        push_until: Some(meeting_at),
        is_push: true,
        due_at: Some(meeting_at),
    }
}

/// How the team's lists stand: worth a push on the day itself, and only when somebody is missing.
pub fn list_digest(day: NaiveDate, digest: &Digest, at: DateTime<Utc>, push_until: DateTime<Utc>) -> Message {
    let mut body = format!("应交 {} 人,已交 {} 人", digest.n_owed, digest.n_filed);
    if !digest.missing.is_empty() {
        body.push_str(&format!(";未交:{}", some_names(&digest.missing)));
    }
    if !digest.thin.is_empty() {
        body.push_str(&format!(";客户偏少:{}", some_names(&digest.thin)));
    }
    Message {
        kind: Kind::ActionListDigest,
        title: format!("{} 行动清单:{}/{} 已交", month_day(day), digest.n_filed, digest.n_owed),
        body,
        page: format!("pages/team/lists?date={day}"),
        push_until: Some(push_until),
        is_push: digest.is_urgent(),
        due_at: Some(at),
    }
}

/// A to-do, in the words of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter<'a> {
    /// One line.
    pub title: &'a str,
    /// What happened.
    pub summary: &'a str,
    /// Where the mini-program opens.
    pub page: &'a str,
    /// When the decision is due, in UTC.
    pub due_at: Option<DateTime<Utc>>,
}

/// Something waits for you.
pub fn todo_opened(matter: &Matter<'_>) -> Message {
    about(matter, Kind::TodoOpened, matter.title.to_owned(), matter.summary.to_owned())
}

/// It still waits, and this much of its time is used up.
pub fn todo_reminder(matter: &Matter<'_>, percent: i32) -> Message {
    let title = format!("待处理提醒:{}", matter.title);
    let used = match percent {
        ..100 => format!("处理时限已用去 {percent}%"),
        100 => "处理时限已到".to_owned(),
        _ => format!("已超出处理时限 {}%", percent - 100),
    };
    about(matter, Kind::TodoReminder, title, format!("{used}。{}", matter.summary))
}

/// It was not decided in time; `waiting_for` is who should have.
pub fn todo_escalated(matter: &Matter<'_>, waiting_for: &str) -> Message {
    let title = format!("超时升级:{}", matter.title);
    about(matter, Kind::TodoEscalated, title, format!("{waiting_for} 未在时限内处理。{}", matter.summary))
}

/// It was decided, for whoever had asked.
pub fn decided(matter: &Matter<'_>, is_approved: bool, by: &str, comment: Option<&str>) -> Message {
    let word = if is_approved { "已通过" } else { "未通过" };
    let said = comment.map(|comment| format!(":{comment}")).unwrap_or_default();
    about(matter, Kind::Decided, format!("{word}:{}", matter.title), format!("{by} {word}{said}"))
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

/// The working calendar of a year is missing: whoever keeps it has to publish it.
pub fn calendar_missing(year: i32) -> Message {
    Message {
        kind: Kind::TodoOpened,
        title: format!("{year} 年工作日历尚未发布"),
        body: format!("{year} 年的工作日与调休尚未发布,待办时限、晨会提醒暂时无法计算,请尽快更新"),
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

/// The end of the company's day, in UTC: a digest is not pushed after it.
pub fn end_of_day(at: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = local_date(at).succ_opt().unwrap_or_else(|| local_date(at));
    crate::working_time::at_local(tomorrow, chrono::NaiveTime::MIN)
}
