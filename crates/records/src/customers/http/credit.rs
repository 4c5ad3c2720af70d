//! More credit for a while.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::customers::{PaymentTerms, Standing, TemporaryCredit};
use domain::ids::CustomerId;
use domain::money::Fen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::actor::{Actor, Call};
use crate::customers::rows::standing::{self as kept, credit};
use crate::customers::standing;
use crate::customers::standing::grant;
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_credit).service(get_credits).service(get_standing);
}

/// More credit from one instant to before another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditDraft {
    /// Yuan.
    #[schema(value_type = String)]
    amount: Fen,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    reason: String,
}

/// A temporary credit of who pays.
#[derive(Serialize, ToSchema)]
struct CreditView {
    id: Uuid,
    /// Who pays: the chain, for one of its stores.
    customer_id: Uuid,
    #[schema(value_type = String)]
    amount: Fen,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    reason: String,
    granted_by: Uuid,
    granted_at: DateTime<Utc>,
}

impl From<credit::Model> for CreditView {
    fn from(it: credit::Model) -> Self {
        Self {
            id: it.id,
            customer_id: it.customer_id,
            amount: Fen(it.amount_fen),
            from: it.valid_from,
            until: it.valid_until,
            reason: it.reason,
            granted_by: it.granted_by,
            granted_at: it.granted_at,
        }
    }
}

/// Where a customer stands now: credit, terms and prices of who pays.
#[derive(Serialize, ToSchema)]
struct StandingView {
    /// Who pays: the customer itself, or its chain.
    bill_to_id: Uuid,
    #[schema(value_type = String)]
    credit_limit: Fen,
    /// The sum of the temporary credits that are valid now.
    #[schema(value_type = String)]
    temporary_credit: Fen,
    #[schema(value_type = String)]
    payment_terms: PaymentTerms,
    /// Who prepays or pays on delivery needs no limit.
    uses_credit: bool,
    price_tier: String,
    is_blacklisted: bool,
}

impl From<Standing> for StandingView {
    fn from(it: Standing) -> Self {
        Self {
            bill_to_id: it.bill_to.0,
            credit_limit: it.limit,
            temporary_credit: it.temporary,
            payment_terms: it.terms,
            uses_credit: it.terms.uses_credit(),
            price_tier: it.price_tier,
            is_blacklisted: it.is_blacklisted,
        }
    }
}

/// Where a customer stands now.
#[utoipa::path(tag = "customers",
    responses((status = 200, body = StandingView), (status = 404, body = Problem)))]
#[get("/customers/{id}/standing")]
async fn get_standing(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let (db, customer) = (app.db.conn(), CustomerId(*id));
    crate::customers::rows::visible(db, &actor, customer).await?.ok_or(Error::NotFound)?;
    let standing = standing(db, customer, app.db.now().await?).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(StandingView::from(standing)))
}

/// Grants more credit for a while. Several may overlap: they add up.
#[utoipa::path(tag = "customers", request_body = CreditDraft,
    responses((status = 201, body = CreditView), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/customers/{id}/temporary-credits")]
async fn post_credit(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: CreditDraft| {
        let credit = TemporaryCredit { amount: draft.amount, from: draft.from, until: draft.until };
        let granted = grant(tx, &call.actor, CustomerId(*id), (credit, &draft.reason)).await?;
        Ok(CreditView::from(granted))
    })
    .await
}

/// The temporary credits of who pays for the customer, newest first.
#[utoipa::path(tag = "customers", params(Paging),
    responses((status = 200, body = Page<CreditView>), (status = 404, body = Problem)))]
#[get("/customers/{id}/temporary-credits")]
async fn get_credits(app: Data<App>, actor: Actor, id: Path<Uuid>, paging: Paging) -> Result<HttpResponse> {
    let (db, window) = (app.db.conn(), paging.window()?);
    let customer = CustomerId(*id);
    crate::customers::rows::visible(db, &actor, customer).await?.ok_or(Error::NotFound)?;
    let standing = standing(db, customer, app.db.now().await?).await?.ok_or(Error::NotFound)?;
    let credits = kept::credits(db, standing.bill_to, window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, credits, |it| it.id, CreditView::from)))
}
