//! How often a secret may be guessed: a password, a personal number, or many of them from one address.

use chrono::{DateTime, TimeDelta, Utc};

/// Wrong ones count for this long, and a lock lasts as long.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// What is guessed at, and so how many wrong ones within a quarter of an hour lock it for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guessed {
    /// Somebody's personal number, wherever it is tried.
    Pin,
    /// An account's password from one address: whoever guesses elsewhere does not lock its owner out.
    PasswordFromAddress,
    /// An account's password from anywhere.
    Password,
    /// Any password from one address, which an office may share.
    AnyFromAddress,
}

impl Guessed {
    /// So many wrong ones lock.
    pub fn most(self) -> i32 {
        match self {
            Self::Pin => 5,
            Self::PasswordFromAddress => 8,
            Self::Password => 100,
            Self::AnyFromAddress => 40,
        }
    }
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
    pub fn one_more(self, guessed: Guessed, now: DateTime<Utc>) -> Result<Self, DateTime<Utc>> {
        if let Some(until) = self.locked_until.filter(|until| now < *until) {
            return Err(until);
        }
        let first = self.first_wrong_at.filter(|first| now - *first < WINDOW && self.locked_until.is_none());
        let n_wrong = if first.is_some() { self.n_wrong + 1 } else { 1 };
        Ok(Self {
            n_wrong,
            first_wrong_at: first.or(Some(now)),
            locked_until: (n_wrong >= guessed.most()).then_some(now + WINDOW),
        })
    }

    /// The try proved right: it is taken back, and the lock it may have set with it.
    pub fn one_less(self) -> Self {
        Self { n_wrong: (self.n_wrong - 1).max(0), locked_until: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn five_wrong_ones_in_a_quarter_of_an_hour_lock_it_for_another() {
        let mut tries = Tries::default();
        for minute in 0..5 {
            tries = tries.one_more(Guessed::Pin, at(minute)).unwrap();
        }
        assert_eq!(tries.one_more(Guessed::Pin, at(5)), Err(at(19)));
        assert_eq!(tries.one_more(Guessed::Pin, at(18)), Err(at(19)));
        assert_eq!(tries.one_more(Guessed::Pin, at(19)).unwrap().n_wrong, 1, "it starts anew");
    }

    #[test]
    fn wrong_ones_of_long_ago_are_forgotten() {
        let mut tries = Tries::default();
        for minute in [0, 4, 8, 12, 15, 16] {
            tries = tries.one_more(Guessed::Pin, at(minute)).unwrap();
        }
        assert_eq!((tries.n_wrong, tries.locked_until), (2, None));
    }

    #[test]
    fn a_right_one_takes_back_itself_and_forgives_nobody_elses() {
        let wrong = Tries::default().one_more(Guessed::AnyFromAddress, at(0)).unwrap();
        let right = wrong.one_more(Guessed::AnyFromAddress, at(1)).unwrap().one_less();
        assert_eq!(right.n_wrong, 1);
    }
}
