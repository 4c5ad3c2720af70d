//! Lines of text drawn over the foot of a preview: what the server knows, as opposed to what a watermark camera was
//! told.
//!
//! The font is Noto Sans SC under the Open Font License, cut down to ASCII, a few signs and the 5,700 commonest
//! characters of GB 2312. A character it lacks is drawn as an empty box.
#![expect(clippy::float_arithmetic, reason = "glyphs lie between pixels")]

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::Refusal;
use super::develop::jpeg;

const FONT: &[u8] = include_bytes!("font/noto-sans-sc.ttf");
/// Lines are a thirty-second of the longer side high, and at least this many pixels.
const LEAST: u32 = 10;

/// The picture, a JPEG made by [`super::develop`], with the lines over its foot.
pub fn marked(preview: &[u8], lines: &[String]) -> Result<Vec<u8>, Refusal> {
    let picture = image::load_from_memory_with_format(preview, ImageFormat::Jpeg);
    let mut picture = picture.map_err(|_| Refusal::Damaged)?.into_rgb8();
    let font = FontRef::try_from_slice(FONT).map_err(|_| Refusal::Damaged)?;
    let line = (picture.width().max(picture.height()) / 32).max(LEAST);
    let n_lines = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let foot = picture.height().saturating_sub(n_lines.saturating_mul(line).saturating_add(line / 2));
    darken(&mut picture, foot);
    for (number, text) in (0..).zip(lines) {
        let baseline = foot + number * line + line;
        write(&mut picture, &font, text, (line / 3, baseline, line));
    }
    jpeg(&DynamicImage::ImageRgb8(picture))
}

/// So that white is read on anything.
fn darken(picture: &mut RgbImage, from: u32) {
    for y in from..picture.height() {
        for x in 0..picture.width() {
            picture.get_pixel_mut(x, y).0.iter_mut().for_each(|part| *part /= 3);
        }
    }
}

/// One line in white; what does not fit is cut off.
fn write(picture: &mut RgbImage, font: &FontRef<'_>, text: &str, (left, baseline, line): (u32, u32, u32)) {
    let scale = PxScale::from(line as f32 * 0.9);
    let scaled = font.as_scaled(scale);
    let mut x = left as f32;
    for character in text.chars() {
        let id = font.glyph_id(character);
        let at = point(x, baseline as f32 - scaled.descent().abs() / 2.0);
        x += scaled.h_advance(id);
        stroke(picture, font, id.with_scale_and_position(scale, at));
        if x > picture.width() as f32 {
            break;
        }
    }
}

fn stroke(picture: &mut RgbImage, font: &FontRef<'_>, glyph: Glyph) {
    let Some(outline) = font.outline_glyph(glyph) else {
        return;
    };
    let corner = outline.px_bounds().min;
    outline.draw(|x, y, covered| {
        let (x, y) = (corner.x + x as f32, corner.y + y as f32);
        if x < 0.0 || y < 0.0 || x >= picture.width() as f32 || y >= picture.height() as f32 {
            return;
        }
        let Rgb(parts) = picture.get_pixel_mut(x as u32, y as u32);
        for part in parts {
            let dark = f32::from(*part);
            *part = (dark + (255.0 - dark) * covered.clamp(0.0, 1.0)) as u8;
        }
    });
}
