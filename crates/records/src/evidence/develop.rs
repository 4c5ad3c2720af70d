//! From a file that arrived to what is stored of it: facts, original, preview, thumbnail, looks.

use domain::working_time::local_date;
use uuid::Uuid;
use wechat::photo::{self, Developed, Facts, Limits, Looks};

use super::rows::looks;
use crate::error::{Error, FieldFault, Result};
use crate::uploads::{Incoming, blocking};
use crate::{App, settings};

/// What is kept beside an original.
pub const PREVIEW: &str = "1024.jpg";
pub const THUMBNAIL: &str = "320.jpg";

/// How many pictures that look alike are named.
const NAMED: usize = 20;

/// A photo that was read and stored.
#[derive(Debug)]
pub struct Prepared {
    pub facts: Facts,
    pub has_preview: bool,
    pub looks: Option<Looks>,
    /// Pictures that look alike, and in how many bits they differ; the nearest first.
    pub alike: Vec<(Uuid, u32)>,
}

/// Reads, develops and stores, and looks for pictures that look alike. What is no photo is refused with what it is
/// instead, and nothing is stored.
pub async fn prepare(app: &App, file: Incoming) -> Result<(Prepared, Incoming)> {
    let limits = Limits { max_bytes: app.config.uploads.photo_bytes as u64, ..Limits::default() };
    let (file, facts, developed) = blocking(app, move || develop(file, &limits)).await??;
    app.blobs.put_file(file.path(), &file.sha256).await?;
    let mut prepared = Prepared { facts, has_preview: developed.is_some(), looks: None, alike: Vec::new() };
    if let Some(Developed { preview, thumbnail, looks }) = developed {
        app.blobs.put_beside(&file.sha256, PREVIEW, preview).await?;
        app.blobs.put_beside(&file.sha256, THUMBNAIL, thumbnail).await?;
        prepared.looks = looks;
    }
    if let Some(looks) = &prepared.looks {
        prepared.alike = alike(app, looks).await?;
    }
    Ok((prepared, file))
}

/// One decode for everything. A picture that cannot be decoded here is a photo all the same: its bytes are kept.
fn develop(file: Incoming, limits: &Limits) -> Result<(Incoming, Facts, Option<Developed>)> {
    let bytes = file.read()?;
    let facts =
        photo::read_digested(&bytes, Some(&file.sha256), limits).map_err(|refusal| match refusal.code() {
            "photo_too_large" => Error::TooLarge("photo_too_large"),
            code => Error::Invalid(code, vec![FieldFault::new("/file", code)]),
        })?;
    let developed = if facts.has_pixels { photo::develop(&bytes, &facts, limits).ok() } else { None };
    Ok((file, facts, developed))
}

async fn alike(app: &App, looks: &Looks) -> Result<Vec<(Uuid, u32)>> {
    let limits = settings::documents::evidence_thresholds(app, app.db.conn()).await?;
    let since = local_date(app.db.now().await?) - chrono::TimeDelta::days(limits.similar_days);
    let found = looks::candidates(app.db.conn(), looks, since, limits.similar_bits).await?;
    let near = found.iter().filter_map(|found| {
        let distance = looks.all().iter().map(|look| look.distance(found.look())).min()?;
        (distance <= limits.similar_bits).then_some((found.photo_id, distance))
    });
    let mut near: Vec<_> = near.collect();
    near.sort_unstable_by_key(|(id, distance)| (*distance, *id));
    near.truncate(NAMED);
    Ok(near)
}
