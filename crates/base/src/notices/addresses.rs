//! Finds out where people are reached beside the mini-program.

use std::time::Duration;

use chrono::TimeDelta;
use domain::notices::rules::Channel;
use futures::StreamExt;
use uuid::Uuid;
use wechat::Class;

use super::{is_open, rows};
use crate::App;

/// How long the platform's word on a person's WeCom account holds.
const HOLDS: TimeDelta = TimeDelta::days(7);
/// People asked for before one batch of messages, at once, and how long that may take.
const N_MOST: usize = 50;
const SIDE_BY_SIDE: usize = 10;
const PATIENCE: Duration = Duration::from_secs(5);

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
    let asked = futures::stream::iter(unknown.into_iter().take(N_MOST))
        .map(async |(user, phone)| (user, wecom.user_by_mobile(&phone).await))
        .buffer_unordered(SIDE_BY_SIDE)
        .collect::<Vec<_>>();
    // Whoever is not found in time is asked for with the next message: nobody waits for it.
    let Ok(answers) = tokio::time::timeout(PATIENCE, asked).await else {
        tracing::warn!("WeCom does not say in time who is behind phone numbers");
        return Ok(());
    };
    let tx = app.db.begin().await?;
    for (user, answer) in answers {
        match answer {
            Ok(address) => {
                rows::addresses::keep(tx.db(), user, (channel, address.as_deref()), tx.now()).await?;
            }
            // It said no about this one person: the same question would get the same answer.
            Err(fault) if fault.class() == Class::Permanent => {
                rows::addresses::keep(tx.db(), user, (channel, None), tx.now()).await?;
            }
            Err(fault) => tracing::warn!(%fault, "WeCom does not say who is behind a phone number"),
        }
    }
    tx.commit().await?;
    Ok(())
}
