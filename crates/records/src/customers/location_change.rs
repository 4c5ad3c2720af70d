//! A confirmed point that is to move far needs somebody's word.
//!
//! The file keeps the place that is proposed, and a job asks about it in a transaction of its own: whoever was there, or
//! edits the file, goes on with their own work meanwhile. [`decided`] is what the decision resumes.

use domain::approvals::Kind;
use domain::customers::is_far_move;
use domain::geo::{Point, distance_mm};
use domain::ids::{CustomerId, RegionId, UserId};
use platform::Tx;
use platform::jobs::{Job, Promise};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::{change, customer};
use super::{places, point};
use crate::error::Result;
use crate::texts;
use crate::{App, approvals};

/// Would this move a confirmed point far?
pub fn is_far(it: &customer::Model, to: Point) -> bool {
    let confirmed = point(it).filter(|_| it.location_confirmed);
    confirmed.is_some_and(|known| is_far_move(known, to))
}

/// The place as a proposal, for a decision.
pub fn proposal(to: Point, (source, uncertainty_m): (&str, Option<i32>), by: UserId) -> Value {
    json!({
        "lat": to.lat, "lng": to.lng, "system": to.system, "uncertainty_m": uncertainty_m, "source": source,
        "proposed_by": by,
    })
}

/// Keeps the point that people agree on as a proposal, and asks.
pub async fn propose(
    tx: &Tx,
    it: customer::Model,
    to: Point,
    (uncertainty_m, by): (i32, UserId),
) -> Result<()> {
    let proposed = proposal(to, ("median_of_visits", Some(uncertainty_m)), by);
    // What is proposed already waits: another visit does not ask again.
    let known = it.proposed_location.as_ref().and_then(|it| serde_json::from_value::<Point>(it.clone()).ok());
    if known.is_some_and(|known| !is_far_move(known, to)) {
        return Ok(());
    }
    change::set_proposed(tx.db(), CustomerId(it.id), Some(proposed)).await?;
    ask_later(tx, CustomerId(it.id)).await
}

/// Promises to ask about what the file proposes.
pub async fn ask_later(tx: &Tx, id: CustomerId) -> Result<()> {
    Ok(tx.send(&AskAboutPlace { customer: id.0 }).await?)
}

/// Asks about the place that a file proposes.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskAboutPlace {
    customer: Uuid,
}

impl Promise for AskAboutPlace {
    const NAME: &'static str = "customers.ask_about_place";
}

impl Job<App> for AskAboutPlace {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let tx = app.db.begin().await?;
        ask(app, &tx, CustomerId(self.customer)).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        tx.commit().await
    }
}

async fn ask(app: &App, tx: &Tx, id: CustomerId) -> Result<()> {
    let Some(it) = change::locked(tx.db(), id).await? else { return Ok(()) };
    let Some(proposed) = it.proposed_location.clone() else { return Ok(()) };
    let Ok(to) = serde_json::from_value::<Point>(proposed.clone()) else { return Ok(()) };
    let by = proposed["proposed_by"].as_str().and_then(|id| id.parse().ok()).map(UserId);
    let Some(initiator) = by.or(it.owner_id.map(UserId)) else { return Ok(()) };
    let moved_m = point(&it).map(|from| distance_mm(from, to.to(from.system)) / 1000);
    let words = moved_m.map(texts::location_moved).unwrap_or_default();
    let request = approvals::Request {
        kind: Kind::LocationChange,
        subject: ("customer", it.id),
        customer: Some(id),
        region: Some(RegionId(it.region_id)),
        owner: it.owner_id.map(UserId),
        initiator,
        title: texts::location_asked(&it.name),
        summary: words,
        facts: json!({"moved_m": moved_m, "source": proposed["source"], "to": proposed}),
        content_hash: None,
    };
    match approvals::waiting(tx, request.subject).await? {
        Some(open) => approvals::renew(app, tx, open, request).await,
        None => approvals::open(app, tx, request).await.map(drop),
    }
}

/// Locks the file before the decision about its place.
pub async fn hold(tx: &Tx, id: CustomerId) -> Result<()> {
    change::locked(tx.db(), id).await?;
    Ok(())
}

/// Moves the point to what was proposed, or drops the proposal.
pub async fn decided(tx: &Tx, id: CustomerId, is_approved: bool) -> Result<()> {
    let Some(mut it) = change::locked(tx.db(), id).await? else { return Ok(()) };
    let proposed = it.proposed_location.clone();
    let to = proposed.clone().and_then(|it| serde_json::from_value::<Point>(it).ok());
    match to.filter(|_| is_approved) {
        Some(to) => {
            let field = |name: &str| proposed.as_ref().and_then(|it| it.get(name));
            let uncertainty_m =
                field("uncertainty_m").and_then(Value::as_i64).and_then(|it| i32::try_from(it).ok());
            let source = field("source").and_then(Value::as_str).unwrap_or("map_pick");
            places::set(&mut it, to, (source, uncertainty_m, true));
            change::update(tx.db(), it).await?;
        }
        None => change::set_proposed(tx.db(), id, None).await?,
    }
    Ok(())
}
