//! What stands on a photo, and what is said of evidence.

/// What stands on a photo that is shown with what the server knows of it.
#[derive(Debug)]
pub struct Mark<'a> {
    /// The company's time at which it arrived.
    pub received_at: String,
    pub store: &'a str,
    pub distance_m: Option<i32>,
    pub person: &'a str,
    pub verdict: &'a str,
}

/// The lines of a mark.
pub fn mark(mark: &Mark<'_>) -> Vec<String> {
    let distance = match mark.distance_m {
        Some(metres) => format!("距门店 {metres} 米"),
        None => "位置未知".to_owned(),
    };
    let verdict = match mark.verdict {
        "pass" => "核验通过",
        "uncertain" => "位置误差较大",
        "reject" => "核验未通过",
        _ => "待人工复核",
    };
    vec![
        format!("{} 服务器收到", mark.received_at),
        format!("{} {distance}", mark.store),
        format!("{} {verdict}", mark.person),
    ]
}
