//! Numbers at a place in bytes; `None` beyond the end.

/// Which end of a number comes first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Big,
    Little,
}

impl Order {
    pub(super) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Big => u16::from_be_bytes(raw),
            Self::Little => u16::from_le_bytes(raw),
        })
    }

    pub(super) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Big => u32::from_be_bytes(raw),
            Self::Little => u32::from_le_bytes(raw),
        })
    }
}

/// `n` bytes from `at`.
pub(super) fn slice(bytes: &[u8], at: usize, n: usize) -> Option<&[u8]> {
    bytes.get(at..)?.get(..n)
}

/// A big-endian number of 0 to 8 bytes, taken off the front.
pub(super) fn take_uint(bytes: &mut &[u8], n: usize) -> Option<u64> {
    let (head, rest) = bytes.split_at_checked(n)?;
    *bytes = rest;
    Some(head.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}
