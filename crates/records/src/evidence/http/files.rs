//! Documents over HTTP.

use actix_web::http::header::{
    Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::ids::CustomerId;
use platform::idempotency::Claim;
use platform::secret::sha256;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::documents::{Draft, receive, typed};
use super::super::rows::file;
use crate::App;
use crate::actor::{self, Actor, Once};
use crate::error::{Error, Problem, Result};
use crate::uploads::{Allowed, arrive};

/// A document that was handed in.
#[derive(Serialize, ToSchema)]
struct FileView {
    id: Uuid,
    sha256: String,
    /// By content, whatever the file is called.
    content_type: String,
    n_bytes: i64,
    name: Option<String>,
    /// It holds programs; open it with care.
    has_macros: bool,
    /// The first document with the same bytes, by whomever.
    duplicate_of: Option<Uuid>,
    customer_id: Option<Uuid>,
    user_id: Uuid,
    received_at: DateTime<Utc>,
}

impl From<file::Model> for FileView {
    fn from(file: file::Model) -> Self {
        Self {
            id: file.id,
            sha256: file.sha256,
            content_type: file.content_type,
            n_bytes: file.n_bytes,
            name: file.name,
            has_macros: file.has_macros,
            duplicate_of: file.duplicate_of,
            customer_id: file.customer_id,
            user_id: file.user_id,
            received_at: file.received_at,
        }
    }
}

/// The parts of a document's upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the multipart body")]
struct FileForm {
    /// PDF, Word, Excel, PowerPoint or an image, at most 20 MB.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// Whose document it is; who sees the customer then sees it too.
    customer_id: Option<Uuid>,
}

/// Takes a document in. Its type is told from its content; nothing in it is opened or run.
#[utoipa::path(tag = "evidence", request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = FileView), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem), (status = 503, body = Problem)))]
#[post("/files")]
pub(super) async fn post_file(
    app: Data<App>,
    actor: Actor,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse> {
    let allowed =
        Allowed { file: (app.config.uploads.photo_bytes, "file_too_large"), texts: &["customer_id"] };
    let mut parts = arrive(&app, actor.id, (&request, payload), &allowed).await?;
    let customer = parts.word::<Uuid>("customer_id")?.map(CustomerId);
    let draft = Draft { file: parts.file()?, name: parts.file_name.take(), customer };
    let (draft, found) = typed(&app, draft).await?;
    let digest = sha256(format!("POST /files\n{customer:?}\n{}", draft.file.sha256));
    let key = actor::key(&request)?;
    let once = Once { app: &app, claim: key.map(|key| Claim { actor: actor.id.0, key, digest }) };
    let receive = async |tx: &platform::Tx| receive(&app, tx, &actor, &draft, &found).await;
    once.run(StatusCode::CREATED, async |tx| Ok(FileView::from(receive(tx).await?))).await
}

/// A document's facts.
#[utoipa::path(tag = "evidence", responses((status = 200, body = FileView), (status = 404, body = Problem)))]
#[get("/files/{id}")]
pub(super) async fn get_file(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let file = file::visible(app.db.conn(), &actor, *id).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(FileView::from(file)))
}

/// The document itself, to be saved: never shown in the page that asked.
#[utoipa::path(tag = "evidence", responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
#[get("/files/{id}/content")]
pub(super) async fn get_file_content(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let file = file::visible(app.db.conn(), &actor, *id).await?.ok_or(Error::NotFound)?;
    let bytes = app.blobs.get(&file.sha256).await?;
    let name = file.name.unwrap_or_else(|| file.id.to_string());
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.into_bytes(),
    };
    let attached = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(name)],
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header(attached)
        .content_type(file.content_type)
        .body(bytes))
}
