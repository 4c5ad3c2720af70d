use super::Format;

/// What an upload may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest file in bytes.
    pub max_bytes: u64,
    /// Most pixels of a photo that is kept, width times height in its header.
    pub max_accept_pixels: u64,
    /// Most pixels of a photo that is decoded.
    pub max_decode_pixels: u64,
    /// Most memory that decoding one photo takes. A JPEG is scaled while it is
    /// decoded and needs little, a progressive one 6 bytes a pixel, all else 1
    /// to 8. What needs more is kept, and has no preview.
    pub max_decode_bytes: u64,
    /// Longest side in pixels.
    pub max_side: u32,
    /// The types that are kept; every other image is refused.
    pub accepted: &'static [Format],
}

impl Default for Limits {
    /// Fits phones of 50 and 108 million pixels. What phones never send
    /// (TIFF, GIF, BMP, and AVIF so far) is not accepted.
    fn default() -> Self {
        Self {
            max_bytes: 20 * 1024 * 1024,
            max_accept_pixels: 120_000_000,
            max_decode_pixels: 64_000_000,
            max_decode_bytes: 160_000_000,
            max_side: 32_000,
            accepted: &[Format::Jpeg, Format::Png, Format::Webp, Format::Heic],
        }
    }
}
