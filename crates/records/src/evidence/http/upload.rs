//! A photo's parts as they were sent.

use domain::evidence::Source;

use super::super::Location;
use super::super::receive::Upload;
use crate::error::{Error, Result};
use crate::uploads::Parts;

/// The photo with what the phone says about it.
pub(super) fn of(parts: &mut Parts) -> Result<Upload> {
    let location = parts.text("location").map(|text| serde_json::from_str::<Location>(&text));
    let location = location.transpose().map_err(|_| Error::field("/location", "location_invalid"))?;
    if let Some(location) = &location {
        location.check("/location")?;
    }
    Ok(Upload {
        file: parts.file()?,
        ticket: parts.text("ticket").ok_or_else(|| Parts::missing("/ticket"))?,
        location,
        taken_at: parts.word("taken_at")?,
        source: parts.word::<Source>("source")?.unwrap_or(Source::Camera),
        device_id: parts.text("device_id"),
        client_time: parts.word("client_time")?,
    })
}
