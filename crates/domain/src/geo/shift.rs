//! The published formulas of GCJ-02 and BD-09 (as in gcoord 1.0.7), and their
//! inverses. An inverse is a fixed-point iteration with a bound: a client
//! picks the coordinate, and unbounded ones never return for some points at
//! the edge of the box. Pairs are latitude and longitude in degrees.

use std::f64::consts::PI;

use super::mainland;

/// Semi-major axis of the Krasovsky 1940 ellipsoid in metres.
const KRASOVSKY_AXIS: f64 = 6_378_245.0;
/// Its first eccentricity squared, with the digits everybody uses.
const KRASOVSKY_E2: f64 = 0.006_693_421_622_965_943;
/// Baidu's angular scale.
const BAIDU_SCALE: f64 = PI * 3000.0 / 180.0;
/// Two steps reach a centimetre, three reach 0.04 mm.
const MAX_STEPS: usize = 10;

pub(super) fn wgs84_to_gcj02(here: (f64, f64)) -> (f64, f64) {
    if mainland::contains(here) { add(here, gcj02_shift(here)) } else { here }
}

/// Near the mainland's border two places share one GCJ-02 point, one moved
/// and one not; the moved one wins, because customers are in the mainland.
pub(super) fn gcj02_to_wgs84(here: (f64, f64)) -> (f64, f64) {
    if !mainland::near_box(here) {
        return here;
    }
    let there = invert(here, gcj02_shift);
    if mainland::contains(there) { there } else { here }
}

pub(super) fn gcj02_to_bd09(here: (f64, f64)) -> (f64, f64) {
    if mainland::in_box(here) { add(here, bd09_shift(here)) } else { here }
}

pub(super) fn bd09_to_gcj02(here: (f64, f64)) -> (f64, f64) {
    if !mainland::near_box(here) {
        return here;
    }
    let there = invert(here, bd09_shift);
    if mainland::in_box(there) { there } else { here }
}

/// The point that `shift` moves to `target`. The shift changes by about a
/// thousandth of the distance moved, so every step gains three digits.
fn invert(target: (f64, f64), shift: fn((f64, f64)) -> (f64, f64)) -> (f64, f64) {
    let mut guess = target;
    for _ in 0..MAX_STEPS {
        let (d_lat, d_lng) = shift(guess);
        let next = (target.0 - d_lat, target.1 - d_lng);
        let moved = (next.0 - guess.0).abs() + (next.1 - guess.1).abs();
        guess = next;
        if moved < 1e-12 {
            break;
        }
    }
    guess
}

fn add(here: (f64, f64), shift: (f64, f64)) -> (f64, f64) {
    (here.0 + shift.0, here.1 + shift.1)
}

/// What GCJ-02 adds to a WGS-84 point in the mainland.
fn gcj02_shift((lat, lng): (f64, f64)) -> (f64, f64) {
    let (x, y) = (lng - 105.0, lat - 35.0);
    let ripple = 20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin();
    let north_waves = 20.0 * (y * PI).sin()
        + 40.0 * (y / 3.0 * PI).sin()
        + 160.0 * (y / 12.0 * PI).sin()
        + 320.0 * (y * PI / 30.0).sin();
    let east_waves = 20.0 * (x * PI).sin()
        + 40.0 * (x / 3.0 * PI).sin()
        + 150.0 * (x / 12.0 * PI).sin()
        + 300.0 * (x / 30.0 * PI).sin();
    let root = x.abs().sqrt();
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    in_degrees(lat, north + (ripple + north_waves) * 2.0 / 3.0, east + (ripple + east_waves) * 2.0 / 3.0)
}

/// Metres to the north and east at `lat`, as degrees on Krasovsky's ellipsoid.
fn in_degrees(lat: f64, north: f64, east: f64) -> (f64, f64) {
    let (sine, cosine) = lat.to_radians().sin_cos();
    let curve = 1.0 - KRASOVSKY_E2 * sine * sine;
    let meridian_radius = KRASOVSKY_AXIS * (1.0 - KRASOVSKY_E2) / (curve * curve.sqrt());
    let parallel_radius = KRASOVSKY_AXIS / curve.sqrt() * cosine;
    ((north / meridian_radius).to_degrees(), (east / parallel_radius).to_degrees())
}

/// What BD-09 adds to a GCJ-02 point.
fn bd09_shift((lat, lng): (f64, f64)) -> (f64, f64) {
    let length = lng.hypot(lat) + 0.00002 * (lat * BAIDU_SCALE).sin();
    let angle = lat.atan2(lng) + 0.000003 * (lng * BAIDU_SCALE).cos();
    (length * angle.sin() + 0.006 - lat, length * angle.cos() + 0.0065 - lng)
}
