//! The sign-off at the store: what must be there, what it is worth, what it leads to.

use chrono::{DateTime, Utc};
use domain::deliveries::{
    self as rules, Collected, Due, Exchange, Handed, Paid, Part, Refusal, Status, Tally, worth,
};
use domain::evidence::{Judgement, Lasts, Next, Verdict};
use domain::ids::{AttemptId, AttemptSetId, CustomerId, DeliveryId, PhotoId};
use domain::money::{Fen, Overflow, Quantity};
use domain::stored::Stored;
use domain::visits;
use domain::writing::clean;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::complete::complete;
use super::returns;
use super::review::ask;
use super::rows::{self, LineRow, attempt, delivery, stop};
use super::settle::settle_up;
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
    pub payment: Option<Paid>,
    pub returns: Vec<Exchange>,
}

/// What came of it. A verdict is never an error.
#[derive(Debug)]
pub struct SignedOff {
    pub deliveries: Vec<(DeliveryId, Status)>,
    pub judgement: Judgement,
    pub is_provisional: bool,
    pub next: Option<Next>,
}

/// Judges and keeps the sign-off of deliveries of one stop, whatever the verdict: one place and one set of photos for
/// all of them. The caller has locked the stop and them.
pub async fn sign_off(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (stop, deliveries): (&stop::Model, &[delivery::Model]),
    draft: &Draft,
) -> Result<SignedOff> {
    let photos = photos(tx, stop, &draft.photo_ids).await?;
    let lines = check(tx, deliveries, draft, &photos).await?;
    let customer = customers::rows::customer(tx.db(), stop.customer_id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    // The photos of a stop serve all of its deliveries, those that were signed off before included.
    let attempts: Vec<Uuid> = rows::of_stop(tx.db(), stop.id).await?.iter().map(|it| it.id.0).collect();
    let claim = Claim { subject: ("stop", stop.id.0), attempts: &attempts, lasts: Lasts::TheRoad };
    let judgement = evidence::judge(app, tx, &claim, (&customer, draft.location.as_ref()), &photos).await?;

    let at = happened_at(tx, stop, draft).await?;
    let attempts = keep(tx, (actor, at), &lines, draft, &judgement).await?;
    rows::arrive(tx.db(), stop.id, at).await?;
    let (mut closed, mut needs_review, mut is_provisional) = (Vec::new(), false, false);
    for (delivery, attempt) in deliveries.iter().zip(&attempts) {
        let decided = rules::sign_off(delivery.status, &judgement, &attempt.lines);
        if let Some(completion) = decided.completion {
            complete(tx, delivery, &customer, attempt, completion).await?;
        }
        needs_review |= decided.needs_review;
        is_provisional |= decided.is_provisional();
        let facts =
            json!({"verdict": attempt.verdict, "reasons": *attempt.reasons, "status": decided.status});
        let event = Event::about("deliveries.sign_off", Some(actor.id), ("delivery", delivery.id.0));
        settings::record(tx, event.at(CustomerId(customer.id)).with(facts)).await?;
        closed.push((delivery.id, decided.status));
    }
    let next = judgement.next();
    if let Some(location) = draft.location.as_ref().filter(|_| judgement.verdict < Verdict::Reject) {
        customers::seen_at(tx, CustomerId(customer.id), actor.id, &location.fix()).await?;
    }
    if let Some(first) = attempts.first().filter(|_| next.is_none()) {
        settle_up(tx, first.set()).await?;
    }
    if needs_review {
        ask(app, tx, actor, &customer, (deliveries, &attempts, &judgement)).await?;
    }
    Ok(SignedOff { deliveries: closed, judgement, is_provisional, next })
}

/// When the goods were handed over: a sign-off without signal arrives later, and none was before its trip.
async fn happened_at(tx: &Tx, stop: &stop::Model, draft: &Draft) -> Result<DateTime<Utc>> {
    let measured_at = draft.location.as_ref().and_then(|it| it.captured_at);
    let trip = rows::trip(tx.db(), stop.trip_id).await?;
    Ok(visits::happened_at(measured_at, tx.now(), trip.map(|it| it.created_at)))
}

/// Photos that were taken for any delivery of the stop.
pub async fn photos(tx: &Tx, stop: &stop::Model, ids: &[Uuid]) -> Result<Vec<Photo>> {
    let of_stop: Vec<Uuid> = rows::of_stop(tx.db(), stop.id).await?.iter().map(|it| it.id.0).collect();
    evidence::photos_among(tx, ids, ("delivery", &of_stop), None).await
}

/// Names all that is missing or wrong; where nothing is, the deliveries with their lines.
async fn check<'a>(
    tx: &Tx,
    deliveries: &'a [delivery::Model],
    draft: &Draft,
    photos: &[Photo],
) -> Result<Vec<(&'a delivery::Model, Vec<LineRow>)>> {
    let mut lines = Vec::new();
    for delivery in deliveries {
        lines.push((delivery, rows::lines(tx.db(), delivery.id).await?));
    }
    let due: Vec<Due> = lines.iter().flat_map(|(_, lines)| lines.iter().map(due)).collect();
    let parts: Vec<Part> = photos.iter().map(part).collect();
    let status = deliveries.iter().map(|it| it.status).find(|it| it.is_open()).unwrap_or(Status::Signed);
    rules::check_parts(status, &draft.signer_name, &parts, &due, &draft.lines).map_err(refused)?;
    if draft.payment.is_some_and(|paid| rules::check_payment(paid).is_err()) {
        return Err(Error::field("/payment/amount", "payment_amount_invalid"));
    }
    returns::check(tx, &draft.returns).await?;
    Ok(lines)
}

/// What a line has on the vehicle.
pub fn due(line: &LineRow) -> Due {
    Due { line: line.order_line_id, quantity: line.quantity_thousandths }
}

/// What a line costs if so much of it is accepted and rejected, on top of what was before.
pub fn price(line: &LineRow, accepted: Quantity, rejected: Quantity) -> std::result::Result<Fen, Overflow> {
    let before = Tally {
        ordered: line.ordered_thousandths,
        accepted: line.before_accepted,
        rejected: line.before_rejected,
    };
    let amount = line.amount_fen;
    let gained = || {
        let after = Tally {
            accepted: before.accepted.checked_add(accepted)?,
            rejected: before.rejected.checked_add(rejected)?,
            ..before
        };
        worth(amount, after)?.since(worth(amount, before)?)
    };
    gained().map(|it| it.unbilled).ok_or(Overflow)
}

/// What a photo of a sign-off shows.
pub fn part(photo: &Photo) -> Part {
    match photo.purpose.as_str() {
        "goods" => Part::Goods,
        "signed_slip" => Part::SignedSlip,
        _ => Part::Other,
    }
}

/// What the refusals mean to who called.
pub fn refused(refusals: Vec<Refusal>) -> Error {
    match refusals.first() {
        Some(Refusal::AlreadyClosed) => Error::conflict(Refusal::AlreadyClosed.code()),
        first => {
            let code = first.map_or("required", Refusal::code);
            Error::Invalid(code, refusals.iter().map(|it| FieldFault::new(it.pointer(), it.code())).collect())
        }
    }
}

/// Every attempt is kept with all that was typed and shot: one for each delivery, with the payment and the returns of
/// the stop on the first of them.
async fn keep(
    tx: &Tx,
    (actor, at): (&Actor, DateTime<Utc>),
    deliveries: &[(&delivery::Model, Vec<LineRow>)],
    draft: &Draft,
    judgement: &Judgement,
) -> Result<Vec<attempt::Model>> {
    let set_id = AttemptSetId(platform::new_id());
    let mut attempts: Vec<attempt::Model> = Vec::new();
    let mut total = Fen::ZERO;
    for (delivery, lines) in deliveries {
        let row = |handed: &Handed| lines.iter().find(|it| it.order_line_id == handed.line);
        let handed: Vec<Handed> = draft.lines.iter().filter(|it| row(it).is_some()).cloned().collect();
        let priced = handed.iter().filter_map(|it| row(it).map(|line| price(line, it.accepted, it.rejected)));
        let priced = priced.collect::<std::result::Result<Vec<Fen>, Overflow>>()?;
        total = Fen::sum(priced.into_iter().chain([total]))?;
        attempts.push(attempt::Model {
            id: AttemptId(platform::new_id()),
            delivery_id: delivery.id,
            user_id: actor.id,
            at,
            signer_name: clean(&draft.signer_name),
            location: draft.location.clone().map(Stored),
            photo_ids: Stored(draft.photo_ids.iter().copied().map(PhotoId).collect()),
            lines: Stored(handed),
            verdict: judgement.verdict,
            reasons: Stored(judgement.reasons.clone()),
            next: judgement.next(),
            distance_m: evidence::metres(judgement.distance_mm),
            set_id: Some(set_id),
            payment: None,
            returns: None,
            settled_at: None,
            received_at: Some(tx.now()),
        });
    }
    if let Some(first) = attempts.first_mut() {
        let collected = |paid: Paid| Collected { method: paid.method, amount: paid.amount, due: total };
        first.payment = draft.payment.map(|paid| Stored(collected(paid)));
        first.returns = (!draft.returns.is_empty()).then(|| Stored(draft.returns.clone()));
    }
    for attempt in &attempts {
        rows::insert_attempt(tx.db(), attempt.clone()).await?;
    }
    Ok(attempts)
}
