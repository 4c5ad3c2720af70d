//! What was judged of a file, kept between two turns of its job.
//!
//! Judging takes a question to the database for every few hundred rows of the whole file; a turn stores a thousand. So
//! the process that judged keeps the rows until the next turn takes them out, or the import is over. They only save
//! work: another process, a restart or a failed turn finds nothing here and judges anew.

use std::any::Any;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::people::Role;
use uuid::Uuid;

use super::judge::{Judged, Sheet};

/// Files that are kept at once. Beyond that the oldest is dropped: a large one has tens of megabytes.
const N_KEPT: usize = 2;

struct Kept {
    import: Uuid,
    /// What the requester was when the rows were judged.
    requester: Role,
    judged: Box<dyn Any + Send>,
}

static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<Kept>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes out what was judged for this requester, if it is here.
pub fn take<T: Sheet>(import: Uuid, requester: Role) -> Option<Vec<Judged<T>>> {
    let mut all = all();
    let place = all.iter().position(|kept| kept.import == import)?;
    let kept = all.remove(place);
    if kept.requester != requester {
        return None;
    }
    kept.judged.downcast().ok().map(|judged| *judged)
}

/// Keeps it for the next turn.
pub fn keep<T: Sheet>(import: Uuid, requester: Role, judged: Vec<Judged<T>>) {
    let mut all = all();
    all.retain(|kept| kept.import != import);
    if all.len() >= N_KEPT {
        all.remove(0);
    }
    all.push(Kept { import, requester, judged: Box::new(judged) });
}

/// Forgets what is over.
pub fn forget(import: Uuid) {
    all().retain(|kept| kept.import != import);
}

#[cfg(test)]
mod tests {
    use domain::imports::ProductRow;

    use super::*;

    fn check(import: Uuid, requester: Role, is_there: bool) {
        assert_eq!(take::<ProductRow>(import, requester).is_some(), is_there);
    }

    /// One test, for there is one store in the process.
    #[test]
    fn the_latest_are_kept_until_they_are_taken_out_for_the_same_requester() {
        let imports: Vec<Uuid> = std::iter::repeat_with(platform::new_id).take(N_KEPT + 1).collect();
        for import in &imports {
            keep::<ProductRow>(*import, Role::Operations, Vec::new());
        }
        check(imports[0], Role::Operations, false);
        check(imports[1], Role::Operations, true);
        check(imports[1], Role::Operations, false);
        check(imports[2], Role::Admin, false);
        check(imports[2], Role::Operations, false);
        keep::<ProductRow>(imports[0], Role::Admin, Vec::new());
        forget(imports[0]);
        check(imports[0], Role::Admin, false);
    }
}
