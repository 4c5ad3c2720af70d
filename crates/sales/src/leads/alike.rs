//! Who is probably known already: a word with the answer, never a refusal.

use platform::Tx;
use uuid::Uuid;

use super::rows::{self, lead};
use crate::actor::Actor;
use crate::customers::rows as customers;
use crate::error::Result;
use domain::ids::LeadId;

/// A customer or an open lead like this one. Named only to those who see it.
#[derive(Debug)]
pub struct Warning {
    pub code: &'static str,
    pub kind: &'static str,
    pub shown: Option<(Uuid, String)>,
}

/// Customers and open leads with the same phone, or the same name in the district.
pub async fn warnings(tx: &Tx, actor: &Actor, lead: &lead::Model) -> Result<Vec<Warning>> {
    let phone = lead.normal_phone.as_deref();
    let code = |other: Option<&str>| {
        if phone.is_some() && other == phone { "duplicate_phone" } else { "duplicate_name" }
    };
    let mut warnings = Vec::new();
    let known = (lead.normal_name.as_str(), lead.district_code.as_deref());
    let found = customers::from_lead::alike(tx.db(), phone, known).await?;
    let ids: Vec<Uuid> = found.iter().map(|it| it.id).collect();
    let seen = customers::visible_among(tx.db(), actor, &ids).await?;
    for it in found {
        let is_seen = seen.iter().any(|customer| customer.id == it.id);
        let code = code(it.normal_phone.as_deref());
        warnings.push(Warning { code, kind: "customer", shown: is_seen.then_some((it.id, it.name)) });
    }
    for it in rows::open_alike(tx.db(), lead).await? {
        let is_seen = rows::visible(tx.db(), actor, LeadId(it.id)).await?.is_some();
        let code = code(it.normal_phone.as_deref());
        warnings.push(Warning { code, kind: "lead", shown: is_seen.then_some((it.id, it.name)) });
    }
    Ok(warnings)
}
