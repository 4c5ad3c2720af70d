//! The picture itself.

use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use uuid::Uuid;
use wechat::photo::{self, Limits};

use super::super::develop::{PREVIEW, THUMBNAIL, blocking};
use super::super::rows;
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Problem, Result};
use crate::settings::{self, Event};

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Variant {
    /// `original`, as shot; `preview`, 1024 pixels; or `thumbnail`, 320 pixels; both upright and without EXIF.
    /// Preview unless said.
    variant: Option<String>,
}

/// The picture itself. A look at somebody else's photo is logged.
#[utoipa::path(tag = "evidence", params(Variant), responses((status = 200, content_type = "image/jpeg"), (status = 404, body = Problem)))]
#[get("/photos/{id}/content")]
pub(super) async fn get_content(
    app: Data<App>,
    actor: Actor,
    id: Path<Uuid>,
    variant: Query<Variant>,
) -> Result<HttpResponse> {
    let photo = rows::visible(app.db.conn(), &actor, *id).await?.ok_or(Error::NotFound)?;
    let kind = match variant.variant.as_deref() {
        Some("original") => None,
        None | Some("preview") => Some(PREVIEW),
        Some("thumbnail") => Some(THUMBNAIL),
        Some(_) => return Err(Error::field("/variant", "invalid_parameter")),
    };
    if photo.user_id != actor.id.0 {
        let tx = app.db.begin().await?;
        settings::record(&tx, Event::about("evidence.photo_viewed", Some(actor.id), ("photo", photo.id)))
            .await?;
        tx.commit().await?;
    }
    let (bytes, media_type) = match kind {
        None => (app.blobs.get(&photo.sha256).await?, photo.format),
        Some(kind) => (small(&app, &photo.sha256, kind).await?, "image/jpeg".to_owned()),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(media_type)
        .body(bytes))
}

/// What lies beside the original, made again where it is not there.
async fn small(app: &App, sha256: &str, kind: &'static str) -> Result<Vec<u8>> {
    if let Some(made) = app.blobs.get_beside(sha256, kind).await? {
        return Ok(made);
    }
    let original = app.blobs.get(sha256).await?;
    let made = blocking(app, move || {
        let limits = Limits::default();
        let facts = photo::read(&original, &limits)?;
        photo::develop(&original, &facts, &limits)
    });
    let made = made.await?.map_err(|_| Error::conflict("photo_no_preview"))?;
    app.blobs.put_beside(sha256, PREVIEW, made.preview.clone()).await?;
    app.blobs.put_beside(sha256, THUMBNAIL, made.thumbnail.clone()).await?;
    Ok(if kind == PREVIEW { made.preview } else { made.thumbnail })
}
