//! A photo's pixels, no larger than they are needed, under a limit of memory.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, ImageReader, RgbImage};
use jpeg_decoder::{CodingProcess, Decoder, ImageInfo, PixelFormat};

#[cfg(feature = "turbo")]
use super::turbo::decode as quick;
use super::{Facts, Format, Limits, Refusal};

/// The picture as stored, not yet upright. A JPEG's longer side is about `longest_side` or more, whatever its own
/// size; all else comes whole. The size is compared with the header's again: a file may hold a second header for the
/// decoder alone.
pub(super) fn decode(
    bytes: &[u8],
    facts: &Facts,
    longest_side: u32,
    limits: &Limits,
) -> Result<DynamicImage, Refusal> {
    if facts.n_pixels() > limits.max_decode_pixels {
        return Err(Refusal::TooManyPixels);
    }
    match facts.format {
        Format::Jpeg => quick(bytes, facts, longest_side, limits)
            .map_or_else(|| in_rust(bytes, facts, longest_side, limits), Ok),
        _ => whole(bytes, facts, limits),
    }
}

/// None without libjpeg-turbo.
#[cfg(not(feature = "turbo"))]
fn quick(_: &[u8], _: &Facts, _: u32, _: &Limits) -> Option<DynamicImage> {
    None
}

/// A JPEG. Some writers break the rules in ways that the second decoder forgives.
pub(super) fn in_rust(
    bytes: &[u8],
    facts: &Facts,
    longest_side: u32,
    limits: &Limits,
) -> Result<DynamicImage, Refusal> {
    jpeg(bytes, facts, longest_side, limits).or_else(|refusal| match refusal {
        Refusal::TooManyPixels => Err(refusal),
        _ => whole(bytes, facts, limits),
    })
}

/// Scaled while it is decoded: most of a full decode's time and memory is never spent.
fn jpeg(bytes: &[u8], facts: &Facts, longest_side: u32, limits: &Limits) -> Result<DynamicImage, Refusal> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.read_info().map_err(broken)?;
    let info = decoder.info().ok_or(Refusal::Damaged)?;
    if (u32::from(info.width), u32::from(info.height)) != (facts.width, facts.height) {
        return Err(Refusal::Damaged);
    }
    let (width, height) =
        decoder.scale(enough(info.width, longest_side), enough(info.height, longest_side)).map_err(broken)?;
    let n_scaled = u64::from(width) * u64::from(height) * info.pixel_format.pixel_bytes() as u64;
    if n_scaled + coefficients(&info) > limits.max_decode_bytes {
        return Err(Refusal::TooManyPixels);
    }
    let pixels = decoder.decode().map_err(broken)?;
    picture(info.pixel_format, (width.into(), height.into()), pixels).ok_or(Refusal::Damaged)
}

/// A side asked of the decoder, which then gives the next larger eighth of the whole. A picture 6 % short of its
/// preview is good enough, and a quarter of the work where it comes from twelve million pixels.
pub(super) fn enough(side: u16, longest_side: u32) -> u16 {
    let wanted = u16::try_from(longest_side - longest_side / 16).unwrap_or(u16::MAX);
    side.min(wanted.max(1))
}

/// A progressive JPEG keeps all its coefficients, two bytes each, until its last scan.
fn coefficients(info: &ImageInfo) -> u64 {
    match info.coding_process {
        CodingProcess::DctProgressive => {
            u64::from(info.width) * u64::from(info.height) * info.pixel_format.pixel_bytes() as u64 * 2
        }
        CodingProcess::DctSequential | CodingProcess::Lossless => 0,
    }
}

fn picture(format: PixelFormat, (width, height): (u32, u32), pixels: Vec<u8>) -> Option<DynamicImage> {
    let gray = |pixels| GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8);
    match format {
        PixelFormat::L8 => gray(pixels),
        PixelFormat::L16 => gray(pixels.as_chunks::<2>().0.iter().map(|it| it[1]).collect()),
        PixelFormat::RGB24 => RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8),
        PixelFormat::CMYK32 => {
            let inks = pixels
                .as_chunks::<4>()
                .0
                .iter()
                .flat_map(|[c, m, y, k]| [c, m, y].map(|it| without(*it, *k)));
            RgbImage::from_raw(width, height, inks.collect()).map(DynamicImage::ImageRgb8)
        }
    }
}

/// The light that is left by an ink and black together.
fn without(ink: u8, black: u8) -> u8 {
    let left = u16::from(255 - ink) * u16::from(255 - black) / 255;
    u8::try_from(left).unwrap_or(u8::MAX)
}

fn broken(error: jpeg_decoder::Error) -> Refusal {
    match error {
        jpeg_decoder::Error::Io(it) if it.kind() == std::io::ErrorKind::UnexpectedEof => Refusal::Truncated,
        jpeg_decoder::Error::Unsupported(_) => Refusal::UnsupportedType,
        _ => Refusal::Damaged,
    }
}

fn whole(bytes: &[u8], facts: &Facts, limits: &Limits) -> Result<DynamicImage, Refusal> {
    let format = facts.format.decoder().ok_or(Refusal::UnsupportedType)?;
    let mut allowed = image::Limits::no_limits();
    allowed.max_image_width = Some(limits.max_side);
    allowed.max_image_height = Some(limits.max_side);
    allowed.max_alloc = Some(limits.max_decode_bytes);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(allowed);
    let decoder = reader.into_decoder().map_err(refusal)?;
    if decoder.dimensions() != (facts.width, facts.height) {
        return Err(Refusal::Damaged);
    }
    // Colours of more than eight bits are cut to eight, in a copy.
    let is_deep = decoder.color_type().bytes_per_pixel() > decoder.color_type().channel_count();
    let n_copied = if is_deep { decoder.total_bytes() / 2 } else { 0 };
    if decoder.total_bytes() + n_copied > limits.max_decode_bytes {
        return Err(Refusal::TooManyPixels);
    }
    DynamicImage::from_decoder(decoder).map_err(refusal)
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels,
        ImageError::Unsupported(_) => Refusal::UnsupportedType,
        ImageError::IoError(it) if it.kind() == std::io::ErrorKind::UnexpectedEof => Refusal::Truncated,
        _ => Refusal::Damaged,
    }
}
