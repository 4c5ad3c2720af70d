//! Both decoders of JPEG say the same of a photo.

use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GrayImage, Luma};

use super::super::develop::PREVIEW;
use super::super::resize::resized;
use super::super::{Facts, Limits, decode, look, read, turbo};
use super::look::scene;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/photos/files");
/// Of 128 bits; what differs in 20 counts as the same picture.
const MOST_BITS: u32 = 6;

fn look_of(picture: &DynamicImage) -> Option<look::Look> {
    let small = resized(picture, (320, 320 * picture.height() / picture.width().max(1))).unwrap();
    look::of(&small).map(|looks| looks.upright)
}

/// In how many bits the two differ; none where libjpeg-turbo leaves the photo to the other.
fn distance(name: &str, bytes: &[u8], facts: &Facts) -> Option<u32> {
    let quick = turbo::decode(bytes, facts, PREVIEW, &Limits::default())?;
    let slow = decode::in_rust(bytes, facts, PREVIEW, &Limits::default());
    let slow = slow.unwrap_or_else(|refusal| panic!("{name}: only libjpeg-turbo decodes it, {refusal}"));
    assert_eq!((quick.width(), quick.height()), (slow.width(), slow.height()), "{name}");
    match (look_of(&quick), look_of(&slow)) {
        (Some(one), Some(other)) => Some(one.distance(other)),
        (one, other) => {
            assert_eq!(one, other, "{name}");
            Some(0)
        }
    }
}

#[test]
fn a_photo_made_here_looks_the_same_to_both() {
    for seed in 1..4 {
        for (quality, large) in [(35, 640), (90, 1_300), (75, 2_200)] {
            let picture = scene(seed).resize(large, large, image::imageops::FilterType::Triangle);
            let mut bytes = Vec::new();
            picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
            let facts = read(&bytes, &Limits::default()).unwrap();
            let bits = distance("a scene", &bytes, &facts).unwrap();
            assert!(bits <= MOST_BITS, "scene {seed} at {large}: {bits}");
        }
    }
    let gray = GrayImage::from_fn(900, 700, |x, y| Luma([u8::try_from((x / 4 + y / 5) % 256).unwrap()]));
    let mut bytes = Vec::new();
    DynamicImage::ImageLuma8(gray).write_with_encoder(JpegEncoder::new(&mut bytes)).unwrap();
    let facts = read(&bytes, &Limits::default()).unwrap();
    assert!(distance("a gray one", &bytes, &facts).unwrap() <= MOST_BITS);
}

#[test]
fn every_known_photo_looks_the_same_to_both() {
    let known = std::fs::read_dir(Path::new(FOLDER)).into_iter().flatten().flatten();
    let (mut n_compared, mut most) = (0, 0);
    for file in known {
        let bytes = std::fs::read(file.path()).unwrap();
        let Ok(facts) = read(&bytes, &Limits::default()) else {
            continue;
        };
        if facts.format != super::super::Format::Jpeg || !facts.has_pixels {
            continue;
        }
        let name = file.file_name().to_string_lossy().into_owned();
        if let Some(bits) = distance(&name, &bytes, &facts) {
            assert!(bits <= MOST_BITS, "{name}: {bits}");
            (n_compared, most) = (n_compared + 1, most.max(bits));
        }
    }
    println!("{n_compared} known photos were compared and differ in at most {most} bits");
}
