//! The ledger of subscription credits: one acceptance is one message, for each person and template.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::notices::credits::{Source, same_tap};

use super::rows::credits as rows;
use crate::App;
use crate::error::Result;
use crate::select::Connection;

/// What the platform said to a prompt: `accept…`, `reject`, `ban`, `filter`, by template.
pub type Credits = BTreeMap<String, String>;

/// Books what a person answered to a prompt, as their phone says: every word that starts with `accept` is one credit.
pub async fn grant(
    db: &impl Connection,
    user: UserId,
    answers: &Credits,
    at: DateTime<Utc>,
) -> Result<usize> {
    let accepted: Vec<&str> =
        answers.iter().filter(|(_, word)| word.starts_with("accept")).map(|(id, _)| id.as_str()).collect();
    for template in &accepted {
        accept(db, user, template, (Source::Client, at)).await?;
    }
    Ok(accepted.len())
}

/// Books one acceptance, unless the other side has reported the same tap before.
pub async fn accept(
    db: &impl Connection,
    user: UserId,
    template: &str,
    (source, at): (Source, DateTime<Utc>),
) -> Result<()> {
    let unmatched = rows::unmatched(db, user, template, at).await?;
    match same_tap(&unmatched, source, at) {
        Some(report) => rows::match_report(db, report).await?,
        None => {
            rows::keep_report(db, user, template, (source, at)).await?;
            rows::add_credits(db, user, template, 1, at).await?;
        }
    }
    Ok(())
}

/// What the simulated platform gives everybody to start with, booked on our side too.
pub async fn grant_initial(app: &App, db: &impl Connection, user: UserId, at: DateTime<Utc>) -> Result<()> {
    let n_credits = i32::try_from(app.config.wechat.simulated_credits).unwrap_or(i32::MAX);
    for template in super::template_ids(app) {
        rows::add_credits(db, user, &template, n_credits, at).await?;
    }
    Ok(())
}
