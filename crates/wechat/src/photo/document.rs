//! The type of a document, by content: PDF, Office in both of its containers, and the images a photo may be.
//!
//! Nothing is opened, unpacked or drawn. A zip is told apart by the names in its directory, a compound file by the
//! names of its streams; each is walked once, under a limit.

use super::bytes::{Order, slice};
use super::{Limits, Refusal, read};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// The media type to store and hand it out with.
    pub media_type: &'static str,
    /// It holds programs. Nobody runs them here; whoever opens it should know.
    pub has_macros: bool,
}

/// Most names of an archive that are looked at.
const MAX_NAMES: usize = 10_000;

/// Reads what a document is. Takes time in proportion to its length and no memory.
pub fn document(bytes: &[u8], limits: &Limits) -> Result<Document, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() as u64 > limits.max_bytes {
        return Err(Refusal::TooLarge);
    }
    let plain = |media_type| Ok(Document { media_type, has_macros: false });
    if bytes.starts_with(b"%PDF-") {
        return plain("application/pdf");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return office_zip(bytes).ok_or(Refusal::UnsupportedType);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return compound(bytes).ok_or(Refusal::UnsupportedType);
    }
    match read(bytes, limits) {
        Ok(facts) => plain(facts.format.media_type()),
        Err(Refusal::NotAnImage { .. }) => Err(Refusal::UnsupportedType),
        Err(refusal) => Err(refusal),
    }
}

/// Office Open XML: a zip with a list of content types and one of three folders.
fn office_zip(file: &[u8]) -> Option<Document> {
    let (mut has_types, mut has_macros, mut folder) = (false, false, None);
    for name in names(file)?.take(MAX_NAMES) {
        has_types |= name == b"[Content_Types].xml";
        has_macros |= name.ends_with(b"/vbaProject.bin");
        let own = [&b"word/"[..], b"xl/", b"ppt/"].iter().position(|it| name.starts_with(it));
        folder = folder.or(own);
    }
    let types = [
        [
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.ms-word.document.macroenabled.12",
        ],
        [
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.ms-excel.sheet.macroenabled.12",
        ],
        [
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        ],
    ];
    let media_type = types.get(folder.filter(|_| has_types)?)?[usize::from(has_macros)];
    Some(Document { media_type, has_macros })
}

/// The names in the directory of a zip, which its end points at. None where there is no end.
fn names(file: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    const END: usize = 22;
    let from = file.len().saturating_sub(END + usize::from(u16::MAX));
    let last = file.get(from..)?.windows(4).rposition(|it| it == b"PK\x05\x06")? + from;
    let mut at = usize::try_from(Order::Little.u32(file, last + 16)?).ok()?;
    Some(std::iter::from_fn(move || {
        if slice(file, at, 4)? != b"PK\x01\x02" {
            return None;
        }
        let length = |place| Order::Little.u16(file, at + place).map(usize::from);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let found = slice(file, at + 46, name)?;
        at += 46 + name + extra + comment;
        Some(found)
    }))
}

/// The older Office: a small file system. Its directory entries lie on whole 128 bytes, so all of these are looked at
/// instead of following a chain that may lead in circles.
fn compound(file: &[u8]) -> Option<Document> {
    let has = |name: &str| file.chunks_exact(128).skip(4).any(|entry| is_named(entry, name));
    let media_type = match () {
        () if has("WordDocument") => "application/msword",
        () if has("Workbook") || has("Book") => "application/vnd.ms-excel",
        () if has("PowerPoint Document") => "application/vnd.ms-powerpoint",
        // A newer document behind a password.
        () if has("EncryptedPackage") => "application/x-ole-storage",
        () => return None,
    };
    Some(Document { media_type, has_macros: has("_VBA_PROJECT") })
}

/// The name in UTF-16, its end included, and its length in bytes after it.
fn is_named(entry: &[u8], name: &str) -> bool {
    let n_bytes = (name.len() + 1) * 2;
    let is_length = Order::Little.u16(entry, 64).map(usize::from) == Some(n_bytes);
    is_length
        && name.encode_utf16().chain([0]).zip(entry.as_chunks::<2>().0).all(|(a, b)| a.to_le_bytes() == *b)
}
