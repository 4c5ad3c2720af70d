//! The personal number with which a driver takes a trip over on a shared phone.

/// Is it four to eight digits?
pub fn is_pin(text: &str) -> bool {
    (4..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_eight_digits() {
        for text in ["1234", "12345678"] {
            assert!(is_pin(text), "{text}");
        }
        for text in ["123", "123456789", "12a4", "", "一二三四"] {
            assert!(!is_pin(text), "{text}");
        }
    }
}
