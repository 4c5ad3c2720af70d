//! Leads over HTTP.

mod responses;
mod views;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use domain::ids::{CustomerId, LeadId, RegionId, UserId};
use domain::leads::Status;
use domain::money::Fen;
use domain::writing::clean;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::assign::assign;
use super::convert::{self, Conversion, convert};
use super::create::{Draft, create};
use super::rows::{self, Filter};
use crate::App;
use crate::actor::{Actor, Call};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};
use views::{CreatedView, LeadView, names, shown};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(post_lead)
        .service(get_leads)
        .service(get_lead)
        .service(post_lead_assignment)
        .service(post_lead_conversion)
        .service(responses::post_lead_response)
        .service(responses::get_lead_responses);
}

/// Somebody to talk to.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactDraft {
    name: String,
    phone: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeadDraft {
    /// Where another system knows the lead.
    external_id: Option<String>,
    name: String,
    phone: Option<String>,
    /// GB/T 2260.
    district_code: Option<String>,
    /// What it came from, in the company's own words.
    source: Option<String>,
    /// The owner's region where none is named, else the caller's.
    region_id: Option<Uuid>,
    /// Whoever is to answer; for a rep always the rep.
    owner_id: Option<Uuid>,
    product_interest: Option<String>,
    note: Option<String>,
    #[serde(default)]
    contacts: Vec<ContactDraft>,
}

/// A text as far as it can be seen; blank is nothing.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|it| clean(&it)).filter(|it| !it.is_empty())
}

impl LeadDraft {
    fn read(self) -> Result<Draft> {
        let is_long = |it: &ContactDraft| {
            [Some(&it.name), it.phone.as_ref(), it.title.as_ref()]
                .into_iter()
                .flatten()
                .any(|text| text.chars().count() > domain::leads::LONGEST_TEXT)
        };
        if self.contacts.len() > 20 || self.contacts.iter().any(is_long) {
            return Err(Error::field("/contacts", "too_long"));
        }
        Ok(Draft {
            external_id: filled(self.external_id),
            name: clean(&self.name),
            phone: filled(self.phone),
            district_code: filled(self.district_code),
            source: filled(self.source),
            region: self.region_id.map(RegionId),
            owner: self.owner_id.map(UserId),
            product_interest: filled(self.product_interest),
            note: filled(self.note),
            contacts: serde_json::to_value(self.contacts).map_err(anyhow::Error::from)?,
        })
    }
}

/// Takes a lead in and starts its clock of 72 hours. Whoever is like it is named as a warning.
#[utoipa::path(tag = "leads", request_body = LeadDraft,
    responses((status = 201, body = CreatedView), (status = 422, body = Problem)))]
#[post("/leads")]
async fn post_lead(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: LeadDraft| {
        let (lead, warnings) = create(&app, tx, &call.actor, &draft.read()?).await?;
        Ok(CreatedView::of(shown(tx.db(), lead, tx.now()).await?, warnings))
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
struct LeadFilter {
    owner_id: Option<Uuid>,
    region_id: Option<Uuid>,
    source: Option<String>,
    /// `open` or `converted`.
    status: Option<String>,
    external_id: Option<String>,
    /// Answered already, or not yet.
    answered: Option<bool>,
    /// Somebody's already, or nobody's yet.
    assigned: Option<bool>,
}

/// The leads in the caller's scope, newest first.
#[utoipa::path(tag = "leads", params(Paging, LeadFilter), responses((status = 200, body = Page<LeadView>)))]
#[get("/leads")]
async fn get_leads(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<LeadFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let status = match filter.status.as_deref() {
        Some(name) => {
            Some(Status::by_name(name).ok_or_else(|| Error::field("/status", "invalid_parameter"))?)
        }
        None => None,
    };
    let filter = Filter {
        owner: filter.owner_id,
        region: filter.region_id,
        source: filter.source,
        status: status.map(Status::name),
        external_id: filter.external_id,
        is_answered: filter.answered,
        is_assigned: filter.assigned,
    };
    let (db, now) = (app.db.conn(), app.db.now().await?);
    let leads = rows::page(db, &actor, filter, window).await?;
    let names = names(db, &leads).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, leads, |it| it.id, |lead| LeadView::of(lead, &names, now))))
}

/// A lead in the caller's scope.
#[utoipa::path(tag = "leads", responses((status = 200, body = LeadView), (status = 404, body = Problem)))]
#[get("/leads/{id}")]
async fn get_lead(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let db = app.db.conn();
    let lead = rows::visible(db, &actor, LeadId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(shown(db, lead, app.db.now().await?).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignment {
    owner_id: Uuid,
}

/// Gives a lead to somebody the caller leads. The clock goes on.
#[utoipa::path(tag = "leads", request_body = Assignment,
    responses((status = 200, body = LeadView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[post("/leads/{id}/assign")]
async fn post_lead_assignment(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: Assignment| {
        let lead = assign(&app, tx, &call, LeadId(*id), UserId(draft.owner_id)).await?;
        shown(tx.db(), lead, tx.now()).await
    })
    .await
}

/// What the lead does not know of the customer.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MissingCustomer {
    /// The lead's where none is given.
    name: Option<String>,
    /// `store` unless said.
    kind: Option<String>,
    district_code: Option<String>,
    uscc: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MissingOpportunity {
    /// What the lead is interested in where none is given.
    name: Option<String>,
    /// Yuan with two decimals.
    #[schema(value_type = Option<String>)]
    amount: Option<Fen>,
    /// The first stage where none is given.
    stage: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConversionDraft {
    /// Only what the lead does not know.
    customer: Option<MissingCustomer>,
    /// Instead, a customer who is there already.
    customer_id: Option<Uuid>,
    /// Opens one where it is given.
    opportunity: Option<MissingOpportunity>,
}

impl ConversionDraft {
    fn read(self) -> Result<Conversion> {
        let customer = match (self.customer, self.customer_id) {
            (Some(_), Some(_)) => return Err(Error::field("/customer_id", "invalid_value")),
            (None, Some(id)) => convert::Customer::Known(CustomerId(id)),
            (new, None) => {
                let new = new.unwrap_or_default();
                convert::Customer::New {
                    name: filled(new.name),
                    kind: filled(new.kind),
                    district_code: filled(new.district_code),
                    uscc: filled(new.uscc),
                }
            }
        };
        let opportunity = self.opportunity.map(|it| convert::Opportunity {
            name: filled(it.name),
            amount: it.amount,
            stage: it.stage,
        });
        Ok(Conversion { customer, opportunity })
    }
}

/// Makes a customer of a lead, or finds it in one who is there, with an opportunity where one is given. What was said
/// to the lead files itself in the customer's timeline.
#[utoipa::path(tag = "leads", request_body = ConversionDraft,
    responses((status = 200, body = LeadView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
#[post("/leads/{id}/convert")]
async fn post_lead_conversion(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: ConversionDraft| {
        let lead = convert(&app, tx, &call.actor, LeadId(*id), &draft.read()?).await?;
        shown(tx.db(), lead, tx.now()).await
    })
    .await
}
