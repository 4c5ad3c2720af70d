//! A place as a phone sends it.

use chrono::{DateTime, Utc};
use domain::evidence::Fix;
use domain::geo::{Point, System, millimetres, millionths};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// Where a phone is. The coordinate system is named; there is no default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
    /// `gcj02` or `wgs84`.
    #[schema(value_type = String)]
    pub system: System,
    /// Radius of the error in metres, where the phone says.
    pub accuracy_m: Option<f64>,
    /// When the phone measured it.
    pub captured_at: Option<DateTime<Utc>>,
}

impl Location {
    /// Refuses what is no place on Earth. `pointer` is where it stands in the body.
    pub fn check(&self, pointer: &str) -> Result<()> {
        if Point::new(self.lat, self.lng, self.system).is_none() {
            return Err(Error::field(format!("{pointer}/lat"), "location_invalid"));
        }
        if self.accuracy_m.is_some_and(|accuracy| millimetres(accuracy).is_none()) {
            return Err(Error::field(format!("{pointer}/accuracy_m"), "location_invalid"));
        }
        Ok(())
    }

    /// Both degrees to six decimals, as whole numbers that compare exactly.
    pub fn millionths(&self) -> (i64, i64) {
        (millionths(self.lat), millionths(self.lng))
    }

    /// What the rules read.
    pub fn fix(&self) -> Fix {
        Fix {
            point: Point { lat: self.lat, lng: self.lng, system: self.system },
            accuracy_mm: self.accuracy_m.and_then(millimetres),
            fixed_at: self.captured_at,
        }
    }
}
