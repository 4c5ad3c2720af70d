//! The ledger of subscription credits: one acceptance is one message, for each person and template.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::UserId;

use super::rows;
use crate::App;
use crate::error::Result;
use crate::select::Connection;

/// What the platform said to a prompt: `accept…`, `reject`, `ban`, `filter`, by template.
pub type Credits = BTreeMap<String, String>;

/// Books what a person answered to a prompt: every word that starts with `accept` is one credit.
pub async fn grant(
    db: &impl Connection,
    user: UserId,
    answers: &Credits,
    at: DateTime<Utc>,
) -> Result<usize> {
    let accepted: Vec<&str> =
        answers.iter().filter(|(_, word)| word.starts_with("accept")).map(|(id, _)| id.as_str()).collect();
    for template in &accepted {
        rows::add_credits(db, user, template, 1, at).await?;
    }
    Ok(accepted.len())
}

/// What the simulated platform gives everybody to start with, booked on our side too.
pub async fn grant_initial(app: &App, db: &impl Connection, user: UserId, at: DateTime<Utc>) -> Result<()> {
    let n_credits = i32::try_from(app.config.wechat.simulated_credits).unwrap_or(i32::MAX);
    for template in super::template_ids(app) {
        rows::add_credits(db, user, &template, n_credits, at).await?;
    }
    Ok(())
}
