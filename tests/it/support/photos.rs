//! Photos the tests make themselves: small JPEGs, each different, with the EXIF a phone would write.

use std::sync::atomic::{AtomicU8, Ordering};

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// A photo to be made.
#[derive(Clone, Debug, Default)]
pub struct Photo {
    /// Degrees of WGS-84, for the satellite position.
    pub position: Option<(f64, f64)>,
    /// The camera's clock, `2026:11:16 10:00:00`, and its offset, `+08:00`.
    pub taken_at: Option<String>,
    /// The same as an editor keeps it: when it was digitised, with nothing of when it was shot.
    pub digitized_at: Option<String>,
    pub software: Option<String>,
    /// Photos with the same seed have the same pixels.
    pub seed: Option<u8>,
    /// Width and height in pixels; small where absent.
    pub size: Option<(u32, u32)>,
}

static NEXT: AtomicU8 = AtomicU8::new(1);

impl Photo {
    /// A photo without any facts of its own, as most that come through WeChat.
    pub fn bare() -> Self {
        Self::default()
    }

    /// The bytes of the file. Two calls make the same bytes only when the seed is set.
    pub fn jpeg(&self) -> Vec<u8> {
        let seed = self.seed.unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed));
        let noise = if self.seed.is_some() { seed } else { uuid::Uuid::new_v4().as_bytes()[0] };
        let (width, height) = self.size.unwrap_or((96, 64));
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let wave = |n: u32| u8::try_from((x * n + y * 3 + u32::from(seed) * 17) % 256).unwrap();
            Rgb([wave(2), wave(5), noise.wrapping_add(wave(1))])
        });
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&picture).unwrap();
        if self.seed.is_none() {
            // A comment of its own makes the bytes unlike any other's for certain.
            let comment = uuid::Uuid::new_v4().simple().to_string();
            bytes = [&bytes[..2], &[0xff, 0xfe, 0, 34], comment.as_bytes(), &bytes[2..]].concat();
        }
        self.with_exif(bytes)
    }

    fn with_exif(&self, jpeg: Vec<u8>) -> Vec<u8> {
        let said = [&self.taken_at, &self.digitized_at, &self.software];
        if self.position.is_none() && said.iter().all(|it| it.is_none()) {
            return jpeg;
        }
        let exif = exif(self);
        let length = u16::try_from(exif.len() + 8).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, b"Exif\0\0", &exif, &jpeg[2..]].concat()
    }
}

/// A big-endian TIFF with one directory, its EXIF directory and its GPS directory.
fn exif(photo: &Photo) -> Vec<u8> {
    let mut root = Directory::default();
    if let Some(software) = &photo.software {
        root.text(0x0131, software);
    }
    let mut camera = Directory::default();
    if let Some(taken_at) = &photo.taken_at {
        camera.text(0x9003, taken_at);
        camera.text(0x9011, "+08:00");
    }
    if let Some(digitized_at) = &photo.digitized_at {
        camera.text(0x9004, digitized_at);
        camera.text(0x9012, "+08:00");
    }
    let mut gps = Directory::default();
    if let Some((lat, lng)) = photo.position {
        gps.text(0x0001, if lat < 0.0 { "S" } else { "N" });
        gps.degrees(0x0002, lat);
        gps.text(0x0003, if lng < 0.0 { "W" } else { "E" });
        gps.degrees(0x0004, lng);
    }
    let camera_at = 8 + root.n_bytes(2);
    let gps_at = camera_at + camera.n_bytes(0);
    root.long(0x8769, camera_at);
    root.long(0x8825, gps_at);
    let header = [&b"MM\0\x2a"[..], &8_u32.to_be_bytes()].concat();
    [header, root.bytes(8), camera.bytes(camera_at), gps.bytes(gps_at)].concat()
}

#[derive(Default)]
struct Directory {
    entries: Vec<(u16, u16, u32, Vec<u8>)>,
}

impl Directory {
    fn text(&mut self, tag: u16, text: &str) {
        let bytes = [text.as_bytes(), b"\0"].concat();
        self.entries.push((tag, 2, u32::try_from(bytes.len()).unwrap(), bytes));
    }

    fn long(&mut self, tag: u16, value: u32) {
        self.entries.push((tag, 4, 1, value.to_be_bytes().to_vec()));
    }

    fn degrees(&mut self, tag: u16, degrees: f64) {
        let micro = (degrees.abs() * 1e7).round() as u32;
        let rational = |n: u32, d: u32| [n.to_be_bytes(), d.to_be_bytes()].concat();
        let bytes = [rational(micro, 10_000_000), rational(0, 1), rational(0, 1)].concat();
        self.entries.push((tag, 5, 3, bytes));
    }

    /// Its length with `n_more` entries that fit into their own four bytes.
    fn n_bytes(&self, n_more: u32) -> u32 {
        let long: usize =
            self.entries.iter().map(|(.., bytes)| if bytes.len() > 4 { bytes.len() } else { 0 }).sum();
        let n_entries = u32::try_from(self.entries.len()).unwrap() + n_more;
        6 + n_entries * 12 + u32::try_from(long).unwrap()
    }

    fn bytes(&self, at: u32) -> Vec<u8> {
        let n_entries = u32::try_from(self.entries.len()).unwrap();
        let mut table = u16::try_from(n_entries).unwrap().to_be_bytes().to_vec();
        let mut long = Vec::new();
        for (tag, kind, count, bytes) in &self.entries {
            table.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
            table.extend(count.to_be_bytes());
            if bytes.len() > 4 {
                let place = at + 6 + n_entries * 12 + u32::try_from(long.len()).unwrap();
                table.extend(place.to_be_bytes());
                long.extend(bytes);
            } else {
                let mut own = bytes.clone();
                own.resize(4, 0);
                table.extend(own);
            }
        }
        table.extend(0_u32.to_be_bytes());
        [table, long].concat()
    }
}
