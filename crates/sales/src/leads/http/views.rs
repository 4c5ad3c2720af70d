//! A lead as it is shown.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::leads::is_in_time;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::alike::Warning;
use super::super::rows::lead;
use crate::error::Result;
use crate::select::Connection;
use crate::{people, texts};

/// Somebody who may become a customer.
#[derive(Serialize, ToSchema)]
pub(super) struct LeadView {
    id: Uuid,
    external_id: Option<String>,
    name: String,
    phone: Option<String>,
    district_code: Option<String>,
    source: Option<String>,
    region_id: Uuid,
    owner_id: Option<Uuid>,
    owner_name: Option<String>,
    product_interest: Option<String>,
    note: Option<String>,
    #[schema(value_type = Vec<Object>)]
    contacts: Value,
    /// `open` or `converted`.
    status: String,
    /// Absent where another system brought it.
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    /// 72 hours of clock time after it came in.
    response_due_at: DateTime<Utc>,
    /// The first communication that counts.
    first_response_at: Option<DateTime<Utc>>,
    /// Absent while it still may be.
    response_in_time: Option<bool>,
    customer_id: Option<Uuid>,
    opportunity_id: Option<Uuid>,
    converted_by: Option<Uuid>,
    converted_at: Option<DateTime<Utc>>,
    version: i32,
}

impl LeadView {
    pub(super) fn of(lead: lead::Model, names: &HashMap<Uuid, String>, now: DateTime<Utc>) -> Self {
        Self {
            response_in_time: is_in_time(lead.created_at, lead.first_response_at, now),
            owner_name: lead.owner_id.and_then(|owner| names.get(&owner).cloned()),
            id: lead.id,
            external_id: lead.external_id,
            name: lead.name,
            phone: lead.phone,
            district_code: lead.district_code,
            source: lead.source,
            region_id: lead.region_id,
            owner_id: lead.owner_id,
            product_interest: lead.product_interest,
            note: lead.note,
            contacts: lead.contacts,
            status: lead.status,
            created_by: lead.created_by,
            created_at: lead.created_at,
            response_due_at: lead.due_at,
            first_response_at: lead.first_response_at,
            customer_id: lead.customer_id,
            opportunity_id: lead.opportunity_id,
            converted_by: lead.converted_by,
            converted_at: lead.converted_at,
            version: lead.version,
        }
    }
}

/// The names of the owners.
pub(super) async fn names(db: &impl Connection, leads: &[lead::Model]) -> Result<HashMap<Uuid, String>> {
    let ids: Vec<Uuid> = leads.iter().filter_map(|lead| lead.owner_id).collect();
    Ok(people::rows::names(db, &ids).await?)
}

/// One lead with its owner's name.
pub(super) async fn shown(db: &impl Connection, lead: lead::Model, now: DateTime<Utc>) -> Result<LeadView> {
    let names = names(db, std::slice::from_ref(&lead)).await?;
    Ok(LeadView::of(lead, &names, now))
}

/// Somebody who is known already.
#[derive(Serialize, ToSchema)]
struct WarningView {
    /// `duplicate_phone` or `duplicate_name`.
    code: &'static str,
    /// In Chinese, fit to show.
    detail: &'static str,
    /// `customer` or `lead`.
    kind: &'static str,
    /// Absent where the caller does not see it.
    id: Option<Uuid>,
    name: Option<String>,
}

/// A new lead with whoever is like it.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedView {
    #[serde(flatten)]
    lead: LeadView,
    warnings: Vec<WarningView>,
}

impl CreatedView {
    pub(super) fn of(lead: LeadView, warnings: Vec<Warning>) -> Self {
        let view = |it: Warning| {
            let (id, name) = it.shown.unzip();
            WarningView { code: it.code, detail: texts::detail(it.code), kind: it.kind, id, name }
        };
        Self { lead, warnings: warnings.into_iter().map(view).collect() }
    }
}
