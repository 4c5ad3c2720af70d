//! Imports over HTTP.

use actix_multipart::{Field, Multipart};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::imports::Kind;
use futures::TryStreamExt;
use platform::idempotency::Claim;
use platform::secret::sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rows::{self, import};
use super::start::{Request, start};
use super::{Finding, file};
use crate::App;
use crate::actor::{self, Actor, Once};
use crate::error::{Error, FieldFault, Problem, Result};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_import).service(get_import);
}

/// The parts of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the multipart body")]
struct ImportForm {
    /// CSV in UTF-8, the names of the columns in the first row, at most 20 MB.
    #[schema(format = Binary, content_media_type = "text/csv")]
    file: String,
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Options {
    /// Judges every row and stores none.
    #[serde(default)]
    dry_run: bool,
}

/// An import that was taken in.
#[derive(Serialize, ToSchema)]
struct StartedView {
    id: Uuid,
    /// `queued`
    status: String,
}

/// How far an import is, and what is to be said about its rows.
#[derive(Serialize, ToSchema)]
struct ImportView {
    id: Uuid,
    /// `regions`, `users`, `customers` or `products`.
    kind: String,
    /// `queued`, `running`, `done`, or `failed` when the file cannot be processed at all.
    status: String,
    dry_run: bool,
    /// Rows of the file, as far as it has been read.
    n_rows: i32,
    n_done: i32,
    /// Rows stored; in a dry run, rows that would be.
    n_stored: i32,
    /// Rows that were not, for at least one error each.
    n_failed: i32,
    /// The first 500.
    #[schema(value_type = Vec<Finding>)]
    errors: Value,
    /// The first 500. These rows are stored all the same.
    #[schema(value_type = Vec<Finding>)]
    warnings: Value,
    /// Why it failed.
    failure: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<import::Model> for ImportView {
    fn from(import: import::Model) -> Self {
        Self {
            id: import.id,
            kind: import.kind,
            status: import.status,
            dry_run: import.dry_run,
            n_rows: import.n_rows,
            n_done: import.n_done,
            n_stored: import.n_stored,
            n_failed: import.n_failed,
            errors: import.errors,
            warnings: import.warnings,
            failure: import.failure,
            created_at: import.created_at,
            finished_at: import.finished_at,
        }
    }
}

/// Takes a file of regions, users, customers or products in; its rows are read afterwards. A good row is stored, or
/// changed where its id is known; a bad one is skipped and says why.
#[utoipa::path(tag = "imports", params(Options),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 202, body = StartedView), (status = 413, body = Problem), (status = 415, body = Problem),
              (status = 422, body = Problem)))]
#[post("/imports/{import}")]
async fn post_import(
    app: Data<App>,
    actor: Actor,
    kind: Path<String>,
    options: Query<Options>,
    (request, payload): (HttpRequest, Payload),
) -> Result<HttpResponse> {
    let kind = Kind::by_name(&kind).ok_or_else(|| Error::field("/kind", "import_kind_unknown"))?;
    let dry_run = options.dry_run;
    let bytes = file_part(&request, payload, app.config.uploads.import_bytes).await?;
    let (bytes, file_sha256, checked) = tokio::task::spawn_blocking(move || {
        let (file_sha256, checked) = (sha256(&bytes), file::check(&bytes, kind));
        (bytes, file_sha256, checked)
    })
    .await
    .map_err(anyhow::Error::from)?;
    if checked.is_ok() {
        app.blobs.put(bytes).await?;
    }
    let digest = sha256(format!("POST /imports/{}\n{dry_run}\n{file_sha256}", kind.name()));
    let claim = actor::key(&request)?.map(|key| Claim { actor: actor.id.0, key, digest });
    let once = Once { app: &app, claim };
    once.run(StatusCode::ACCEPTED, async |tx| {
        checked?;
        let request = Request { kind, dry_run, file_sha256 };
        let import = start(tx, &actor, request).await?;
        Ok(StartedView { id: import.id, status: import.status })
    })
    .await
}

/// An import of the caller's; the admin sees everybody's.
#[utoipa::path(tag = "imports", responses((status = 200, body = ImportView), (status = 404, body = Problem)))]
#[get("/imports/{import}")]
async fn get_import(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let import = rows::visible(app.db.conn(), &actor, *id).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(ImportView::from(import)))
}

/// What a form adds around its file.
const FORM_BYTES: usize = 1 << 16;

/// Reads the part `file`. Another part is a typo and refused.
async fn file_part(request: &HttpRequest, payload: Payload, max_bytes: usize) -> Result<Vec<u8>> {
    let kind = value(request, header::CONTENT_TYPE);
    if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        return Err(Error::Unsupported("content_type_unsupported"));
    }
    let n_announced: Option<usize> = value(request, header::CONTENT_LENGTH).parse().ok();
    if n_announced.is_some_and(|n| n > max_bytes + FORM_BYTES) {
        return Err(Error::TooLarge("import_too_large"));
    }
    let mut form = Multipart::new(request.headers(), payload.into_inner());
    let mut file = None;
    while let Some(mut field) = form.try_next().await.map_err(|_| missing())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" || file.is_some() {
            let pointer = format!("/{name}");
            return Err(Error::Invalid("part_unknown", vec![FieldFault::new(pointer, "part_unknown")]));
        }
        file = Some(bytes(&mut field, max_bytes).await?);
    }
    file.ok_or_else(missing)
}

fn value(request: &HttpRequest, name: header::HeaderName) -> &str {
    let value = request.headers().get(name);
    value.and_then(|it| it.to_str().ok()).unwrap_or_default()
}

fn missing() -> Error {
    Error::field("/file", "part_missing")
}

async fn bytes(field: &mut Field, max_bytes: usize) -> Result<Vec<u8>> {
    let read = field.bytes(max_bytes).await.map_err(|_| Error::TooLarge("import_too_large"))?;
    Ok(read.map_err(|_| missing())?.to_vec())
}
