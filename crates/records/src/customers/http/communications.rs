//! Communication records.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::customers::{Outcome, TouchPoint};
use domain::ids::CustomerId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::actor::{Actor, Call};
use crate::customers::communications::{Draft, Told, conclude, record};
use crate::customers::rows::{self, communications as kept};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_communication).service(get_communications).service(post_outcome);
}

/// That somebody was in touch, or tried to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommunicationBody {
    /// `phone`, `visit`, `wechat`, `quote_link`, `email` or `meeting`.
    #[schema(value_type = String)]
    touch_point: TouchPoint,
    /// Who was spoken to.
    #[serde(default)]
    contact: Option<String>,
    /// `connected`, `no_answer`, `refused` or `wrong_contact`; an attempt until it is told.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    outcome: Option<Outcome>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    photo_ids: Vec<Uuid>,
    #[serde(default)]
    file_ids: Vec<Uuid>,
}

/// What came of an attempt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OutcomeBody {
    /// `connected`, `no_answer`, `refused` or `wrong_contact`.
    #[schema(value_type = String)]
    outcome: Outcome,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    photo_ids: Vec<Uuid>,
    #[serde(default)]
    file_ids: Vec<Uuid>,
}

/// A communication record.
#[derive(Serialize, ToSchema)]
struct CommunicationView {
    id: Uuid,
    customer_id: Uuid,
    user_id: Uuid,
    touch_point: TouchPoint,
    outcome: Option<Outcome>,
    contact: Option<String>,
    note: Option<String>,
    photo_ids: Vec<Uuid>,
    file_ids: Vec<Uuid>,
    /// It counts as an action.
    is_verified: bool,
    at: DateTime<Utc>,
    outcome_at: Option<DateTime<Utc>>,
}

impl From<kept::Model> for CommunicationView {
    fn from(it: kept::Model) -> Self {
        Self {
            id: it.id,
            customer_id: it.customer_id,
            user_id: it.user_id,
            touch_point: it.touch_point,
            outcome: it.outcome,
            contact: it.contact,
            note: it.note,
            photo_ids: it.photo_ids.0,
            file_ids: it.file_ids.0,
            is_verified: it.is_verified,
            at: it.at,
            outcome_at: it.outcome_at,
        }
    }
}

/// Records that somebody was in touch. A call is an attempt until its one-tap outcome.
#[utoipa::path(tag = "customers", request_body = CommunicationBody,
    responses((status = 201, body = CommunicationView), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/customers/{id}/communications")]
async fn post_communication(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, body: CommunicationBody| {
        let (photo_ids, file_ids) = (body.photo_ids, body.file_ids);
        let told = Told { outcome: body.outcome, note: body.note, photo_ids, file_ids };
        let draft = Draft { touch_point: body.touch_point, contact: body.contact, told };
        let kept = record(&app, tx, &call.actor, (CustomerId(*id), &draft)).await?;
        Ok(CommunicationView::from(kept))
    })
    .await
}

/// Tells what came of an attempt, once.
#[utoipa::path(tag = "customers", request_body = OutcomeBody,
    responses((status = 200, body = CommunicationView), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/communications/{id}/outcome")]
async fn post_outcome(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, body: OutcomeBody| {
        let (photo_ids, file_ids) = (body.photo_ids, body.file_ids);
        let told = Told { outcome: Some(body.outcome), note: body.note, photo_ids, file_ids };
        Ok(CommunicationView::from(conclude(&app, tx, &call.actor, (*id, &told)).await?))
    })
    .await
}

/// Who was in touch with a customer, newest first.
#[utoipa::path(tag = "customers", params(Paging),
    responses((status = 200, body = Page<CommunicationView>), (status = 404, body = Problem)))]
#[get("/customers/{id}/communications")]
async fn get_communications(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    paging: Paging,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let customer = CustomerId(*id);
    rows::visible(app.db.conn(), &actor, customer).await?.ok_or(Error::NotFound)?;
    let records = kept::of_customer(app.db.conn(), customer, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, records, |it| it.id, CommunicationView::from)))
}
