//! Configuration documents over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post, put};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::actor::{Actor, Call, Nothing};
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result};
use crate::page::{Page, Paging};
use crate::settings::documents::{self, Kind};
use crate::settings::rows::document;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_document)
        .service(put_draft)
        .service(post_check)
        .service(post_publish)
        .service(get_versions)
        .service(get_schema);
}

/// A version of a document.
#[derive(Serialize, ToSchema)]
struct DocumentView {
    kind: String,
    /// 0 is what the program ships with.
    version: i32,
    /// `draft` or `published`.
    status: String,
    #[schema(value_type = Object)]
    body: Value,
    /// Nobody, for what the program ships with.
    edited_by: Option<Uuid>,
    published_at: Option<DateTime<Utc>>,
}

impl From<document::Model> for DocumentView {
    fn from(it: document::Model) -> Self {
        Self {
            kind: it.kind,
            version: it.version,
            status: it.status,
            body: it.body,
            edited_by: Some(it.edited_by).filter(|id| !id.is_nil()),
            published_at: it.published_at,
        }
    }
}

/// What is wrong with a document; nothing where it may be published.
#[derive(Serialize, ToSchema)]
struct CheckView {
    faults: Vec<FieldFault>,
}

/// The version in force, and what is being edited.
#[derive(Serialize, ToSchema)]
struct KindView {
    published: DocumentView,
    draft: Option<DocumentView>,
}

/// A draft that was kept, with what is wrong with it so far.
#[derive(Serialize, ToSchema)]
struct DraftView {
    #[serde(flatten)]
    draft: DocumentView,
    faults: Vec<FieldFault>,
}

fn kind(name: &str) -> Result<Kind> {
    Kind::by_name(name).ok_or(Error::NotFound)
}

/// A document's version in force, and its draft.
#[utoipa::path(tag = "settings", responses((status = 200, body = KindView), (status = 404, body = Problem)))]
#[get("/config/{kind}")]
async fn get_document(app: Data<App>, _actor: Actor, name: Path<String>) -> Result<HttpResponse> {
    let kind = kind(&name)?;
    let published = documents::in_force(app.db.conn(), kind).await?.into();
    let draft = document::draft(app.db.conn(), kind.name()).await?.map(DocumentView::from);
    Ok(HttpResponse::Ok().json(KindView { published, draft }))
}

/// Keeps a draft, also one with faults: they only keep it from being published.
#[utoipa::path(tag = "settings", request_body(content = Object),
    responses((status = 200, body = DraftView), (status = 422, body = Problem)))]
#[put("/config/{kind}/draft")]
async fn put_draft(app: Data<App>, call: Call, name: Path<String>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, body: Value| {
        let (draft, faults) = documents::draft(tx, call.actor.id, kind(&name)?, body).await?;
        Ok(DraftView { draft: draft.into(), faults })
    })
    .await
}

/// Says what keeps the draft from being published.
#[utoipa::path(tag = "settings", request_body = Nothing, responses((status = 200, body = CheckView)))]
#[post("/config/{kind}/check")]
async fn post_check(app: Data<App>, call: Call, name: Path<String>) -> Result<HttpResponse> {
    call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        Ok(CheckView { faults: documents::check(tx, kind(&name)?).await? })
    })
    .await
}

/// Puts the draft in force as the next version. What runs already goes on as it was.
#[utoipa::path(tag = "settings", request_body = Nothing,
    responses((status = 200, body = DocumentView), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/config/{kind}/publish")]
async fn post_publish(app: Data<App>, call: Call, name: Path<String>) -> Result<HttpResponse> {
    let answer = call.once(&app, StatusCode::OK, async |tx, _: Nothing| {
        Ok(DocumentView::from(documents::publish(tx, call.actor.id, kind(&name)?).await?))
    });
    let answer = answer.await?;
    app.settings.forget();
    Ok(answer)
}

/// All versions of a document, newest first.
#[utoipa::path(tag = "settings", params(Paging), responses((status = 200, body = Page<DocumentView>)))]
#[get("/config/{kind}/versions")]
async fn get_versions(
    app: Data<App>,
    _actor: Actor,
    name: Path<String>,
    paging: Paging,
) -> Result<HttpResponse> {
    let kind = kind(&name)?;
    let page = paging.numbered()?;
    let versions = document::versions(app.db.conn(), kind.name(), page).await?;
    Ok(HttpResponse::Ok().json(Page::numbered(page, versions, |it| it.version, DocumentView::from)))
}

/// The JSON Schema of a kind of document.
#[utoipa::path(tag = "settings", responses((status = 200, body = Object), (status = 404, body = Problem)))]
#[get("/config/{kind}/schema")]
async fn get_schema(_actor: Actor, name: Path<String>) -> Result<HttpResponse> {
    let schema = kind(&name)?.schema().ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().content_type("application/schema+json").json(schema))
}
