//! Opportunities over HTTP.

mod evidence;
mod moves;
mod views;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use chrono::NaiveDate;
use domain::ids::{CustomerId, OpportunityId};
use domain::money::Fen;
use domain::writing::clean;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::views::{DetailView, OpportunityView, detail};
use super::create::{Draft, create};
use super::rows::{self, Filter};
use crate::actor::{Actor, Call};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result, check_length};
use crate::page::{Page, Paging};
use crate::{App, settings};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(evidence::get_gaps)
        .service(get_opportunities)
        .service(post_opportunity)
        .service(get_opportunity)
        .service(evidence::post_evidence)
        .service(evidence::post_pages)
        .service(evidence::post_reject)
        .service(moves::post_advance)
        .service(moves::post_lose)
        .service(moves::post_reopen);
}

#[derive(Deserialize, utoipa::IntoParams)]
struct OpportunityFilter {
    stage: Option<String>,
    status: Option<String>,
    customer_id: Option<Uuid>,
    owner_id: Option<Uuid>,
    /// Open ones with fewer than three verified actions.
    thin: Option<bool>,
    /// Those whose stage stands without its evidence.
    unsupported: Option<bool>,
}

/// The opportunities in the caller's scope.
#[utoipa::path(tag = "opportunities", params(Paging, OpportunityFilter),
    responses((status = 200, body = Page<OpportunityView>)))]
#[get("/opportunities")]
async fn get_opportunities(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<OpportunityFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter = Filter {
        stage: filter.stage,
        status: filter.status,
        customer: filter.customer_id,
        owner: filter.owner_id,
        below_actions: filter.thin.filter(|it| *it).map(|_| rows::actions::thin_below()),
        is_unsupported: filter.unsupported == Some(true),
    };
    let opportunities = rows::page(app.db.conn(), &actor, filter, window).await?;
    let versions: Vec<i32> = opportunities.iter().filter_map(|it| it.opportunity.stages_version).collect();
    let stages = settings::evidence::stages(&app, app.db.conn(), &versions).await?;
    let view = |row| OpportunityView::of(row, &stages);
    Ok(HttpResponse::Ok().json(Page::of(window, opportunities, |it| it.opportunity.id, view)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpportunityDraft {
    customer_id: Uuid,
    name: String,
    /// Yuan with two decimals; zero where nobody knows yet.
    #[schema(value_type = Option<String>)]
    amount: Option<Fen>,
    /// The day it should be won by.
    expected_on: Option<NaiveDate>,
}

/// A new opportunity of a customer, in the first stage.
#[utoipa::path(tag = "opportunities", request_body = OpportunityDraft,
    responses((status = 201, body = DetailView), (status = 422, body = Problem)))]
#[post("/opportunities")]
async fn post_opportunity(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: OpportunityDraft| {
        let name = &clean(&draft.name);
        if name.is_empty() {
            return Err(Error::field("/name", "required"));
        }
        check_length("/name", name, 100)?;
        let amount = draft.amount.unwrap_or(Fen::ZERO);
        if amount < Fen::ZERO {
            return Err(Error::field("/amount", "negative"));
        }
        let draft = Draft {
            customer: CustomerId(draft.customer_id),
            name: name.to_owned(),
            amount,
            expected_on: draft.expected_on,
        };
        let id = create(&app, tx, &call.actor, draft).await?;
        let row = rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
        detail(&app, tx.db(), row, tx.now()).await
    })
    .await
}

/// An opportunity with how it came here, its evidence, and what its next stage still lacks.
#[utoipa::path(tag = "opportunities",
    responses((status = 200, body = DetailView), (status = 404, body = Problem)))]
#[get("/opportunities/{id}")]
async fn get_opportunity(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let (db, now) = (app.db.conn(), app.db.now().await?);
    let row = rows::visible(db, &actor, OpportunityId(*id)).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(detail(&app, db, row, now).await?))
}
