//! WebP: RIFF chunks. An extended file (`VP8X`) says its canvas first, a
//! simple one in the header of its only frame.

use super::bytes::{Order, slice};
use super::{Layout, State};

pub(super) fn layout(file: &[u8]) -> Layout<'_> {
    let mut layout = Layout { size: None, exif: None, state: State::Truncated };
    let end = Order::Little.u32(file, 4).and_then(|length| (length as usize).checked_add(8));
    let Some(chunks) = end.and_then(|end| file.get(..end)) else {
        return with_size(layout, file);
    };
    let mut at = 12;
    let mut has_frame = false;
    layout.state = State::Damaged;
    while let (Some(kind), Some(length)) = (slice(chunks, at, 4), Order::Little.u32(chunks, at + 4)) {
        let Some(body) = slice(chunks, at + 8, length as usize) else {
            layout.state = State::Truncated;
            return layout;
        };
        layout.size = layout.size.or_else(|| size(kind, body));
        match kind {
            b"EXIF" if layout.exif.is_none() => layout.exif = Some(body),
            b"VP8 " | b"VP8L" | b"ANMF" => has_frame = true,
            _ => {}
        }
        at += 8 + body.len() + body.len() % 2;
    }
    if has_frame {
        layout.state = State::Whole;
    }
    layout
}

/// Cut off, but a bomb is to be called one.
fn with_size<'a>(mut layout: Layout<'a>, file: &'a [u8]) -> Layout<'a> {
    layout.size = slice(file, 12, 4).zip(file.get(20..)).and_then(|(kind, body)| size(kind, body));
    layout
}

fn size(kind: &[u8], body: &[u8]) -> Option<(u32, u32)> {
    let u24 = |at| Some(Order::Little.u32(body, at)? & 0xff_ffff);
    match kind {
        // The two sizes of 24 bit, less one, are bytes 4 to 9; the second is
        // read from one byte earlier, since nothing need follow it.
        b"VP8X" => Some((u24(4)? + 1, (Order::Little.u32(body, 6)? >> 8) + 1)),
        b"VP8 " if slice(body, 3, 3) == Some(b"\x9d\x01\x2a") => {
            let side = |at| Some(u32::from(Order::Little.u16(body, at)? & 0x3fff));
            Some((side(6)?, side(8)?))
        }
        b"VP8L" if body.first() == Some(&0x2f) => {
            let packed = Order::Little.u32(body, 1)?;
            Some(((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}
