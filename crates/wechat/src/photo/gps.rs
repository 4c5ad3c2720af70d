//! The GPS directory of EXIF.
#![expect(clippy::float_arithmetic, reason = "positions are measured, not counted; no money here")]

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::exif::{self, Directory};

mod tag {
    pub(super) const LATITUDE_REF: u16 = 0x01;
    pub(super) const LATITUDE: u16 = 0x02;
    pub(super) const LONGITUDE_REF: u16 = 0x03;
    pub(super) const LONGITUDE: u16 = 0x04;
    pub(super) const ALTITUDE_REF: u16 = 0x05;
    pub(super) const ALTITUDE: u16 = 0x06;
    pub(super) const TIME_STAMP: u16 = 0x07;
    pub(super) const DOP: u16 = 0x0b;
    pub(super) const MAP_DATUM: u16 = 0x12;
    pub(super) const PROCESSING_METHOD: u16 = 0x1b;
    pub(super) const DATE_STAMP: u16 = 0x1d;
    pub(super) const POSITIONING_ERROR: u16 = 0x1f;
}

/// Why there is a position or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GpsStatus {
    /// There is a position.
    Ok,
    /// Neither half was written.
    #[default]
    Absent,
    /// Written as 0/0: the camera had no fix, or the phone's system took the
    /// position out.
    Undefined,
    /// One half, or the letter for the hemisphere, is missing.
    Incomplete,
    /// Off the globe.
    OutOfRange,
    /// Within 0.001 degree of 0, 0: zeros for want of a fix.
    NullIsland,
}

/// Where and when the device says it was. No number here is NaN or infinite.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gps {
    pub status: GpsStatus,
    /// Latitude and longitude in degrees of WGS-84, north and east positive;
    /// only when the status is `Ok`.
    pub position: Option<(f64, f64)>,
    /// Metres, negative below the sea.
    pub altitude_m: Option<f64>,
    /// UTC in whole seconds; only when day and time are both valid.
    pub fixed_at: Option<DateTime<Utc>>,
    /// GPSHPositioningError: metres in the plane.
    pub positioning_error_m: Option<f64>,
    /// Dilution of precision, no unit.
    pub dop: Option<f64>,
    /// `GPS`, `CELLID`, `fused`, ...; trimmed, at most 200 characters.
    pub processing_method: Option<String>,
    /// What the device says its datum is; phones leave it empty and mean
    /// WGS-84.
    pub map_datum: Option<String>,
}

pub(super) fn read(directory: Directory<'_>) -> Gps {
    let (status, position) = position(directory);
    let number = |tag| directory.find(tag).and_then(|it| quotient(it.rational(0)?));
    let below =
        directory.find(tag::ALTITUDE_REF).and_then(|it| it.uint()).is_some_and(|it| matches!(it, 1 | 3));
    Gps {
        status,
        position,
        // Adding zero makes a negative zero a plain one.
        altitude_m: number(tag::ALTITUDE).map(|it| if below { -it + 0.0 } else { it }),
        fixed_at: fixed_at(directory),
        positioning_error_m: number(tag::POSITIONING_ERROR).filter(|it| *it >= 0.0),
        dop: number(tag::DOP).filter(|it| *it >= 0.0),
        processing_method: directory
            .find(tag::PROCESSING_METHOD)
            .and_then(|it| it.text().or_else(|| commented(it.bytes))),
        map_datum: directory.find(tag::MAP_DATUM).and_then(|it| it.text()),
    }
}

fn position(directory: Directory<'_>) -> (GpsStatus, Option<(f64, f64)>) {
    let (lat, lng) = match (angle(directory, tag::LATITUDE), angle(directory, tag::LONGITUDE)) {
        (Angle::Missing, Angle::Missing) => return (GpsStatus::Absent, None),
        (Angle::Undefined, _) | (_, Angle::Undefined) => return (GpsStatus::Undefined, None),
        (Angle::Degrees(lat), Angle::Degrees(lng)) => (lat, lng),
        _ => return (GpsStatus::Incomplete, None),
    };
    let signs = sign(directory, tag::LATITUDE_REF, *b"NS").zip(sign(directory, tag::LONGITUDE_REF, *b"EW"));
    let Some((lat_sign, lng_sign)) = signs else {
        return (GpsStatus::Incomplete, None);
    };
    let (lat, lng) = (lat * lat_sign, lng * lng_sign);
    if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lng) {
        (GpsStatus::OutOfRange, None)
    } else if lat.abs() < 0.001 && lng.abs() < 0.001 {
        (GpsStatus::NullIsland, None)
    } else {
        (GpsStatus::Ok, Some((lat, lng)))
    }
}

/// Degrees, minutes and seconds as one number without a sign of direction.
enum Angle {
    Missing,
    Undefined,
    Degrees(f64),
}

/// Any part may be fractional, the later ones may be left out.
fn angle(directory: Directory<'_>, tag: u16) -> Angle {
    let Some(value) = directory.find(tag).filter(|it| it.rational(0).is_some()) else {
        return Angle::Missing;
    };
    let parts = (0..3).map_while(|index| value.rational(index)).zip([1.0, 60.0, 3600.0]);
    let sum = parts.map(|(part, divisor)| quotient(part).map(|it| it / divisor)).sum::<Option<f64>>();
    sum.filter(|it| it.is_finite()).map_or(Angle::Undefined, Angle::Degrees)
}

/// +1 for the first letter, -1 for the second, in either case.
fn sign(directory: Directory<'_>, tag: u16, letters: [u8; 2]) -> Option<f64> {
    let letter = directory.find(tag)?.bytes.first()?.to_ascii_uppercase();
    letters.iter().position(|it| *it == letter).map(|index| if index == 0 { 1.0 } else { -1.0 })
}

/// `None` for a zero denominator. Both numbers fit 32 bit, so neither loses a
/// digit.
fn quotient((top, bottom): (i64, i64)) -> Option<f64> {
    (bottom != 0).then(|| top as f64 / bottom as f64).filter(|it| it.is_finite())
}

fn fixed_at(directory: Directory<'_>) -> Option<DateTime<Utc>> {
    let day = exif::day(&directory.find(tag::DATE_STAMP)?.text()?)?;
    let time = directory.find(tag::TIME_STAMP)?;
    let part = |index| {
        let number = quotient(time.rational(index)?)?;
        (0.0..61.0).contains(&number).then_some(number as u32)
    };
    let time = NaiveTime::from_hms_opt(part(0)?, part(1)?, part(2)?)?;
    Some(NaiveDateTime::new(day, time).and_utc())
}

/// Text after the 8 bytes that name its encoding; other encodings than ASCII
/// are left out. Some phones write the bytes as plain text, which ends at its
/// first zero, so that only the name of the encoding is left: `ASCII`.
fn commented(bytes: &[u8]) -> Option<String> {
    let said = bytes.strip_prefix(b"ASCII\0\0\0").or_else(|| bytes.strip_prefix(&[0; 8]));
    match said {
        Some(said) => exif::text(said),
        None if bytes.starts_with(b"UNICODE\0") || bytes.starts_with(b"JIS\0") => None,
        None => exif::text(bytes),
    }
}
