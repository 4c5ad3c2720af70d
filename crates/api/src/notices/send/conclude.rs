//! Writes down what the platform answered. What certainly was not sent goes back into the queue; what will never
//! arrive this way goes on by the next channel.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::notices::rules::Channel;
use uuid::Uuid;
use wechat::{Class, Fault};

use super::deliver::PAGE_MISSING;
use super::{Again, Later, Outcome, go_on, recognises_copies, rules};
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
    let mut settled: BTreeMap<(&str, String), Vec<Uuid>> = BTreeMap::new();
    let mut msgids = Vec::new();
    let mut gone: Vec<&Push> = Vec::new();
    let tx = app.db.begin().await?;
    for (push, outcome) in results {
        let fault = match outcome {
            Ok(msgid) => {
                msgids.extend(msgid.clone().map(|msgid| (push.id, msgid)));
                settled.entry(("sent", String::new())).or_default().push(push.id);
                continue;
            }
            Err(fault) => fault,
        };
        let after = after(push, fault, tx.now());
        settle_credit(tx.db(), push, &after).await?;
        let (status, again) = match after {
            After::Unknown => ("unknown", None),
            After::Next => ("fallback", None),
            After::Failed => ("failed", None),
            After::Again(at) => ("queued", Some(Again::At(at))),
            After::BackOff => ("queued", Some(Again::WithBackOff(short(fault)))),
        };
        if matches!(after, After::Next | After::Failed) {
            gone.push(push);
        }
        later.extend(again.map(|again| (push.id, again)));
        settled.entry((status, short(fault))).or_default().push(push.id);
    }
    for ((status, reason), ids) in &settled {
        let reason = Some(reason.as_str()).filter(|it| !it.is_empty());
        push::conclude(tx.db(), ids, "sending", (status, reason), tx.now()).await?;
        metrics::counter!("notices_deliveries_total", "status" => *status).increment(ids.len() as u64);
    }
    push::keep_msgids(tx.db(), &msgids).await?;
    if !gone.is_empty() {
        go_on(app, &tx, &rules(&tx).await?, &gone).await?;
    }
    tx.commit().await?;
    Ok(later)
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
        After::Failed | After::Again(_) | After::BackOff => {
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
    Unknown,
    /// Not this message, and by the next channel.
    Failed,
}

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
        Class::Unknown if !recognises_copies(&push.channel) => After::Unknown,
        Class::Unknown | Class::Retry | Class::Relogin => After::BackOff,
        Class::RetryLater => After::Again(now + TimeDelta::seconds(75)),
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
