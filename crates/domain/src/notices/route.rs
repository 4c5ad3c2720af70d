//! What becomes of one push at the moment somebody would send it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::rules::{Channel, Rule, Rules, Severity};
use crate::working_time::{at_local, local_date, local_time};

/// All that is known of a push and its recipient. Times are UTC.
#[derive(Clone, Debug)]
pub struct Push {
    /// The way that is tried now.
    pub channel: Channel,
    /// Nothing is left to do about its matter.
    pub is_settled: bool,
    /// It was worth a push until then.
    pub push_until: Option<DateTime<Utc>>,
    /// The recipient can be reached this way at all.
    pub has_address: bool,
    /// Acceptances left for its template; none where the channel needs none.
    pub n_credits: Option<i32>,
    /// A later channel of the chain reaches the recipient: the last credit may be kept for an escalation.
    pub has_other_way: bool,
    /// What the recipient got singly today.
    pub n_today: u32,
    /// It has waited for a digest already and nothing was there to be merged with.
    pub has_waited: bool,
}

/// Why a push does not happen, and what then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Now.
    Send,
    /// Not before then.
    Wait(DateTime<Utc>),
    /// With what else there is, at the digest of that instant.
    Gather(DateTime<Utc>),
    /// By the next channel; the reason is a stable code.
    Next(&'static str),
    /// Not at all; the reason is a stable code.
    Drop(&'static str),
}

/// Decides about one push.
pub fn route(push: &Push, rule: &Rule, rules: &Rules, now: DateTime<Utc>) -> Step {
    if push.is_settled {
        return Step::Drop("matter_settled");
    }
    if push.push_until.is_some_and(|until| until <= now) {
        return Step::Drop("matter_over");
    }
    let is_urgent = rule.severity == Severity::Urgent;
    if let Some(until) = quiet_until(rules, now)
        && !is_urgent
    {
        return Step::Wait(until);
    }
    let is_over_budget = push.n_today >= rules.daily_budget && !is_urgent;
    if (rule.is_gathered || is_over_budget)
        && !push.has_waited
        && let Some(at) = next_digest(rules, now)
        && push.push_until.is_none_or(|until| at < until)
    {
        return Step::Gather(at);
    }
    if !push.has_address {
        return Step::Next("no_identity");
    }
    match push.n_credits {
        Some(..=0) => Step::Next("no_credit"),
        Some(1) if !is_urgent && push.has_other_way => Step::Next("last_credit_kept"),
        _ => Step::Send,
    }
}

/// The way that is tried after this one; none when only the inbox is left.
pub fn next_channel(rules: &Rules, severity: Severity, after: Channel) -> Option<Channel> {
    let chain = rules.chain(severity);
    let place = chain.iter().position(|it| *it == after)?;
    chain.get(place + 1).copied()
}

/// When the quiet hours that `now` lies in end.
fn quiet_until(rules: &Rules, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let quiet = rules.quiet_hours?;
    if !rules.is_quiet(local_time(now)) {
        return None;
    }
    next_at(now, |day| at_local(day, quiet.until))
}

/// The first digest after `now`.
pub fn next_digest(rules: &Rules, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    rules.digests_at.iter().filter_map(|time| next_at(now, |day| at_local(day, *time))).min()
}

/// The first instant after `now` that a time of day has, today or tomorrow.
fn next_at(now: DateTime<Utc>, at: impl Fn(NaiveDate) -> DateTime<Utc>) -> Option<DateTime<Utc>> {
    let today = local_date(now);
    [Some(today), today.succ_opt()].into_iter().flatten().map(at).find(|it| *it > now)
}

/// WeCom asks to keep off the minutes 0 and 30, when everybody's clocks ring: a moment between 15 and 135 seconds
/// later, the same for the same message. None where the minute is another one.
pub fn off_the_hour(now: DateTime<Utc>, seed: u64) -> Option<DateTime<Utc>> {
    let second_of_half_hour = now.timestamp().rem_euclid(1800);
    let wait = 15 + i64::try_from(seed % 121).unwrap_or(0);
    (second_of_half_hour < 60).then(|| now + TimeDelta::seconds(60 - second_of_half_hour + wait))
}
