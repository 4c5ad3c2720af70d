//! Sends pushes, in batches: what is worth sending is marked in one statement, sent side by side, and settled in one.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use platform::jobs::{BatchJob, NotBefore, Promise};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wechat::{Class, Fault, SubscribeMessage};

use super::rows::{self, Push};
use crate::App;
use crate::select::Connection;

/// Sends one delivery.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Send {
    pub delivery: Uuid,
}

impl Promise for Send {
    const NAME: &'static str = "notices.send";
}

/// Calls under way at once.
const SIDE_BY_SIDE: usize = 32;

impl BatchJob<App> for Send {
    async fn run_all(app: &App, jobs: Vec<Self>) -> Vec<anyhow::Result<()>> {
        let ids: Vec<Uuid> = jobs.iter().map(|job| job.delivery).collect();
        match send_all(app, &ids).await {
            Ok(later) => jobs
                .iter()
                .map(|job| later.get(&job.delivery).map_or(Ok(()), |at| Err(NotBefore(*at).into())))
                .collect(),
            Err(fault) => {
                let text = format!("{fault:#}");
                jobs.iter().map(|_| Err(anyhow::anyhow!(text.clone()))).collect()
            }
        }
    }
}

/// Returns those that have to be tried again, with the time.
async fn send_all(app: &App, ids: &[Uuid]) -> anyhow::Result<HashMap<Uuid, DateTime<Utc>>> {
    let now = app.db.now().await?;
    let started = Instant::now();
    let pushes = begin(app, ids, now).await?;
    took("begin", started);
    let started = Instant::now();
    let results: Vec<(Push, Result<Option<String>, Fault>)> = futures::stream::iter(by_person(pushes))
        .map(async |pushes| {
            let mut results = Vec::new();
            // One at a time to one person: WeChat refuses concurrent calls for the same openid.
            for push in pushes {
                let result = app.wechat.send_subscribe(&message(&push)).await;
                results.push((push, result));
            }
            results
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .flat_map(futures::stream::iter)
        .collect()
        .await;
    took("send", started);
    let started = Instant::now();
    let later = conclude(app, results, now).await;
    took("conclude", started);
    later
}

/// Counts where the time of a batch goes.
fn took(step: &'static str, started: Instant) {
    metrics::histogram!("notices_step_seconds", "step" => step).record(started.elapsed());
}

fn by_person(pushes: Vec<Push>) -> Vec<Vec<Push>> {
    let mut by_person: BTreeMap<Uuid, Vec<Push>> = BTreeMap::new();
    for push in pushes {
        by_person.entry(push.recipient_id).or_default().push(push);
    }
    by_person.into_values().collect()
}

fn message(push: &Push) -> SubscribeMessage {
    SubscribeMessage {
        openid: push.openid.clone().unwrap_or_default(),
        template_id: push.template_id.clone(),
        page: push.page.clone(),
        data: serde_json::from_value(push.fields.clone()).unwrap_or_default(),
    }
}

/// Decides which pushes happen, reserves their credits and marks them as being sent, in one transaction.
async fn begin(app: &App, ids: &[Uuid], now: DateTime<Utc>) -> anyhow::Result<Vec<Push>> {
    let tx = app.db.begin().await?;
    let db = tx.db();
    // Somebody began these and left no word: a worker died between asking WeChat and writing down the answer.
    let begun = rows::begun(db, ids).await?;
    rows::conclude(db, &begun, "sending", ("unknown", Some("worker_lost")), now).await?;

    let queued = rows::queued(db, ids).await?;
    let people: Vec<Uuid> = queued.iter().map(|push| push.recipient_id).collect();
    let balances = if people.is_empty() { Vec::new() } else { rows::balances(db, &people).await? };
    let mut left: HashMap<(Uuid, String), i32> =
        balances.into_iter().map(|it| ((it.user_id, it.template_id), it.balance)).collect();

    let mut pushes = Vec::new();
    let mut unsent: BTreeMap<(&str, &str), Vec<Uuid>> = BTreeMap::new();
    for push in queued {
        let credit = left.entry((push.recipient_id, push.template_id.clone())).or_insert(0);
        match why_not(&push, *credit, now) {
            Some(outcome) => unsent.entry(outcome).or_default().push(push.id),
            None => {
                *credit -= 1;
                pushes.push(push);
            }
        }
    }
    for ((status, reason), ids) in unsent {
        rows::conclude(db, &ids, "queued", (status, Some(reason)), now).await?;
    }
    let ids: Vec<Uuid> = pushes.iter().map(|push| push.id).collect();
    let moved = rows::advance(db, &ids, "queued", "sending", now).await?;
    pushes.retain(|push| moved.contains(&push.id));
    reserve(db, &pushes).await?;
    tx.commit().await?;
    Ok(pushes)
}

async fn reserve(db: &impl Connection, pushes: &[Push]) -> anyhow::Result<()> {
    let mut by_template: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for push in pushes {
        by_template.entry(&push.template_id).or_default().push(push.recipient_id);
    }
    for (template, mut people) in by_template {
        // The same person twice needs two statements.
        while !people.is_empty() {
            people.sort_unstable();
            let mut once = people.clone();
            once.dedup();
            rows::take_credit(db, &once, template).await?;
            for person in once {
                if let Some(place) = people.iter().position(|it| *it == person) {
                    people.swap_remove(place);
                }
            }
        }
    }
    Ok(())
}

/// Why a push does not happen, as its final status and reason.
fn why_not(push: &Push, n_credits: i32, now: DateTime<Utc>) -> Option<(&'static str, &'static str)> {
    if push.settled_at.is_some() {
        Some(("dropped", "matter_settled"))
    } else if push.push_until.is_some_and(|until| until <= now) {
        Some(("dropped", "matter_over"))
    } else if push.openid.is_none() {
        Some(("fallback", "no_identity"))
    } else if n_credits <= 0 {
        Some(("fallback", "no_credit"))
    } else {
        None
    }
}

/// Writes down what WeChat answered. What certainly was not sent goes back into the queue.
async fn conclude(
    app: &App,
    results: Vec<(Push, Result<Option<String>, Fault>)>,
    now: DateTime<Utc>,
) -> anyhow::Result<HashMap<Uuid, DateTime<Utc>>> {
    let mut later = HashMap::new();
    let mut settled: BTreeMap<(&str, String), Vec<Uuid>> = BTreeMap::new();
    let tx = app.db.begin().await?;
    for (push, result) in results {
        let outcome = match &result {
            Ok(_) => ("sent", String::new()),
            Err(fault) => match after(fault, now) {
                After::Unknown => ("unknown", "no_answer".to_owned()),
                After::Again(at) => {
                    later.insert(push.id, at);
                    rows::give_credit_back(tx.db(), push.recipient_id, &push.template_id).await?;
                    ("queued", short(fault))
                }
                After::NoCredit => {
                    rows::clear_credits(tx.db(), push.recipient_id, &push.template_id).await?;
                    ("fallback", short(fault))
                }
                After::Failed => {
                    rows::give_credit_back(tx.db(), push.recipient_id, &push.template_id).await?;
                    tracing::error!(error = %fault, delivery.id = %push.id, "WeChat refuses a message for good");
                    ("failed", short(fault))
                }
            },
        };
        metrics::counter!("notices_deliveries_total", "status" => outcome.0).increment(1);
        settled.entry(outcome).or_default().push(push.id);
    }
    for ((status, reason), ids) in &settled {
        let reason = Some(reason.as_str()).filter(|it| !it.is_empty());
        rows::conclude(tx.db(), ids, "sending", (status, reason), now).await?;
    }
    tx.commit().await?;
    Ok(later)
}

enum After {
    Again(DateTime<Utc>),
    NoCredit,
    Unknown,
    Failed,
}

fn after(fault: &Fault, now: DateTime<Utc>) -> After {
    match fault.class() {
        Class::Unknown => After::Unknown,
        Class::Retry | Class::Relogin => After::Again(now + TimeDelta::seconds(5)),
        Class::RetryLater => After::Again(now + TimeDelta::seconds(75)),
        Class::Park => After::Again(now + TimeDelta::hours(1)),
        Class::NextChannel => After::NoCredit,
        Class::Permanent | Class::Content | Class::Config | Class::Bug => After::Failed,
    }
}

/// The platform's number, or that it was not reached; never its text, which may name a person.
fn short(fault: &Fault) -> String {
    match fault {
        Fault::Refused { errcode, .. } => format!("errcode_{errcode}"),
        Fault::NotSent(_) => "not_sent".to_owned(),
        Fault::Unknown(_) => "no_answer".to_owned(),
    }
}
