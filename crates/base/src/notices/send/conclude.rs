//! Writes down what the platform answered. What certainly was not sent goes back into the queue; what will never
//! arrive this way goes on by the next channel.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::notices::rules::Channel;
use uuid::Uuid;
use wechat::{Class, Fault};

use super::deliver::PAGE_MISSING;
use super::{Again, Later, Outcome, go_on, next_open, recognises_copies, rules};
use crate::App;
use crate::notices::rows::credits;
use crate::notices::rows::push::{self, Push};
use crate::select::Connection;

pub(super) async fn conclude(app: &App, mut results: Vec<(Push, Outcome)>) -> anyhow::Result<Later> {
    if results.is_empty() {
        return Ok(HashMap::new());
    }
    // One order for everybody: two workers that give credits back to the same people must not wait for each other.
    results.sort_by(|(push, _), (other, _)| {
        (push.recipient_id, &push.template_id).cmp(&(other.recipient_id, &other.template_id))
    });
    // What WeChat said is not to be had again: a hiccup of the database must not turn it into an unknown outcome.
    for _ in 0..3 {
        match write_down(app, &results).await {
            Ok(later) => return Ok(later),
            Err(fault) => {
                tracing::warn!(error = format!("{fault:#}"), "writing down what WeChat said failed")
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    write_down(app, &results).await
}

async fn write_down(app: &App, results: &[(Push, Outcome)]) -> anyhow::Result<Later> {
    let mut later = HashMap::new();
    let mut settled: BTreeMap<(&str, String), Vec<&Push>> = BTreeMap::new();
    let mut msgids = Vec::new();
    let tx = app.db.begin().await?;
    let rules = rules(app, &tx).await?;
    let verdict = |push: &Push, fault: &Fault| match after(push, fault, tx.now()) {
        // Without another way there is nothing to hurry to: the admin replays what gave up.
        After::TooLong if next_open(app, &rules, push).is_none() => After::BackOff,
        after => after,
    };
    let faults = results.iter().filter_map(|(push, outcome)| Some((push, outcome.as_ref().err()?)));
    let verdicts: HashMap<Uuid, After> =
        faults.map(|(push, fault)| (push.id, verdict(push, fault))).collect();
    lock_accounts(tx.db(), results, &verdicts).await?;
    for (push, outcome) in results {
        let (status, reason) = match outcome {
            Ok(msgid) => {
                msgids.extend(msgid.clone().map(|msgid| (push.id, msgid)));
                ("sent", String::new())
            }
            Err(fault) => (verdicts[&push.id].status(), short(fault)),
        };
        settled.entry((status, reason)).or_default().push(push);
    }
    let mut gone: Vec<&Push> = Vec::new();
    for ((status, reason), pushes) in settled {
        let ids: Vec<Uuid> = pushes.iter().map(|push| push.id).collect();
        let word = Some(reason.as_str()).filter(|it| !it.is_empty());
        let mut moved = push::conclude(tx.db(), &ids, "sending", (status, word), tx.now()).await?;
        if status == "sent" {
            // Another worker has given it up meanwhile, and it arrived.
            moved.extend(push::conclude(tx.db(), &ids, "unknown", (status, word), tx.now()).await?);
        }
        metrics::counter!("notices_deliveries_total", "status" => status).increment(moved.len() as u64);
        // Whoever comes second changes nothing: neither credits nor what goes on.
        for push in pushes.into_iter().filter(|push| moved.contains(&push.id)) {
            let Some(after) = verdicts.get(&push.id) else { continue };
            settle_credit(tx.db(), push, after).await?;
            gone.extend(matches!(after, After::Next | After::TooLong | After::Failed).then_some(push));
            let again = match after {
                After::Again(at) => Again::At(*at),
                After::BackOff => Again::WithBackOff(reason.clone()),
                _ => continue,
            };
            later.insert(push.id, again);
        }
    }
    push::keep_msgids(tx.db(), &msgids).await?;
    if !gone.is_empty() {
        go_on(app, &tx, &rules, &gone).await?;
    }
    tx.commit().await?;
    Ok(later)
}

/// Locks the credits that will move, in the one order in which everybody locks them.
async fn lock_accounts(
    db: &impl Connection,
    results: &[(Push, Outcome)],
    verdicts: &HashMap<Uuid, After>,
) -> anyhow::Result<()> {
    let is_moved =
        |push: &&Push| push.channel == Channel::WechatSubscribe.name() && verdicts.contains_key(&push.id);
    let people: Vec<Uuid> =
        results.iter().map(|(push, _)| push).filter(is_moved).map(|push| push.recipient_id).collect();
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
        After::Failed | After::TooLong | After::Again(_) | After::BackOff => {
            credits::give_credit_back(db, push.recipient_id, &push.template_id).await?;
        }
    }
    Ok(())
}

enum After {
    /// Not before then, and it does not count as an attempt.
    Again(DateTime<Utc>),
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
            Self::Again(_) | Self::BackOff => "queued",
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
        // A robot's quota is a minute's, everybody else's a day's.
        Class::Park if push.channel == Channel::WecomRobot.name() => {
            After::Again(now + TimeDelta::seconds(75))
        }
        Class::Park => After::Again(now + TimeDelta::hours(1)),
        Class::NextChannel => After::Next,
        // Somebody has to mend it: tried again with back-off, then a dead job that the admin replays.
        Class::Config => After::BackOff,
        Class::Permanent | Class::Content | Class::Bug => After::Failed,
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
