//! Pictures made here, so that nothing outside is needed.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::super::*;

/// 40 by 20 pixels, the left half red, the right half blue.
pub(super) fn picture(format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(40, 20, |x, _| if x < 20 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) });
    encoded(&DynamicImage::ImageRgb8(pixels), format)
}

pub(super) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG with the EXIF block behind its first marker.
pub(super) fn with_exif(block: &[u8]) -> Vec<u8> {
    let plain = picture(ImageFormat::Jpeg);
    let length = u16::try_from(block.len() + 8).unwrap();
    let head = [&plain[..2], b"\xff\xe1", &length.to_be_bytes(), b"Exif\0\0"].concat();
    [&head, block, &plain[2..]].concat()
}

/// Big-endian EXIF: orientation 6, software, and a position west and south.
pub(super) fn block() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, n: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &n.to_be_bytes(), &value].concat()
    };
    let rationals =
        |parts: [u32; 3]| parts.map(|it| [it.to_be_bytes(), 1u32.to_be_bytes()].concat()).concat();
    let first = 8 + 2 + 3 * 12 + 4;
    let gps = first + 8;
    let far = u32::try_from(gps + 2 + 4 * 12 + 4).unwrap();
    let mut block = b"MM\0*\0\0\0\x08\0\x03".to_vec();
    block.extend(entry(0x0112, 3, 1, [0, 6, 0, 0]));
    block.extend(entry(0x0131, 2, 8, u32::try_from(first).unwrap().to_be_bytes()));
    block.extend(entry(0x8825, 4, 1, u32::try_from(gps).unwrap().to_be_bytes()));
    block.extend([0; 4]);
    block.extend(b" Edit1 \0");
    block.extend([0, 4]);
    block.extend(entry(1, 2, 2, *b"s\0\0\0"));
    block.extend(entry(2, 5, 3, far.to_be_bytes()));
    block.extend(entry(3, 2, 2, *b"w\0\0\0"));
    block.extend(entry(4, 5, 3, (far + 24).to_be_bytes()));
    block.extend([0; 4]);
    block.extend(rationals([30, 15, 0]));
    block.extend(rationals([120, 30, 36]));
    block
}

#[test]
fn the_type_and_the_size_come_from_the_content() {
    for (format, found) in [
        (ImageFormat::Jpeg, Format::Jpeg),
        (ImageFormat::Png, Format::Png),
        (ImageFormat::WebP, Format::Webp),
    ] {
        let facts = read(&picture(format), &Limits::default()).unwrap();
        assert_eq!((facts.format, facts.width, facts.height), (found, 40, 20));
        assert!(facts.has_pixels && !facts.exif_present && facts.orientation == 1);
        assert_eq!(facts.gps, Gps::default());
        assert_eq!(facts.sha256.len(), 64);
    }
    for format in [ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff] {
        assert_eq!(read(&picture(format), &Limits::default()), Err(Refusal::UnsupportedType));
    }
}

#[test]
fn the_limits_hold_exactly() {
    let bytes = picture(ImageFormat::Png);
    let exact = Limits {
        max_bytes: bytes.len() as u64,
        max_accept_pixels: 800,
        max_decode_pixels: 800,
        max_side: 40,
        ..Limits::default()
    };
    let facts = read(&bytes, &exact).unwrap();
    assert!(preview(&bytes, &facts, 10, &exact).is_ok());
    let check = |limits: Limits, refusal| assert_eq!(read(&bytes, &limits), Err(refusal));
    check(Limits { max_bytes: exact.max_bytes - 1, ..exact.clone() }, Refusal::TooLarge);
    check(Limits { max_accept_pixels: 799, ..exact.clone() }, Refusal::TooManyPixels);
    check(Limits { max_side: 39, ..exact.clone() }, Refusal::TooManyPixels);
    let undecoded = Limits { max_decode_pixels: 799, ..exact };
    assert_eq!(preview(&bytes, &facts, 10, &undecoded), Err(Refusal::TooManyPixels));
}

#[test]
fn what_is_no_photo_is_named() {
    let check = |bytes: &[u8], refusal| assert_eq!(read(bytes, &Limits::default()), Err(refusal));
    check(b"", Refusal::Empty);
    check(b"\xef\xbb\xbf\n<!DOCTYPE html><p>", Refusal::NotAnImage { found: "a web page" });
    check(b"%PDF-1.7", Refusal::NotAnImage { found: "a PDF document" });
    check(b"PK\x03\x04....", Refusal::NotAnImage { found: "an archive or an Office document" });
    check(b"\0\0\0\x14ftypisom\0\0\0\0mp42", Refusal::NotAnImage { found: "a video" });
    check(b"<?xml version='1.0'?><svg/>", Refusal::UnsupportedType);
    check(b"\0", Refusal::NotAnImage { found: "something else" });
    assert_eq!(Refusal::UnsupportedType.code(), "photo_type_unsupported");
    assert_eq!(Refusal::NotAnImage { found: "a video" }.to_string(), "the file is a video, not a photo");
}

#[test]
fn a_photo_cut_anywhere_is_refused() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = picture(format);
        for n_bytes in 0..whole.len() {
            // The last four bytes of a PNG are a checksum of nothing.
            let spared = format == ImageFormat::Png && n_bytes + 4 >= whole.len();
            assert!(spared || read(&whole[..n_bytes], &Limits::default()).is_err(), "{format:?} {n_bytes}");
        }
    }
}

#[test]
fn exif_is_read_from_every_container() {
    let png = picture(ImageFormat::Png);
    let length = u32::try_from(block().len()).unwrap();
    let chunk = [&length.to_be_bytes()[..], b"eXIf", &block(), &[0; 4]].concat();
    let png = [&png[..33], &chunk, &png[33..]].concat();
    let webp = picture(ImageFormat::WebP);
    let prefixed = [b"Exif\0\0", &block()[..]].concat();
    let length = u32::try_from(prefixed.len()).unwrap();
    let body = [&webp[8..], b"EXIF", &length.to_le_bytes(), &prefixed].concat();
    let webp = [&webp[..4], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat();
    for bytes in [with_exif(&block()), png, webp] {
        let facts = read(&bytes, &Limits::default()).unwrap();
        assert_eq!((facts.orientation, facts.software.as_deref()), (6, Some("Edit1")));
        assert_eq!(facts.gps.status, GpsStatus::Ok);
        let (lat, lng) = facts.gps.position.unwrap();
        assert!((lat + 30.25).abs() < 1e-9 && (lng + 120.51).abs() < 1e-9);
    }
}

#[test]
fn broken_exif_is_absent_exif() {
    for broken in [&b""[..], b"MM", b"MM\0*", b"MM\0*\xff\xff\xff\xff", b"XX\0*\0\0\0\x08", &[0xff; 300]] {
        let facts = read(&with_exif(broken), &Limits::default()).unwrap();
        assert_eq!((facts.orientation, &facts.gps, facts.make), (1, &Gps::default(), None));
    }
}

#[test]
fn a_preview_stands_upright_and_says_nothing() {
    let bytes = with_exif(&block());
    let facts = read(&bytes, &Limits::default()).unwrap();
    let jpeg = preview(&bytes, &facts, 20, &Limits::default()).unwrap();
    let shown = read(&jpeg, &Limits::default()).unwrap();
    assert_eq!((shown.width, shown.height, shown.exif_present), (10, 20, false));
    let pixels = image::load_from_memory(&jpeg).unwrap().into_rgb8();
    // Turned a quarter to the right: what was left is above.
    assert!(pixels.get_pixel(5, 2).0[0] > 150 && pixels.get_pixel(5, 17).0[2] > 150);
    let same = preview(&bytes, &facts, 4000, &Limits::default()).unwrap();
    assert_eq!(read(&same, &Limits::default()).unwrap().height, 40, "never scaled up");
    assert!(preview(&bytes, &facts, 0, &Limits::default()).is_ok());
}

#[test]
fn a_mark_is_drawn_over_the_foot_and_nowhere_else() {
    let wall = DynamicImage::ImageRgb8(RgbImage::from_pixel(320, 240, Rgb([90, 120, 90])));
    let preview = encoded(&wall, ImageFormat::Jpeg);
    let lines = ["2026-11-16 10:00".to_owned(), "宁波鑫源超市 距门店 12 米 核验通过 \u{1f600}".to_owned()];
    let shown = image::load_from_memory(&marked(&preview, &lines).unwrap()).unwrap().into_rgb8();
    assert_eq!(shown.dimensions(), (320, 240));
    let brightest = |from: u32, to: u32| {
        (from..to).flat_map(|y| (0..320).map(move |x| (x, y))).map(|(x, y)| shown.get_pixel(x, y).0[0]).max()
    };
    assert!(brightest(0, 200).unwrap() < 130, "the picture is left alone");
    assert!(brightest(212, 240).unwrap() > 200, "the lines are white");
    assert!(marked(b"no picture", &lines).is_err());
    assert!(marked(&preview, &vec!["x".to_owned(); 1_000]).is_ok(), "more lines than fit");
}
