//! A lead comes in.

use domain::identifiers::{normal_name, normal_phone};
use domain::ids::{RegionId, UserId};
use domain::leads::{self as rules, Status};
use domain::people::{Role, is_phone};
use domain::working_time::Calendar;
use platform::Tx;
use serde_json::Value;
use uuid::Uuid;

use super::alike::{Warning, warnings};
use super::rows::{self, lead};
use super::{owner, tell_owner};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::people;
use crate::settings::{self, Event};

/// What is known of it.
#[derive(Debug)]
pub struct Draft {
    pub external_id: Option<String>,
    pub name: String,
    pub phone: Option<String>,
    pub district_code: Option<String>,
    pub source: Option<String>,
    pub region: Option<RegionId>,
    pub owner: Option<UserId>,
    pub product_interest: Option<String>,
    pub note: Option<String>,
    pub contacts: Value,
}

/// Takes a lead in, for its owner or for nobody yet, and says who is like it.
pub async fn create(app: &App, tx: &Tx, actor: &Actor, draft: &Draft) -> Result<(lead::Model, Vec<Warning>)> {
    check(draft)?;
    let owner = owner_of(tx, actor, draft.owner).await?;
    let of_owner = owner.as_ref().and_then(|owner| owner.region_id).map(RegionId);
    let region = draft.region.or(of_owner).or(actor.region);
    let region = region.ok_or_else(|| Error::field("/region_id", "required"))?;
    if !people::rows::has_region(tx.db(), region.0).await? {
        return Err(Error::field("/region_id", "region_unknown"));
    }
    if let Some(external_id) = &draft.external_id {
        let known =
            people::rows::ids_by_external(tx.db(), "leads", std::slice::from_ref(external_id)).await?;
        if !known.is_empty() {
            return Err(Error::field("/external_id", "external_id_taken"));
        }
    }
    let calendars = settings::calendars(app, tx.db()).await?;
    let calendar = calendars.of(Some(region));
    let lead = model(tx, actor, draft, (region, owner.map(|owner| owner.id)), calendar);
    if !rows::insert(tx.db(), &lead).await? {
        return Err(Error::field("/external_id", "external_id_taken"));
    }
    let event = Event::about("leads.created", Some(actor.id), ("lead", lead.id));
    settings::record(tx, event.with(serde_json::json!({"owner_id": lead.owner_id, "source": lead.source})))
        .await?;
    tell_owner(app, tx, actor, &lead).await?;
    let warnings = warnings(tx, actor, &lead).await?;
    Ok((lead, warnings))
}

/// A rep's leads are the rep's own; others enter them for somebody they lead, or for nobody yet.
async fn owner_of(
    tx: &Tx,
    actor: &Actor,
    wanted: Option<UserId>,
) -> Result<Option<people::rows::user::Model>> {
    let wanted = if actor.role == Role::Rep { Some(wanted.unwrap_or(actor.id)) } else { wanted };
    match wanted {
        Some(wanted) => Ok(Some(owner(tx, actor, wanted).await?)),
        None => Ok(None),
    }
}

fn check(draft: &Draft) -> Result<()> {
    let mut faults: Vec<(&'static str, &'static str)> = Vec::new();
    if draft.name.is_empty() {
        faults.push(("/name", "required"));
    }
    let is_long = |text: Option<&String>, most: usize| text.is_some_and(|it| it.chars().count() > most);
    for (pointer, text) in [
        ("/name", Some(&draft.name)),
        ("/phone", draft.phone.as_ref()),
        ("/source", draft.source.as_ref()),
        ("/district_code", draft.district_code.as_ref()),
        ("/external_id", draft.external_id.as_ref()),
        ("/product_interest", draft.product_interest.as_ref()),
    ] {
        if is_long(text, rules::LONGEST_TEXT) {
            faults.push((pointer, "too_long"));
        }
    }
    if is_long(draft.note.as_ref(), rules::LONGEST_NOTE) {
        faults.push(("/note", "too_long"));
    }
    if draft.phone.as_ref().is_some_and(|phone| !is_phone(&normal_phone(phone))) {
        faults.push(("/phone", "not_a_phone"));
    }
    let Some((_, code)) = faults.first() else { return Ok(()) };
    Err(Error::Invalid(code, faults.iter().map(|(pointer, code)| FieldFault::new(*pointer, code)).collect()))
}

fn model(
    tx: &Tx,
    actor: &Actor,
    draft: &Draft,
    (region, owner): (RegionId, Option<Uuid>),
    calendar: &Calendar,
) -> lead::Model {
    lead::Model {
        id: platform::new_id(),
        external_id: draft.external_id.clone(),
        name: draft.name.clone(),
        normal_name: normal_name(&draft.name),
        normal_phone: draft.phone.as_deref().map(normal_phone),
        phone: draft.phone.clone(),
        district_code: draft.district_code.clone(),
        source: draft.source.clone(),
        region_id: region.0,
        owner_id: owner,
        product_interest: draft.product_interest.clone(),
        note: draft.note.clone(),
        contacts: draft.contacts.clone(),
        status: Status::Open.name().to_owned(),
        created_by: Some(actor.id.0),
        created_at: tx.now(),
        due_at: rules::due_at(tx.now()),
        first_response_at: None,
        rung: 0,
        next_rung_at: rules::first_rung_at(calendar, tx.now(), tx.now()),
        customer_id: None,
        opportunity_id: None,
        converted_by: None,
        converted_at: None,
        updated_at: tx.now(),
        version: 1,
    }
}
