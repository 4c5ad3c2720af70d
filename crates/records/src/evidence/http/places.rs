//! A place among the uploads: so many for all, and two for one person, so that nobody takes them all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use domain::ids::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::App;
use crate::error::{Error, Result};

/// How many photos one person hands in at the same time.
const OF_ONE: usize = 2;
/// How long somebody waits for a place.
const WAIT: Duration = Duration::from_secs(10);
/// How long a body may take to arrive; its place is free afterwards.
const ARRIVAL: Duration = Duration::from_secs(60);

/// A place is given back when it is dropped.
pub struct Place {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

type OwnPlaces = HashMap<(PathBuf, UserId), Weak<Semaphore>>;

/// The places of each person who is handing something in, by installation: a process has one, a test several.
static OWN: LazyLock<Mutex<OwnPlaces>> = LazyLock::new(Mutex::default);

/// Waits for a place; the body is not read before. Who waits too long is asked to come back.
pub async fn place(app: &App, user: UserId) -> Result<Place> {
    // The own place comes first: whoever waits for one takes none from the others.
    let own = own(&app.config.data_dir, user).acquire_owned();
    let of_all = app.uploads.clone().acquire_owned();
    let both = async { Some(Place { _own: own.await.ok()?, _of_all: of_all.await.ok()? }) };
    timeout(WAIT, both).await.ok().flatten().ok_or(Error::Unavailable("too_busy", 2))
}

fn own(installation: &Path, user: UserId) -> Arc<Semaphore> {
    let mut all = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (installation.to_owned(), user);
    if let Some(places) = all.get(&key).and_then(Weak::upgrade) {
        return places;
    }
    all.retain(|_, places| places.strong_count() > 0);
    let places = Arc::new(Semaphore::new(OF_ONE));
    all.insert(key, Arc::downgrade(&places));
    places
}

/// What arrives in time.
pub async fn in_time<T>(arriving: impl Future<Output = Result<T>>) -> Result<T> {
    within(ARRIVAL, arriving).await
}

async fn within<T>(limit: Duration, arriving: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(limit, arriving).await.unwrap_or(Err(Error::Unavailable("too_busy", 2)))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let never = within(Duration::ZERO, std::future::pending::<Result<()>>()).await;
        assert!(matches!(never, Err(Error::Unavailable("too_busy", 2))));
        assert_eq!(within(Duration::ZERO, async { Ok(1) }).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn one_person_holds_two_places_and_leaves_the_others_theirs() {
        let (here, elsewhere) = (Path::new("/here"), Path::new("/elsewhere"));
        let [one, other] = [1, 2].map(|n| UserId(Uuid::from_u128(n)));
        let held = [own(here, one).try_acquire_owned(), own(here, one).try_acquire_owned()];
        assert!(held.iter().all(|place| place.is_ok()));
        assert!(own(here, one).try_acquire_owned().is_err());
        assert!(own(here, other).try_acquire_owned().is_ok());
        assert!(own(elsewhere, one).try_acquire_owned().is_ok());
        drop(held);
        assert!(own(here, one).try_acquire_owned().is_ok());
    }
}
