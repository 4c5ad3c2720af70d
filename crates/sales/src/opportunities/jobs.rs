//! Tells the owner of an opportunity that a stage stands without its evidence.

use domain::ids::{OpportunityId, UserId};
use domain::notices::stage_unsupported;
use platform::jobs::{Job, Promise};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{rows, standing};
use crate::App;
use crate::customers;
use crate::notices::{self, Notice};

/// Looks whether it is still so, and says it once for each time it came to be.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellOwner {
    pub opportunity: Uuid,
}

impl Promise for TellOwner {
    const NAME: &'static str = "opportunities.tell_owner";
}

impl Job<App> for TellOwner {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        self.tell(app).await.map_err(|fault| anyhow::anyhow!("{fault}"))
    }
}

impl TellOwner {
    async fn tell(&self, app: &App) -> crate::error::Result<()> {
        let tx = app.db.begin().await?;
        let Some(opportunity) = rows::locked(tx.db(), OpportunityId(self.opportunity)).await? else {
            return Ok(());
        };
        let (Some(since), Some(code)) = (opportunity.unsupported_at, &opportunity.unsupported_stage) else {
            return Ok(());
        };
        let (_, stages) = standing::stages(app, tx.db(), &opportunity).await?;
        let label = stages.find(true, code).map_or(code.as_str(), |stage| stage.label.as_str());
        let names = customers::rows::names(tx.db(), &[opportunity.customer_id]).await?;
        let customer = names.get(&opportunity.customer_id).map_or("", String::as_str);
        let page = format!("pages/opportunity/detail?id={}", opportunity.id);
        let notice = Notice {
            recipient: UserId(opportunity.owner_id),
            matter: format!("unsupported:{}:{}", opportunity.id, since.timestamp_micros()),
            rung: 0,
            subject: Some(("opportunity", opportunity.id)),
            message: stage_unsupported(customer, &opportunity.name, label, page),
        };
        notices::tell(app, &tx, &[notice]).await?;
        tx.commit().await?;
        Ok(())
    }
}
