//! A lead becomes a customer, and perhaps an opportunity, from what it knows already.

use domain::identifiers::check_uscc;
use domain::ids::{CustomerId, LeadId, OpportunityId, RegionId, UserId};
use domain::leads::{LONGEST_TEXT, Status};
use domain::money::Fen;
use platform::Tx;
use serde_json::json;

use super::respond::check_open;
use super::rows::{self, ResponseRow, lead};
use super::{id_of, matter_key};
use crate::actor::Actor;
use crate::customers::{self, Entry, NewCustomer};
use crate::error::{Error, Result};
use crate::opportunities::{self, Draft, FromLead};
use crate::settings::{self, Event};
use crate::{App, evidence, notices, texts};

/// What the lead does not know.
#[derive(Debug)]
pub struct Conversion {
    pub customer: Customer,
    pub opportunity: Option<Opportunity>,
}

/// Whose lead it turns out to be.
#[derive(Debug)]
pub enum Customer {
    /// A customer who is there already.
    Known(CustomerId),
    /// Somebody new.
    New { name: Option<String>, kind: Option<String>, district_code: Option<String>, uscc: Option<String> },
}

/// What may be bought.
#[derive(Debug)]
pub struct Opportunity {
    pub name: Option<String>,
    pub amount: Option<Fen>,
    pub stage: Option<String>,
}

const KINDS: [&str; 4] = ["store", "chain", "key_account", "company"];

/// Converts it, once.
pub async fn convert(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    id: LeadId,
    conversion: &Conversion,
) -> Result<lead::Model> {
    let lead = rows::visible_locked(tx.db(), actor, id).await?.ok_or(Error::NotFound)?;
    check_open(&lead)?;
    let customer = customer(tx, actor, &lead, &conversion.customer).await?;
    let opportunity = match &conversion.opportunity {
        Some(wanted) => Some(opportunity(app, tx, actor, (&lead, customer), wanted).await?),
        None => None,
    };
    if !rows::convert(tx.db(), id, (customer, opportunity), (actor.id, tx.now())).await? {
        return Err(Error::conflict("lead_converted"));
    }
    file_all(tx, actor, &lead, customer).await?;
    notices::settle(tx.db(), &matter_key(lead.id), tx.now()).await?;
    let event = Event::about("leads.converted", Some(actor.id), ("lead", lead.id));
    let facts = json!({"opportunity_id": opportunity, "created_at": lead.created_at});
    settings::record(tx, event.at(customer).with(facts)).await?;
    Ok(lead::Model {
        status: Status::Converted.name().to_owned(),
        customer_id: Some(customer.0),
        opportunity_id: opportunity.map(|it| it.0),
        converted_by: Some(actor.id.0),
        converted_at: Some(tx.now()),
        next_rung_at: None,
        version: lead.version + 1,
        ..lead
    })
}

/// The customer who is there already, or a new one.
async fn customer(tx: &Tx, actor: &Actor, lead: &lead::Model, wanted: &Customer) -> Result<CustomerId> {
    let (name, kind, district_code, uscc) = match wanted {
        Customer::Known(id) => {
            let known = customers::rows::visible(tx.db(), actor, *id).await?;
            return known.map(|_| *id).ok_or_else(|| Error::field("/customer_id", "customer_unknown"));
        }
        Customer::New { name, kind, district_code, uscc } => (name, kind, district_code, uscc),
    };
    for (pointer, text) in [("/customer/name", name), ("/customer/district_code", district_code)] {
        if text.as_ref().is_some_and(|it| it.chars().count() > LONGEST_TEXT) {
            return Err(Error::field(pointer, "too_long"));
        }
    }
    let kind = kind.as_deref().unwrap_or("store");
    if !KINDS.contains(&kind) {
        return Err(Error::field("/customer/kind", "value_unknown"));
    }
    let uscc = uscc.as_deref().map(check_uscc).transpose();
    let new = NewCustomer {
        name: name.clone().unwrap_or_else(|| lead.name.clone()),
        kind: kind.to_owned(),
        region: RegionId(lead.region_id),
        owner: lead.owner_id.map(UserId),
        phone: lead.phone.clone(),
        normal_phone: lead.normal_phone.clone(),
        uscc: uscc.map_err(|_| Error::field("/customer/uscc", "uscc_invalid"))?,
        district_code: district_code.clone().or_else(|| lead.district_code.clone()),
        contacts: lead.contacts.clone(),
        need: lead.product_interest.clone(),
    };
    customers::open_from_lead(tx, &new).await
}

/// The opportunity, named for what the lead asked for where nothing else is said.
async fn opportunity(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    (lead, customer): (&lead::Model, CustomerId),
    wanted: &Opportunity,
) -> Result<OpportunityId> {
    let name = wanted.name.as_ref().or(lead.product_interest.as_ref()).unwrap_or(&lead.name);
    if name.chars().count() > LONGEST_TEXT {
        return Err(Error::field("/opportunity/name", "too_long"));
    }
    let amount = wanted.amount.unwrap_or(Fen::ZERO);
    if amount < Fen::ZERO {
        return Err(Error::field("/opportunity/amount", "amount_invalid"));
    }
    let new = FromLead {
        draft: Draft { customer, name: name.clone(), amount, expected_on: None },
        owner: lead.owner_id.map_or(actor.id, UserId),
        region: RegionId(lead.region_id),
        stage: wanted.stage.clone(),
    };
    opportunities::open_from_lead(app, tx, actor, new).await
}

/// Files the lead and all that was said to it with the customer, and the papers with it.
async fn file_all(tx: &Tx, actor: &Actor, lead: &lead::Model, customer: CustomerId) -> Result<()> {
    let entry =
        |kind, title, subject, actor| Entry { customer, kind, title, subject, actor, facts: json!({}) };
    let facts = json!({"source": lead.source, "note": lead.note, "product_interest": lead.product_interest});
    let came =
        entry("lead_created", texts::lead_came(&lead.name), ("lead", lead.id), lead.created_by.map(UserId));
    customers::file_earlier(tx, Entry { facts, ..came }, lead.created_at, false).await?;
    for response in rows::all_responses(tx.db(), id_of(lead)).await? {
        let kind = if response.is_verified { "communication" } else { "communication_attempt" };
        let title = texts::lead_response(response.touch_point, response.outcome);
        let by = Some(UserId(response.user_id));
        let said = entry(kind, title, ("lead_response", response.id), by);
        let said = Entry { facts: facts_of(&response), ..said };
        customers::file_earlier(tx, said, response.at, response.is_verified).await?;
        evidence::rows::file::file_with(tx.db(), customer, &response.file_ids).await?;
    }
    let converted =
        entry("lead_converted", texts::lead_converted(&actor.name), ("lead", lead.id), Some(actor.id));
    customers::file(tx, converted).await
}

fn facts_of(response: &ResponseRow) -> serde_json::Value {
    json!({
        "touch_point": response.touch_point,
        "outcome": response.outcome,
        "note": response.note,
        "photo_ids": response.photo_ids,
        "file_ids": response.file_ids,
    })
}
