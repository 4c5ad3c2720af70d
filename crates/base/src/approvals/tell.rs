//! Who hears what about a decision: whose turn came, whose is over, whoever asked, whoever gets a copy.

use std::collections::HashMap;

use domain::approvals::{Done, Event, Status, Target};
use domain::ids::{ApprovalId, UserId};
use domain::notices::{self as words, Matter, Message};
use platform::Tx;
use uuid::Uuid;

use super::chain::By;
use super::keep::{Concern, Instance, Purpose, matter_key};
use super::rows::{self, approval};
use crate::App;
use crate::error::Result;
use crate::notices::{self, Notice};
use crate::people;
use crate::texts;

/// Tells everybody whom what happened concerns, and settles what nobody needs to hear any more.
pub async fn tell(
    app: &App,
    tx: &Tx,
    (approval, instance): (&approval::Model, &Instance),
    done: &Done,
    (concern, by): (&Concern, By),
) -> Result<()> {
    settle(tx, approval, done, concern).await?;
    let names = names(tx, instance, done, by).await?;
    let teller = Teller { approval, done, names, page: page(ApprovalId(approval.id)), by };
    let mut told = teller.turns(tx, concern).await?;
    told.extend(teller.happened(tx).await?);
    notices::tell(app, tx, &told).await
}

/// Settles what nobody needs to hear any more.
pub async fn settle(tx: &Tx, approval: &approval::Model, done: &Done, concern: &Concern) -> Result<()> {
    for event in &done.events {
        if let Event::Left { task, .. } = event {
            notices::settle(tx.db(), &matter_key(approval.id, *task), tx.now()).await?;
        }
    }
    for (user, task) in &concern.went {
        let is_left =
            done.events.iter().any(|event| matches!(event, Event::Left { task: left, .. } if left == task));
        if !is_left {
            notices::settle_for(tx.db(), &matter_key(approval.id, *task), *user, tx.now()).await?;
        }
    }
    Ok(())
}

async fn names(tx: &Tx, instance: &Instance, done: &Done, by: By) -> Result<HashMap<Uuid, String>> {
    let mut ids: Vec<Uuid> = by.actor.iter().chain(&by.on_behalf_of).map(|it| it.0).collect();
    let has_joined = done.events.iter().any(|event| matches!(event, Event::SuperiorJoined { .. }));
    if has_joined {
        ids.extend(done.state.open_seats().flat_map(|(_, seat)| seat.holders()).map(|it| it.0));
    }
    ids.push(instance.row.initiator_id);
    ids.sort_unstable();
    ids.dedup();
    Ok(people::rows::names(tx.db(), &ids).await?)
}

struct Teller<'a> {
    approval: &'a approval::Model,
    done: &'a Done,
    names: HashMap<Uuid, String>,
    page: String,
    by: By,
}

impl Teller<'_> {
    fn matter(&self) -> Matter<'_> {
        Matter {
            title: &self.approval.title,
            summary: &self.approval.summary,
            page: &self.page,
            due_at: self.approval.due_at,
        }
    }

    fn notice(&self, recipient: UserId, matter: String, rung: i32, message: Message) -> Notice {
        Notice { recipient, matter, rung, subject: Some(("approval", self.approval.id)), message }
    }

    fn name(&self, user: UserId) -> String {
        self.names.get(&user.0).cloned().unwrap_or_default()
    }

    /// Who did it, by name; the machine where nobody did.
    fn actor(&self) -> String {
        self.by.actor.map_or_else(|| texts::SYSTEM.to_owned(), |user| self.name(user))
    }

    /// Whose turn came. Where somebody stands in for them, that one is called and they can read it.
    async fn turns(&self, tx: &Tx, concern: &Concern) -> Result<Vec<Notice>> {
        let deciding: Vec<UserId> = concern
            .came
            .iter()
            .filter(|(_, turn)| turn.purpose == Purpose::Decide)
            .map(|(user, _)| *user)
            .collect();
        let agents = people::agents(tx.db(), &deciding, tx.now()).await?;
        let mut told = Vec::new();
        for (user, turn) in &concern.came {
            let matter = matter_key(self.approval.id, turn.task);
            let message = match turn.purpose {
                Purpose::Decide => self.opened(*user),
                // Whoever asked hears of these as they happen, below.
                Purpose::Revise | Purpose::Answer => continue,
            };
            let rung = self.call(*user, concern);
            match agents.get(user).filter(|agent| agent.0 != self.approval.initiator_id) {
                Some(agent) => {
                    told.push(self.notice(*agent, matter.clone(), rung, message.clone()));
                    let quiet = Message { is_push: false, ..message };
                    told.push(self.notice(*user, matter, rung, quiet));
                }
                None => told.push(self.notice(*user, matter, rung, message)),
            }
        }
        told.extend(self.rungs(tx).await?);
        Ok(told)
    }

    fn opened(&self, user: UserId) -> Message {
        match self.joined(user) {
            Some(waiting_for) => words::todo_escalated(&self.matter(), &waiting_for),
            None => words::todo_opened(&self.matter()),
        }
    }

    /// For whom a superior joins, by name.
    fn joined(&self, user: UserId) -> Option<String> {
        let seats: Vec<u32> = self
            .done
            .events
            .iter()
            .filter_map(|event| match event {
                Event::SuperiorJoined { seat, user: joined } if *joined == user => Some(*seat),
                _ => None,
            })
            .collect();
        let before = |id: &u32| {
            let (_, seat) = self.done.state.seat(*id)?;
            seat.holders().take_while(|holder| *holder != user).last()
        };
        let names: Vec<String> = seats.iter().filter_map(before).map(|holder| self.name(holder)).collect();
        (!seats.is_empty()).then(|| names.join("、"))
    }

    /// A turn that comes back to somebody calls them once more.
    fn call(&self, user: UserId, concern: &Concern) -> i32 {
        if self.joined(user).is_some() {
            self.rung()
        } else if concern.again.contains(&user) {
            100 + self.approval.n_events.unwrap_or_default()
        } else {
            0
        }
    }

    /// The rung that was reached just now.
    fn rung(&self) -> i32 {
        self.by_rung().map_or(0, |(_, rung, _)| rung)
    }

    /// The task, the number and the share of the rung that was reached just now.
    fn by_rung(&self) -> Option<(u32, i32, i32)> {
        self.done.events.iter().find_map(|event| match event {
            Event::RungReached { task, rung, percent, .. } => Some((*task, *rung, *percent)),
            _ => None,
        })
    }

    /// A rung at which nobody joins reminds whose turn it is.
    async fn rungs(&self, tx: &Tx) -> Result<Vec<Notice>> {
        let Some((task, rung, percent)) = self.by_rung() else { return Ok(Vec::new()) };
        let has_moved = self.done.events.iter().any(|event| {
            matches!(event, Event::SuperiorJoined { .. } | Event::Transferred { .. } | Event::Answered { .. })
        });
        if has_moved {
            return Ok(Vec::new());
        }
        let holders: Vec<UserId> = self
            .done
            .state
            .open_seats()
            .filter(|(it, _)| it.id == task)
            .flat_map(|(_, seat)| seat.holders())
            .collect();
        let agents = people::agents(tx.db(), &holders, tx.now()).await?;
        let message = words::todo_reminder(&self.matter(), percent);
        let matter = matter_key(self.approval.id, task);
        let told = holders.iter().map(|user| {
            let recipient = agents.get(user).copied().unwrap_or(*user);
            self.notice(recipient, matter.clone(), rung, message.clone())
        });
        Ok(told.collect())
    }

    /// What happened besides.
    async fn happened(&self, tx: &Tx) -> Result<Vec<Notice>> {
        let initiator = UserId(self.approval.initiator_id);
        let n_events = self.approval.n_events.unwrap_or_default();
        let once = |what: &str| format!("{what}:{}:{n_events}", self.approval.id);
        let mut told = Vec::new();
        for event in &self.done.events {
            match event {
                Event::Returned { to: Target::Initiator, comment, .. } => {
                    let message = words::given_back(&self.matter(), &self.actor(), comment);
                    told.push(self.notice(initiator, once("returned"), 0, message));
                }
                Event::InfoAsked { question, .. } => {
                    let message = words::info_asked(&self.matter(), &self.actor(), question);
                    told.push(self.notice(initiator, once("asked"), 0, message));
                }
                Event::InfoGiven { task, answer } => {
                    let message = words::info_given(&self.matter(), &self.actor(), answer);
                    let holders = self.done.state.open_seats().filter(|(it, _)| it.id == *task);
                    let holders: Vec<UserId> = holders.flat_map(|(_, seat)| seat.holders()).collect();
                    let matter = format!("{}:{task}", once("answered"));
                    for user in reached(tx, &holders).await? {
                        told.push(self.notice(user, matter.clone(), 0, message.clone()));
                    }
                }
                Event::Reminded { to } => {
                    let message = words::nudged(&self.matter(), &self.actor());
                    for user in reached(tx, to).await? {
                        told.push(self.notice(user, once("nudged"), 0, message.clone()));
                    }
                }
                Event::WithdrawalAsked { .. } if !self.done.state.status.is_over() => {
                    let message = words::withdrawal_asked(&self.matter(), &self.actor());
                    let holders = self.done.state.open_seats().map(|(_, seat)| seat.user);
                    told.extend(
                        holders.map(|user| self.notice(user, once("withdrawal"), 0, message.clone())),
                    );
                }
                Event::Copied { to, .. } => {
                    rows::copy(tx.db(), self.approval.id, to, tx.now()).await?;
                    let message = words::copied(&self.matter());
                    let matter = format!("copy:{}", self.approval.id);
                    told.extend(to.iter().map(|user| self.notice(*user, matter.clone(), 0, message.clone())));
                }
                Event::Concluded { status } => told.extend(self.concluded(*status, initiator)),
                _ => {}
            }
        }
        Ok(told)
    }

    /// Whoever asked hears how it ended, unless they ended it themselves.
    fn concluded(&self, status: Status, initiator: UserId) -> Option<Notice> {
        let comment = self.approval.comment.as_deref();
        let message = match status {
            Status::Approved => words::decided(&self.matter(), true, &self.actor(), comment),
            Status::Rejected => words::decided(&self.matter(), false, &self.actor(), comment),
            Status::Lapsed => words::ended(&self.matter(), texts::ENDED_LAPSED),
            Status::Failed => words::ended(&self.matter(), texts::ENDED_FAILED),
            Status::Withdrawn if self.by.actor.is_some_and(|by| by != initiator) => {
                words::ended(&self.matter(), texts::ENDED_WITHDRAWN)
            }
            _ => return None,
        };
        Some(self.notice(initiator, format!("decided:{}", self.approval.id), 0, message))
    }
}

/// These people, or who stands in for them, each once.
async fn reached(tx: &Tx, people: &[UserId]) -> Result<Vec<UserId>> {
    let agents = people::agents(tx.db(), people, tx.now()).await?;
    let mut reached: Vec<UserId> =
        people.iter().map(|user| agents.get(user).copied().unwrap_or(*user)).collect();
    reached.sort_unstable();
    reached.dedup();
    Ok(reached)
}

/// Where the mini-program opens.
pub fn page(id: ApprovalId) -> String {
    format!("pages/todo/detail?id={id}")
}
