//! What happened to a decision, as sentences that a rep reads.
//!
//! Who did what, on whose behalf, in which node. What the machine did says so. When it was and what they saw is shown
//! beside the sentence, not in it.

use chrono::{DateTime, Utc};

use crate::approvals::flow::{Flow, Rule};
use crate::approvals::{
    Act, Event, NewSeat, Origin, PassedOver, Seat, State, Status, Target, Task, TaskStatus, Word,
};
use crate::ids::UserId;

/// An event with who caused it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// The name of who acted; none for the machine.
    pub actor: Option<&'a str>,
    /// The name of whom they acted for, where not for themselves.
    pub on_behalf_of: Option<&'a str>,
    /// What happened.
    pub event: &'a Event,
}

/// The event as a sentence. `state` is where the decision stands in the end; it knows every seat.
pub fn sentence(flow: &Flow, state: &State, entry: &Entry<'_>, name: &dyn Fn(UserId) -> String) -> String {
    let teller = Teller { flow, state, entry, name };
    let told = teller.going_on().or_else(|| teller.asked_of_others()).or_else(|| teller.machine());
    format!("{}。", told.unwrap_or_else(|| teller.said()))
}

struct Teller<'a> {
    flow: &'a Flow,
    state: &'a State,
    entry: &'a Entry<'a>,
    name: &'a dyn Fn(UserId) -> String,
}

impl Teller<'_> {
    /// What people say and decide.
    fn said(&self) -> String {
        let who = self.who();
        match self.entry.event {
            Event::Opened { flow, version, .. } => {
                let name = if *flow == self.flow.key { &self.flow.name } else { flow };
                format!("{who}提交审批，流程为“{name}”第 {version} 版")
            }
            Event::Answered { seat, word, comment, .. } => self.answered(*seat, *word, comment.as_ref()),
            Event::Returned { task, to, node, comment } => {
                let to = match (to, node) {
                    (Target::Initiator, _) | (_, None) => {
                        format!("发起人{}", (self.name)(self.state.initiator))
                    }
                    (_, Some(node)) => self.node(node),
                };
                format!("{who}把{}退回到{to}{}", self.at_task(*task), quoted(Some(comment)))
            }
            Event::InfoAsked { task, question } => {
                format!("{who}在{}请发起人补充说明，计时暂停{}", self.at_task(*task), quoted(Some(question)))
            }
            Event::InfoGiven { answer, .. } => format!("{who}补充了说明，计时继续{}", quoted(Some(answer))),
            Event::Commented { text } => format!("{who}留言{}", quoted(Some(text))),
            Event::Reminded { to } => format!("{who}提醒{}处理", self.names(to)),
            Event::WithdrawalAsked { reason } => format!("{who}申请撤回{}", quoted(reason.as_ref())),
            Event::TakenBack { seat, .. } => format!("{who}收回了在{}的意见", self.at_seat(*seat)),
            Event::Resubmitted { round, comment, .. } => {
                format!("{who}第 {round} 次提交{}", quoted(comment.as_ref()))
            }
            Event::Renewed { .. } => format!("{who}更新了审批内容，审批继续"),
            Event::Overridden { word, comment } => {
                let word = if *word == Word::Approve { "通过" } else { "不通过" };
                format!("{who}以管理员身份直接决定{word}{}", quoted(Some(comment)))
            }
            Event::Concluded { status } => self.concluded(*status),
            _ => String::new(),
        }
    }

    fn answered(&self, seat: u32, word: Word, comment: Option<&String>) -> String {
        let (who, at, comment) = (self.who(), self.at_seat(seat), quoted(comment));
        let word = if word == Word::Approve { "同意" } else { "不同意" };
        let seat = self.seat(seat);
        let instead = seat.filter(|_| self.entry.actor.is_none());
        let instead = instead.map(|seat| format!("代替{}", (self.name)(seat.user))).unwrap_or_default();
        if seat.is_some_and(|seat| seat.origin == Origin::Delegated) {
            return format!("{who}在{at}{instead}提出意见：{word}{comment}");
        }
        format!("{who}在{at}{instead}{word}{comment}")
    }

    fn concluded(&self, status: Status) -> String {
        let who = self.who();
        let is_initiators = self.entry.actor == Some((self.name)(self.state.initiator).as_str());
        match (status, self.entry.actor) {
            (Status::Approved, _) => "审批通过".to_owned(),
            (Status::Rejected, _) => "审批未通过".to_owned(),
            (Status::Withdrawn, None) => format!("{who}结束了审批，已不需要决定"),
            (Status::Withdrawn, Some(_)) if is_initiators => "审批已撤回".to_owned(),
            (Status::Withdrawn, Some(_)) => format!("{who}同意撤回，审批已撤回"),
            (Status::Lapsed, None) => format!("{who}结束了审批，内容已变化或已过期"),
            (Status::Lapsed, Some(_)) => "审批已失效，内容已变化或已过期".to_owned(),
            (Status::Failed, _) => "审批中止，找不到审批人".to_owned(),
            (Status::Open | Status::Returned, _) => "审批继续".to_owned(),
        }
    }

    /// How it goes from node to node.
    fn going_on(&self) -> Option<String> {
        Some(match self.entry.event {
            Event::Entered { node, seats, .. } => self.entered(node, seats),
            Event::PassedOver { node, why } => {
                let why = match why {
                    PassedOver::Nobody => "没有找到审批人",
                    PassedOver::OwnMatter => "审批人只有发起人本人",
                    PassedOver::SameAgain => "审批人刚刚已经同意",
                    PassedOver::AgreedBefore => "相同内容此前已经同意",
                };
                format!("系统自动跳过{}：{why}", self.node(node))
            }
            Event::Copied { node, to } if to.is_empty() => format!("{}没有可抄送的人", self.node(node)),
            Event::Copied { node, to } => format!("{}抄送给{}", self.node(node), self.names(to)),
            Event::Forked { node, n_branches, .. } => {
                format!("{}分为 {n_branches} 路进行", self.node(node))
            }
            Event::Arrived { fork } => {
                let fork = usize::try_from(*fork).ok().and_then(|fork| self.state.forks.get(fork));
                let node = fork.map(|fork| self.node(&fork.node)).unwrap_or_default();
                format!("{node}的一路已经完成")
            }
            Event::TurnCame { seat } => {
                let user = self.seat(*seat).map(|seat| (self.name)(seat.user)).unwrap_or_default();
                format!("轮到{user}在{}审批", self.at_seat(*seat))
            }
            Event::Left { task, outcome } => {
                let outcome = match outcome {
                    TaskStatus::Open => "继续",
                    TaskStatus::Approved => "通过",
                    TaskStatus::Rejected => "未通过",
                    TaskStatus::Returned => "已退回",
                    TaskStatus::Cancelled => "取消，不再需要审批",
                };
                format!("{}{outcome}", self.at_task(*task))
            }
            _ => return None,
        })
    }

    fn entered(&self, node: &str, seats: &[NewSeat]) -> String {
        let users = |is_admin: bool| {
            let mut users = Vec::new();
            let asked = seats.iter().filter(|seat| !seat.has_agreed);
            for seat in asked.filter(|seat| (seat.origin == Origin::Admin) == is_admin) {
                if !users.contains(&seat.user) {
                    users.push(seat.user);
                }
            }
            users
        };
        let (others, admins) = (users(false), users(true));
        let rule = self.flow.approval(node).map(|node| &node.rule);
        let in_order = if rule == Some(&Rule::Sequential) && others.len() > 1 { "依次" } else { "" };
        let others = (!others.is_empty()).then(|| format!("请{}{in_order}审批", self.names(&others)));
        let admins =
            (!admins.is_empty()).then(|| format!("没有找到审批人，由管理员{}审批", self.names(&admins)));
        let mut agreed: Vec<UserId> = seats.iter().filter(|it| it.has_agreed).map(|it| it.user).collect();
        agreed.dedup();
        let agreed =
            (!agreed.is_empty()).then(|| format!("{}此前已同意相同内容，不再询问", self.names(&agreed)));
        let asked: Vec<String> = others.into_iter().chain(admins).chain(agreed).collect();
        format!("{}开始，{}", self.node(node), asked.join("；"))
    }

    /// Who is asked as well, or instead.
    fn asked_of_others(&self) -> Option<String> {
        let who = self.who();
        Some(match self.entry.event {
            Event::Transferred { seat, to, comment, .. } => {
                let of = self.of_whom(*seat).map(|of| format!("{of}在")).unwrap_or_default();
                let (at, to) = (self.at_seat(*seat), (self.name)(*to));
                format!("{who}把{of}{at}的审批转交给{to}{}", quoted(comment.as_ref()))
            }
            Event::Delegated { seat, to, comment, .. } => {
                let (at, to) = (self.at_seat(*seat), (self.name)(*to));
                format!("{who}在{at}先请{to}提出意见{}", quoted(comment.as_ref()))
            }
            Event::SignerAdded { seat, to, is_before, comment, .. } => {
                let (at, to) = (self.at_seat(*seat), (self.name)(*to));
                let order = if *is_before { "之前" } else { "之后" };
                format!("{who}在{at}加签{to}，在自己{order}审批{}", quoted(comment.as_ref()))
            }
            Event::SignerRemoved { seat } => {
                let user = self.seat(*seat).map(|seat| (self.name)(seat.user)).unwrap_or_default();
                format!("{who}不再请{user}在{}审批", self.at_seat(*seat))
            }
            _ => return None,
        })
    }

    /// What only the machine does.
    fn machine(&self) -> Option<String> {
        let who = self.who();
        Some(match self.entry.event {
            Event::SuperiorJoined { seat, user } => {
                let of = self.of_whom(*seat).unwrap_or_default();
                format!("{who}请{}协助{of}处理{}", (self.name)(*user), self.at_seat(*seat))
            }
            Event::RungReached { task, percent, act, .. } => {
                let act = Act::ALL.into_iter().find(|it| it.name() == act).map_or("记录", done_by);
                format!("{who}{act}：{}已用时限的 {percent}%", self.at_task(*task))
            }
            _ => return None,
        })
    }

    fn who(&self) -> String {
        match (self.entry.actor, self.entry.on_behalf_of) {
            (None, _) => "系统自动".to_owned(),
            (Some(actor), None) => actor.to_owned(),
            (Some(actor), Some(principal)) => format!("{actor} 代 {principal} "),
        }
    }

    /// Whose seat it is, where that is not said yet.
    fn of_whom(&self, seat: u32) -> Option<String> {
        let user = self.seat(seat).map(|seat| (self.name)(seat.user));
        let is_said =
            |user: &String| [self.entry.actor, self.entry.on_behalf_of].contains(&Some(user.as_str()));
        user.filter(|user| !is_said(user))
    }

    fn names(&self, users: &[UserId]) -> String {
        users.iter().map(|user| (self.name)(*user)).collect::<Vec<_>>().join("、")
    }

    fn node(&self, key: &str) -> String {
        format!("“{}”", self.flow.node(key).map_or(key, |node| node.name()))
    }

    fn at_task(&self, task: u32) -> String {
        self.state.task(task).map(|task: &Task| self.node(&task.node)).unwrap_or_default()
    }

    fn at_seat(&self, seat: u32) -> String {
        self.state.seat(seat).map(|(task, _)| self.node(&task.node)).unwrap_or_default()
    }

    fn seat(&self, seat: u32) -> Option<&Seat> {
        self.state.seat(seat).map(|(_, seat)| seat)
    }
}

fn done_by(act: Act) -> &'static str {
    match act {
        Act::Remind => "提醒审批人",
        Act::Superior => "请上级协助",
        Act::Director => "请部门负责人协助",
        Act::Reassign => "转交上级",
        Act::Breakpoint => "记录流程断点",
        Act::AutoApprove => "按时限同意",
        Act::AutoReject => "按时限不同意",
    }
}

/// What a person wrote, in their own words.
fn quoted(text: Option<&String>) -> String {
    text.map(|text| format!("：“{text}”")).unwrap_or_default()
}
