use super::Point;

/// Cells a degree. A cell is about half a kilometre high.
const CELLS: f64 = 200.0;
/// Cells of one latitude lie beside one another, and those of the next this much farther.
const ROW: i64 = 100_000;
/// A degree of latitude is never shorter, in metres.
const DEGREE_M: f64 = 110_500.0;

/// What lies around a point, in the point's own coordinate system.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// South and north.
    pub lat: (f64, f64),
    /// West and east.
    pub lng: (f64, f64),
    /// Ranges of cells, both ends inclusive, one for each row of cells. A cell is `round(lat × 200) × 100000 +
    /// round(lng × 200)`, whichever way halves are rounded.
    pub bands: Vec<(i64, i64)>,
}

/// A box that contains everything within `radius_m` of a point, with 1 % to spare: the shift of a map is not the same
/// on both sides of the box. Absent: boxes over a pole or the antimeridian.
pub fn bounds(center: Point, radius_m: f64) -> Bounds {
    let lat_reach = radius_m * 1.01 / DEGREE_M;
    let lng_reach = lat_reach / center.lat.to_radians().cos().max(0.01);
    let lat = (center.lat - lat_reach, center.lat + lat_reach);
    let lng = (center.lng - lng_reach, center.lng + lng_reach);
    let cell = |degrees: f64| degrees * CELLS;
    let rows = cell(lat.0).floor() as i64..=cell(lat.1).ceil() as i64;
    let (west, east) = (cell(lng.0).floor() as i64, cell(lng.1).ceil() as i64);
    let bands = rows.map(|row| (row * ROW + west, row * ROW + east)).collect();
    Bounds { lat, lng, bands }
}
