//! JPEG (ITU-T T.81 annex B): a walk over the segments and the scans to the
//! end marker. A picture cut off in its scan decodes without an error, half
//! of it gray, so the end marker is what tells a whole photo.
//!
//! Only the first picture counts. What phones append (gain map, depth, film)
//! may be missing, as it often is after a transfer.

use super::bytes::{Order, slice};
use super::{Layout, State, exif};

mod marker {
    pub(super) const TEM: u8 = 0x01;
    pub(super) const RST0: u8 = 0xd0;
    pub(super) const SOI: u8 = 0xd8;
    pub(super) const EOI: u8 = 0xd9;
    pub(super) const SOS: u8 = 0xda;
    pub(super) const APP1: u8 = 0xe1;
    pub(super) const APP2: u8 = 0xe2;
}

pub(super) fn layout(file: &[u8]) -> Layout<'_> {
    let mut walk = Walk { size: None, exif: None, n_scans: 0, several_pictures: false };
    let state = walk.run(file);
    Layout { size: walk.size, exif: walk.exif, state }
}

struct Walk<'a> {
    size: Option<(u32, u32)>,
    exif: Option<&'a [u8]>,
    n_scans: u32,
    several_pictures: bool,
}

impl<'a> Walk<'a> {
    fn run(&mut self, file: &'a [u8]) -> State {
        let mut at = 2;
        while let Some((code, after)) = next_marker(file, at) {
            match code {
                marker::EOI => {
                    return if self.n_scans > 0 { State::Whole } else { State::Damaged };
                }
                marker::TEM | marker::RST0..=marker::SOI => at = after,
                _ => {
                    let Some(length) = Order::Big.u16(file, after) else {
                        return State::Truncated;
                    };
                    let Some(length_of_body) = usize::from(length).checked_sub(2) else {
                        return State::Damaged;
                    };
                    let Some(body) = slice(file, after + 2, length_of_body) else {
                        return State::Truncated;
                    };
                    self.segment(code, body);
                    at = after + 2 + length_of_body;
                }
            }
        }
        let ends_at_the_first_scan = self.n_scans == 1 && at >= file.len();
        if ends_at_the_first_scan && self.several_pictures { State::Bare } else { State::Truncated }
    }

    fn segment(&mut self, code: u8, body: &'a [u8]) {
        match code {
            marker::SOS => self.n_scans = self.n_scans.saturating_add(1),
            // EXIF need not come first: 82 kB of other segments before it are
            // on record.
            marker::APP1 if self.exif.is_none() && exif::Block::open(body).is_some() => {
                self.exif = Some(body)
            }
            marker::APP2 if body.starts_with(b"MPF\0") => self.several_pictures = true,
            _ if is_frame(code) && self.size.is_none() => self.size = size(body),
            _ => {}
        }
    }
}

/// Do all colours come in the first scan?
#[cfg(feature = "turbo")]
pub(super) fn is_one_scan(file: &[u8]) -> bool {
    let (mut at, mut n_colours) = (2, None);
    while let Some((code, after)) = next_marker(file, at) {
        if matches!(code, marker::TEM | marker::RST0..=marker::EOI) {
            at = after;
            continue;
        }
        // The number follows the length in a scan's header; precision, height and width come before it in a frame's.
        match code {
            marker::SOS => return n_colours.is_some() && file.get(after + 2).copied() == n_colours,
            code if is_frame(code) => n_colours = file.get(after + 7).copied(),
            _ => {}
        }
        let Some(length) = Order::Big.u16(file, after) else {
            return false;
        };
        at = after + usize::from(length);
    }
    false
}

fn is_frame(code: u8) -> bool {
    matches!(code, 0xc0..=0xcf) && !matches!(code, 0xc4 | 0xc8 | 0xcc)
}

/// Height and width follow one byte of precision.
fn size(frame: &[u8]) -> Option<(u32, u32)> {
    Some((Order::Big.u16(frame, 3)?.into(), Order::Big.u16(frame, 1)?.into()))
}

/// The next marker from `at` and the place after it. Skips scan data, stuffed
/// zeros, fill bytes, and bytes between segments as decoders do.
fn next_marker(file: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += file.get(at..)?.iter().position(|&byte| byte == 0xff)? + 1;
        match *file.get(at)? {
            0x00 => at += 1,
            0xff => {}
            code => return Some((code, at + 1)),
        }
    }
}
