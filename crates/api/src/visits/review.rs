//! The reviewer's word on a check-in.

use domain::ids::{CustomerId, VisitId};
use domain::visits::{self as rules, Status};
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::rows;
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, Result};

/// A vouched attempt becomes a check-in, a refuted check-in an attempt; a recorded outcome stays.
pub async fn reviewed(tx: &Tx, actor: &Actor, visit: Uuid, is_accepted: bool) -> Result<()> {
    let id = VisitId(visit);
    let visit = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let status = Status::by_name(&visit.status).unwrap_or(Status::Attempted);
    let review = if is_accepted { "accepted" } else { "rejected" };
    rows::set_review(tx.db(), id, rules::reviewed(status, is_accepted), review).await?;
    let entry = Entry {
        customer: CustomerId(visit.customer_id),
        kind: "visit_reviewed",
        title: format!("签到复核{}", if is_accepted { "通过" } else { "未通过" }),
        subject: ("visit", visit.id),
        actor: Some(actor.id),
        facts: json!({"accepted": is_accepted}),
    };
    customers::file(tx, entry).await
}
