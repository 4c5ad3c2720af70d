//! JPEG by libjpeg-turbo, where the build has it: half the time of the decoder in Rust, and the same pictures to a
//! few bits of their looks. What it would take otherwise than that decoder, or complains about, it leaves to it, so
//! that either build has the same photos with a preview.

use image::{DynamicImage, GrayImage, RgbImage};
use turbojpeg::{
    Colorspace, Compressor, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp,
};

use super::decode::enough;
use super::{Facts, Limits, jpeg};

/// The picture scaled while it is decoded, by the same eighths as the other decoder scales it.
pub(super) fn decode(
    bytes: &[u8],
    facts: &Facts,
    longest_side: u32,
    limits: &Limits,
) -> Option<DynamicImage> {
    let mut decoder = Decompressor::new().ok()?;
    let head = decoder.read_header(bytes).ok()?;
    let format = format_of(&head, bytes)?;
    let (whole_width, whole_height) = (u32::try_from(head.width).ok()?, u32::try_from(head.height).ok()?);
    if (whole_width, whole_height) != (facts.width, facts.height) {
        return None;
    }
    let factor = factor(&head, longest_side)?;
    let scaled = head.scaled(factor);
    let pitch = scaled.width.checked_mul(format.size())?;
    let n_bytes = pitch.checked_mul(scaled.height)?;
    // A progressive JPEG keeps all its coefficients, two bytes each, until its last scan.
    let n_kept = if head.is_progressive { facts.n_pixels() * format.size() as u64 * 2 } else { 0 };
    if n_bytes as u64 + n_kept > limits.max_decode_bytes {
        return None;
    }
    decoder.set_scaling_factor(factor).ok()?;
    let mut pixels = vec![0; n_bytes];
    let (width, height) = (scaled.width, scaled.height);
    let into = Image { pixels: pixels.as_mut_slice(), width, pitch, height, format };
    decoder.decompress(bytes, into).ok()?;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    match format {
        PixelFormat::GRAY => GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8),
        _ => RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8),
    }
}

/// None for what is not decoded here: printers' inks, arithmetic coding, and colours in scans of their own, all of
/// which would be kept in memory.
fn format_of(head: &DecompressHeader, bytes: &[u8]) -> Option<PixelFormat> {
    let is_usual =
        !head.is_lossless && !head.is_arithmetic && (head.is_progressive || jpeg::is_one_scan(bytes));
    match head.colorspace {
        Colorspace::Gray if is_usual => Some(PixelFormat::GRAY),
        Colorspace::YCbCr | Colorspace::RGB if is_usual => Some(PixelFormat::RGB),
        _ => None,
    }
}

fn factor(head: &DecompressHeader, longest_side: u32) -> Option<ScalingFactor> {
    let side = |n: usize| u16::try_from(n).ok().map(|n| usize::from(enough(n, longest_side)));
    let (width, height) = (side(head.width)?, side(head.height)?);
    let is_enough = |factor: &ScalingFactor| {
        let scaled = head.scaled(*factor);
        scaled.width >= width || scaled.height >= height
    };
    let eighths = [1, 2, 4, 8].map(|n| ScalingFactor::new(n, 8));
    eighths.into_iter().find(is_enough)
}

/// A JPEG of the picture, two by two pixels sharing their colours.
pub(super) fn encode(picture: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let mut encoder = Compressor::new().ok()?;
    encoder.set_quality(quality.into()).ok()?;
    encoder.set_subsamp(Subsamp::Sub2x2).ok()?;
    let (width, height) = (usize::try_from(picture.width()).ok()?, usize::try_from(picture.height()).ok()?);
    let from = Image {
        pixels: picture.as_raw().as_slice(),
        width,
        pitch: width * PixelFormat::RGB.size(),
        height,
        format: PixelFormat::RGB,
    };
    encoder.compress_to_vec(from).ok()
}
