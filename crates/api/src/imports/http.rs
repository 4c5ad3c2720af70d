//! Imports over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use domain::imports::Kind;
use platform::idempotency::Claim;
use platform::secret::sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rows::{self, import};
use super::start::{Request, start};
use super::{Finding, file};
use crate::App;
use crate::actor::{self, Actor, Once};
use crate::describe::ServiceConfig;
use crate::error::{Error, Problem, Result};
use crate::uploads::{Allowed, arrive, blocking};

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
              (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
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
    let allowed = Allowed { file: (app.config.uploads.import_bytes, "import_too_large"), texts: &[] };
    let mut parts = arrive(&app, actor.id, (&request, payload), &allowed).await?;
    let file = parts.file()?;
    let check = move || anyhow::Ok((file::check(&file.read()?, kind), file));
    let (checked, file) = blocking(&app, check).await??;
    if checked.is_ok() {
        app.blobs.put_file(file.path(), &file.sha256).await?;
    }
    let digest = sha256(format!("POST /imports/{}\n{dry_run}\n{}", kind.name(), file.sha256));
    let claim = actor::key(&request)?.map(|key| Claim { actor: actor.id.0, key, digest });
    let once = Once { app: &app, claim };
    // What is refused is refused the first time.
    let checked = std::cell::Cell::new(Some(checked));
    once.run(StatusCode::ACCEPTED, async |tx| {
        checked.take().unwrap_or(Ok(()))?;
        let request = Request { kind, dry_run, file_sha256: file.sha256.clone() };
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
