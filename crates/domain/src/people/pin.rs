//! The personal number with which a driver takes a trip over on a shared phone, and how often it may be wrong.

use chrono::{DateTime, TimeDelta, Utc};

/// So many wrong ones in a row of minutes lock it.
const MOST_WRONG: i32 = 5;
/// They count for this long, and the lock lasts as long.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// Is it four to eight digits?
pub fn is_pin(text: &str) -> bool {
    (4..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What was tried lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Wrong ones since the first that counts.
    pub n_wrong: i32,
    /// When the first that counts was.
    pub first_wrong_at: Option<DateTime<Utc>>,
    /// Nobody is let in before.
    pub locked_until: Option<DateTime<Utc>>,
}

impl Tries {
    /// One more try, counted as wrong until it proves right, so that many at once are no way around. Refused with
    /// the end of the lock.
    pub fn one_more(self, now: DateTime<Utc>) -> Result<Self, DateTime<Utc>> {
        if let Some(until) = self.locked_until.filter(|until| now < *until) {
            return Err(until);
        }
        let first = self.first_wrong_at.filter(|first| now - *first < WINDOW && self.locked_until.is_none());
        let n_wrong = if first.is_some() { self.n_wrong + 1 } else { 1 };
        Ok(Self {
            n_wrong,
            first_wrong_at: first.or(Some(now)),
            locked_until: (n_wrong >= MOST_WRONG).then_some(now + WINDOW),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn a_pin_is_four_to_eight_digits() {
        for text in ["1234", "12345678"] {
            assert!(is_pin(text), "{text}");
        }
        for text in ["123", "123456789", "12a4", "", "一二三四"] {
            assert!(!is_pin(text), "{text}");
        }
    }

    #[test]
    fn five_wrong_ones_in_a_quarter_of_an_hour_lock_it_for_another() {
        let mut tries = Tries::default();
        for minute in 0..5 {
            tries = tries.one_more(at(minute)).unwrap();
        }
        assert_eq!(tries.one_more(at(5)), Err(at(19)));
        assert_eq!(tries.one_more(at(18)), Err(at(19)));
        assert_eq!(tries.one_more(at(19)).unwrap().n_wrong, 1, "it starts anew");
    }

    #[test]
    fn wrong_ones_of_long_ago_are_forgotten() {
        let mut tries = Tries::default();
        for minute in [0, 4, 8, 12, 15, 16] {
            tries = tries.one_more(at(minute)).unwrap();
        }
        assert_eq!((tries.n_wrong, tries.locked_until), (2, None));
    }
}
