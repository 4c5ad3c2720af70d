//! A small JPEG of a photo, to look at and to hash.

use std::io::Cursor;

use fast_image_resize::Resizer;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, RgbImage};

use super::{Facts, Limits, Refusal};

const QUALITY: u8 = 82;
/// Bytes a decoded pixel may take: red, green, blue, alpha.
const BYTES_A_PIXEL: u64 = 4;

/// The photo upright, its longer side at most `longest_side` pixels, as a JPEG
/// without metadata. Blocks for up to seconds and takes memory as
/// [`Limits::max_decode_pixels`] says: run it on a blocking thread, few at a
/// time. HEIC and AVIF are refused as unsupported.
pub fn preview(bytes: &[u8], facts: &Facts, longest_side: u32, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let picture = decode(bytes, facts, limits)?;
    let (width, height) = fit((facts.width, facts.height), longest_side);
    let mut small = DynamicImage::ImageRgb8(RgbImage::new(width, height));
    Resizer::new().resize(&picture, &mut small, None).map_err(|_| Refusal::Damaged)?;
    drop(picture);
    small.apply_orientation(Orientation::from_exif(facts.orientation).unwrap_or(Orientation::NoTransforms));
    let mut jpeg = Vec::new();
    small
        .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY))
        .map_err(|_| Refusal::Damaged)?;
    Ok(jpeg)
}

/// All pixels as 8-bit RGB. The size is compared with the header's again: a
/// file may hold a second header for the decoder alone.
fn decode(bytes: &[u8], facts: &Facts, limits: &Limits) -> Result<DynamicImage, Refusal> {
    let format = facts.format.decoder().ok_or(Refusal::UnsupportedType)?;
    if facts.n_pixels() > limits.max_decode_pixels {
        return Err(Refusal::TooManyPixels);
    }
    let max_alloc = limits.max_decode_pixels.saturating_mul(BYTES_A_PIXEL);
    let mut allowed = image::Limits::no_limits();
    allowed.max_image_width = Some(limits.max_side);
    allowed.max_image_height = Some(limits.max_side);
    allowed.max_alloc = Some(max_alloc);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(allowed);
    let decoder = reader.into_decoder().map_err(refusal)?;
    if decoder.dimensions() != (facts.width, facts.height) {
        return Err(Refusal::Damaged);
    }
    if decoder.total_bytes() > max_alloc {
        return Err(Refusal::TooManyPixels);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    Ok(DynamicImage::ImageRgb8(picture.into_rgb8()))
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels,
        ImageError::Unsupported(_) => Refusal::UnsupportedType,
        ImageError::IoError(it) if it.kind() == std::io::ErrorKind::UnexpectedEof => Refusal::Truncated,
        _ => Refusal::Damaged,
    }
}

/// The size scaled down to the longest side, never up, never to nothing.
fn fit((width, height): (u32, u32), longest_side: u32) -> (u32, u32) {
    let longest = u64::from(width.max(height)).max(1);
    let wanted = u64::from(longest_side).clamp(1, longest);
    let scale = |side: u32| {
        let scaled = (u64::from(side) * wanted + longest / 2) / longest;
        u32::try_from(scaled.max(1)).expect("no longer than the side itself")
    };
    (scale(width), scale(height))
}
