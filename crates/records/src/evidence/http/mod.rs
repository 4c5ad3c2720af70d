//! Tickets and photos over HTTP.

mod archive;
mod content;
mod files;
mod reviews;
mod upload;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use platform::idempotency::Claim;
use platform::secret::sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::develop::prepare;
use super::receive::{receive, ticket_of};
use super::rows::{self, photo as row};
use super::tickets::{Wanted, hand_out};
use crate::App;
use crate::actor::{self, Actor, Call, Once};
use crate::describe::ServiceConfig;
use crate::error::{Error, FieldFault, Problem, Result};
use crate::uploads::{Allowed, arrive};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(post_tickets).service(post_photo).service(get_photo);
    config.service(content::get_content).service(reviews::get_reviews);
    config.service(archive::get_archive);
    config.service(files::post_file).service(files::get_file).service(files::get_file_content);
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
    /// Of the device that asks, at most 128 characters; a photo that another one hands in is looked at.
    device_id: Option<String>,
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
            device_id: draft.device_id,
        };
        let (tickets, expires_at) = hand_out(&app, tx, &call.actor, &wanted).await?;
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
    /// Other photos that show the same, the nearest first.
    #[schema(value_type = Vec<Similar>)]
    similar_to: Value,
    /// How much speaks for the photo, 0 to 100; for people, never decisive.
    confidence: Option<i32>,
    /// Passed, and drawn by lot for a person to look at all the same.
    drawn: bool,
    /// False where the format cannot be shown here, as HEIC: only the original can be seen.
    has_preview: bool,
    /// The phone's clock less ours in seconds, where the phone said what time it is.
    clock_skew_s: Option<i64>,
    /// When its ticket was handed out.
    issued_at: Option<DateTime<Utc>>,
    device_id: Option<String>,
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
            similar_to: photo.similar_to,
            confidence: photo.confidence,
            drawn: photo.drawn,
            has_preview: photo.has_preview,
            clock_skew_s: photo.client_time.map(|theirs| (theirs - photo.received_at).num_seconds()),
            issued_at: photo.issued_at,
            device_id: photo.device_id,
            content_type: photo.format,
            n_bytes: photo.n_bytes,
            width: photo.width,
            height: photo.height,
            received_at: photo.received_at,
        }
    }
}

/// A photo that shows the same.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is kept as JSON")]
struct Similar {
    id: Uuid,
    /// In how many of 128 bits the two differ: 0 for a copy, more than 20 for another picture.
    distance: u32,
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
    /// Of the device, as in the request for the ticket.
    device_id: Option<String>,
    /// What the phone's clock says while it sends.
    client_time: Option<String>,
}

const PHOTO_PARTS: &[&str] =
    &["ticket", "location", "taken_at", "source", "sha256", "device_id", "client_time"];

/// Takes a photo in, reads what it says, and answers with its verdict. Handing the same photo in for the same task
/// again gives the same answer.
#[utoipa::path(tag = "evidence", request_body(content = PhotoForm, content_type = "multipart/form-data"),
    responses((status = 201, body = PhotoView), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem), (status = 503, body = Problem)))]
#[post("/photos")]
async fn post_photo(
    app: Data<App>,
    actor: Actor,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse> {
    let allowed = Allowed { file: (app.config.uploads.photo_bytes, "photo_too_large"), texts: PHOTO_PARTS };
    let mut parts = arrive(&app, actor.id, (&request, payload), &allowed).await?;
    let mut upload = upload::of(&mut parts)?;
    ticket_of(&app, &upload.ticket).await?;
    check_digest(parts.text("sha256"), &upload.file.sha256)?;
    let (prepared, file) = prepare(&app, upload.file).await?;
    upload.file = file;
    let digest = sha256(format!("POST /photos\n{}\n{}", upload.ticket, upload.file.sha256));
    let key = actor::key(&request)?;
    let once = Once { app: &app, claim: key.map(|key| Claim { actor: actor.id.0, key, digest }) };
    let receive = async |tx: &platform::Tx| receive(&app, tx, &actor, &upload, &prepared).await;
    once.run(StatusCode::CREATED, async |tx| Ok(PhotoView::from(receive(tx).await?))).await
}

/// Was the file damaged on its way?
fn check_digest(claimed: Option<String>, found: &str) -> Result<()> {
    match claimed {
        Some(claimed) if !claimed.eq_ignore_ascii_case(found) => {
            Err(Error::Invalid("sha256_mismatch", vec![FieldFault::new("/sha256", "sha256_mismatch")]))
        }
        _ => Ok(()),
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Beside {
    /// A photo that the caller reviews and that names this one as the same or similar.
    beside: Option<Uuid>,
}

/// A photo's facts and verdict. A look at somebody else's is logged.
#[utoipa::path(tag = "evidence", params(Beside), responses((status = 200, body = PhotoView), (status = 404, body = Problem)))]
#[get("/photos/{id}")]
async fn get_photo(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    query: Query<Beside>,
) -> Result<HttpResponse> {
    let photo = rows::shown(app.db.conn(), &actor, *id, query.beside).await?.ok_or(Error::NotFound)?;
    content::look(&app, &actor, &photo).await?;
    Ok(HttpResponse::Ok().json(PhotoView::from(photo)))
}
