//! Sends pushes, in batches: what is worth sending is marked in one statement, sent side by side, and settled in one.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

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
                .map(|job| match later.get(&job.delivery) {
                    None => Ok(()),
                    Some(Again::At(at)) => Err(NotBefore(*at).into()),
                    Some(Again::WithBackOff(why)) => Err(anyhow::anyhow!(why.clone())),
                })
                .collect(),
            Err(fault) => {
                let text = format!("{fault:#}");
                jobs.iter().map(|_| Err(anyhow::anyhow!(text.clone()))).collect()
            }
        }
    }
}

/// Returns those that have to be tried again, with the time.
async fn send_all(app: &App, ids: &[Uuid]) -> anyhow::Result<HashMap<Uuid, Again>> {
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
) -> anyhow::Result<HashMap<Uuid, Again>> {
    let mut results = results;
    // One order for everybody: two workers that give credits back to the same people must not wait for each other.
    results.sort_by(|(push, _), (other, _)| {
        (push.recipient_id, &push.template_id).cmp(&(other.recipient_id, &other.template_id))
    });
    // What WeChat said is not to be had again: a hiccup of the database must not turn it into an unknown outcome.
    for _ in 0..3 {
        match write_down(app, &results, now).await {
            Ok(later) => return Ok(later),
            Err(fault) => {
                tracing::warn!(error = format!("{fault:#}"), "writing down what WeChat said failed")
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    write_down(app, &results, now).await
}

async fn write_down(
    app: &App,
    results: &[(Push, Result<Option<String>, Fault>)],
    now: DateTime<Utc>,
) -> anyhow::Result<HashMap<Uuid, Again>> {
    let mut later = HashMap::new();
    let mut settled: BTreeMap<(&str, String), Vec<Uuid>> = BTreeMap::new();
    let tx = app.db.begin().await?;
    for (push, result) in results {
        let outcome = match result {
            Ok(_) => ("sent", String::new()),
            Err(fault) => {
                let after = after(fault, now);
                settle_credit(tx.db(), push, &after).await?;
                let (status, again) = match after {
                    After::Unknown => ("unknown", None),
                    After::NoCredit => ("fallback", None),
                    After::Failed => ("failed", None),
                    After::Again(at) => ("queued", Some(Again::At(at))),
                    After::BackOff => ("queued", Some(Again::WithBackOff(short(fault)))),
                };
                later.extend(again.map(|again| (push.id, again)));
                (status, short(fault))
            }
        };
        settled.entry(outcome).or_default().push(push.id);
    }
    for ((status, reason), ids) in &settled {
        let reason = Some(reason.as_str()).filter(|it| !it.is_empty());
        rows::conclude(tx.db(), ids, "sending", (status, reason), now).await?;
        metrics::counter!("notices_deliveries_total", "status" => *status).increment(ids.len() as u64);
    }
    tx.commit().await?;
    Ok(later)
}

/// A credit is spent by what was sent and by what may have been; it comes back otherwise, or is known not to exist.
async fn settle_credit(db: &impl Connection, push: &Push, after: &After) -> anyhow::Result<()> {
    match after {
        After::Unknown => {}
        After::NoCredit => rows::clear_credits(db, push.recipient_id, &push.template_id).await?,
        After::Failed => {
            tracing::error!(delivery.id = %push.id, "WeChat refuses a message for good");
            rows::give_credit_back(db, push.recipient_id, &push.template_id).await?;
        }
        After::Again(_) | After::BackOff => {
            rows::give_credit_back(db, push.recipient_id, &push.template_id).await?;
        }
    }
    Ok(())
}

/// When a push is tried again.
enum Again {
    At(DateTime<Utc>),
    WithBackOff(String),
}

enum After {
    /// Not before then, and it does not count as an attempt.
    Again(DateTime<Utc>),
    /// With the outbox's own back-off, until the attempts run out.
    BackOff,
    NoCredit,
    Unknown,
    Failed,
}

fn after(fault: &Fault, now: DateTime<Utc>) -> After {
    // The template, not the account, is wrong or banned: no later try of this message can succeed.
    if matches!(fault, Fault::Refused { errcode: 40037 | 43107, .. }) {
        return After::Failed;
    }
    match fault.class() {
        Class::Unknown => After::Unknown,
        Class::Retry | Class::Relogin => After::BackOff,
        Class::RetryLater => After::Again(now + TimeDelta::seconds(75)),
        Class::Park => After::Again(now + TimeDelta::hours(1)),
        Class::NextChannel => After::NoCredit,
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
