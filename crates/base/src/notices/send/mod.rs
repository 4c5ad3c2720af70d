//! Sends pushes. What of a batch is worth sending is decided in one transaction; then a few at a time are marked, sent
//! side by side, and concluded.

mod ask;
mod begin;
mod conclude;
mod deliver;

use std::collections::HashMap;
use std::iter::successors;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use domain::notices::rules::{Channel, Rules};
use domain::notices::{Kind, next_channel};
use platform::Tx;
use platform::jobs::{BatchJob, NotBefore, Promise};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wechat::Fault;

use super::rows::push::Push;
use super::rows::{self, delivery};
use super::{addresses, is_open, template_of};
use crate::App;
use crate::settings::documents;

/// Sends one delivery.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Send {
    pub delivery: Uuid,
}

impl Promise for Send {
    const NAME: &'static str = "notices.send";
}

/// When a push is tried again.
enum Again {
    At(DateTime<Utc>),
    WithBackOff(String),
}

type Later = HashMap<Uuid, Again>;
type Outcome = Result<Option<String>, Fault>;

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
async fn send_all(app: &App, ids: &[Uuid]) -> anyhow::Result<Later> {
    addresses::look_up(app, ids).await?;
    let started = Instant::now();
    let (pushes, mut later) = begin::begin(app, ids).await?;
    took("begin", started);
    let started = Instant::now();
    later.extend(ask::ask(app, pushes).await?);
    took("send", started);
    Ok(later)
}

/// Counts where the time of a batch goes.
fn took(step: &'static str, started: Instant) {
    metrics::histogram!("notices_step_seconds", "step" => step).record(started.elapsed());
}

/// Promises these messages by the next channel of their chain. Where there is none, the inbox has to do.
pub(super) async fn go_on(app: &App, tx: &Tx, rules: &Rules, pushes: &[&Push]) -> anyhow::Result<()> {
    let by_next = |push: &&Push| Some(delivery_by(app, push, next_open(app, rules, push)?, tx.now()));
    let next: Vec<delivery::Model> = pushes.iter().filter_map(by_next).collect();
    promise(tx, next).await
}

/// The next channel of the message's chain that is configured at all.
fn next_open(app: &App, rules: &Rules, push: &Push) -> Option<Channel> {
    let after = Channel::by_name(&push.channel)?;
    let severity = rules.rule(Kind::by_name(&push.kind)?).severity;
    let chain = successors(Some(after), |it| next_channel(rules, severity, *it));
    chain.skip(1).find(|it| is_open(app, *it))
}

/// Queues deliveries with their jobs. One for the same person, matter, rung and channel is left as it is.
pub(super) async fn promise(tx: &Tx, deliveries: Vec<delivery::Model>) -> anyhow::Result<()> {
    let jobs: Vec<Send> = deliveries.iter().map(|it| Send { delivery: it.id }).collect();
    rows::insert_deliveries(tx.db(), deliveries).await?;
    tx.send_all(&jobs, tx.now()).await
}

/// The same message by another channel.
fn delivery_by(app: &App, push: &Push, channel: Channel, now: DateTime<Utc>) -> delivery::Model {
    delivery::Model {
        id: platform::new_id(),
        notice_id: push.notice_id,
        recipient_id: push.recipient_id,
        matter: push.matter.clone(),
        rung: push.rung,
        channel: channel.name().to_owned(),
        template_id: template_of(app, channel, &push.kind).map(|it| it.id.clone()).unwrap_or_default(),
        status: "queued".to_owned(),
        reason: None,
        created_at: now,
        attempted_at: None,
        settled_at: None,
        msgid: None,
        digest_at: push.digest_at,
    }
}

/// The rules in force, for whoever concludes deliveries elsewhere.
pub(super) async fn rules(app: &App, tx: &Tx) -> anyhow::Result<Arc<Rules>> {
    documents::notification_rules(app, tx.db()).await.map_err(|fault| anyhow::anyhow!("{fault:?}"))
}

/// For how long the channel knows a message again that comes twice: the service account by our id of it, WeCom by its
/// content. A subscription message and a robot's word are new each time.
fn recognises_copies(channel: &str) -> TimeDelta {
    match Channel::by_name(channel) {
        Some(Channel::WechatService) => TimeDelta::minutes(9),
        Some(Channel::Wecom) => TimeDelta::minutes(29),
        _ => TimeDelta::zero(),
    }
}

/// How long an answer may be out before somebody else is the last to ask for the same person.
const UNDER_WAY: TimeDelta = TimeDelta::minutes(1);
