//! The parts of a photo's upload, each within its limit.

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::web::Payload;
use domain::evidence::Source;
use futures::TryStreamExt;
use serde::de::DeserializeOwned;

use super::super::Location;
use super::super::receive::Upload;
use crate::error::{Error, FieldFault, Result};

/// What an upload consists of.
pub struct Parts {
    pub upload: Upload,
    pub sha256: Option<String>,
}

/// Longest text part.
const TEXT_BYTES: usize = 4096;

/// Reads all parts. An unknown one is a typo and refused.
pub async fn read(request: &HttpRequest, payload: Payload, max_bytes: usize) -> Result<Parts> {
    let mut form = Multipart::new(request.headers(), payload.into_inner());
    let (mut file, mut ticket, mut location) = (None, None, None);
    let (mut taken_at, mut source, mut sha256) = (None, None, None);
    while let Some(mut field) = form.try_next().await.map_err(|_| Error::Unreadable("part_missing"))? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => file = Some(bytes(&mut field, max_bytes).await?),
            "ticket" => ticket = Some(text(&mut field, &name).await?),
            "location" => {
                location =
                    Some(json::<Location>(&text(&mut field, &name).await?, "/location", "location_invalid")?)
            }
            "taken_at" => taken_at = Some(quoted(&text(&mut field, &name).await?, "/taken_at")?),
            "source" => source = Some(quoted::<Source>(&text(&mut field, &name).await?, "/source")?),
            "sha256" => sha256 = Some(text(&mut field, &name).await?),
            _ => {
                let pointer = format!("/{name}");
                return Err(Error::Invalid("part_unknown", vec![FieldFault::new(pointer, "part_unknown")]));
            }
        }
    }
    if let Some(location) = &location {
        location.check("/location")?;
    }
    let upload = Upload {
        bytes: file.ok_or_else(|| missing("/file"))?,
        ticket: ticket.filter(|it| !it.is_empty()).ok_or_else(|| missing("/ticket"))?,
        location,
        taken_at,
        source: source.unwrap_or(Source::Camera),
    };
    Ok(Parts { upload, sha256 })
}

fn missing(pointer: &str) -> Error {
    Error::Invalid("part_missing", vec![FieldFault::new(pointer, "part_missing")])
}

async fn bytes(field: &mut Field, max_bytes: usize) -> Result<Vec<u8>> {
    let read = field.bytes(max_bytes).await.map_err(|_| Error::TooLarge("photo_too_large"))?;
    Ok(read.map_err(|_| Error::Unreadable("photo_truncated"))?.to_vec())
}

async fn text(field: &mut Field, name: &str) -> Result<String> {
    let too_long = || Error::field(format!("/{name}"), "text_too_long");
    let read = field.bytes(TEXT_BYTES).await.map_err(|_| too_long())?;
    let read = read.map_err(|_| Error::Unreadable("part_missing"))?;
    String::from_utf8(read.to_vec()).map_err(|_| Error::field(format!("/{name}"), "invalid_value"))
}

fn json<T: DeserializeOwned>(text: &str, pointer: &str, code: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| Error::field(pointer, code))
}

/// A bare word, read as the JSON string it would be.
fn quoted<T: DeserializeOwned>(text: &str, pointer: &str) -> Result<T> {
    serde_json::from_value(text.trim().into()).map_err(|_| Error::field(pointer, "invalid_value"))
}
