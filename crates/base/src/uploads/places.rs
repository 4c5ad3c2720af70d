//! A place among the files that arrive: so many in all, and a few for one person, so that nobody takes them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ids::UserId;

use crate::error::{Error, Result};

/// After how many seconds somebody is asked to come back.
const COME_BACK: u32 = 5;

/// The places of one process.
#[derive(Debug)]
pub struct Places {
    n_all: usize,
    n_each: usize,
    taken: Mutex<HashMap<UserId, usize>>,
}

/// A place is given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    user: UserId,
}

impl Places {
    /// So many in all, and so many for one person.
    pub fn new(n_all: usize, n_each: usize) -> Self {
        Self { n_all, n_each, taken: Mutex::default() }
    }

    /// Takes a place, or says at once that there is none: waiting would only hold another connection.
    pub fn take(self: &Arc<Self>, user: UserId) -> Result<Place> {
        let mut taken = self.taken();
        if taken.get(&user).is_some_and(|n_own| *n_own >= self.n_each) {
            return Err(Error::TooMany("too_many_uploads", COME_BACK));
        }
        if taken.values().sum::<usize>() >= self.n_all {
            return Err(Error::Unavailable("too_busy", COME_BACK));
        }
        *taken.entry(user).or_default() += 1;
        Ok(Place { places: self.clone(), user })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(n_own) = taken.get_mut(&self.user) {
            *n_own -= 1;
        }
        taken.retain(|_, n_own| *n_own > 0);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_person_holds_a_few_places_and_all_together_hold_no_more_than_there_are() {
        let places = Arc::new(Places::new(3, 2));
        let [one, other] = [1, 2].map(|n| UserId(Uuid::from_u128(n)));
        let held = [places.take(one).unwrap(), places.take(one).unwrap()];
        assert!(matches!(places.take(one), Err(Error::TooMany("too_many_uploads", 5))));
        let last = places.take(other).unwrap();
        assert!(matches!(places.take(other), Err(Error::Unavailable("too_busy", 5))));
        drop(last);
        let _last = places.take(other).unwrap();
        drop(held);
        assert!(places.take(one).is_ok());
    }
}
