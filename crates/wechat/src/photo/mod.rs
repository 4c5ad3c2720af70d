//! What an uploaded photo says about itself.
//!
//! [`read`] turns bytes from anybody into [`Facts`] without decoding a pixel:
//! the type by content, the size in pixels, the position, time and device in
//! EXIF. [`develop`] decodes once, after the limits were checked, and makes a
//! preview and a thumbnail that carry nothing of the original's metadata, and
//! the hashes by which the picture is recognised.
//!
//! Every byte is hostile. No reader allocates by a length it read, follows a
//! pointer twice or calls itself; each walks the file once. EXIF is read by
//! our own fixed walk of three directories: a general reader expands 64 kB of
//! nested directories to millions of fields. Broken EXIF is absent EXIF and
//! never a refusal, since a good photo may lose it on its way.
//!
//! Not here: a verdict on the photo (the domain's), HEIC and AVIF pixels.

mod bytes;
mod decode;
mod develop;
mod document;
mod exif;
mod format;
mod gps;
mod heif;
mod jpeg;
mod limits;
mod look;
mod mark;
mod png;
mod resize;
mod simple;
#[cfg(test)]
mod tests;
#[cfg(feature = "turbo")]
mod turbo;
mod webp;

use std::fmt::Write as _;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use develop::{Developed, PREVIEW, THUMBNAIL, develop, preview};
pub use document::{Document, document};
pub use format::Format;
pub use gps::{Gps, GpsStatus};
pub use limits::Limits;
pub use look::{Look, Looks};
pub use mark::marked;

/// What a photo says about itself. Times and positions are claims of the
/// device, or of whoever edited the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// By content, whatever the file is called.
    pub format: Format,
    /// Length of the file in bytes.
    pub n_bytes: u64,
    /// Of the whole file, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Pixels as stored, before `orientation` is applied.
    pub width: u32,
    /// Pixels as stored, before `orientation` is applied.
    pub height: u32,
    /// EXIF 0x0112, 1 to 8; 1 when absent or nonsense.
    pub orientation: u8,
    /// False when the file is accepted although its pixels are cut away: a
    /// JPEG of several pictures that ends where the first scan begins. It is
    /// no proof of anything seen.
    pub has_pixels: bool,
    /// A well-formed EXIF header was found, with or without anything in it.
    pub exif_present: bool,
    /// Where the device says it was.
    pub gps: Gps,
    /// DateTimeOriginal in the device's local time, whole seconds.
    pub taken_at: Option<NaiveDateTime>,
    /// OffsetTimeOriginal: local time less UTC in minutes.
    pub offset_minutes: Option<i32>,
    /// What stands in for DateTimeOriginal where there is none.
    #[serde(default)]
    pub secondary_time: Option<SecondaryTime>,
    /// Maker of the device, trimmed, at most 200 characters, as the two below.
    pub make: Option<String>,
    /// Model of the device.
    pub model: Option<String>,
    /// Firmware, or the program that wrote the file last.
    pub software: Option<String>,
}

/// DateTimeDigitized, else DateTime: when the picture was stored or last changed, which in a camera is when it was shot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondaryTime {
    /// In the device's local time, whole seconds.
    pub at: NaiveDateTime,
    /// The offset that belongs to it: local time less UTC in minutes.
    pub offset_minutes: Option<i32>,
}

impl Facts {
    /// Width times height.
    pub fn n_pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Why an upload is not taken as a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than a photo may be")]
    TooLarge,
    #[error("the file is {found}, not a photo")]
    NotAnImage { found: &'static str },
    #[error("this type of image is not accepted")]
    UnsupportedType,
    #[error("the photo has too many pixels")]
    TooManyPixels,
    #[error("the photo is cut off before its end")]
    Truncated,
    #[error("the photo is damaged")]
    Damaged,
}

impl Refusal {
    /// The stable name a client acts on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "photo_empty",
            Self::TooLarge => "photo_too_large",
            Self::NotAnImage { .. } => "photo_not_an_image",
            Self::UnsupportedType => "photo_type_unsupported",
            Self::TooManyPixels => "photo_too_many_pixels",
            Self::Truncated => "photo_truncated",
            Self::Damaged => "photo_damaged",
        }
    }
}

/// What a container says about its picture, found without decoding.
struct Layout<'a> {
    /// Width and height as stored; `None` when no header says so.
    size: Option<(u32, u32)>,
    exif: Option<&'a [u8]>,
    state: State,
}

/// How much of the picture is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Whole,
    /// See [`Facts::has_pixels`].
    Bare,
    Truncated,
    Damaged,
}

/// Reads the header and the EXIF of an upload. Takes time and memory in
/// proportion to the length, decodes no pixels, does not block.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Facts, Refusal> {
    read_digested(bytes, None, limits)
}

/// The same of a file whose digest is known already.
pub fn read_digested(bytes: &[u8], known: Option<&str>, limits: &Limits) -> Result<Facts, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() as u64 > limits.max_bytes {
        return Err(Refusal::TooLarge);
    }
    let format = format::of(bytes)?;
    if !limits.accepted.contains(&format) {
        return Err(Refusal::UnsupportedType);
    }
    let layout = layout(format, bytes);
    let (width, height) = check(&layout, limits)?;
    let block = layout.exif.and_then(exif::Block::open);
    let said = block.map(exif::read).unwrap_or_default();
    Ok(Facts {
        format,
        n_bytes: bytes.len() as u64,
        sha256: known.map_or_else(|| sha256(bytes), str::to_owned),
        width,
        height,
        orientation: said.orientation,
        has_pixels: layout.state == State::Whole,
        exif_present: block.is_some(),
        gps: said.gps,
        taken_at: said.taken_at,
        offset_minutes: said.offset_minutes,
        secondary_time: said.secondary_time,
        make: said.make,
        model: said.model,
        software: said.software,
    })
}

fn layout(format: Format, bytes: &[u8]) -> Layout<'_> {
    match format {
        Format::Jpeg => jpeg::layout(bytes),
        Format::Png => png::layout(bytes),
        Format::Webp => webp::layout(bytes),
        Format::Heic | Format::Avif => heif::layout(bytes),
        Format::Tiff => simple::tiff(bytes),
        Format::Gif => simple::gif(bytes),
        Format::Bmp => simple::bmp(bytes),
    }
}

/// The size, when everything allows it. The pixels come first: a bomb is
/// called one even when it is cut off too.
fn check(layout: &Layout<'_>, limits: &Limits) -> Result<(u32, u32), Refusal> {
    if let Some((width, height)) = layout.size
        && (width.max(height) > limits.max_side
            || u64::from(width) * u64::from(height) > limits.max_accept_pixels)
    {
        return Err(Refusal::TooManyPixels);
    }
    match (layout.state, layout.size) {
        (State::Truncated, _) => Err(Refusal::Truncated),
        (State::Whole | State::Bare, Some((width, height))) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err(Refusal::Damaged),
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}
