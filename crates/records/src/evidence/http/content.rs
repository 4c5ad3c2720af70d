//! The picture itself.

use std::collections::HashMap;

use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use uuid::Uuid;
use wechat::photo::{self, Limits};

use super::super::develop::{PREVIEW, THUMBNAIL};
use super::super::{Photo, rows};
use crate::actor::Actor;
use crate::error::{Error, Problem, Result};
use crate::notices::local_minute;
use crate::select::names;
use crate::settings::{self, Event};
use crate::uploads::blocking;
use crate::{App, texts};

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Variant {
    /// `original`, as shot; `preview`, 1024 pixels; `thumbnail`, 320 pixels; or `watermarked`, the preview with what
    /// the server knows drawn over its foot. All but the original upright and without EXIF. Preview unless said.
    variant: Option<String>,
    /// A photo that the caller reviews and that names this one as the same or similar.
    beside: Option<Uuid>,
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
    let photo = rows::shown(app.db.conn(), &actor, *id, variant.beside).await?.ok_or(Error::NotFound)?;
    let variant = variant.variant.as_deref().unwrap_or("preview");
    if !["original", "preview", "thumbnail", "watermarked"].contains(&variant) {
        return Err(Error::field("/variant", "invalid_parameter"));
    }
    if !photo.has_preview && variant != "original" {
        return Err(Error::conflict("photo_no_preview"));
    }
    look(&app, &actor, &photo).await?;
    let bytes = match variant {
        "original" => app.blobs.get(&photo.sha256).await?,
        "thumbnail" => small(&app, &photo.sha256, THUMBNAIL).await?,
        "watermarked" => watermarked(&app, &photo).await?,
        _ => small(&app, &photo.sha256, PREVIEW).await?,
    };
    let media_type = if variant == "original" { photo.format } else { "image/jpeg".to_owned() };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(media_type)
        .body(bytes))
}

/// Every look at another person's photo or place is logged.
pub(super) async fn look(app: &App, actor: &Actor, photo: &Photo) -> Result<()> {
    if photo.user_id != actor.id.0 {
        let tx = app.db.begin().await?;
        settings::record(&tx, Event::about("evidence.photo_viewed", Some(actor.id), ("photo", photo.id)))
            .await?;
        tx.commit().await?;
    }
    Ok(())
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

/// The preview with what the server knows: its own time, the distance it measured, its verdict. Nothing the file or
/// the phone says in words.
async fn watermarked(app: &App, photo: &Photo) -> Result<Vec<u8>> {
    let preview = small(app, &photo.sha256, PREVIEW).await?;
    let db = app.db.conn();
    let stores = names(db, "customers", &[photo.customer_id]).await?;
    let people = names(db, "people_users", &[photo.user_id]).await?;
    let name = |names: &HashMap<Uuid, String>, id: Uuid| names.get(&id).cloned().unwrap_or_default();
    let lines = texts::mark(&texts::Mark {
        received_at: local_minute(photo.received_at),
        store: &name(&stores, photo.customer_id),
        distance_m: photo.distance_m,
        person: &name(&people, photo.user_id),
        verdict: &photo.verdict,
    });
    let marked = blocking(app, move || photo::marked(&preview, &lines)).await?;
    marked.map_err(|_| Error::conflict("photo_no_preview"))
}
