//! The types that are only named, and measured where a deployment takes them.

use super::bytes::{Order, slice};
use super::{Layout, State, exif};

/// TIFF: the whole file is one EXIF block.
pub(super) fn tiff(file: &[u8]) -> Layout<'_> {
    let size = exif::Block::open(file).and_then(exif::size);
    Layout { size, exif: Some(file), state: State::Whole }
}

/// GIF: the logical screen.
pub(super) fn gif(file: &[u8]) -> Layout<'_> {
    let side = |at| Order::Little.u16(file, at).map(u32::from);
    let state = if file.ends_with(b"\x3b") { State::Whole } else { State::Truncated };
    Layout { size: side(6).zip(side(8)), exif: None, state }
}

/// BMP: signed sides, a negative height means rows from the top.
pub(super) fn bmp(file: &[u8]) -> Layout<'_> {
    let side = |at| Order::Little.u32(file, at).map(|it| it.cast_signed().unsigned_abs());
    let size = match slice(file, 14, 4) {
        Some([12, 0, 0, 0]) => {
            Order::Little.u16(file, 18).zip(Order::Little.u16(file, 20)).map(|(w, h)| (w.into(), h.into()))
        }
        _ => side(18).zip(side(22)),
    };
    Layout { size, exif: None, state: State::Whole }
}
