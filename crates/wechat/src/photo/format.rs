//! The type of a file, by content. Names and declared types lie.

use serde::{Deserialize, Serialize};

use super::{Refusal, bytes};

/// The image types that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Jpeg,
    Png,
    Webp,
    Heic,
    Avif,
    Tiff,
    Gif,
    Bmp,
}

impl Format {
    /// The media type to store and serve the original with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
            Self::Tiff => "image/tiff",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
        }
    }

    /// The decoder; `None` for what cannot be decoded without native code.
    pub(super) fn decoder(self) -> Option<image::ImageFormat> {
        match self {
            Self::Jpeg => Some(image::ImageFormat::Jpeg),
            Self::Png => Some(image::ImageFormat::Png),
            Self::Webp => Some(image::ImageFormat::WebP),
            Self::Tiff => Some(image::ImageFormat::Tiff),
            Self::Gif => Some(image::ImageFormat::Gif),
            Self::Bmp => Some(image::ImageFormat::Bmp),
            Self::Heic | Self::Avif => None,
        }
    }
}

pub(super) fn of(file: &[u8]) -> Result<Format, Refusal> {
    const SIGNATURES: &[(&[u8], Format)] = &[
        (b"\xff\xd8\xff", Format::Jpeg),
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"II*\0", Format::Tiff),
        (b"MM\0*", Format::Tiff),
        (b"GIF87a", Format::Gif),
        (b"GIF89a", Format::Gif),
        (b"BM", Format::Bmp),
    ];
    if let Some((_, format)) = SIGNATURES.iter().find(|(signature, _)| file.starts_with(signature)) {
        return Ok(*format);
    }
    if file.starts_with(b"RIFF") && bytes::slice(file, 8, 4) == Some(b"WEBP") {
        return Ok(Format::Webp);
    }
    if bytes::slice(file, 4, 4) == Some(b"ftyp") {
        return brand(file).ok_or(Refusal::NotAnImage { found: "a video" });
    }
    Err(other(file))
}

/// The image type an ISO base media file declares, its main brand first. The
/// list of brands ends with its box; 32 are more than anybody writes.
fn brand(file: &[u8]) -> Option<Format> {
    let n_bytes = bytes::Order::Big.u32(file, 0)? as usize;
    let brands = file.get(8..n_bytes.min(file.len()).min(8 + 32 * 4))?;
    let main = brands.first_chunk::<4>()?;
    let mut all = std::iter::once(main).chain(brands.get(8..)?.as_chunks::<4>().0);
    if all.any(|it| matches!(it, b"avif" | b"avis")) {
        return Some(Format::Avif);
    }
    let mut all = std::iter::once(main).chain(brands.get(8..)?.as_chunks::<4>().0);
    all.any(|it| matches!(it, b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1"))
        .then_some(Format::Heic)
}

/// A name for what is no image, for the person who chose the wrong file. A
/// drawing is an image, of a type nobody takes.
fn other(file: &[u8]) -> Refusal {
    let head = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file).trim_ascii_start();
    let head = head.get(..head.len().min(1024)).unwrap_or_default().to_ascii_lowercase();
    let holds = |needle: &[u8]| head.windows(needle.len()).any(|it| it == needle);
    let markup = head.starts_with(b"<");
    if markup && holds(b"<svg") && !holds(b"<html") {
        return Refusal::UnsupportedType;
    }
    let found = match () {
        () if markup && holds(b"<html") || head.starts_with(b"<!doctype html") => "a web page",
        () if holds(b"%pdf-") => "a PDF document",
        () if head.starts_with(b"pk\x03\x04") => "an archive or an Office document",
        () => "something else",
    };
    Refusal::NotAnImage { found }
}
