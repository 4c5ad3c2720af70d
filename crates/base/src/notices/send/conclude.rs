//! Writes down what the platform answered. What certainly was not sent goes back into the queue; what will never
//! arrive this way goes on by the next channel.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::notices::end_of_day;
use domain::notices::rules::Channel;
use platform::Tx;
use uuid::Uuid;
use wechat::{Class, Fault};

use super::deliver::PAGE_MISSING;
use super::{Again, Later, Outcome, go_on, next_open, recognises_copies, rules};
use crate::App;
use crate::notices::rows::credits;
use crate::notices::rows::push::{self, Push};
use crate::select::Connection;

/// Writes down what came of these, and says which of them are tried again.
pub(super) async fn conclude(app: &App, tx: &Tx, results: &[(Push, Outcome)]) -> anyhow::Result<Later> {
    let sent = results.iter().filter_map(|(push, outcome)| Some((push.id, outcome.as_ref().ok()?.clone())));
    let n_sent = push::arrived(tx.db(), &sent.collect::<Vec<_>>(), tx.now()).await?;
    metrics::counter!("notices_deliveries_total", "status" => "sent").increment(n_sent);
    let refused = results.iter().filter_map(|(push, outcome)| Some((push, outcome.as_ref().err()?)));
    let mut refused: Vec<(&Push, &Fault)> = refused.collect();
    if refused.is_empty() {
        return Ok(Later::new());
    }
    // One order for everybody: two workers that give credits back to the same people must not wait for each other.
    refused.sort_by_key(|(push, _)| (push.recipient_id, &push.template_id));
    write_down(app, tx, &refused).await
}

async fn write_down(app: &App, tx: &Tx, refused: &[(&Push, &Fault)]) -> anyhow::Result<Later> {
    let rules = rules(app, tx).await?;
    let verdict = |push: &Push, fault: &Fault| match after(push, fault, tx.now()) {
        // Without another way there is nothing to hurry to: the admin replays what gave up.
        After::TooLong if next_open(app, &rules, push).is_none() => After::BackOff,
        after => after,
    };
    lock_accounts(tx.db(), refused).await?;
    let mut ended: BTreeMap<(&str, String), Vec<(&Push, After)>> = BTreeMap::new();
    for (push, fault) in refused {
        let after = verdict(push, fault);
        ended.entry((after.status(), short(fault))).or_default().push((push, after));
    }
    let mut later = Later::new();
    let mut gone: Vec<&Push> = Vec::new();
    for ((status, reason), pushes) in ended {
        let ids: Vec<Uuid> = pushes.iter().map(|(push, _)| push.id).collect();
        let moved = push::conclude(tx.db(), &ids, "sending", (status, Some(&reason)), tx.now()).await?;
        metrics::counter!("notices_deliveries_total", "status" => status).increment(moved.len() as u64);
        // Whoever comes second changes nothing: neither credits nor what goes on.
        for (push, after) in pushes.into_iter().filter(|(push, _)| moved.contains(&push.id)) {
            settle_credit(tx.db(), push, &after).await?;
            gone.extend(matches!(after, After::Next | After::TooLong | After::Failed).then_some(push));
            let again = match after {
                After::Again(at) => Again::At(at),
                After::Tomorrow(at) => {
                    shut(tx, &push.channel, at).await?;
                    Again::At(at)
                }
                After::BackOff => Again::WithBackOff(reason.clone()),
                _ => continue,
            };
            later.insert(push.id, again);
        }
    }
    if !gone.is_empty() {
        go_on(app, tx, &rules, &gone).await?;
    }
    Ok(later)
}

/// The channel's quota is used up: nothing goes this way before it comes back. Whoever notices first says so.
async fn shut(tx: &Tx, channel: &str, until: DateTime<Utc>) -> anyhow::Result<()> {
    if credits::shut_channel(tx.db(), channel, (tx.now(), until)).await? {
        tracing::error!(channel, %until, "a channel's quota of the day is used up: its messages wait until it is back");
    }
    Ok(())
}

/// Locks the credits that will move, in the one order in which everybody locks them.
async fn lock_accounts(db: &impl Connection, refused: &[(&Push, &Fault)]) -> anyhow::Result<()> {
    let is_moved = |push: &&Push| push.channel == Channel::WechatSubscribe.name();
    let people: Vec<Uuid> =
        refused.iter().map(|(push, _)| *push).filter(is_moved).map(|push| push.recipient_id).collect();
    if !people.is_empty() {
        credits::balances(db, &people).await?;
    }
    Ok(())
}

/// A credit is spent by what was sent and by what may have been; it comes back otherwise, or is known not to exist.
async fn settle_credit(db: &impl Connection, push: &Push, after: &After) -> anyhow::Result<()> {
    if matches!(after, After::Failed) {
        tracing::error!(delivery.id = %push.id, push.channel, "WeChat refuses a message for good");
    }
    if push.channel != Channel::WechatSubscribe.name() {
        return Ok(());
    }
    match after {
        After::Unknown => {}
        After::Next => credits::clear_credits(db, push.recipient_id, &push.template_id).await?,
        After::Failed | After::TooLong | After::Again(_) | After::Tomorrow(_) | After::BackOff => {
            credits::give_credit_back(db, push.recipient_id, &push.template_id).await?;
        }
    }
    Ok(())
}

enum After {
    /// Not before then, and it does not count as an attempt.
    Again(DateTime<Utc>),
    /// The same, and nothing else goes this way before then: the quota is used up.
    Tomorrow(DateTime<Utc>),
    /// With the outbox's own back-off, until the attempts run out.
    BackOff,
    /// Not this way: by the next channel.
    Next,
    /// This way is shut for too long: by the next channel, and the credit stays.
    TooLong,
    Unknown,
    /// Not this message, and by the next channel.
    Failed,
}

impl After {
    /// The status it leads to.
    fn status(&self) -> &'static str {
        match self {
            Self::Again(_) | Self::Tomorrow(_) | Self::BackOff => "queued",
            Self::Next | Self::TooLong => "fallback",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// A message that could not be handed over for so long goes on by the next channel.
const PATIENCE: TimeDelta = TimeDelta::minutes(45);

fn after(push: &Push, fault: &Fault, now: DateTime<Utc>) -> After {
    match fault {
        // The template, not the account, is wrong or banned: no later try of this message can succeed.
        Fault::Refused { errcode: 40037 | 43107, .. } => return After::Failed,
        Fault::Refused { errcode: 41030, .. } if push.reason.as_deref() != Some(PAGE_MISSING) => {
            return After::Again(now);
        }
        _ => {}
    }
    match fault.class() {
        Class::Unknown if recognises_copies(&push.channel).is_zero() => After::Unknown,
        Class::Retry | Class::Config if now - push.created_at > PATIENCE => After::TooLong,
        Class::Unknown | Class::Retry | Class::Relogin => After::BackOff,
        Class::RetryLater => After::Again(now + TimeDelta::seconds(75)),
        Class::Park => parked(&push.channel, now),
        Class::NextChannel => After::Next,
        // Somebody has to mend it: tried again with back-off, then a dead job that the admin replays.
        Class::Config => After::BackOff,
        Class::Permanent | Class::Content | Class::Bug => After::Failed,
    }
}

/// A robot's quota is a minute's and WeCom's an hour's; WeChat's own is a day's and comes back at midnight.
fn parked(channel: &str, now: DateTime<Utc>) -> After {
    match Channel::by_name(channel) {
        Some(Channel::WecomRobot) => After::Again(now + TimeDelta::seconds(75)),
        Some(Channel::Wecom) => After::Again(now + TimeDelta::hours(1)),
        _ => After::Tomorrow(end_of_day(now)),
    }
}

/// The platform's number, or that it was not reached; never its text, which may name a person.
fn short(fault: &Fault) -> String {
    match fault {
        Fault::Refused { errcode, .. } => format!("errcode_{errcode}"),
        Fault::NotSent(_) => "not_sent".to_owned(),
        Fault::NotNow(_) => "not_now".to_owned(),
        Fault::Unknown(_) => "no_answer".to_owned(),
    }
}
