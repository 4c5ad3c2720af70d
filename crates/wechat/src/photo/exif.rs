//! EXIF 2.32: a walk over exactly three directories (the first, Exif, GPS),
//! each visited once. Values are borrowed; a value that does not lie inside
//! the block is not there.

use chrono::{NaiveDate, NaiveDateTime};

use super::SecondaryTime;
use super::bytes::{Order, slice};
use super::gps::{self, Gps};

mod tag {
    pub(super) const IMAGE_WIDTH: u16 = 0x0100;
    pub(super) const IMAGE_LENGTH: u16 = 0x0101;
    pub(super) const MAKE: u16 = 0x010f;
    pub(super) const MODEL: u16 = 0x0110;
    pub(super) const ORIENTATION: u16 = 0x0112;
    pub(super) const SOFTWARE: u16 = 0x0131;
    pub(super) const EXIF: u16 = 0x8769;
    pub(super) const GPS: u16 = 0x8825;
    pub(super) const DATE_TIME: u16 = 0x0132;
    pub(super) const DATE_TIME_ORIGINAL: u16 = 0x9003;
    pub(super) const DATE_TIME_DIGITIZED: u16 = 0x9004;
    pub(super) const OFFSET_TIME: u16 = 0x9010;
    pub(super) const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
    pub(super) const OFFSET_TIME_DIGITIZED: u16 = 0x9012;
}

/// What the block says about the device and the moment.
pub(super) struct Said {
    pub(super) orientation: u8,
    pub(super) gps: Gps,
    pub(super) taken_at: Option<NaiveDateTime>,
    pub(super) offset_minutes: Option<i32>,
    pub(super) secondary_time: Option<SecondaryTime>,
    pub(super) make: Option<String>,
    pub(super) model: Option<String>,
    pub(super) software: Option<String>,
}

impl Default for Said {
    /// Nothing: upright, nowhere, at no time.
    fn default() -> Self {
        Self {
            orientation: 1,
            gps: Gps::default(),
            taken_at: None,
            offset_minutes: None,
            secondary_time: None,
            make: None,
            model: None,
            software: None,
        }
    }
}

pub(super) fn read(block: Block<'_>) -> Said {
    let Some(first) = block.first() else {
        return Said::default();
    };
    let inner = |tag| first.find(tag).and_then(|it| it.uint()).and_then(|at| block.directory(at));
    let text = |tag| first.find(tag).and_then(|it| it.text());
    let (exif, gps) = (inner(tag::EXIF), inner(tag::GPS));
    let exif_text = |tag| exif.and_then(|it| it.find(tag)).and_then(|it| it.text());
    let zone = |tag| exif_text(tag).and_then(|it| offset(&it));
    let taken_at = exif_text(tag::DATE_TIME_ORIGINAL).and_then(|it| moment(&it));
    let digitized = || Some((exif_text(tag::DATE_TIME_DIGITIZED)?, tag::OFFSET_TIME_DIGITIZED));
    let changed = || Some((text(tag::DATE_TIME)?, tag::OFFSET_TIME));
    let secondary = [digitized(), changed()]
        .into_iter()
        .flatten()
        .find_map(|(time, tag)| Some(SecondaryTime { at: moment(&time)?, offset_minutes: zone(tag) }));
    Said {
        orientation: first
            .find(tag::ORIENTATION)
            .and_then(|it| it.uint())
            .and_then(|it| u8::try_from(it).ok())
            .filter(|it| (1..=8).contains(it))
            .unwrap_or(1),
        gps: gps.map(gps::read).unwrap_or_default(),
        taken_at,
        offset_minutes: zone(tag::OFFSET_TIME_ORIGINAL),
        secondary_time: secondary.filter(|_| taken_at.is_none()),
        make: text(tag::MAKE),
        model: text(tag::MODEL),
        software: text(tag::SOFTWARE),
    }
}

/// The size a TIFF file has.
pub(super) fn size(block: Block<'_>) -> Option<(u32, u32)> {
    let first = block.first()?;
    first.find(tag::IMAGE_WIDTH)?.uint().zip(first.find(tag::IMAGE_LENGTH)?.uint())
}

/// A TIFF structure; places inside it count from its start.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    bytes: &'a [u8],
    order: Order,
}

impl<'a> Block<'a> {
    /// `None` when the header is not one. JPEG puts `Exif\0\0` before it, and
    /// some writers of WebP do too.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
        let order = match bytes.first_chunk()? {
            b"II*\0" => Order::Little,
            b"MM\0*" => Order::Big,
            _ => return None,
        };
        Some(Self { bytes, order })
    }

    fn first(self) -> Option<Directory<'a>> {
        self.directory(self.order.u32(self.bytes, 4)?)
    }

    fn directory(self, at: u32) -> Option<Directory<'a>> {
        let at = usize::try_from(at).ok()?;
        let n_bytes = usize::from(self.order.u16(self.bytes, at)?) * Directory::ENTRY;
        let rest = self.bytes.get(at + 2..)?;
        Some(Directory { block: self, entries: &rest[..n_bytes.min(rest.len())] })
    }
}

/// The entries of one directory, as many as are there.
#[derive(Clone, Copy)]
pub(super) struct Directory<'a> {
    block: Block<'a>,
    entries: &'a [u8],
}

impl<'a> Directory<'a> {
    /// Tag, type, count, and the value or its place.
    const ENTRY: usize = 12;

    /// The first entry with the tag.
    pub(super) fn find(self, tag: u16) -> Option<Value<'a>> {
        let Block { bytes, order } = self.block;
        let entry = self.entries.chunks_exact(Self::ENTRY).find(|it| order.u16(it, 0) == Some(tag))?;
        let kind = order.u16(entry, 2)?;
        let n_bytes = unit(kind)?.checked_mul(usize::try_from(order.u32(entry, 4)?).ok()?)?;
        let value = match n_bytes {
            0..=4 => slice(entry, 8, n_bytes)?,
            _ => slice(bytes, usize::try_from(order.u32(entry, 8)?).ok()?, n_bytes)?,
        };
        Some(Value { kind, order, bytes: value })
    }
}

/// Bytes of one element of a type.
fn unit(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}

/// The elements of one entry.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    kind: u16,
    order: Order,
    pub(super) bytes: &'a [u8],
}

impl Value<'_> {
    /// The first element of BYTE, SHORT or LONG.
    pub(super) fn uint(&self) -> Option<u32> {
        match self.kind {
            1 => self.bytes.first().copied().map(u32::from),
            3 => self.order.u16(self.bytes, 0).map(u32::from),
            4 => self.order.u32(self.bytes, 0),
            _ => None,
        }
    }

    /// ASCII up to the first zero, without control characters, trimmed, at
    /// most 200 characters; `None` when nothing is left.
    pub(super) fn text(&self) -> Option<String> {
        (self.kind == 2).then(|| text(self.bytes))?
    }

    /// Numerator and denominator of element `index` of RATIONAL or SRATIONAL.
    pub(super) fn rational(&self, index: usize) -> Option<(i64, i64)> {
        let element = slice(self.bytes, index.checked_mul(8)?, 8)?;
        let (top, bottom) = (self.order.u32(element, 0)?, self.order.u32(element, 4)?);
        match self.kind {
            5 => Some((top.into(), bottom.into())),
            10 => Some((top.cast_signed().into(), bottom.cast_signed().into())),
            _ => None,
        }
    }
}

/// See [`Value::text`]. Looks at no more bytes than can be kept.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(4096)];
    let bytes = bytes.split(|&it| it == 0).next().unwrap_or_default();
    let clean: String = String::from_utf8_lossy(bytes).chars().filter(|it| !it.is_control()).collect();
    let cut: String = clean.trim().chars().take(200).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// `2024:05:07 09:33:04`; dashes and a `T` are met too. Zeros and blanks mean
/// that the clock was never set.
fn moment(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let mut parts = time.trim().get(..8)?.split(':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    day(date)?.and_hms_opt(hour, minute, second)
}

/// `2024:05:07` or `2024-05-07`.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.trim().split([':', '-']).map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok().filter(|it| (1..=9999).contains(it))?, month, day)
}

/// `+08:00` to 480; the world has -12 to +14 hours.
fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let total = i32::try_from(number(hours)? * 60 + number(minutes).filter(|it| *it < 60)?).ok()?;
    match text.as_bytes().first()? {
        b'+' if total <= 14 * 60 => Some(total),
        b'-' if total <= 12 * 60 => Some(-total),
        _ => None,
    }
}

/// Digits alone, at most four.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|it| it.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}
