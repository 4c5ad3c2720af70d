//! Follows up on sends whose outcome nobody knows.

use chrono::{DateTime, TimeDelta, Utc};
use platform::sweeps::Sweep;

use super::rows;
use crate::App;

/// Ten minutes after an unknown send, the next channel: today that is the inbox, where the matter already stands.
pub struct FollowUp;

const PATIENCE: TimeDelta = TimeDelta::minutes(10);

#[async_trait::async_trait]
impl Sweep<App> for FollowUp {
    fn name(&self) -> &'static str {
        "notices.follow_up"
    }

    async fn next_due(&self, app: &App, _: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(rows::first_unknown(app.db.conn()).await?.map(|at| at + PATIENCE))
    }

    async fn run(&self, app: &App, at: DateTime<Utc>) -> anyhow::Result<u64> {
        let tx = app.db.begin().await?.at(at);
        let n_given_up = rows::give_up_unknown(tx.db(), at - PATIENCE, at).await?;
        tx.commit().await?;
        Ok(n_given_up)
    }
}
