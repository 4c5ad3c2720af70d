//! Verified actions, and too few of them.

use chrono::{DateTime, Utc};

/// An opportunity with fewer is thin.
pub const N_ACTIONS: usize = 3;

/// Something that was done about an opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acted {
    /// When.
    pub at: DateTime<Utc>,
    /// Has nobody rejected it, and does it say something?
    pub is_verified: bool,
    /// Photos and documents that prove it.
    pub n_evidence: i64,
}

/// How many of them count until `until`, which is included.
pub fn n_actions(actions: &[Acted], until: DateTime<Utc>) -> usize {
    actions.iter().filter(|it| it.is_verified && it.n_evidence >= 1 && it.at <= until).count()
}

/// Has too little been done?
pub fn is_thin(n_actions: usize) -> bool {
    n_actions < N_ACTIONS
}
