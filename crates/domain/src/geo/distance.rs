//! How far two points are apart.

use super::{Point, System};

/// Mean radius of the Earth in metres (IUGG R1).
const MEAN_RADIUS: f64 = 6_371_008.8;
/// WGS-84 ellipsoid: semi-major axis in metres.
const AXIS: f64 = 6_378_137.0;
/// WGS-84 ellipsoid: flattening.
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// Vincenty converges in five steps except near the antipode.
const MAX_STEPS: usize = 100;

/// Metres along a sphere of 6,371,008.8 m (haversine), both ends taken to
/// WGS-84 first. At most 0.5 % from the ellipsoid, 1.4 m below 600 m: what
/// fences use.
pub fn distance_m(a: Point, b: Point) -> f64 {
    let (a, b) = (a.to(System::Wgs84), b.to(System::Wgs84));
    let half_lat = ((b.lat - a.lat) / 2.0).to_radians().sin();
    let half_lng = ((b.lng - a.lng) / 2.0).to_radians().sin();
    let cosines = a.lat.to_radians().cos() * b.lat.to_radians().cos();
    let haversine = half_lat * half_lat + cosines * half_lng * half_lng;
    2.0 * MEAN_RADIUS * haversine.clamp(0.0, 1.0).sqrt().asin()
}

/// [`distance_m`] in whole millimetres, for rules that compare exactly.
pub fn distance_mm(a: Point, b: Point) -> i64 {
    // At most 2.1e10, and no NaN for points on the globe.
    (distance_m(a, b) * 1000.0).round() as i64
}

/// Metres along the WGS-84 ellipsoid (Vincenty 1975, inverse), both ends
/// taken to WGS-84 first. `None` where the method does not converge, which is
/// within about half a degree of the opposite side of the Earth.
pub fn geodesic_m(a: Point, b: Point) -> Option<f64> {
    let (a, b) = (a.to(System::Wgs84), b.to(System::Wgs84));
    let reduced = |lat: f64| ((1.0 - FLATTENING) * lat.to_radians().tan()).atan().sin_cos();
    let (ends, apart) = ((reduced(a.lat), reduced(b.lat)), around(b.lng - a.lng).to_radians());
    let mut lambda = apart;
    for _ in 0..MAX_STEPS {
        let arc = Arc::between(ends, lambda);
        if arc.sin_sigma == 0.0 {
            return (arc.cos_sigma > 0.0).then_some(0.0);
        }
        let next = apart + arc.correction();
        if (next - lambda).abs() < 1e-12 {
            return Some(arc.length());
        }
        lambda = next;
    }
    None
}

/// A difference of longitudes the short way round, degrees.
fn around(difference: f64) -> f64 {
    (difference + 540.0).rem_euclid(360.0) - 180.0
}

/// Vincenty's auxiliary arc for one guess of the longitude difference; the
/// names are those of the paper.
struct Arc {
    sin_sigma: f64,
    cos_sigma: f64,
    sigma: f64,
    sin_alpha: f64,
    cos2_alpha: f64,
    cos_2m: f64,
}

impl Arc {
    fn between(((sin1, cos1), (sin2, cos2)): ((f64, f64), (f64, f64)), lambda: f64) -> Self {
        let (sin_lambda, cos_lambda) = lambda.sin_cos();
        let sin_sigma = (cos2 * sin_lambda).hypot(cos1 * sin2 - sin1 * cos2 * cos_lambda);
        let cos_sigma = sin1 * sin2 + cos1 * cos2 * cos_lambda;
        let sin_alpha = if sin_sigma == 0.0 { 0.0 } else { cos1 * cos2 * sin_lambda / sin_sigma };
        let cos2_alpha = 1.0 - sin_alpha * sin_alpha;
        let cos_2m = if cos2_alpha > 0.0 { cos_sigma - 2.0 * sin1 * sin2 / cos2_alpha } else { 0.0 };
        Self { sin_sigma, cos_sigma, sigma: sin_sigma.atan2(cos_sigma), sin_alpha, cos2_alpha, cos_2m }
    }

    fn correction(&self) -> f64 {
        let c = FLATTENING / 16.0 * self.cos2_alpha * (4.0 + FLATTENING * (4.0 - 3.0 * self.cos2_alpha));
        let inner = self.cos_2m + c * self.cos_sigma * (2.0 * self.cos_2m * self.cos_2m - 1.0);
        (1.0 - c) * FLATTENING * self.sin_alpha * (self.sigma + c * self.sin_sigma * inner)
    }

    fn length(&self) -> f64 {
        let minor = AXIS * (1.0 - FLATTENING);
        let u2 = self.cos2_alpha * (AXIS * AXIS - minor * minor) / (minor * minor);
        let a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)));
        let b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)));
        let cos_2m2 = self.cos_2m * self.cos_2m;
        let last =
            b / 6.0 * self.cos_2m * (4.0 * self.sin_sigma * self.sin_sigma - 3.0) * (4.0 * cos_2m2 - 3.0);
        let delta =
            b * self.sin_sigma * (self.cos_2m + b / 4.0 * (self.cos_sigma * (2.0 * cos_2m2 - 1.0) - last));
        minor * a * (self.sigma - delta)
    }
}
