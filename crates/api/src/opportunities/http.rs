//! Opportunities over HTTP.

use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use domain::actions::Stages;
use domain::money::Fen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rows::{self, Filter, OpportunityRow};
use crate::actor::Actor;
use crate::error::Result;
use crate::page::{Page, Paging};
use crate::{App, settings};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_opportunities);
}

/// What a customer may buy.
#[derive(Serialize, ToSchema)]
struct OpportunityView {
    id: Uuid,
    external_id: Option<String>,
    customer_id: Uuid,
    customer_name: String,
    owner_id: Uuid,
    region_id: Uuid,
    name: String,
    /// The code of the stage.
    stage: String,
    /// The stage as people read it.
    stage_label: String,
    /// `open`, `won` or `lost`.
    status: String,
    /// Yuan with two decimals.
    #[schema(value_type = String)]
    amount: Fen,
    stage_entered_at: DateTime<Utc>,
    /// The day it should be won by.
    expected_on: Option<NaiveDate>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

fn view(row: OpportunityRow, stages: &Stages) -> OpportunityView {
    let opportunity = row.opportunity;
    let stage = stages.find(true, &opportunity.stage);
    OpportunityView {
        id: opportunity.id,
        external_id: opportunity.external_id,
        customer_id: opportunity.customer_id,
        customer_name: row.customer_name,
        owner_id: opportunity.owner_id,
        region_id: opportunity.region_id,
        name: opportunity.name,
        stage_label: stage.map_or_else(|| opportunity.stage.clone(), |stage| stage.label.clone()),
        stage: opportunity.stage,
        status: opportunity.status,
        amount: Fen(opportunity.amount_fen),
        stage_entered_at: opportunity.stage_entered_at,
        expected_on: opportunity.expected_on,
        created_at: opportunity.created_at,
        updated_at: opportunity.updated_at,
        version: opportunity.version,
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct OpportunityFilter {
    stage: Option<String>,
    status: Option<String>,
    customer_id: Option<Uuid>,
}

/// The opportunities in the caller's scope.
#[utoipa::path(tag = "opportunities", params(Paging, OpportunityFilter),
    responses((status = 200, body = Page<OpportunityView>)))]
#[get("/opportunities")]
async fn get_opportunities(
    app: Data<App>,
    actor: Actor,
    paging: Query<Paging>,
    filter: Query<OpportunityFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let filter = Filter { stage: filter.stage, status: filter.status, customer: filter.customer_id };
    let stages = settings::stages()?;
    let opportunities = rows::page(app.db.conn(), &actor, filter, window).await?;
    let page = Page::of(window, opportunities, |it| it.opportunity.id, |row| view(row, stages));
    Ok(HttpResponse::Ok().json(page))
}
