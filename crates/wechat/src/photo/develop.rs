//! What is made of a photo in one decode: a preview, a thumbnail, and what it is recognised by.

use image::DynamicImage;
use image::metadata::Orientation;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::decode::decode;
use super::look::{self, Looks};
use super::resize::resized;
use super::{Facts, Limits, Refusal};

/// The longer side of a preview in pixels, or up to 6 % less.
pub const PREVIEW: u32 = 1024;
/// The longer side of a thumbnail in pixels.
pub const THUMBNAIL: u32 = 320;

const QUALITY: u8 = 82;

/// What is kept beside an original. Both pictures are JPEGs, upright, without metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Developed {
    pub preview: Vec<u8>,
    pub thumbnail: Vec<u8>,
    /// None for a picture that is all but flat: a wall looks like every other wall.
    pub looks: Option<Looks>,
}

/// Decodes once and makes everything. Blocks for a fraction of a second and takes memory as
/// [`Limits::max_decode_bytes`] says: run it on a blocking thread, few at a time. HEIC and AVIF are refused as
/// unsupported.
pub fn develop(bytes: &[u8], facts: &Facts, limits: &Limits) -> Result<Developed, Refusal> {
    let large = upright(bytes, facts, PREVIEW, limits)?;
    let small = scaled(&large, THUMBNAIL)?;
    Ok(Developed { preview: jpeg(&large)?, thumbnail: jpeg(&small)?, looks: look::of(&small) })
}

/// The photo upright, its longer side at most `longest_side` pixels, as a JPEG without metadata. Costs what
/// [`develop`] does.
pub fn preview(bytes: &[u8], facts: &Facts, longest_side: u32, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    jpeg(&upright(bytes, facts, longest_side, limits)?)
}

fn upright(bytes: &[u8], facts: &Facts, longest_side: u32, limits: &Limits) -> Result<DynamicImage, Refusal> {
    let picture = decode(bytes, facts, longest_side, limits)?;
    let (width, height) = fit((facts.width, facts.height), longest_side);
    // What was decoded a little smaller is left so: making it larger adds nothing.
    let is_small = picture.width() <= width && picture.height() <= height;
    let small = if is_small { picture } else { resized(&picture, (width, height))? };
    let mut small = DynamicImage::ImageRgb8(small.into_rgb8());
    small.apply_orientation(Orientation::from_exif(facts.orientation).unwrap_or(Orientation::NoTransforms));
    Ok(small)
}

fn scaled(picture: &DynamicImage, longest_side: u32) -> Result<DynamicImage, Refusal> {
    resized(picture, fit((picture.width(), picture.height()), longest_side))
}

/// A photo that was scaled down needs no finer colours than one that was shot: two by two pixels share theirs.
pub(super) fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, Refusal> {
    let copy;
    let rgb = match picture {
        DynamicImage::ImageRgb8(rgb) => rgb,
        other => {
            copy = other.to_rgb8();
            &copy
        }
    };
    #[cfg(feature = "turbo")]
    if let Some(file) = super::turbo::encode(rgb, QUALITY) {
        return Ok(file);
    }
    let side = |n: u32| u16::try_from(n).map_err(|_| Refusal::Damaged);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(rgb.as_raw(), side(rgb.width())?, side(rgb.height())?, ColorType::Rgb)
        .map_err(|_| Refusal::Damaged)?;
    Ok(file)
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
