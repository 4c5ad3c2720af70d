//! Decides which pushes of a batch happen and reserves their credits, in one transaction. They are `ready` then: WeChat
//! was not asked yet, and whoever finds them so later begins anew.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::notices::rules::{Channel, Rules, Severity};
use domain::notices::{Kind, Push as Facts, Step, off_the_hour, route};
use domain::working_time::{at_local, local_date};
use platform::Tx;
use uuid::Uuid;

use super::{Again, Later, UNDER_WAY, delivery_by, go_on, promise, recognises_copies, rules};
use crate::App;
use crate::notices::rows::push::{self, Push};
use crate::notices::rows::{addresses, credits};
use crate::notices::{is_open, template_of};
use crate::select::Connection;

/// A push that happens, with where it goes.
pub(super) struct Ready {
    pub(super) push: Push,
    pub(super) address: String,
}

/// All that is known of the recipients of a batch and of the ways to them.
struct People {
    credits: HashMap<(Uuid, String), i32>,
    addresses: HashMap<(Uuid, String), String>,
    n_today: HashMap<Uuid, u32>,
    busy: HashSet<Uuid>,
    /// Until when a channel's quota is used up.
    shut: HashMap<String, DateTime<Utc>>,
}

pub(super) async fn begin(app: &App, ids: &[Uuid]) -> anyhow::Result<(Vec<Ready>, Later)> {
    let tx = app.db.begin().await?;
    let rules = rules(app, &tx).await?;
    let found = push::on_their_way(tx.db(), ids).await?;
    let (mut queued, begun): (Vec<Push>, Vec<Push>) = found.into_iter().partition(|it| it.status == "queued");
    if !begun.is_empty() {
        queued.extend(take_over(&tx, begun, &queued).await?);
    }
    let people = People::of(&tx, &queued).await?;
    let mut batch = Batch { app, rules: &rules, now: tx.now(), people, plan: Plan::default() };
    for push in queued {
        batch.decide(push);
    }
    let mut plan = batch.plan;
    plan.keep(app, &tx, &rules).await?;
    let ids: Vec<Uuid> = plan.ready.iter().map(|it| it.push.id).collect();
    let moved: HashSet<Uuid> =
        push::advance(tx.db(), &ids, "queued", "ready", tx.now()).await?.into_iter().collect();
    plan.ready.retain(|it| moved.contains(&it.push.id));
    reserve(tx.db(), &plan.ready).await?;
    hold_rates(app, &tx, &mut plan).await?;
    tx.commit().await?;
    Ok((plan.ready, plan.later))
}

/// Somebody began these and left no word: a worker died. What WeChat was not asked yet begins anew, with its credit
/// given back. Where it may have been asked, a channel that recognises a second copy takes it again; elsewhere the
/// outcome stays unknown. Returns what begins anew.
async fn take_over(tx: &Tx, begun: Vec<Push>, queued: &[Push]) -> anyhow::Result<Vec<Push>> {
    // Everybody's credits, in the one order in which they are locked.
    let people: Vec<Uuid> = begun.iter().chain(queued).map(|push| push.recipient_id).collect();
    credits::balances(tx.db(), &people).await?;
    let (ready, asked): (Vec<Push>, Vec<Push>) = begun.into_iter().partition(|it| it.status == "ready");
    let (again, lost): (Vec<Push>, Vec<Push>) = asked.into_iter().partition(|push| {
        push.attempted_at.is_some_and(|at| tx.now() - at < recognises_copies(&push.channel))
    });
    push::conclude(tx.db(), &ids(&lost), "sending", ("unknown", Some("worker_lost")), tx.now()).await?;
    push::conclude(tx.db(), &ids(&again), "sending", ("queued", None), tx.now()).await?;
    let mut anew = back_to_the_queue(tx, ready).await?;
    anew.extend(again);
    Ok(anew)
}

/// Puts back what was ready and is not sent now, and returns those that nobody else has taken.
pub(super) async fn back_to_the_queue(tx: &Tx, ready: Vec<Push>) -> anyhow::Result<Vec<Push>> {
    let back = push::conclude(tx.db(), &ids(&ready), "ready", ("queued", None), tx.now()).await?;
    let back: HashSet<Uuid> = back.into_iter().collect();
    let back: Vec<Push> = ready.into_iter().filter(|it| back.contains(&it.id)).collect();
    for push in back.iter().filter(|it| it.channel == Channel::WechatSubscribe.name()) {
        credits::give_credit_back(tx.db(), push.recipient_id, &push.template_id).await?;
    }
    Ok(back)
}

fn ids(pushes: &[Push]) -> Vec<Uuid> {
    pushes.iter().map(|it| it.id).collect()
}

impl People {
    async fn of(tx: &Tx, queued: &[Push]) -> anyhow::Result<Self> {
        let mut ids: Vec<Uuid> = queued.iter().map(|push| push.recipient_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let db = tx.db();
        let balances = if ids.is_empty() { Vec::new() } else { credits::balances(db, &ids).await? };
        let known = addresses::of(db, &ids).await?;
        let midnight = at_local(local_date(tx.now()), NaiveTime::MIN);
        Ok(Self {
            credits: balances.into_iter().map(|it| ((it.user_id, it.template_id), it.balance)).collect(),
            addresses: known
                .into_iter()
                .filter_map(|it| Some(((it.user_id, it.channel), it.address?)))
                .collect(),
            n_today: push::n_sent_since(db, &ids, midnight).await?.into_iter().collect(),
            busy: push::busy(db, &ids, tx.now() - UNDER_WAY).await?.into_iter().collect(),
            shut: credits::shut_channels(db, tx.now()).await?.into_iter().collect(),
        })
    }
}

/// A batch while it is decided about: what is known, and what it comes to so far.
struct Batch<'a> {
    app: &'a App,
    rules: &'a Rules,
    now: DateTime<Utc>,
    people: People,
    plan: Plan,
}

impl Batch<'_> {
    fn decide(&mut self, push: Push) {
        let (Some(kind), Some(channel)) = (Kind::by_name(&push.kind), Channel::by_name(&push.channel)) else {
            return self.plan.end("failed", "kind_unknown", &push);
        };
        if self.people.busy.contains(&push.recipient_id) {
            return self.plan.wait(&push, self.now + TimeDelta::seconds(2));
        }
        let rule = self.rules.rule(kind);
        let address = self.address(&push, channel);
        let facts = self.facts(&push, channel, rule.severity);
        if rule.tells_group && channel == Channel::WechatSubscribe && is_open(self.app, Channel::WecomRobot) {
            self.plan.tell_group.push(push.clone());
        }
        match route(&facts, &rule, self.rules, self.now) {
            Step::Drop(reason) => self.plan.end("dropped", reason, &push),
            Step::Next(reason) => {
                self.plan.end("fallback", reason, &push);
                self.plan.go_on.push(push);
            }
            Step::Wait(until) => self.plan.wait(&push, until),
            Step::Gather(at) => self.plan.gather.entry(at).or_default().push(push.id),
            Step::Send => self.ready(push, channel, address.unwrap_or_default()),
        }
    }

    fn facts(&self, push: &Push, channel: Channel, severity: Severity) -> Facts {
        let credit = (push.recipient_id, push.template_id.clone());
        let later = self.rules.chain(severity).iter().skip_while(|it| **it != channel).skip(1);
        Facts {
            channel,
            is_settled: push.settled_at.is_some(),
            push_until: push.push_until,
            has_address: self.address(push, channel).is_some(),
            n_credits: (channel == Channel::WechatSubscribe)
                .then(|| self.people.credits.get(&credit).copied().unwrap_or(0)),
            has_other_way: later.copied().any(|it| self.address(push, it).is_some()),
            n_today: self.people.n_today.get(&push.recipient_id).copied().unwrap_or(0),
            has_waited: push.digest_at.is_some() || channel == Channel::WecomRobot,
        }
    }

    fn address(&self, push: &Push, channel: Channel) -> Option<String> {
        if !is_open(self.app, channel) {
            return None;
        }
        let known = || self.people.addresses.get(&(push.recipient_id, channel.name().to_owned())).cloned();
        match channel {
            Channel::WechatSubscribe => push.openid.clone().filter(|_| !push.template_id.is_empty()),
            Channel::WechatService => template_of(self.app, channel, &push.kind).and_then(|_| known()),
            Channel::Wecom => known(),
            Channel::WecomRobot => self.app.config.wechat.robot_keys.keys().next().cloned(),
        }
    }

    fn ready(&mut self, push: Push, channel: Channel, address: String) {
        if let Some(until) = self.people.shut.get(channel.name()) {
            return self.plan.wait(&push, *until);
        }
        if matches!(channel, Channel::Wecom | Channel::WecomRobot)
            && let Some(at) = off_the_hour(self.now, u64::from_be_bytes(last_bytes(push.id)))
        {
            return self.plan.wait(&push, at);
        }
        let credit = (push.recipient_id, push.template_id.clone());
        if channel == Channel::WechatSubscribe
            && let Some(left) = self.people.credits.get_mut(&credit)
        {
            *left -= 1;
        }
        if channel != Channel::WecomRobot {
            *self.people.n_today.entry(push.recipient_id).or_insert(0) += 1;
        }
        self.plan.ready.push(Ready { push, address });
    }
}

/// What a batch comes to.
#[derive(Default)]
struct Plan {
    ready: Vec<Ready>,
    later: Later,
    ended: BTreeMap<(&'static str, &'static str), Vec<Uuid>>,
    go_on: Vec<Push>,
    gather: BTreeMap<DateTime<Utc>, Vec<Uuid>>,
    tell_group: Vec<Push>,
}

impl Plan {
    fn end(&mut self, status: &'static str, reason: &'static str, push: &Push) {
        self.ended.entry((status, reason)).or_default().push(push.id);
    }

    fn wait(&mut self, push: &Push, until: DateTime<Utc>) {
        self.later.insert(push.id, Again::At(until));
    }

    async fn keep(&self, app: &App, tx: &Tx, rules: &Rules) -> anyhow::Result<()> {
        for ((status, reason), ids) in &self.ended {
            push::conclude(tx.db(), ids, "queued", (status, Some(reason)), tx.now()).await?;
            metrics::counter!("notices_deliveries_total", "status" => *status).increment(ids.len() as u64);
        }
        for (at, ids) in &self.gather {
            push::gather(tx.db(), ids, *at).await?;
        }
        go_on(app, tx, rules, &self.go_on.iter().collect::<Vec<_>>()).await?;
        let group = self.tell_group.iter().map(|it| delivery_by(app, it, Channel::WecomRobot, tx.now()));
        promise(tx, group.collect()).await
    }
}

/// Takes the batch's tokens out of the buckets. What there is no token for goes back and waits.
async fn hold_rates(app: &App, tx: &Tx, plan: &mut Plan) -> anyhow::Result<()> {
    for (channel, per_minute) in &app.config.wechat.rates {
        let place = |ready: &Ready| ready.push.channel == *channel;
        let wanted = i64::try_from(plan.ready.iter().filter(|it| place(it)).count()).unwrap_or(i64::MAX);
        if wanted == 0 || *per_minute == 0 {
            continue;
        }
        let rate = (wanted, i64::from(*per_minute));
        let mut granted = credits::take_tokens(tx.db(), channel, rate, tx.now()).await?;
        let (ready, over): (Vec<Ready>, Vec<Ready>) =
            std::mem::take(&mut plan.ready).into_iter().partition(|it| {
                granted -= i64::from(place(it));
                !place(it) || granted >= 0
            });
        plan.ready = ready;
        let over = over.into_iter().map(|it| it.push).collect();
        for push in back_to_the_queue(tx, over).await? {
            plan.wait(&push, tx.now() + TimeDelta::seconds(3));
        }
    }
    Ok(())
}

/// Takes one credit a message, one statement for many people.
async fn reserve(db: &impl Connection, pushes: &[Ready]) -> anyhow::Result<()> {
    let mut by_template: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for Ready { push, .. } in pushes.iter().filter(|it| it.push.channel == Channel::WechatSubscribe.name()) {
        by_template.entry(&push.template_id).or_default().push(push.recipient_id);
    }
    for (template, mut people) in by_template {
        // The same person twice needs two statements.
        while !people.is_empty() {
            people.sort_unstable();
            let mut once = people.clone();
            once.dedup();
            credits::take_credit(db, &once, template).await?;
            for person in once {
                if let Some(place) = people.iter().position(|it| *it == person) {
                    people.swap_remove(place);
                }
            }
        }
    }
    Ok(())
}

/// The random end of an id, to spread messages by.
fn last_bytes(id: Uuid) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&id.as_bytes()[8..]);
    bytes
}
