//! Writes a draft's fields into a file, each checked, and says which they were.

use domain::customers::{Contact, KeyField, Kinds, Need};
use domain::identifiers::{normal_name, normal_phone};
use domain::ids::CustomerId;
use domain::money::Fen;
use platform::Tx;
use serde_json::json;
use uuid::Uuid;

use super::draft::{Draft, Spot};
use super::freshness::confirm;
use super::keep::text;
use super::rows::{self, change, customer};
use super::{location_change, places};
use crate::actor::Actor;
use crate::error::{Error, Result};

/// Longer lists are no file.
const N_MOST: usize = 50;

/// Sources that a person may name; the others are learned.
const SOURCES: [&str; 4] = ["survey", "map_pick", "geocoded", "import"];

/// The file with the draft's fields in it. What is written is confirmed by being written.
pub async fn write(
    tx: &Tx,
    actor: &Actor,
    (mut it, draft): (customer::Model, &Draft),
    kinds: &Kinds,
) -> Result<(customer::Model, Vec<&'static str>)> {
    identity(&mut it, draft, kinds)?;
    people(&mut it, draft)?;
    if let Some(spot) = &draft.location {
        place(&mut it, spot, draft.location_source.as_deref(), actor)?;
    }
    credit(tx, actor, &mut it, draft).await?;
    if let Some(invoice) = &draft.invoice {
        let checked = invoice.clone().map(|profile| profile.checked()).transpose();
        let checked = checked.map_err(|refusal| Error::field(refusal.pointer(), refusal.code()))?;
        it.invoice = checked.map(|profile| json!(profile));
    }
    let written = [
        (KeyField::Contact, draft.contacts.is_some()),
        (KeyField::Phone, draft.phone.is_some()),
        (KeyField::DecisionChain, draft.decision_chain.is_some()),
        (KeyField::Need, draft.needs.is_some()),
        (KeyField::Location, draft.location.is_some()),
        (KeyField::Uscc, draft.uscc.is_some()),
        (KeyField::Invoice, draft.invoice.is_some()),
    ];
    let written = written.into_iter().filter_map(|(field, is_written)| is_written.then_some(field));
    let fields: Vec<KeyField> = written.chain(draft.confirm.iter().flatten().copied()).collect();
    it.confirmations = Some(confirm(&it, &fields, tx.now()));
    it.updated_at = tx.now();
    let names = draft.sections().into_iter().map(|(field, _)| field.trim_start_matches('/'));
    Ok((it, names.collect()))
}

fn identity(it: &mut customer::Model, draft: &Draft, kinds: &Kinds) -> Result<()> {
    if let Some(name) = &draft.name {
        it.name = text("/name", name, 100)?.ok_or_else(|| Error::field("/name", "required"))?;
        it.normal_name = normal_name(&it.name);
    }
    if let Some(kind) = &draft.kind {
        let known = kinds.find(kind).ok_or_else(|| Error::field("/kind", "value_unknown"))?;
        it.kind.clone_from(&known.code);
    }
    if let Some(region) = draft.region_id {
        it.region_id = region;
    }
    if let Some(phone) = &draft.phone {
        it.phone = optional("/phone", phone.as_deref(), 40)?;
        it.normal_phone = it.phone.as_deref().map(normal_phone).filter(|digits| !digits.is_empty());
    }
    if let Some(uscc) = &draft.uscc {
        it.uscc = optional("/uscc", uscc.as_deref(), 40)?.map(|code| code.to_uppercase());
    }
    if let Some(district) = &draft.district_code {
        it.district_code = optional("/district_code", district.as_deref(), 12)?;
    }
    if let Some(radius_m) = draft.fence_radius_m {
        if !(20..=5_000).contains(&radius_m) {
            return Err(Error::field("/fence_radius_m", "out_of_range"));
        }
        it.fence_radius_m = radius_m;
    }
    Ok(())
}

fn optional(pointer: &str, value: Option<&str>, most: usize) -> Result<Option<String>> {
    value.map_or(Ok(None), |value| text(pointer, value, most))
}

fn people(it: &mut customer::Model, draft: &Draft) -> Result<()> {
    if let Some(contacts) = &draft.contacts {
        check_length("/contacts", contacts.len())?;
        it.contacts = json!(contacts.iter().enumerate().map(contact).collect::<Result<Vec<_>>>()?);
    }
    if let Some(chain) = &draft.decision_chain {
        check_length("/decision_chain", chain.len())?;
        let steps = chain.iter().enumerate();
        let steps = steps.map(|(place, step)| text(&format!("/decision_chain/{place}"), step, 200));
        it.decision_chain =
            json!(steps.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<_>>());
    }
    if let Some(needs) = &draft.needs {
        check_length("/needs", needs.len())?;
        let known: Vec<Need> = needs_of(it);
        let mut written = Vec::new();
        for (place, need) in needs.iter().enumerate() {
            let Some(words) = text(&format!("/needs/{place}"), &need.text, 200)? else { continue };
            // Who vouches for a need is not written by hand: what was heard there stays heard.
            let verified_at = known.iter().find(|it| it.text == words).and_then(|it| it.verified_at);
            written.push(Need { text: words, verified_at });
        }
        it.needs = json!(written);
    }
    Ok(())
}

fn contact((place, contact): (usize, &Contact)) -> Result<Contact> {
    let pointer = |field: &str| format!("/contacts/{place}/{field}");
    Ok(Contact {
        name: optional(&pointer("name"), contact.name.as_deref(), 50)?,
        phone: optional(&pointer("phone"), contact.phone.as_deref(), 40)?,
        title: optional(&pointer("title"), contact.title.as_deref(), 50)?,
    })
}

fn check_length(pointer: &str, n: usize) -> Result<()> {
    if n > N_MOST { Err(Error::field(pointer, "too_long")) } else { Ok(()) }
}

/// What the customer needs, as far as it can be read.
pub(super) fn needs_of(it: &customer::Model) -> Vec<Need> {
    serde_json::from_value(it.needs.clone()).unwrap_or_default()
}

/// A surveyed point is confirmed; one picked on a map is provisional until people were there. A confirmed one stays
/// confirmed where it moves a little; where it would move far, the new one waits for somebody's word.
fn place(it: &mut customer::Model, spot: &Spot, source: Option<&str>, actor: &Actor) -> Result<()> {
    let source = source.unwrap_or("map_pick");
    if !SOURCES.contains(&source) {
        return Err(Error::field("/location_source", "value_unknown"));
    }
    let point = spot.point()?;
    if location_change::is_far(it, point) {
        let proposed = location_change::proposal(point, (source, spot.uncertainty_m()), actor.id);
        it.proposed_location = Some(proposed);
        return Ok(());
    }
    let is_confirmed = it.location_confirmed || source == "survey";
    places::set(it, point, (source, spot.uncertainty_m(), is_confirmed));
    Ok(())
}

async fn credit(tx: &Tx, actor: &Actor, it: &mut customer::Model, draft: &Draft) -> Result<()> {
    if let Some(limit) = draft.credit_limit {
        if limit < Fen::ZERO {
            return Err(Error::field("/credit_limit", "negative"));
        }
        it.credit_limit_fen = limit.0;
    }
    if let Some(tier) = &draft.price_tier {
        it.price_tier =
            text("/price_tier", tier, 20)?.ok_or_else(|| Error::field("/price_tier", "required"))?;
    }
    if let Some(terms) = draft.payment_terms {
        it.payment_terms = terms.to_string();
    }
    if let Some(payer) = draft.bill_to_id {
        if let Some(payer) = payer {
            check_payer(tx, actor, it.id, payer).await?;
        }
        it.bill_to_id = payer;
    }
    if let Some(is_blacklisted) = draft.is_blacklisted {
        let reason = optional("/blacklist_reason", draft.blacklist_reason.as_deref(), 500)?;
        if is_blacklisted && reason.is_none() {
            return Err(Error::field("/blacklist_reason", "required"));
        }
        it.is_blacklisted = is_blacklisted;
        it.blacklist_reason = reason.filter(|_| is_blacklisted);
    }
    Ok(())
}

/// Who pays pays for itself, and so does nobody who is paid for: chains are one deep.
async fn check_payer(tx: &Tx, actor: &Actor, id: Uuid, payer: Uuid) -> Result<()> {
    change::hold_chains(tx.db()).await?;
    let refused = |code| Err(Error::field("/bill_to_id", code));
    if payer == id {
        return refused("bill_to_itself");
    }
    match rows::visible(tx.db(), actor, CustomerId(payer)).await? {
        None => refused("customer_unknown"),
        Some(it) if it.bill_to_id.is_some() => refused("bill_to_chained"),
        Some(_) if change::is_payer(tx.db(), CustomerId(id)).await? => refused("bill_to_chained"),
        Some(_) => Ok(()),
    }
}
