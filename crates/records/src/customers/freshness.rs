//! How fresh files are, and the steps that confirm their fields by themselves.

use chrono::{DateTime, NaiveDate, Utc};
use domain::customers::{
    Contact, Dated, Freshness, KeyField, Kinds, Need, Step, confirmed_by, freshness as judge,
};
use domain::ids::CustomerId;
use platform::Tx;
use serde_json::{Map, Value, json};

use super::rows::{change, customer};
use super::write::needs_of;
use crate::error::Result;

/// What the file's kind counts, judged on a local day.
pub fn freshness(it: &customer::Model, kinds: &Kinds, today: NaiveDate) -> Freshness {
    let fields = kinds.find(&it.kind).map(|kind| kind.key_fields.as_slice()).unwrap_or_default();
    let dated = fields.iter().map(|field| Dated {
        field: *field,
        is_filled: is_filled(it, *field),
        confirmed_at: confirmed_at(it, *field),
    });
    judge(&dated.collect::<Vec<_>>(), today, kinds.fresh_days)
}

fn is_filled(it: &customer::Model, field: KeyField) -> bool {
    let contacts: Vec<Contact> = serde_json::from_value(it.contacts.clone()).unwrap_or_default();
    match field {
        KeyField::Contact => contacts.iter().any(|contact| contact.name.is_some()),
        KeyField::Phone => it.phone.is_some() || contacts.iter().any(|contact| contact.phone.is_some()),
        KeyField::DecisionChain => it.decision_chain.as_array().is_some_and(|chain| !chain.is_empty()),
        KeyField::Need => !needs_of(it).is_empty(),
        KeyField::Location => it.lat.is_some(),
        KeyField::Uscc => it.uscc.is_some(),
        KeyField::Invoice => it.invoice.is_some(),
    }
}

/// When a field was last known to be true: by itself, or with the whole file.
fn confirmed_at(it: &customer::Model, field: KeyField) -> DateTime<Utc> {
    let own = it.confirmations.as_ref().and_then(|all| all.get(field.name())).and_then(Value::as_str);
    let own = own.and_then(|at| at.parse::<DateTime<Utc>>().ok());
    own.map_or(it.confirmed_at, |own| own.max(it.confirmed_at))
}

/// The confirmations with these fields confirmed at an instant, which never goes back.
pub(super) fn confirm(it: &customer::Model, fields: &[KeyField], at: DateTime<Utc>) -> Value {
    let known = it.confirmations.as_ref().and_then(Value::as_object).cloned();
    let mut all: Map<String, Value> = known.unwrap_or_default();
    for field in fields {
        all.insert(field.name().to_owned(), json!(confirmed_at(it, *field).max(at)));
    }
    Value::Object(all)
}

/// A step happened at the customer's: the fields it touches are confirmed, nobody re-types them.
pub async fn touched(tx: &Tx, id: CustomerId, step: Step, at: DateTime<Utc>) -> Result<()> {
    let Some(it) = change::locked(tx.db(), id).await? else { return Ok(()) };
    let confirmations = confirm(&it, confirmed_by(step), at);
    change::set_confirmations(tx.db(), id, confirmations).await?;
    Ok(())
}

/// Needs that somebody heard at the customer's: they are known, and somebody vouches for them.
pub async fn heard(tx: &Tx, id: CustomerId, needs: &[String], at: DateTime<Utc>) -> Result<()> {
    let Some(it) = change::locked(tx.db(), id).await?.filter(|_| !needs.is_empty()) else { return Ok(()) };
    let is_new = |need: &Need| !needs.contains(&need.text);
    let heard = needs.iter().map(|text| Need { text: text.clone(), verified_at: Some(at) });
    let all: Vec<Need> = heard.chain(needs_of(&it).into_iter().filter(is_new)).take(50).collect();
    change::set_needs(tx.db(), id, json!(all), confirm(&it, &[KeyField::Need], at)).await?;
    Ok(())
}
