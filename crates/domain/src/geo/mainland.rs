//! Where GCJ-02 moves a point: the box of the published formula without the
//! rectangles below.
//!
//! The rectangles are drawn by hand so that no part of the mainland lies in
//! one; close to a land border, a strip of the neighbour of up to some tens of
//! kilometres stays outside them and is moved as the plain formula does. Near
//! Shenzhen and Xiamen, where customers are, they follow the border to about
//! a kilometre.

/// South, west, north and east edge in WGS-84 degrees.
type Rectangle = (f64, f64, f64, f64);

/// The box every published implementation tests.
const BOX: Rectangle = (0.8293, 72.004, 55.8271, 137.8347);

/// Inside the box, not moved. One line for each strip.
const EXCLUDED: &[Rectangle] = &[
    // Hong Kong, from the south to the Shenzhen river.
    (22.15, 113.84, 22.44, 114.45),
    (22.44, 113.97, 22.50, 114.45),
    (22.50, 114.05, 22.51, 114.09),
    (22.50, 114.10, 22.5285, 114.13),
    (22.50, 114.13, 22.535, 114.25),
    (22.50, 114.25, 22.545, 114.45),
    // Macau: the peninsula, then Taipa and Coloane east of Hengqin.
    (22.18, 113.535, 22.212, 113.56),
    (22.105, 113.553, 22.18, 113.61),
    // Taiwan, Penghu, Kinmen, Matsu, Dongyin; the first reaches to Okinawa.
    (21.00, 119.95, 25.40, 137.84),
    (23.00, 119.20, 23.90, 119.95),
    (24.37, 118.21, 24.50, 118.49),
    (24.50, 118.36, 24.53, 118.45),
    (26.12, 119.88, 26.26, 120.04),
    (26.33, 120.45, 26.40, 120.52),
    // Korea and Japan.
    (25.40, 123.50, 32.50, 137.84),
    (32.50, 124.60, 38.60, 137.84),
    (38.60, 124.60, 40.00, 137.84),
    (40.00, 126.20, 40.90, 137.84),
    (40.90, 127.00, 41.30, 137.84),
    (41.30, 128.60, 41.95, 137.84),
    (41.95, 130.80, 42.20, 137.84),
    // Russia: the coast, the Amur, Siberia.
    (42.20, 131.60, 44.80, 137.84),
    (44.80, 135.30, 48.60, 137.84),
    (48.60, 131.50, 49.80, 137.84),
    (49.80, 128.60, 53.60, 137.84),
    (53.60, 72.00, 55.83, 137.84),
    (50.10, 72.00, 53.60, 118.80),
    // Mongolia.
    (43.20, 97.00, 50.10, 110.50),
    (46.00, 91.60, 50.10, 97.00),
    (46.00, 110.50, 50.10, 115.30),
    // Kazakhstan, Kyrgyzstan, Tajikistan, and the Pamir down to Pakistan.
    (45.50, 72.00, 50.10, 81.80),
    (42.40, 72.00, 45.50, 79.90),
    (41.40, 72.00, 42.40, 77.50),
    (40.60, 72.00, 41.40, 74.50),
    (35.00, 72.00, 40.60, 73.40),
    // Pakistan, India, Nepal, Bangladesh, Bhutan.
    (31.00, 72.00, 35.00, 77.90),
    (29.90, 72.00, 31.00, 78.50),
    (27.80, 72.00, 29.90, 81.00),
    (27.80, 81.00, 28.60, 83.80),
    (27.40, 72.00, 27.80, 86.00),
    (0.82, 72.00, 27.20, 88.60),
    (0.82, 88.60, 26.50, 97.30),
    (26.50, 89.40, 27.60, 91.30),
    // Myanmar, Thailand, Laos, Vietnam, Malaysia, Singapore.
    (22.00, 97.30, 23.60, 98.50),
    (21.00, 97.30, 22.00, 99.00),
    (0.82, 97.30, 21.00, 108.00),
    (21.00, 102.60, 22.10, 106.40),
    (21.00, 106.40, 21.40, 107.60),
    (10.00, 108.00, 17.50, 109.60),
    // Indonesia, Borneo, the Philippines.
    (0.82, 108.00, 3.90, 137.84),
    (3.90, 113.90, 7.20, 118.00),
    (3.90, 118.00, 21.00, 137.84),
];

/// Whether GCJ-02 moves this WGS-84 point.
pub(super) fn contains(here: (f64, f64)) -> bool {
    in_box(here) && !EXCLUDED.iter().any(|&it| within(here, it, 0.0))
}

/// Whether the published formula would move the point anywhere at all.
pub(super) fn in_box(here: (f64, f64)) -> bool {
    within(here, BOX, 0.0)
}

/// In the box or so near that a moved point may have come from it. No move is
/// longer than 0.02 degree.
pub(super) fn near_box(here: (f64, f64)) -> bool {
    within(here, BOX, 0.05)
}

/// False for a number that is not one.
fn within((lat, lng): (f64, f64), (south, west, north, east): Rectangle, margin: f64) -> bool {
    (south - margin..=north + margin).contains(&lat) && (west - margin..=east + margin).contains(&lng)
}
