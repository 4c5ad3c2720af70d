//! Which users are being written to: WeChat refuses two at once.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

#[derive(Clone, Default)]
pub(super) struct Overlap(Arc<Mutex<HashSet<String>>>);

pub(super) enum Guard {
    Alone(Alone),
    /// Another call for the user is under way.
    Taken,
}

/// Nobody else writes to the user while this lives.
pub(super) struct Alone {
    overlap: Overlap,
    openid: String,
}

impl Overlap {
    pub(super) fn enter(&self, openid: &str) -> Guard {
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(openid.to_owned());
        match is_first {
            true => Guard::Alone(Alone { overlap: self.clone(), openid: openid.to_owned() }),
            false => Guard::Taken,
        }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.overlap.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.openid);
    }
}
