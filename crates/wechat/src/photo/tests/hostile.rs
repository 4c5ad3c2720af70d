//! Files made to hurt.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::*;
use super::small::{block, with_exif};

fn check_quick(bytes: &[u8]) {
    let started = Instant::now();
    let outcome = read(bytes, &Limits::default());
    assert!(started.elapsed() < Duration::from_secs(2));
    if let Ok(facts) = outcome {
        // JSON turns a NaN into null, and null is no latitude.
        let json = serde_json::to_string(&facts).unwrap();
        assert!(serde_json::from_str::<Facts>(&json).is_ok(), "{json}");
    }
}

/// Every entry of the first directory points at a directory of its own.
#[test]
fn nested_directories_cost_nothing() {
    let n_entries = 1800u16;
    let mut block = b"MM\0*\0\0\0\x08".to_vec();
    block.extend(n_entries.to_be_bytes());
    let region = 8 + 2 + 12 * u32::from(n_entries) + 4;
    for index in 0..u32::from(n_entries) {
        block.extend([0x87, 0x69, 0, 4, 0, 0, 0, 1]);
        block.extend((region + 12 * index).to_be_bytes());
    }
    block.extend([0; 4]);
    for _ in 0..2 * n_entries {
        block.extend([0x03, 0x84, 0xa0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
    }
    check_quick(&with_exif(&block));
}

#[test]
fn a_directory_that_points_at_itself_ends() {
    let block = b"MM\0*\0\0\0\x08\0\x02\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\x88\x25\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08";
    check_quick(&with_exif(block));
}

#[test]
fn twenty_megabytes_of_anything_take_no_time() {
    let n_bytes = 20 * 1024 * 1024;
    for head in [
        &b"\xff\xd8\xff\xe1"[..],
        b"\xff\xd8\xff\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\xff\xff\x3f\x01WEBP",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    ] {
        for fill in [0x00, 0xff, 0x01] {
            let mut bytes = head.to_vec();
            bytes.resize(n_bytes, fill);
            check_quick(&bytes);
        }
    }
}

/// An item table whose entries take no bytes, over and over.
#[test]
fn extents_without_bytes_are_counted() {
    let mut table = vec![0, 0, 0, 0, 0, 0, 0xff, 0xff];
    for _ in 0..0xffff {
        table.extend([0, 1, 0, 0, 0xff, 0xff]);
    }
    let boxed = |kind: &[u8], body: &[u8]| {
        [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
    };
    let meta = [&[0; 4][..], &boxed(b"iloc", &table)].concat();
    let bytes = [&boxed(b"ftyp", b"heic\0\0\0\0mif1heic")[..], &boxed(b"meta", &meta)].concat();
    check_quick(&bytes);
    assert_eq!(read(&bytes, &Limits::default()), Err(Refusal::Damaged));
}

/// A second header must not show the decoder another size.
#[test]
fn a_second_frame_header_does_not_reach_the_decoder() {
    let plain = with_exif(&block());
    let small_frame = b"\xff\xc0\0\x11\x08\0\x01\0\x01\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
    let bytes = [&plain[..2], small_frame, &plain[2..]].concat();
    if let Ok(facts) = read(&bytes, &Limits::default()) {
        assert!(preview(&bytes, &facts, 10, &Limits::default()).is_err());
    }
}

proptest! {
    #[test]
    fn a_changed_photo_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = with_exif(&block());
        // Half of the changes hit the header, where the numbers are.
        let n_bytes = bytes.len();
        for (index, (place, value)) in changes.iter().enumerate() {
            let at = place.index(if index % 2 == 0 { n_bytes.min(250) } else { n_bytes });
            bytes[at] = *value;
        }
        if cut {
            bytes.truncate(keep.index(n_bytes));
        }
        check_quick(&bytes);
        if let Ok(facts) = read(&bytes, &Limits::default()) && facts.n_pixels() < 1_000_000 {
            let _ = preview(&bytes, &facts, 16, &Limits::default());
        }
    }

    #[test]
    fn noise_never_panics(
        head in prop::sample::select(vec![
            &b"\xff\xd8\xff\xe1\0\x40Exif\0\0MM\0*\0\0\0\x08"[..], b"\x89PNG\r\n\x1a\n\0\0\0\x10eXIfII*\0\x08\0\0\0",
            b"RIFF\x60\0\0\0WEBPVP8X", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x60meta", b"II*\0\x08\0\0\0", b"BM", b"GIF89a",
        ]),
        tail in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let every = Limits {
            accepted: &[Format::Jpeg, Format::Png, Format::Webp, Format::Heic, Format::Tiff, Format::Gif, Format::Bmp],
            ..Limits::default()
        };
        let _ = read(&[head, &tail].concat(), &every);
    }
}
