//! Who answers for whom.

/// Why a window is not set: the person has another one then.
pub fn other_window(agent: &str, (from, until): (&str, &str)) -> String {
    format!("{from} 至 {until} 已由 {agent} 代理，同一时间只能有一位代理人")
}

/// A window of time, from one minute to another.
pub fn period(from: &str, until: &str) -> String {
    format!("{from} 至 {until}")
}
