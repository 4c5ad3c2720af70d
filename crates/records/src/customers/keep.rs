//! A file is made or changed by hand.

use domain::customers::{Kinds, PaymentTerms, may_edit};
use domain::identifiers::normal_name;
use domain::ids::{CustomerId, UserId};
use domain::people::{Reach, Role};
use domain::writing::clean;
use platform::Tx;
use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::Draft;
use super::rows::{self, change, customer, ownership};
use super::write::write;
use super::{Entry, file_as, location_change, standing};
use crate::App;
use crate::access;
use crate::actor::Actor;
use crate::error::{Error, FieldFault, Result};
use crate::people;
use crate::settings::documents::customer_kinds;
use crate::texts;
use domain::working_time::local_date;

/// A file as it was kept.
#[derive(Debug)]
pub struct Kept {
    pub customer: customer::Model,
    pub is_new: bool,
}

/// Makes a file, or changes the one that the other system's id names.
pub async fn create(app: &App, tx: &Tx, actor: &Actor, draft: &Draft) -> Result<Kept> {
    if let Some(external_id) = &draft.external_id
        && let Some(known) = change::locked_external(tx.db(), external_id).await?
    {
        let seen = rows::visible(tx.db(), actor, CustomerId(known.id)).await?;
        seen.ok_or(Error::conflict("external_id_taken"))?;
        return Ok(Kept { customer: edit(app, tx, actor, (known, draft)).await?, is_new: false });
    }
    check_sections(actor, draft)?;
    let kinds = customer_kinds(tx.db()).await?;
    let blank = blank(tx, actor, draft, &kinds).await?;
    let (written, _) = write(tx, actor, (blank, draft), &kinds).await?;
    if written.name.is_empty() {
        return Err(Error::field("/name", "required"));
    }
    if !change::insert(tx.db(), written.clone()).await? {
        return Err(Error::conflict("external_id_taken"));
    }
    let id = CustomerId(written.id);
    rows::visible(tx.db(), actor, id).await?.ok_or_else(|| Error::field("/owner_id", "owner_unknown"))?;
    let owned = ownership::Model {
        id: platform::new_id(),
        customer_id: id.0,
        owner_id: written.owner_id,
        how: "created".to_owned(),
        reason: None,
        by_id: actor.id.0,
        at: tx.now(),
    };
    ownership::note(tx.db(), owned).await?;
    tell(tx, actor, id, ("customer_created", texts::CUSTOMER_CREATED), json!({})).await?;
    Ok(Kept { customer: written, is_new: true })
}

/// Changes a file that was read under its lock.
pub async fn edit(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (known, draft): (customer::Model, &Draft),
) -> Result<customer::Model> {
    check_sections(actor, draft)?;
    if draft.owner_id.is_some() && draft.owner_id != known.owner_id {
        return Err(Error::field("/owner_id", "owner_by_hand_over"));
    }
    if let Some(region) = draft.region_id.filter(|region| *region != known.region_id) {
        check_region(tx, actor, region).await?;
    }
    let id = CustomerId(known.id);
    if draft.bill_to_id.is_some_and(|payer| payer != known.bill_to_id) {
        refuse_while_owing(app, tx, id).await?;
    }
    let kinds = customer_kinds(tx.db()).await?;
    let (written, fields) = write(tx, actor, (known, draft), &kinds).await?;
    let changed = change::update(tx.db(), written).await?;
    if changed.proposed_location.is_some() && draft.location.is_some() {
        location_change::ask_later(tx, id).await?;
    }
    rows::visible(tx.db(), actor, id).await?.ok_or_else(|| Error::field("/region_id", "region_unknown"))?;
    tell(tx, actor, id, ("file_changed", texts::FILE_CHANGED), json!({"fields": fields})).await?;
    Ok(changed)
}

/// What was ordered is owed by who paid then: another payer takes over when nothing is left of it. Who pays is locked,
/// as for an order.
async fn refuse_while_owing(app: &App, tx: &Tx, id: CustomerId) -> Result<()> {
    standing::locked_standing(tx, id).await?;
    if app.subjects.owes(tx, id).await? { Err(Error::conflict("customer_has_open_orders")) } else { Ok(()) }
}

/// Timeline and event in one.
async fn tell(
    tx: &Tx,
    actor: &Actor,
    id: CustomerId,
    (kind, words): (&'static str, &str),
    facts: Value,
) -> Result<()> {
    let entry = Entry {
        customer: id,
        kind,
        title: format!("{} {words}", actor.name),
        subject: ("customer", id.0),
        actor: Some(actor.id),
        facts,
    };
    let name = if kind == "customer_created" { "customers.created" } else { "customers.changed" };
    file_as(tx, name, entry).await
}

/// Names every field that the role may not write.
fn check_sections(actor: &Actor, draft: &Draft) -> Result<()> {
    let foreign = draft.sections().into_iter().filter(|(_, section)| !may_edit(actor.role, *section));
    let faults: Vec<_> = foreign.map(|(field, _)| FieldFault::new(field, "field_not_yours")).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid("field_not_yours", faults)) }
}

/// A new file with nothing in it but whose it is and what its kind says.
async fn blank(tx: &Tx, actor: &Actor, draft: &Draft, kinds: &Kinds) -> Result<customer::Model> {
    let region = draft.region_id.or(actor.region.map(|it| it.0));
    let region = region.ok_or_else(|| Error::field("/region_id", "required"))?;
    check_region(tx, actor, region).await?;
    let owner = match draft.owner_id {
        Some(owner) => Some(check_owner(tx, actor, UserId(owner)).await?),
        None => matches!(actor.role, Role::Rep | Role::Supervisor).then_some(actor.id),
    };
    let usual = draft.kind.as_deref().and_then(|code| kinds.find(code)).or(kinds.kinds.first());
    Ok(customer::Model {
        id: platform::new_id(),
        external_id: draft.external_id.clone(),
        name: String::new(),
        normal_name: normal_name(""),
        kind: usual.map_or_else(String::new, |kind| kind.code.clone()),
        region_id: region,
        owner_id: owner.map(|it| it.0),
        phone: None,
        normal_phone: None,
        uscc: None,
        district_code: None,
        lat: None,
        lng: None,
        system: None,
        location_source: None,
        location_confirmed: false,
        fence_radius_m: usual.map_or(150, |kind| kind.fence_radius_m),
        price_tier: "C".to_owned(),
        credit_limit_fen: 0,
        return_rate_limit_ppm: None,
        payment_terms: usual.map_or(PaymentTerms::Prepaid, |kind| kind.payment_terms).to_string(),
        contacts: json!([]),
        decision_chain: json!([]),
        needs: json!([]),
        stage: "prospect".to_owned(),
        last_verified_at: None,
        confirmed_at: tx.now(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
        bill_to_id: None,
        confirmations: None,
        invoice: None,
        uncertainty_m: None,
        proposed_location: None,
        is_blacklisted: false,
        blacklist_reason: None,
        released_at: None,
    })
}

/// A region that the actor's work reaches.
async fn check_region(tx: &Tx, actor: &Actor, region: Uuid) -> Result<()> {
    let top = match actor.role.reach() {
        Reach::Company => None,
        _ => Some(actor.region.map_or(Uuid::nil(), |it| it.0)),
    };
    let is_known = change::is_region(tx.db(), region, top).await?;
    if is_known { Ok(()) } else { Err(Error::field("/region_id", "region_unknown")) }
}

/// Somebody who works in the field today; a rep's own alone. Whether the actor reaches that person shows when the
/// file is theirs and the actor still sees it.
pub(super) async fn check_owner(tx: &Tx, actor: &Actor, owner: UserId) -> Result<UserId> {
    let unknown = || Error::field("/owner_id", "owner_unknown");
    let user = people::rows::visible_user(tx.db(), actor, owner).await?.ok_or_else(unknown)?;
    let today = local_date(tx.now());
    let is_active = domain::people::is_active(user.active_from, user.active_to, today);
    let is_field = access::is_field(user.role);
    let is_within = actor.role.reach() != Reach::Own || owner == actor.id;
    if is_active && is_field && is_within { Ok(owner) } else { Err(unknown()) }
}

/// A text that can be seen; none where nothing is left of it.
pub(super) fn text(pointer: &str, text: &str, most: usize) -> Result<Option<String>> {
    let text = clean(text);
    if text.chars().count() > most {
        return Err(Error::field(pointer, "text_too_long"));
    }
    Ok((!text.is_empty()).then_some(text))
}
