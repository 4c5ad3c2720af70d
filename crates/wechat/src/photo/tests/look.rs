//! A picture is recognised after it was changed, and another is not.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::super::*;
use super::small::encoded;

/// A scene of a few soft lights, the same from any seed everywhere.
pub(super) fn scene(seed: u32) -> DynamicImage {
    let light = |x: u32, y: u32, n: u32| {
        let (cx, cy) = ((seed * 37 + n * 151) % 640, (seed * 61 + n * 97) % 480);
        let away = (x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2)) / (90 + 10 * n);
        255_u32.saturating_sub(away) / 2
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(640, 480, |x, y| {
        let sum = (0..6).map(|n| light(x, y, n)).sum::<u32>();
        let level = |part: u32| u8::try_from((sum * part / 4 + 20).min(255)).unwrap();
        Rgb([level(4), level(3), level(2)])
    }))
}

fn looks(picture: &DynamicImage) -> Option<Looks> {
    let bytes = encoded(picture, ImageFormat::Png);
    let facts = read(&bytes, &Limits::default()).unwrap();
    develop(&bytes, &facts, &Limits::default()).unwrap().looks
}

fn looks_of(seed: u32) -> Looks {
    looks(&scene(seed)).unwrap()
}

/// The values are those of ImageHash 4.3.2; of 33 real photos the two readers agree to a median of 0 and at most 6 of
/// 128 bits, 12 for a picture of 16-bit colours.
#[test]
fn the_hashes_are_those_that_others_measured_with() {
    for (seed, dhash, phash) in [
        (1, 0x8482_81e0_e838_3c1c, 0xd4c2_751f_0718_5a3f),
        (2, 0x8484_81c0_e0fc_3c3c, 0xc0e0_3b1f_49b8_2f1f),
        (3, 0x8482_82c3_c0f0_74bc, 0xc160_361f_6a3c_1fb3),
    ] {
        let distance = looks_of(seed).upright.distance(Look { dhash, phash });
        assert!(distance <= 2, "scene {seed}: {distance}");
    }
}

#[test]
fn a_changed_picture_is_near_and_another_is_far() {
    let original = looks_of(1).upright;
    let near = |picture: &DynamicImage| looks(picture).unwrap().upright.distance(original);
    let scene_1 = scene(1);
    assert!(near(&scene_1.thumbnail(200, 200)) <= 8);
    assert!(near(&scene_1.brighten(30)) <= 8);
    let mut again = Vec::new();
    let poor = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut again, 35);
    scene_1.write_with_encoder(poor).unwrap();
    assert!(near(&image::load_from_memory(&again).unwrap()) <= 8);
    for other in 2..8 {
        assert!(near(&scene(other)) > 20, "scene {other}");
    }
}

#[test]
fn a_turned_or_mirrored_copy_is_found_by_one_of_the_six() {
    let known = looks_of(1).upright;
    let scene_1 = scene(1);
    for turned in
        [scene_1.rotate90(), scene_1.rotate180(), scene_1.rotate270(), scene_1.fliph(), scene_1.flipv()]
    {
        let all = looks(&turned).unwrap().all();
        assert!(all[0].distance(known) > 20);
        assert!(all.iter().any(|it| it.distance(known) <= 6));
    }
}

#[test]
fn a_wall_has_no_look() {
    let wall = DynamicImage::ImageRgb8(RgbImage::from_pixel(300, 200, Rgb([200, 190, 180])));
    assert_eq!(looks(&wall), None);
}
