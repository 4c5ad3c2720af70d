//! The sign-off at the store: what must be there, what it is worth, what it leads to.

use domain::deliveries::{self as rules, Due, Handed, Part, Refusal, Status};
use domain::evidence::{Judgement, Lasts, Next};
use domain::ids::{CustomerId, DeliveryId, OrderLineId};
use domain::money::Quantity;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::complete::complete;
use super::review::ask;
use super::rows::{self, attempt, delivery};
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::evidence::{self, Claim, Location, Photo};
use crate::settings::{self, Event};
use crate::{App, customers};

/// What the driver hands in.
#[derive(Debug)]
pub struct Draft {
    pub signer_name: String,
    pub location: Option<Location>,
    pub photo_ids: Vec<Uuid>,
    pub lines: Vec<Handed>,
}

/// What came of it. A verdict is never an error.
#[derive(Debug)]
pub struct SignedOff {
    pub status: Status,
    pub judgement: Judgement,
    pub is_provisional: bool,
    pub next: Option<Next>,
}

/// Judges and keeps the sign-off, whatever the verdict.
pub async fn sign_off(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    delivery: &delivery::Model,
    draft: &Draft,
) -> Result<SignedOff> {
    let id = DeliveryId(delivery.id);
    let status = Status::by_name(&delivery.status).unwrap_or(Status::Failed);
    let photos = evidence::photos_for(tx, &draft.photo_ids, ("delivery", id.0), None).await?;
    let due = due(tx, id).await?;
    let parts: Vec<Part> = photos.iter().map(part).collect();
    rules::check_parts(status, &draft.signer_name, &parts, &due, &draft.lines).map_err(refused)?;
    let customer = customers::rows::customer(tx.db(), CustomerId(delivery.customer_id)).await?;
    let customer = customer.ok_or(Error::NotFound)?;

    let claim = Claim { subject: ("delivery", id.0), attempts: &[], lasts: Lasts::TheRoad };
    let judgement = evidence::judge(tx, &claim, &customer, draft.location.as_ref(), &photos).await?;
    let decided = rules::sign_off(status, &judgement, &draft.lines);

    let attempt = keep(tx, actor, id, draft, &judgement).await?;
    if decided.status != status {
        complete(tx, delivery, &customer, &attempt, decided.is_provisional).await?;
    }
    if decided.needs_review {
        ask(app, tx, actor, &customer, (delivery, &attempt, &judgement)).await?;
    }
    let facts = json!({"verdict": attempt.verdict, "reasons": attempt.reasons, "status": decided.status});
    let event = Event::about("deliveries.sign_off", Some(actor.id), ("delivery", id.0));
    settings::record(tx, event.at(CustomerId(customer.id)).with(facts)).await?;
    let next = judgement.next();
    Ok(SignedOff { status: decided.status, judgement, is_provisional: decided.is_provisional, next })
}

async fn due(tx: &Tx, id: DeliveryId) -> Result<Vec<Due>> {
    let lines = rows::lines(tx.db(), id).await?;
    let due = |line: rows::LineRow| Due {
        line: OrderLineId(line.order_line_id),
        quantity: Quantity(line.quantity_thousandths),
    };
    Ok(lines.into_iter().map(due).collect())
}

fn part(photo: &Photo) -> Part {
    match photo.purpose.as_str() {
        "goods" => Part::Goods,
        "signed_slip" => Part::SignedSlip,
        _ => Part::Other,
    }
}

fn refused(refusals: Vec<Refusal>) -> Error {
    match refusals.first() {
        Some(Refusal::AlreadyClosed) => Error::conflict(Refusal::AlreadyClosed.code()),
        first => {
            let code = first.map_or("required", Refusal::code);
            Error::Invalid(code, refusals.iter().map(|it| FieldFault::new(it.pointer(), it.code())).collect())
        }
    }
}

/// Every attempt is kept with all that was typed and shot.
async fn keep(
    tx: &Tx,
    actor: &Actor,
    id: DeliveryId,
    draft: &Draft,
    judgement: &Judgement,
) -> Result<attempt::Model> {
    let attempt = attempt::Model {
        id: platform::new_id(),
        delivery_id: id.0,
        user_id: actor.id.0,
        at: tx.now(),
        signer_name: draft.signer_name.trim().to_owned(),
        location: draft.location.as_ref().map(|location| json!(location)),
        photo_ids: json!(draft.photo_ids),
        lines: json!(draft.lines),
        verdict: evidence::verdict_name(judgement.verdict).to_owned(),
        reasons: json!(judgement.reasons),
        next: judgement.next().and_then(|next| json!(next).as_str().map(str::to_owned)),
        distance_m: evidence::metres(judgement.distance_mm),
    };
    rows::insert_attempt(tx.db(), attempt.clone()).await?;
    Ok(attempt)
}
