//! Completes a delivery whose locks failed: a permission with a reason, and a line in the month's list.

use domain::deliveries::{self as rules, Handed};
use domain::evidence::{Judgement, Reason};
use domain::ids::{AttemptId, AttemptSetId, UserId};
use domain::money::Quantity;
use domain::people::Role;
use domain::stored::Stored;
use platform::Tx;
use serde_json::json;

use super::complete::complete;
use super::review::ask_for_override;
use super::rows::{self, attempt, delivery};
use super::settle::settle_up;
use crate::App;
use crate::actor::Actor;
use crate::customers;
use crate::error::{Error, Result};
use crate::settings::{self, Event};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overruled {
    /// The delivery is completed.
    Done,
    /// Whoever has the permission is asked.
    Asked,
}

/// Completes the delivery from an attempt, or from its whole quantities where nobody tried; logistics asks the
/// supervisor. The delivery is locked.
pub async fn overrule(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    delivery: &delivery::Model,
    (reason, attempt): (&str, Option<AttemptId>),
) -> Result<Overruled> {
    let attempt = match attempt {
        Some(id) => named(tx, delivery, id).await?,
        None => match rows::attempts(tx.db(), delivery.id).await?.into_iter().next() {
            Some(newest) => newest,
            None => nobody_tried(tx, actor, delivery).await?,
        },
    };
    let completion =
        rules::overridden(delivery.status, &attempt.lines, reason).map_err(|code| match code {
            "override_reason_missing" => Error::field("/reason", code),
            _ => Error::conflict(code),
        })?;
    let customer = customers::rows::customer(tx.db(), delivery.customer_id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    if actor.role == Role::Logistics {
        ask_for_override(app, tx, actor, &customer, (delivery, &attempt, reason)).await?;
        return Ok(Overruled::Asked);
    }
    complete(tx, delivery, &customer, &attempt, completion).await?;
    settle_up(tx, attempt.set()).await?;
    mark(tx, Some(actor.id), delivery, reason).await?;
    Ok(Overruled::Done)
}

/// Says who answers for it, where the month's list finds it.
pub async fn mark(tx: &Tx, by: Option<UserId>, delivery: &delivery::Model, reason: &str) -> Result<()> {
    rows::mark_overridden(tx.db(), delivery.id, (by, reason.trim()), tx.now()).await?;
    let event = Event::about("deliveries.overridden", by, ("delivery", delivery.id.0));
    let event = event.at(delivery.customer_id).with(json!({"reason": reason.trim()}));
    settings::record(tx, event).await
}

async fn named(tx: &Tx, delivery: &delivery::Model, id: AttemptId) -> Result<attempt::Model> {
    let attempt = rows::attempt(tx.db(), id).await?.filter(|it| it.delivery_id == delivery.id);
    attempt.ok_or_else(|| Error::field("/attempt_id", "attempt_unknown"))
}

/// An attempt without place and photos, which says just that, with everything accepted.
async fn nobody_tried(tx: &Tx, actor: &Actor, delivery: &delivery::Model) -> Result<attempt::Model> {
    let lines = rows::lines(tx.db(), delivery.id).await?;
    let all = lines.into_iter().map(|line| Handed {
        line: line.order_line_id,
        accepted: line.quantity_thousandths,
        rejected: Quantity::ZERO,
        reason: None,
    });
    let judgement = Judgement::of(vec![Reason::NoLocation], None);
    let id = AttemptId(platform::new_id());
    let attempt = attempt::Model {
        id,
        delivery_id: delivery.id,
        user_id: actor.id,
        at: tx.now(),
        signer_name: String::new(),
        location: None,
        photo_ids: Stored(Vec::new()),
        lines: Stored(all.collect()),
        verdict: judgement.verdict,
        reasons: judgement.reasons.into(),
        next: None,
        distance_m: None,
        set_id: Some(AttemptSetId(id.0)),
        payment: None,
        returns: None,
        settled_at: None,
        received_at: Some(tx.now()),
    };
    rows::insert_attempt(tx.db(), attempt.clone()).await?;
    Ok(attempt)
}
