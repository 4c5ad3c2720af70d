//! By the clock: sends whose outcome nobody knows, digests, and what nobody needs any more.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::notices::gathered;
use domain::working_time::{at_local, local_date};
use platform::sweeps::Sweep;
use uuid::Uuid;

use super::rows::callbacks;
use super::rows::push::{self, Push};
use super::{send, tell_together};
use crate::App;

/// Rows a run takes at most; the next run takes the rest.
const N_MOST: u64 = 500;

/// Ten minutes after an unknown send without word from the platform, the next channel.
pub struct FollowUp;

const PATIENCE: TimeDelta = TimeDelta::minutes(10);

#[async_trait::async_trait]
impl Sweep<App> for FollowUp {
    fn name(&self) -> &'static str {
        "notices.follow_up"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(push::first_unknown(app.db.conn()).await?.map(|at| at + PATIENCE))
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let tx = app.db.begin().await?.at(at);
        let unknown = push::unknown_until(tx.db(), at - PATIENCE, N_MOST).await?;
        let ids: Vec<Uuid> = unknown.iter().map(|it| it.id).collect();
        let over =
            push::conclude(tx.db(), &ids, "unknown", ("fallback", Some("outcome_unknown")), at).await?;
        let rules = send::rules(app, &tx).await?;
        let goes_on = |it: &&Push| it.settled_at.is_none() && over.contains(&it.id);
        let unsettled: Vec<&Push> = unknown.iter().filter(goes_on).collect();
        send::go_on(app, &tx, &rules, &unsettled).await?;
        tx.commit().await?;
        Ok(ids.len() as u64)
    }
}

/// Merges what waited for a digest, one message a person.
pub struct Digest;

#[async_trait::async_trait]
impl Sweep<App> for Digest {
    fn name(&self) -> &'static str {
        "notices.digest"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        push::next_digest(app.db.conn()).await.map_err(Into::into)
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let tx = app.db.begin().await?.at(at);
        let waiting = push::gathered(tx.db(), at, N_MOST).await?;
        for of_one in waiting.chunk_by(|one, other| one.recipient_id == other.recipient_id) {
            let (open, settled): (Vec<&Push>, Vec<&Push>) = of_one
                .iter()
                .partition(|it| it.settled_at.is_none() && it.push_until.is_none_or(|until| until > at));
            let ids = |pushes: &[&Push]| pushes.iter().map(|it| it.id).collect::<Vec<Uuid>>();
            push::conclude(tx.db(), &ids(&settled), "gathered", ("dropped", Some("matter_settled")), at)
                .await?;
            if let [alone] = open.as_slice() {
                push::conclude(tx.db(), &[alone.id], "gathered", ("queued", None), at).await?;
                tx.send(&send::Send { delivery: alone.id }).await?;
            } else if let Some(first) = open.first() {
                let titles: Vec<String> = open.iter().map(|it| it.title.clone()).collect();
                push::conclude(tx.db(), &ids(&open), "gathered", ("merged", Some("in_digest")), at).await?;
                tell_together(app, &tx, (UserId(first.recipient_id), at), gathered(&titles))
                    .await
                    .map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
            }
        }
        tx.commit().await?;
        Ok(waiting.len() as u64)
    }
}

/// Once a night, at 03:40, forgets signatures that were seen and events that were processed long ago.
pub struct Forget;

#[async_trait::async_trait]
impl Sweep<App> for Forget {
    fn name(&self) -> &'static str {
        "notices.forget"
    }

    async fn next_due(&self, _: &App, after: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        let tonight = at_local(local_date(after), NaiveTime::from_hms_opt(3, 40, 0).unwrap_or_default());
        Ok(Some(if tonight > after { tonight } else { tonight + TimeDelta::days(1) }))
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let tx = app.db.begin().await?.at(at);
        let n = callbacks::forget(tx.db(), at - TimeDelta::days(1), at - TimeDelta::days(30)).await?;
        tx.commit().await?;
        Ok(n)
    }
}
