//! An opportunity moves: forward with its evidence, back for free, lost with a reason, and open again.

use domain::ids::{CustomerId, OpportunityId};
use domain::opportunities::{self as rules, Refusal, Status, Step};
use platform::Tx;
use serde_json::json;

use super::rows::{self, Place, moves, opportunity};
use super::standing;
use crate::App;
use crate::actor::Actor;
use crate::customers::{self, Entry};
use crate::error::{Error, MissingEvidence, Result};
use crate::settings::{self, Event};
use crate::texts;

/// Moves to a stage. What is missing on the way is named to the field.
pub async fn advance(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    opportunity: &opportunity::Model,
    to: &str,
) -> Result<()> {
    let (version, stages) = standing::stages(app, tx.db(), opportunity).await?;
    let step = rules::step(&stages, status(opportunity), &opportunity.stage, to).map_err(refused)?;
    let (stage, kind) = match step {
        Step::Back(stage) => (stage, "went_back"),
        Step::Forward(through) => {
            let (_, kinds) = settings::evidence::kinds(app, tx.db()).await?;
            let missing = standing::missing(tx.db(), opportunity, &through, &kinds).await?;
            if !missing.is_empty() {
                let missing = missing.into_iter().map(MissingEvidence::from).collect();
                return Err(Error::Missing("evidence_missing", missing));
            }
            let stage = through.last().ok_or_else(|| refused(Refusal::SameStage))?;
            (*stage, if Status::in_stage(&stage.code) == Status::Won { "won" } else { "advanced" })
        }
    };
    let place = Place {
        stage: &stage.code,
        status: Status::in_stage(&stage.code),
        stages_version: version,
        lost: None,
    };
    let title = texts::stage_entered(&stage.label, &opportunity.name);
    go(tx, actor, opportunity, &Going { place, kind, title }).await?;
    standing::settle_support(app, tx, OpportunityId(opportunity.id)).await
}

/// Closes it as lost.
pub async fn lose(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    opportunity: &opportunity::Model,
    (reason, note): (&str, Option<&str>),
) -> Result<()> {
    let (version, stages) = standing::stages(app, tx.db(), opportunity).await?;
    rules::lose(&stages, status(opportunity), reason).map_err(refused)?;
    let label = stages.lost_reasons.iter().find(|choice| choice.code == reason).map_or("", |it| &it.label);
    let place = Place {
        stage: Status::Lost.name(),
        status: Status::Lost,
        stages_version: version,
        lost: Some((reason, note)),
    };
    let title = texts::opportunity_lost(label, &opportunity.name);
    go(tx, actor, opportunity, &Going { place, kind: "lost", title }).await
}

/// Opens it again where it stood before it was closed.
pub async fn reopen(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    opportunity: &opportunity::Model,
    note: Option<&str>,
) -> Result<()> {
    let (version, stages) = standing::stages(app, tx.db(), opportunity).await?;
    let closing = moves::closing(tx.db(), OpportunityId(opportunity.id)).await?;
    let before = closing.and_then(|it| it.from_stage);
    let stage = rules::reopen(&stages, status(opportunity), before.as_deref()).map_err(refused)?;
    let place = Place { stage: &stage.code, status: Status::Open, stages_version: version, lost: None };
    let title = texts::opportunity_reopened(note, &opportunity.name);
    go(tx, actor, opportunity, &Going { place, kind: "reopened", title }).await
}

/// A move that was decided, and how the customer's timeline says it.
struct Going<'a> {
    place: Place<'a>,
    kind: &'static str,
    title: String,
}

async fn go(tx: &Tx, actor: &Actor, opportunity: &opportunity::Model, going: &Going<'_>) -> Result<()> {
    let (place, id) = (&going.place, OpportunityId(opportunity.id));
    rows::place(tx.db(), id, place, tx.now()).await?;
    let moved = moves::Model {
        id: platform::new_id(),
        opportunity_id: id.0,
        kind: going.kind.to_owned(),
        from_stage: Some(opportunity.stage.clone()),
        to_stage: place.stage.to_owned(),
        stages_version: place.stages_version,
        user_id: Some(actor.id.0),
        reason: place.lost.map(|it| it.0.to_owned()),
        note: place.lost.and_then(|it| it.1).map(str::to_owned),
        at: tx.now(),
    };
    moves::insert(tx.db(), vec![moved]).await?;
    let customer = CustomerId(opportunity.customer_id);
    let facts = json!({"kind": going.kind, "from": opportunity.stage, "to": place.stage});
    let event = Event::about("opportunities.moved", Some(actor.id), ("opportunity", id.0)).at(customer);
    settings::record(tx, event.with(facts.clone())).await?;
    let entry = Entry {
        customer,
        kind: "opportunity_moved",
        title: going.title.clone(),
        subject: ("opportunity", id.0),
        actor: Some(actor.id),
        facts,
    };
    customers::file(tx, entry).await
}

fn status(opportunity: &opportunity::Model) -> Status {
    opportunity.status
}

fn refused(refusal: Refusal) -> Error {
    match refusal.pointer() {
        Some(pointer) => Error::field(pointer, refusal.code()),
        None => Error::conflict(refusal.code()),
    }
}
