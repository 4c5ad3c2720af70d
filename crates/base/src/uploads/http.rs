//! The parts of an upload: one file, which goes to the disk as it arrives, and a few short texts.

use std::collections::HashMap;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Payload;
use domain::ids::UserId;
use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::incoming::{Arriving, Incoming};
use super::places::Place;
use crate::App;
use crate::error::{Error, FieldFault, Result};

/// Longest text part.
const TEXT_BYTES: usize = 4096;
/// What a form adds around its file.
const FORM_BYTES: usize = 1 << 16;
/// How long a body may take to arrive: twenty megabytes at 20 kB a second.
const ARRIVAL: Duration = Duration::from_secs(20 * 60);
/// How long nothing may arrive at all, before the phone counts as gone.
const SILENCE: Duration = Duration::from_secs(60);

/// What an upload may consist of.
#[derive(Debug)]
pub struct Allowed {
    /// The longest file in bytes, and the refusal of a longer one.
    pub file: (usize, &'static str),
    /// The names of the other parts.
    pub texts: &'static [&'static str],
}

/// What an upload consists of. Its place is held until it is dropped.
pub struct Parts {
    file: Option<Incoming>,
    /// What the file is called on the phone.
    pub file_name: Option<String>,
    texts: HashMap<String, String>,
    _place: Place,
}

impl Parts {
    /// The file, which every upload has.
    pub fn file(&mut self) -> Result<Incoming> {
        self.file.take().ok_or_else(|| Self::missing("/file"))
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

    /// The refusal of an upload without this part.
    pub fn missing(pointer: &str) -> Error {
        Error::field(pointer, "part_missing")
    }
}

/// Takes a place and reads all parts. An unknown one is a typo and refused.
pub async fn arrive(
    app: &App,
    user: UserId,
    (request, payload): (&HttpRequest, Payload),
    allowed: &Allowed,
) -> Result<Parts> {
    check_head(request, allowed)?;
    let place = app.places.take(user)?;
    let form = Multipart::new(request.headers(), payload.into_inner());
    let parts = Parts { file: None, file_name: None, texts: HashMap::new(), _place: place };
    within(ARRIVAL, read(app, form, parts, allowed)).await
}

/// Refuses by the head alone what need not arrive.
fn check_head(request: &HttpRequest, allowed: &Allowed) -> Result<()> {
    let value = |name: header::HeaderName| {
        let value = request.headers().get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    };
    if !value(header::CONTENT_TYPE).to_ascii_lowercase().starts_with("multipart/form-data") {
        return Err(Error::Unsupported("content_type_unsupported"));
    }
    let (max_bytes, code) = allowed.file;
    match value(header::CONTENT_LENGTH).parse::<usize>() {
        Ok(n_announced) if n_announced > max_bytes + FORM_BYTES => Err(Error::TooLarge(code)),
        _ => Ok(()),
    }
}

async fn read(app: &App, mut form: Multipart, mut parts: Parts, allowed: &Allowed) -> Result<Parts> {
    while let Some(mut field) =
        heard(async { form.try_next().await.map_err(|_| Parts::missing("/file")) }).await?
    {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" && parts.file.is_none() {
            parts.file_name = field.content_disposition().and_then(|it| it.get_filename()).map(str::to_owned);
            parts.file = Some(file(app, &mut field, allowed.file).await?);
        } else if allowed.texts.contains(&name.as_str()) {
            let text = heard(text(&mut field, &name)).await?;
            parts.texts.insert(name, text);
        } else {
            let pointer = format!("/{name}");
            return Err(Error::Invalid("part_unknown", vec![FieldFault::new(pointer, "part_unknown")]));
        }
    }
    Ok(parts)
}

async fn file(app: &App, field: &mut Field, (max_bytes, code): (usize, &'static str)) -> Result<Incoming> {
    let mut arriving = Arriving::start(&app.config.data_dir).await?;
    let cut_off = |_| Error::Unreadable("upload_cut_off");
    while let Some(piece) = heard(async { field.try_next().await.map_err(cut_off) }).await? {
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

/// What arrives before the phone counts as gone.
async fn heard<T>(arriving: impl Future<Output = Result<T>>) -> Result<T> {
    within(SILENCE, arriving).await
}

async fn within<T>(limit: Duration, arriving: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(limit, arriving).await.unwrap_or(Err(Error::Unavailable("upload_too_slow", 5)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let never = within(Duration::ZERO, std::future::pending::<Result<()>>()).await;
        assert!(matches!(never, Err(Error::Unavailable("upload_too_slow", 5))));
        assert_eq!(within(Duration::ZERO, async { Ok(1) }).await.unwrap(), 1);
    }
}
