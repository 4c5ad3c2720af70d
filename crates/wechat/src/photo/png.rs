//! PNG: the header with its checksum, an `eXIf` chunk, and whether picture
//! data and the end are there. The other checksums are the decoder's business.

use super::bytes::{Order, slice};
use super::{Layout, State};

pub(super) fn layout(file: &[u8]) -> Layout<'_> {
    let mut layout = Layout { size: None, exif: None, state: State::Truncated };
    let mut at = 8;
    let (mut is_sound, mut has_data) = (false, false);
    while let (Some(length), Some(kind)) = (Order::Big.u32(file, at), slice(file, at + 4, 4)) {
        let Some(body) = slice(file, at + 8, length as usize) else {
            break;
        };
        match kind {
            b"IHDR" if layout.size.is_none() => {
                layout.size = Order::Big.u32(body, 0).zip(Order::Big.u32(body, 4));
                is_sound = body.len() == 13
                    && Order::Big.u32(file, at + 21) == slice(file, at + 4, 17).map(checksum);
            }
            b"eXIf" if layout.exif.is_none() => layout.exif = Some(body),
            b"IDAT" => has_data = true,
            b"IEND" => {
                layout.state = if is_sound && has_data { State::Whole } else { State::Damaged };
                break;
            }
            _ => {}
        }
        at += 12 + body.len();
    }
    layout
}

/// CRC-32 (ISO 3309) of a few bytes.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |it, _| it >> 1 ^ if it & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}
