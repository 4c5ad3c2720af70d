//! Quotes over HTTP.

mod lines;
mod page;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post, put};
use chrono::{DateTime, Utc};
use domain::ids::{CustomerId, OpportunityId, QuoteId};
use domain::money::Fen;
use platform::Tx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rows::{self, QuoteRow, line, quote};
use super::write::Draft;
use super::{link, sign, write};
use crate::App;
use crate::actor::{Actor, Call, Nothing, Once};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::page::{Page, Paging};

pub use lines::{LineDraft, lines};
pub use page::pages;

use lines::QuoteLineView;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_quotes)
        .service(get_quote)
        .service(post_quote)
        .service(put_quote)
        .service(post_send)
        .service(post_sign)
        .service(post_link)
        .service(post_void);
}

/// An offer to a customer.
#[derive(Serialize, ToSchema)]
struct QuoteView {
    id: Uuid,
    number: String,
    external_id: Option<String>,
    customer_id: Uuid,
    customer_name: String,
    opportunity_id: Option<Uuid>,
    region_id: Uuid,
    owner_id: Uuid,
    /// `draft`, `sent`, `signed`, `ordered` or `void`.
    status: String,
    /// Which version of its lines counts, from one.
    revision: i32,
    #[schema(value_type = String)]
    total: Fen,
    sent_at: Option<DateTime<Utc>>,
    /// The end of the 48 hours to sign.
    due_at: Option<DateTime<Utc>>,
    signed_at: Option<DateTime<Utc>>,
    signer_name: Option<String>,
    /// `photo` or `link`.
    signed_by: Option<String>,
    #[schema(value_type = Vec<Uuid>)]
    photo_ids: serde_json::Value,
    voided_at: Option<DateTime<Utc>>,
    order_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

impl From<QuoteRow> for QuoteView {
    fn from(row: QuoteRow) -> Self {
        let quote = row.quote;
        Self {
            id: quote.id,
            number: quote.number,
            external_id: quote.external_id,
            customer_id: quote.customer_id,
            customer_name: row.customer_name,
            opportunity_id: quote.opportunity_id,
            region_id: quote.region_id,
            owner_id: quote.owner_id,
            status: quote.status,
            revision: quote.revision,
            total: Fen(quote.total_fen),
            sent_at: quote.sent_at,
            due_at: quote.due_at,
            signed_at: quote.signed_at,
            signer_name: quote.signer_name,
            signed_by: quote.signed_by,
            photo_ids: quote.photo_ids,
            voided_at: quote.voided_at,
            order_id: quote.order_id,
            created_at: quote.created_at,
            updated_at: quote.updated_at,
            version: quote.version,
        }
    }
}

/// A quote with the lines of a version.
#[derive(Serialize, ToSchema)]
struct QuoteWithLines {
    #[serde(flatten)]
    quote: QuoteView,
    lines: Vec<QuoteLineView>,
}

impl QuoteWithLines {
    fn of(quote: QuoteRow, lines: Vec<line::Model>) -> Self {
        Self { quote: quote.into(), lines: lines.into_iter().map(QuoteLineView::from).collect() }
    }
}

/// The quote as it is now.
async fn shown(tx: &Tx, id: QuoteId) -> Result<QuoteWithLines> {
    let row = rows::named(tx.db(), id).await?.ok_or(Error::NotFound)?;
    let lines = rows::lines(tx.db(), id, row.quote.revision).await?;
    Ok(QuoteWithLines::of(row, lines))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct QuoteFilter {
    status: Option<String>,
    customer_id: Option<Uuid>,
}

/// The quotes in the caller's scope.
#[utoipa::path(tag = "quotes", params(Paging, QuoteFilter), responses((status = 200, body = Page<QuoteView>)))]
#[get("/quotes")]
async fn get_quotes(
    app: Data<App>,
    actor: Actor,
    paging: Paging,
    filter: Query<QuoteFilter>,
) -> Result<HttpResponse> {
    let window = paging.window()?;
    let filter = filter.into_inner();
    let rows = rows::page(app.db.conn(), &actor, (filter.status, filter.customer_id), window).await?;
    Ok(HttpResponse::Ok().json(Page::of(window, rows, |it| it.quote.id, QuoteView::from)))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Revision {
    /// An older version of its lines.
    revision: Option<i32>,
}

/// A quote with its lines; those of an older version where it is asked for.
#[utoipa::path(tag = "quotes", params(Revision),
    responses((status = 200, body = QuoteWithLines), (status = 404, body = Problem)))]
#[get("/quotes/{id}")]
async fn get_quote(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    asked: Query<Revision>,
) -> Result<HttpResponse> {
    let id = QuoteId(*id);
    let quote = rows::visible(app.db.conn(), &actor, id).await?.ok_or(Error::NotFound)?;
    let revision = asked.revision.unwrap_or(quote.quote.revision);
    let lines = rows::lines(app.db.conn(), id, revision).await?;
    if lines.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(HttpResponse::Ok().json(QuoteWithLines::of(quote, lines)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuoteDraft {
    /// A quote needs a customer with a file.
    customer_id: Uuid,
    opportunity_id: Option<Uuid>,
    lines: Vec<LineDraft>,
}

/// Writes a quote for a customer.
#[utoipa::path(tag = "quotes", request_body = QuoteDraft,
    responses((status = 201, body = QuoteWithLines), (status = 422, body = Problem)))]
#[post("/quotes")]
async fn post_quote(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: QuoteDraft| {
        let draft = Draft {
            customer: CustomerId(draft.customer_id),
            opportunity: draft.opportunity_id.map(OpportunityId),
            lines: lines(draft.lines)?,
        };
        let id = write::write(&app, tx, &call.actor, &draft).await?;
        shown(tx, id).await
    })
    .await
}

/// The quote, locked, if the caller sees it and has seen its current version.
async fn locked(tx: &Tx, call: &Call, id: Uuid) -> Result<quote::Model> {
    let id = QuoteId(id);
    rows::visible(tx.db(), &call.actor, id).await?.ok_or(Error::NotFound)?;
    let quote = rows::locked(tx.db(), id).await?.ok_or(Error::NotFound)?;
    call.check_version(quote.version)?;
    Ok(quote)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevisionDraft {
    /// All lines as they are offered now.
    lines: Vec<LineDraft>,
}

/// Changes a quote by a new version, which is sent anew.
#[utoipa::path(tag = "quotes", request_body = RevisionDraft,
    responses((status = 200, body = QuoteWithLines), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[put("/quotes/{id}")]
async fn put_quote(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: RevisionDraft| {
        let quote = locked(tx, &call, *id).await?;
        write::revise(tx, &call.actor, quote, &lines(draft.lines)?).await?;
        shown(tx, QuoteId(*id)).await
    })
    .await
}

/// Sends a quote: the customer has 48 hours to sign.
#[utoipa::path(tag = "quotes", request_body = Nothing,
    responses((status = 200, body = QuoteWithLines), (status = 409, body = Problem)))]
#[post("/quotes/{id}/send")]
async fn post_send(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let quote = locked(tx, &call, *id).await?;
        write::send(&app, tx, &call.actor, quote).await?;
        shown(tx, QuoteId(*id)).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignDraft {
    /// Who signed at the customer's.
    signer_name: String,
    /// At least one photo of the signature, taken for this quote.
    photo_ids: Vec<Uuid>,
}

/// The customer has signed on paper.
#[utoipa::path(tag = "quotes", request_body = SignDraft,
    responses((status = 200, body = QuoteWithLines), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/quotes/{id}/sign")]
async fn post_sign(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, draft: SignDraft| {
        let quote = locked(tx, &call, *id).await?;
        let signed = (draft.signer_name.as_str(), draft.photo_ids.as_slice());
        sign::by_photo(tx, &call.actor, quote, signed).await?;
        shown(tx, QuoteId(*id)).await
    })
    .await
}

/// A link to a page on which the customer signs.
#[derive(Serialize, ToSchema)]
struct LinkView {
    /// The path of the page on this server. It is shown once.
    path: String,
    expires_at: DateTime<Utc>,
}

/// Makes a link that opens the quote without a login, for this version, once, and for three days.
#[utoipa::path(tag = "quotes", request_body = Nothing,
    responses((status = 201, body = LinkView), (status = 409, body = Problem)))]
#[post("/quotes/{id}/link")]
async fn post_link(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    let _: Nothing = call.body()?;
    // The answer is kept under no key: it holds the token, which is stored as its digest alone.
    let once = Once { app: &app, claim: None };
    once.run(StatusCode::CREATED, async |tx| {
        let quote = locked(tx, &call, *id).await?;
        let (token, expires_at) = link::make(tx, &call.actor, &quote).await?;
        Ok(LinkView { path: format!("/quote/{token}"), expires_at })
    })
    .await
}

/// Calls a quote off: it counts in no rate.
#[utoipa::path(tag = "quotes", request_body = Nothing,
    responses((status = 200, body = QuoteWithLines), (status = 409, body = Problem)))]
#[post("/quotes/{id}/void")]
async fn post_void(app: Data<App>, call: Call, id: Path<Uuid>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        let quote = locked(tx, &call, *id).await?;
        write::void(tx, &call.actor, quote).await?;
        shown(tx, QuoteId(*id)).await
    })
    .await
}
