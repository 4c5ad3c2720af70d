//! Finds out where people are reached beside the mini-program.

use chrono::TimeDelta;
use domain::notices::rules::Channel;
use uuid::Uuid;

use super::{is_open, rows};
use crate::App;

/// How long the platform's word on a person's WeCom account holds.
const HOLDS: TimeDelta = TimeDelta::days(7);

/// Asks WeCom for the accounts of those who are to get a message, by the phone numbers they share with it: whether
/// there is another way decides about the last credit too.
/// Nothing is held open meanwhile, and whom WeCom does not know is not asked for again for a while.
pub async fn look_up(app: &App, deliveries: &[Uuid]) -> anyhow::Result<()> {
    if !is_open(app, Channel::Wecom) {
        return Ok(());
    }
    let Some(wecom) = app.wechat.wecom() else { return Ok(()) };
    let now = app.db.now().await?;
    let channel = Channel::Wecom.name();
    let unknown = rows::addresses::to_look_up(app.db.conn(), deliveries, channel, now - HOLDS).await?;
    for (user, phone) in unknown {
        match wecom.user_by_mobile(&phone).await {
            Ok(address) => {
                let tx = app.db.begin().await?;
                rows::addresses::keep(tx.db(), user, (channel, address.as_deref()), tx.now()).await?;
                tx.commit().await?;
            }
            Err(fault) => tracing::warn!(%fault, "WeCom does not say who is behind a phone number"),
        }
    }
    Ok(())
}
