//! HEIC and AVIF (ISO 14496-12, 23008-12): the size of the primary item, the
//! EXIF item, and whether all that is pointed at lies inside the file. Boxes
//! are read two levels deep without recursion; every step consumes bytes or is
//! counted.

use super::bytes::{Order, slice, take_uint};
use super::{Layout, State};

/// Extents of all items; a grid of 512-pixel tiles at 120 million pixels has
/// about 500.
const MAX_EXTENTS: u64 = 100_000;
/// A property is named by at most 15 bits.
const MAX_PROPERTIES: usize = 1 << 15;

pub(super) fn layout(file: &[u8]) -> Layout<'_> {
    let mut state = State::Damaged;
    let mut meta = None;
    let mut rest = file;
    while !rest.is_empty() {
        let Some((kind, body)) = take_box(&mut rest) else {
            state = State::Truncated;
            break;
        };
        if kind == b"meta" && meta.is_none() {
            meta = Meta::read(body);
        }
    }
    let whole = rest.is_empty();
    let Some(meta) = meta else {
        return Layout { size: None, exif: None, state };
    };
    let found = meta.locate(file);
    state = match found {
        _ if !whole => State::Truncated,
        Some(_) => State::Whole,
        None => State::Damaged,
    };
    Layout { size: meta.size(), exif: found.flatten(), state }
}

/// Kind and body of the box at the front; `None` when it is cut off or its
/// length is nonsense.
fn take_box<'a>(bytes: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let short = Order::Big.u32(bytes, 0)?;
    let kind = slice(bytes, 4, 4)?;
    let (header, length) = match short {
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(take_uint(&mut bytes.get(8..)?, 8)?).ok()?),
        _ => (8, usize::try_from(short).ok()?),
    };
    let body = bytes.get(header..length)?;
    *bytes = bytes.get(length..)?;
    Some((kind, body))
}

/// The version and the rest of a full box.
fn versioned(body: &[u8]) -> Option<(u8, &[u8])> {
    Some((*body.first()?, body.get(4..)?))
}

/// The child boxes that matter, each without its version word.
#[derive(Default)]
struct Meta<'a> {
    primary: Option<u64>,
    exif_item: Option<u64>,
    locations: Option<(u8, &'a [u8])>,
    properties: Option<&'a [u8]>,
    inner_data: &'a [u8],
}

impl<'a> Meta<'a> {
    fn read(body: &'a [u8]) -> Option<Self> {
        let mut meta = Self::default();
        let (_, mut rest) = versioned(body)?;
        while !rest.is_empty() {
            let (kind, body) = take_box(&mut rest)?;
            match kind {
                b"pitm" => {
                    let (version, mut body) = versioned(body)?;
                    meta.primary = take_uint(&mut body, if version == 0 { 2 } else { 4 });
                }
                b"iinf" => meta.exif_item = exif_item(body)?,
                b"iloc" => meta.locations = versioned(body),
                b"iprp" => meta.properties = Some(body),
                b"idat" => meta.inner_data = body,
                _ => {}
            }
        }
        Some(meta)
    }

    /// The size property (`ispe`) that is associated with the primary item.
    fn size(&self) -> Option<(u32, u32)> {
        let (mut rest, primary) = (self.properties?, self.primary?);
        let (mut sizes, mut wanted) = (Vec::new(), None);
        while let Some((kind, body)) = take_box(&mut rest) {
            match kind {
                b"ipco" => sizes = property_sizes(body),
                b"ipma" => wanted = wanted.or_else(|| properties_of(primary, body)),
                _ => {}
            }
        }
        wanted?.into_iter().find_map(|index| *sizes.get(index.checked_sub(1)?)?)
    }

    /// Checks that every extent lies inside the file and returns the EXIF
    /// block if there is one. `None` when an extent does not or the table is
    /// broken.
    fn locate(&self, file: &'a [u8]) -> Option<Option<&'a [u8]>> {
        let (version, mut table) = self.locations?;
        let sizes = take_uint(&mut table, 2)?;
        let width = |shift: u32| usize::try_from(sizes >> shift & 0xf).ok().filter(|it| *it <= 8);
        let index_width = if version == 0 { 0 } else { width(0)? };
        let (offset_width, length_width, base_width) = (width(12)?, width(8)?, width(4)?);
        let id_width = if version < 2 { 2 } else { 4 };
        let mut n_extents_left = MAX_EXTENTS;
        let mut exif = None;
        for _ in 0..take_uint(&mut table, id_width)? {
            let item = take_uint(&mut table, id_width)?;
            let method = if version == 0 { 0 } else { take_uint(&mut table, 2)? & 0xf };
            take_uint(&mut table, 2)?;
            let base = take_uint(&mut table, base_width)?;
            let n_extents = take_uint(&mut table, 2)?;
            n_extents_left = n_extents_left.checked_sub(n_extents)?;
            for _ in 0..n_extents {
                take_uint(&mut table, index_width)?;
                let offset = base.checked_add(take_uint(&mut table, offset_width)?)?;
                let length = take_uint(&mut table, length_width)?;
                let Some(home) = self.home(method, file) else {
                    continue;
                };
                let extent = extent(home, offset, length)?;
                if self.exif_item == Some(item) && exif.is_none() {
                    exif = exif_block(extent);
                }
            }
        }
        Some(exif)
    }

    /// What the offsets of a construction method count in; `None` for places
    /// inside another item.
    fn home(&self, method: u64, file: &'a [u8]) -> Option<&'a [u8]> {
        match method {
            0 => Some(file),
            1 => Some(self.inner_data),
            _ => None,
        }
    }
}

/// A length of zero means up to the end.
fn extent(home: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let rest = home.get(usize::try_from(offset).ok()?..)?;
    if length == 0 { Some(rest) } else { rest.get(..usize::try_from(length).ok()?) }
}

/// The block behind the four bytes that say how far off it is.
fn exif_block(extent: &[u8]) -> Option<&[u8]> {
    let skip = usize::try_from(Order::Big.u32(extent, 0)?).ok()?;
    extent.get(4..)?.get(skip..)
}

/// The id of the last item of type `Exif`, if any; `None` for a broken list.
fn exif_item(body: &[u8]) -> Option<Option<u64>> {
    let (version, mut rest) = versioned(body)?;
    take_uint(&mut rest, if version == 0 { 2 } else { 4 })?;
    let mut found = None;
    while !rest.is_empty() {
        let (kind, body) = take_box(&mut rest)?;
        let (version, mut body) = versioned(body)?;
        if kind != b"infe" || version < 2 {
            continue;
        }
        let item = take_uint(&mut body, if version == 2 { 2 } else { 4 })?;
        if slice(body, 2, 4) == Some(b"Exif") {
            found = Some(item);
        }
    }
    Some(found)
}

/// The size of every property in the order of the container, `None` for other
/// properties.
fn property_sizes(mut container: &[u8]) -> Vec<Option<(u32, u32)>> {
    let each = std::iter::from_fn(|| take_box(&mut container));
    each.take(MAX_PROPERTIES)
        .map(|(kind, body)| {
            (kind == b"ispe").then(|| Order::Big.u32(body, 4).zip(Order::Big.u32(body, 8)))?
        })
        .collect()
}

/// The properties of one item, counted from 1; at most 255.
fn properties_of(wanted: u64, body: &[u8]) -> Option<Vec<usize>> {
    let (version, mut rest) = versioned(body)?;
    let wide = body.get(3)? & 1 == 1;
    let (width, mask) = if wide { (2, 0x7fff) } else { (1, 0x7f) };
    for _ in 0..take_uint(&mut rest, 4)? {
        let item = take_uint(&mut rest, if version == 0 { 2 } else { 4 })?;
        let n_properties = usize::try_from(take_uint(&mut rest, 1)?).ok()?;
        let (mut indexes, after) = rest.split_at_checked(n_properties * width)?;
        if item == wanted {
            let each = std::iter::from_fn(|| take_uint(&mut indexes, width));
            return Some(each.filter_map(|it| usize::try_from(it & mask).ok()).collect());
        }
        rest = after;
    }
    None
}
