/// Metres as whole millimetres, for rules that compare exactly. None when not finite, negative or absurd.
pub fn millimetres(metres: f64) -> Option<i64> {
    let is_sane = metres.is_finite() && (0.0..=1.0e9).contains(&metres);
    is_sane.then(|| (metres * 1_000.0).round() as i64)
}

/// Degrees in whole millionths: a tenth of a metre, and what two phones that stand still never agree on.
pub fn millionths(degrees: f64) -> i64 {
    (degrees * 1_000_000.0).round() as i64
}
