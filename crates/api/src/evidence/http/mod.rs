//! Tickets and photos over HTTP.

mod multipart;
mod places;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use platform::idempotency::Claim;
use platform::secret::sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use wechat::photo::{self, Limits};

use super::receive::{read, receive, ticket_of};
use super::rows::{self, photo as row};
use super::tickets::{Wanted, hand_out};
use crate::App;
use crate::actor::{self, Actor, Call, Once};
use crate::error::{Error, FieldFault, Problem, Result};
use crate::settings::{self, Event};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_tickets).service(post_photo).service(get_photo).service(get_content);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketDraft {
    /// What the photo shows: `storefront`, `goods`, `signed_slip`, …
    purpose: String,
    /// `customer`, `delivery` or `trip`.
    subject_type: String,
    subject_id: Uuid,
    /// How many, 1 unless said; more than one last until the end of the day, for capture without signal.
    count: Option<usize>,
}

/// A right to hand a photo in.
#[derive(Serialize, ToSchema)]
struct TicketView {
    /// The first of them.
    ticket: String,
    /// All of them.
    tickets: Vec<String>,
    expires_at: DateTime<Utc>,
}

/// Hands out capture tickets for a task.
#[utoipa::path(tag = "evidence", request_body = TicketDraft,
    responses((status = 201, body = TicketView), (status = 422, body = Problem)))]
#[post("/capture-tickets")]
async fn post_tickets(app: Data<App>, call: Call) -> Result<HttpResponse> {
    call.once(&app, StatusCode::CREATED, async |tx, draft: TicketDraft| {
        let wanted = Wanted {
            purpose: draft.purpose,
            subject_type: draft.subject_type,
            subject_id: draft.subject_id,
            count: draft.count.unwrap_or(1),
        };
        let (tickets, expires_at) = hand_out(tx, &call.actor, &wanted).await?;
        let ticket = tickets.first().cloned().unwrap_or_default();
        Ok(TicketView { ticket, tickets, expires_at })
    })
    .await
}

/// A photo and what it is worth.
#[derive(Serialize, ToSchema)]
struct PhotoView {
    id: Uuid,
    sha256: String,
    purpose: String,
    subject_type: String,
    subject_id: Uuid,
    customer_id: Uuid,
    user_id: Uuid,
    /// `pass`, `uncertain`, `review` or `reject`.
    verdict: String,
    /// Stable codes, all that apply.
    #[schema(value_type = Vec<String>)]
    reasons: Value,
    /// What the file says about itself.
    #[schema(value_type = Object)]
    exif: Value,
    /// From the phone to the store, in metres.
    distance_m: Option<i32>,
    /// The photo with the same bytes that makes this one a duplicate.
    duplicate_of: Option<Uuid>,
    content_type: String,
    n_bytes: i64,
    width: i32,
    height: i32,
    received_at: DateTime<Utc>,
}

impl From<row::Model> for PhotoView {
    fn from(photo: row::Model) -> Self {
        Self {
            id: photo.id,
            sha256: photo.sha256,
            purpose: photo.purpose,
            subject_type: photo.subject_type,
            subject_id: photo.subject_id,
            customer_id: photo.customer_id,
            user_id: photo.user_id,
            verdict: photo.verdict,
            reasons: photo.reasons,
            exif: photo.exif,
            distance_m: photo.distance_m,
            duplicate_of: photo.duplicate_of,
            content_type: photo.format,
            n_bytes: photo.n_bytes,
            width: photo.width,
            height: photo.height,
            received_at: photo.received_at,
        }
    }
}

/// The parts of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the multipart body")]
struct PhotoForm {
    /// JPEG, PNG, WebP or HEIC, at most 20 MB, as shot.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// From `/capture-tickets`.
    ticket: String,
    /// A location as JSON.
    location: Option<String>,
    /// When the phone says it was taken.
    taken_at: Option<String>,
    /// `camera` or `album`.
    source: Option<String>,
    /// Of the file, to notice damage on the way.
    sha256: Option<String>,
}

/// Takes a photo in, reads what it says, and answers with its verdict. Handing the same photo in for the same task
/// again gives the same answer.
#[utoipa::path(tag = "evidence", request_body(content = PhotoForm, content_type = "multipart/form-data"),
    responses((status = 201, body = PhotoView), (status = 413, body = Problem), (status = 422, body = Problem),
              (status = 503, body = Problem)))]
#[post("/photos")]
async fn post_photo(
    app: Data<App>,
    actor: Actor,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse> {
    let _place = places::place(&app, actor.id).await?;
    let max_bytes = app.config.uploads.photo_bytes;
    let parts = places::in_time(multipart::read(&request, payload, max_bytes)).await?;
    let mut upload = parts.upload;
    ticket_of(&app, &upload.ticket).await?;
    let (bytes, facts) = read(std::mem::take(&mut upload.bytes), max_bytes).await?;
    if parts.sha256.is_some_and(|claimed| !claimed.eq_ignore_ascii_case(&facts.sha256)) {
        return Err(Error::Invalid("sha256_mismatch", vec![FieldFault::new("/sha256", "sha256_mismatch")]));
    }
    app.blobs.put(bytes).await?;
    let digest = sha256(format!("POST /photos\n{}\n{}", upload.ticket, facts.sha256));
    let key = actor::key(&request)?;
    let once = Once { app: &app, claim: key.map(|key| Claim { actor: actor.id.0, key, digest }) };
    once.run(StatusCode::CREATED, async |tx| Ok(PhotoView::from(receive(tx, &actor, &upload, &facts).await?)))
        .await
}

/// A photo's facts and verdict.
#[utoipa::path(tag = "evidence", responses((status = 200, body = PhotoView), (status = 404, body = Problem)))]
#[get("/photos/{id}")]
async fn get_photo(app: Data<App>, actor: Actor, id: Path<Uuid>) -> Result<HttpResponse> {
    let photo = rows::visible(app.db.conn(), &actor, *id).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(PhotoView::from(photo)))
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Variant {
    /// `original`, as shot, or `preview`: 1024 pixels, upright, without EXIF. Preview unless said.
    variant: Option<String>,
}

/// The picture itself. A look at somebody else's photo is logged.
#[utoipa::path(tag = "evidence", params(Variant), responses((status = 200, content_type = "image/jpeg"), (status = 404, body = Problem)))]
#[get("/photos/{id}/content")]
async fn get_content(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    variant: Query<Variant>,
) -> Result<HttpResponse> {
    let photo = rows::visible(app.db.conn(), &actor, *id).await?.ok_or(Error::NotFound)?;
    let is_original = match variant.variant.as_deref() {
        Some("original") => true,
        None | Some("preview") => false,
        Some(_) => return Err(Error::field("/variant", "invalid_parameter")),
    };
    let bytes = app.blobs.get(&photo.sha256).await?;
    if photo.user_id != actor.id.0 {
        let tx = app.db.begin().await?;
        settings::record(&tx, Event::about("evidence.photo_viewed", Some(actor.id), ("photo", photo.id)))
            .await?;
        tx.commit().await?;
    }
    let (bytes, kind) = if is_original {
        (bytes, photo.format)
    } else {
        (preview(&app, bytes).await?, "image/jpeg".to_owned())
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .content_type(kind)
        .body(bytes))
}

/// Decoded off the async threads, a few at a time: memory stays bounded.
async fn preview(app: &App, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let _place = app.previews.acquire().await.map_err(anyhow::Error::from)?;
    let made = tokio::task::spawn_blocking(move || {
        let limits = Limits::default();
        let facts = photo::read(&bytes, &limits)?;
        photo::preview(&bytes, &facts, 1024, &limits)
    })
    .await
    .map_err(anyhow::Error::from)?;
    made.map_err(|_| Error::conflict("photo_no_preview"))
}
