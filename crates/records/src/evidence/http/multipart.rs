//! The parts of an upload: one file, which goes to the disk as it arrives, and a few short texts.

use std::collections::HashMap;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::web::Payload;
use domain::evidence::Source;
use futures::TryStreamExt;
use serde::de::DeserializeOwned;

use super::super::Location;
use super::super::incoming::{Arriving, Incoming};
use super::super::receive::Upload;
use crate::App;
use crate::error::{Error, FieldFault, Result};

/// Longest text part.
const TEXT_BYTES: usize = 4096;

/// What an upload may consist of.
#[derive(Debug)]
pub struct Allowed {
    /// The longest file in bytes, and the refusal of a longer one.
    pub file: (usize, &'static str),
    /// The names of the other parts.
    pub texts: &'static [&'static str],
}

/// What an upload consists of.
pub struct Parts {
    file: Option<Incoming>,
    /// What the file is called on the phone.
    pub file_name: Option<String>,
    texts: HashMap<String, String>,
}

impl Parts {
    /// The file, which every upload has.
    pub fn file(&mut self) -> Result<Incoming> {
        self.file.take().ok_or_else(|| missing("/file"))
    }

    /// A text part, where it was sent and is not empty.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.texts.remove(name).filter(|it| !it.is_empty())
    }

    /// A bare word, read as the JSON string it would be.
    pub fn word<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>> {
        let read = |text: String| serde_json::from_value(text.trim().into());
        self.text(name).map(read).transpose().map_err(|_| Error::field(format!("/{name}"), "invalid_value"))
    }

    /// A photo's parts.
    pub fn upload(&mut self) -> Result<Upload> {
        let location = self.texts.remove("location").map(|text| serde_json::from_str::<Location>(&text));
        let location = location.transpose().map_err(|_| Error::field("/location", "location_invalid"))?;
        if let Some(location) = &location {
            location.check("/location")?;
        }
        Ok(Upload {
            file: self.file()?,
            ticket: self.text("ticket").ok_or_else(|| missing("/ticket"))?,
            location,
            taken_at: self.word("taken_at")?,
            source: self.word::<Source>("source")?.unwrap_or(Source::Camera),
            device_id: self.text("device_id"),
            client_time: self.word("client_time")?,
        })
    }
}

/// Reads all parts. An unknown one is a typo and refused.
pub async fn read(app: &App, request: &HttpRequest, payload: Payload, allowed: &Allowed) -> Result<Parts> {
    let mut form = Multipart::new(request.headers(), payload.into_inner());
    let mut parts = Parts { file: None, file_name: None, texts: HashMap::new() };
    while let Some(mut field) = form.try_next().await.map_err(|_| Error::Unreadable("part_missing"))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" && parts.file.is_none() {
            parts.file_name = field.content_disposition().and_then(|it| it.get_filename()).map(str::to_owned);
            parts.file = Some(file(app, &mut field, allowed.file).await?);
        } else if allowed.texts.contains(&name.as_str()) {
            let text = text(&mut field, &name).await?;
            parts.texts.insert(name, text);
        } else {
            let pointer = format!("/{name}");
            return Err(Error::Invalid("part_unknown", vec![FieldFault::new(pointer, "part_unknown")]));
        }
    }
    Ok(parts)
}

fn missing(pointer: &str) -> Error {
    Error::Invalid("part_missing", vec![FieldFault::new(pointer, "part_missing")])
}

async fn file(app: &App, field: &mut Field, (max_bytes, code): (usize, &'static str)) -> Result<Incoming> {
    let mut arriving = Arriving::start(&app.config.data_dir).await?;
    while let Some(piece) = field.try_next().await.map_err(|_| Error::Unreadable("photo_truncated"))? {
        if arriving.n_bytes() + piece.len() as u64 > max_bytes as u64 {
            return Err(Error::TooLarge(code));
        }
        arriving.push(&piece).await?;
    }
    Ok(arriving.finish().await?)
}

async fn text(field: &mut Field, name: &str) -> Result<String> {
    let too_long = || Error::field(format!("/{name}"), "text_too_long");
    let read = field.bytes(TEXT_BYTES).await.map_err(|_| too_long())?;
    let read = read.map_err(|_| Error::Unreadable("part_missing"))?;
    String::from_utf8(read.to_vec()).map_err(|_| Error::field(format!("/{name}"), "invalid_value"))
}
