//! Pictures at another size, by Lanczos' filter over all that is left out.
//!
//! Four kinds of pixels and no more: the library's code is made for each kind it is asked for, twenty of them where
//! the kind is left open, and was half of this crate.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{InnerPixel, U8, U8x2, U8x3, U8x4};
use fast_image_resize::{PixelTrait, Resizer};
use image::{DynamicImage, GrayImage, ImageBuffer, Pixel};

use super::Refusal;

/// In the picture's own colours: converting first would take another copy of the whole. Only colours of more than
/// eight bits are cut to eight; see [`super::decode`] for what that may take.
pub(super) fn resized(picture: &DynamicImage, size: (u32, u32)) -> Result<DynamicImage, Refusal> {
    match picture {
        DynamicImage::ImageLuma8(it) => gray(it, size).map(DynamicImage::ImageLuma8),
        DynamicImage::ImageLumaA8(it) => typed::<U8x2, _>(it, size).map(DynamicImage::ImageLumaA8),
        DynamicImage::ImageRgb8(it) => typed::<U8x3, _>(it, size).map(DynamicImage::ImageRgb8),
        DynamicImage::ImageRgba8(it) => typed::<U8x4, _>(it, size).map(DynamicImage::ImageRgba8),
        DynamicImage::ImageLuma16(_) => gray(&picture.to_luma8(), size).map(DynamicImage::ImageLuma8),
        deep if deep.color().has_alpha() => {
            typed::<U8x4, _>(&deep.to_rgba8(), size).map(DynamicImage::ImageRgba8)
        }
        deep => typed::<U8x3, _>(&deep.to_rgb8(), size).map(DynamicImage::ImageRgb8),
    }
}

/// Brightness alone.
pub(super) fn gray(picture: &GrayImage, size: (u32, u32)) -> Result<GrayImage, Refusal> {
    typed::<U8, _>(picture, size)
}

fn typed<P, C>(
    picture: &ImageBuffer<C, Vec<u8>>,
    (width, height): (u32, u32),
) -> Result<ImageBuffer<C, Vec<u8>>, Refusal>
where
    P: PixelTrait + InnerPixel,
    C: Pixel<Subpixel = u8>,
{
    let from = TypedImageRef::<P>::from_buffer(picture.width(), picture.height(), picture.as_raw());
    let from = from.map_err(|_| Refusal::Damaged)?;
    let mut small = ImageBuffer::new(width, height);
    let mut into = TypedImage::<P>::from_buffer(width, height, &mut small).map_err(|_| Refusal::Damaged)?;
    Resizer::new().resize_typed(&from, &mut into, None).map_err(|_| Refusal::Damaged)?;
    drop(into);
    Ok(small)
}
