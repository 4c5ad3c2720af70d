//! Places: three coordinate systems, conversions between them, distances.
//!
//! Phones measure WGS-84. Maps in the Chinese mainland use GCJ-02, which is
//! WGS-84 moved by 250 to 700 m, and Baidu adds a second move, BD-09. A point
//! without its system is therefore worth nothing for a fence of 150 m: every
//! [`Point`] carries it, there is no default, and every distance is taken
//! after both ends are in WGS-84.
//!
//! Only the mainland is moved (`mainland.rs`); Hong Kong, Macau, Taiwan and
//! the neighbours inside the formula's box are not. All coordinates are
//! decimal degrees, north and east positive; all lengths are metres.
#![expect(clippy::float_arithmetic, reason = "positions are measured, not counted; no money here")]

mod bands;
mod distance;
mod mainland;
mod millimetres;
mod shift;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use bands::{Bounds, bounds};
pub use distance::{distance_m, distance_mm, geodesic_m};
pub use millimetres::{millimetres, millionths};

/// The coordinate system a latitude and a longitude are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// What satellites and EXIF say; `wx.getLocation` without a type.
    Wgs84,
    /// The state's maps: Tencent, Amap, `wx.getLocation` with `gcj02`.
    Gcj02,
    /// Baidu's maps.
    Bd09,
}

/// The name is none of `wgs84`, `gcj02` and `bd09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the coordinate system is none of wgs84, gcj02 and bd09")]
pub struct UnknownSystem;

impl System {
    /// The name in requests and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }
}

impl FromStr for System {
    type Err = UnknownSystem;

    fn from_str(text: &str) -> Result<Self, UnknownSystem> {
        [Self::Wgs84, Self::Gcj02, Self::Bd09]
            .into_iter()
            .find(|system| system.as_str() == text)
            .ok_or(UnknownSystem)
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place on Earth in a declared system. Reading one from JSON checks the
/// range as [`Point::new`] does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Point {
    /// Degrees, north positive, -90 to 90.
    pub lat: f64,
    /// Degrees, east positive, -180 to 180.
    pub lng: f64,
    /// What the two numbers are written in.
    pub system: System,
}

/// The point in the middle of three by latitude and by longitude, in WGS-84: one of them may lie wherever it wants.
pub fn median(points: [Point; 3]) -> Point {
    let points = points.map(|point| point.to(System::Wgs84));
    let middle = |of: fn(Point) -> f64| {
        let mut three = points.map(of);
        three.sort_unstable_by(f64::total_cmp);
        three[1]
    };
    Point { lat: middle(|it| it.lat), lng: middle(|it| it.lng), system: System::Wgs84 }
}

/// Are two points of one system the same to six decimals, which is a tenth of a metre?
pub fn is_same_to_six_decimals(one: Point, other: Point) -> bool {
    let rounded = |degrees: f64| (degrees * 1e6).round();
    one.system == other.system
        && rounded(one.lat) == rounded(other.lat)
        && rounded(one.lng) == rounded(other.lng)
}

impl Point {
    /// `None` when a number is not finite or off the globe.
    pub fn new(lat: f64, lng: f64, system: System) -> Option<Self> {
        let on_the_globe = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lng);
        on_the_globe.then_some(Self { lat, lng, system })
    }

    /// The same place in another system, by way of WGS-84.
    #[must_use]
    pub fn to(self, system: System) -> Self {
        if self.system == system {
            return self;
        }
        let here = (self.lat, self.lng);
        let wgs84 = match self.system {
            System::Wgs84 => here,
            System::Gcj02 => shift::gcj02_to_wgs84(here),
            System::Bd09 => shift::gcj02_to_wgs84(shift::bd09_to_gcj02(here)),
        };
        let (lat, lng) = match system {
            System::Wgs84 => wgs84,
            System::Gcj02 => shift::wgs84_to_gcj02(wgs84),
            System::Bd09 => shift::gcj02_to_bd09(shift::wgs84_to_gcj02(wgs84)),
        };
        Self { lat, lng, system }
    }

    /// Within 0.001 degree (111 m) of 0, 0: a missing position written as
    /// zeros. The spot is open sea.
    pub fn is_null_island(self) -> bool {
        self.lat.abs() < 0.001 && self.lng.abs() < 0.001
    }
}

/// A point as a client wrote it, before its range is checked.
#[derive(Deserialize)]
struct Unchecked {
    lat: f64,
    lng: f64,
    system: System,
}

impl TryFrom<Unchecked> for Point {
    type Error = &'static str;

    fn try_from(it: Unchecked) -> Result<Self, Self::Error> {
        Self::new(it.lat, it.lng, it.system).ok_or("the latitude or the longitude is off the globe")
    }
}
