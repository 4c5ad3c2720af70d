//! What a picture is recognised by after it was sent on, scaled, written again or marked: a difference hash and a
//! cosine hash of 64 bits each, defined as ImageHash 4.3 (`dhash(hash_size=8)`, `phash(hash_size=8)`) defines them,
//! so that figures measured elsewhere hold here.
#![expect(clippy::float_arithmetic, reason = "a cosine transform of brightness; no money here")]

use std::f64::consts::PI;
use std::sync::LazyLock;

use image::{DynamicImage, GrayImage, imageops};

use super::resize;

/// Sides of the little picture the cosine hash is taken from, and of the low frequencies kept.
const SIDE: usize = 32;
const KEPT: usize = 8;
/// Below this standard deviation of gray, of 256, a picture is flat.
const FLAT: f64 = 12.0;

/// The two hashes of a picture. The first bit, upper left, is the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    /// Is each of 8 × 8 places brighter than the one to its left?
    pub dhash: u64,
    /// Is each of the 8 × 8 lowest frequencies above their median?
    pub phash: u64,
}

impl Look {
    /// In how many of 128 bits two pictures differ.
    pub fn distance(self, other: Self) -> u32 {
        (self.dhash ^ other.dhash).count_ones() + (self.phash ^ other.phash).count_ones()
    }
}

/// A picture as it stands, and what it would be if somebody had turned or mirrored it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    pub upright: Look,
    /// Turned by a quarter, a half and three quarters; mirrored left to right and top to bottom.
    pub turned: [Look; 5],
}

impl Looks {
    /// All six.
    pub fn all(&self) -> [Look; 6] {
        let [a, b, c, d, e] = self.turned;
        [self.upright, a, b, c, d, e]
    }
}

/// None for a flat picture.
pub(super) fn of(picture: &DynamicImage) -> Option<Looks> {
    let gray = gray(picture);
    if deviation(&gray) < FLAT {
        return None;
    }
    let look = |picture: &GrayImage| Some(Look { dhash: dhash(picture)?, phash: phash(picture)? });
    Some(Looks {
        upright: look(&gray)?,
        turned: [
            look(&imageops::rotate90(&gray))?,
            look(&imageops::rotate180(&gray))?,
            look(&imageops::rotate270(&gray))?,
            look(&imageops::flip_horizontal(&gray))?,
            look(&imageops::flip_vertical(&gray))?,
        ],
    })
}

/// The brightness of ITU-R BT.601 in the whole numbers that Pillow uses.
fn gray(picture: &DynamicImage) -> GrayImage {
    let rgb = picture.to_rgb8();
    GrayImage::from_fn(rgb.width(), rgb.height(), |x, y| {
        let [r, g, b] = rgb.get_pixel(x, y).0.map(u32::from);
        image::Luma([((r * 19_595 + g * 38_470 + b * 7_471 + 0x8000) >> 16) as u8])
    })
}

fn deviation(gray: &GrayImage) -> f64 {
    let n = gray.as_raw().len().max(1) as f64;
    let sum = |of: fn(f64) -> f64| gray.as_raw().iter().map(|it| of(f64::from(*it))).sum::<f64>();
    let mean = sum(|it| it) / n;
    (sum(|it| it * it) / n - mean * mean).max(0.0).sqrt()
}

/// Rows of brightness at another size, by Lanczos' filter over all that is left out.
fn little(gray: &GrayImage, width: usize, height: usize) -> Option<Vec<u8>> {
    let size = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    Some(resize::gray(gray, size).ok()?.into_raw())
}

fn dhash(gray: &GrayImage) -> Option<u64> {
    let little = little(gray, KEPT + 1, KEPT)?;
    Some(bits(
        little.chunks_exact(KEPT + 1).flat_map(|row| row.array_windows().map(|[left, right]| right > left)),
    ))
}

fn phash(gray: &GrayImage) -> Option<u64> {
    let little = little(gray, SIDE, SIDE)?;
    let columns: Vec<[f64; SIDE]> = (0..KEPT)
        .map(|k| {
            std::array::from_fn(|x| (0..SIDE).map(|y| f64::from(little[y * SIDE + x]) * wave(k, y)).sum())
        })
        .collect();
    let kept: Vec<f64> = columns
        .iter()
        .flat_map(|row| (0..KEPT).map(|k| row.iter().enumerate().map(|(x, it)| it * wave(k, x)).sum::<f64>()))
        .collect();
    let mut sorted = kept.clone();
    sorted.sort_by(f64::total_cmp);
    let median = f64::midpoint(sorted[KEPT * KEPT / 2 - 1], sorted[KEPT * KEPT / 2]);
    Some(bits(kept.iter().map(|it| *it > median)))
}

/// The cosine of frequency `k` at place `n`.
fn wave(k: usize, n: usize) -> f64 {
    WAVES[k][n]
}

static WAVES: LazyLock<[[f64; SIDE]; KEPT]> = LazyLock::new(|| {
    std::array::from_fn(|k| {
        std::array::from_fn(|n| (PI * k as f64 * (2 * n + 1) as f64 / (2 * SIDE) as f64).cos())
    })
});

fn bits(each: impl Iterator<Item = bool>) -> u64 {
    each.fold(0, |bits, it| bits << 1 | u64::from(it))
}
