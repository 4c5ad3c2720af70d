//! Going on with what a decision was about, in a transaction of its own.

use domain::ids::ApprovalId;
use platform::jobs::Job;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows;
use crate::App;

/// Resumes the subject of a decision that was over the moment it was opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct Resume {
    pub approval: Uuid,
}

impl platform::jobs::Promise for Resume {
    const NAME: &'static str = "approvals.resume";
}

impl Job<App> for Resume {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let tx = app.db.begin().await?;
        let id = ApprovalId(self.approval);
        let Some(seen) = rows::approval(tx.db(), id).await? else { return Ok(()) };
        app.subjects.hold(&tx, &seen).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let Some(row) = rows::locked(tx.db(), id).await? else { return Ok(()) };
        app.subjects.resume(app, &tx, None, &row).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        tx.commit().await
    }
}
