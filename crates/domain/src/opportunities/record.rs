//! A record of evidence: what its photos make of it.

use crate::evidence::Verdict;

names! {
    /// What a record is worth.
    pub enum Worth as EvidenceStatus {
        /// It holds.
        Accepted = "accepted",
        /// It holds for now; a person looks at it.
        Provisional = "provisional",
        /// It does not hold.
        Rejected = "rejected",
    }
}

impl Worth {
    /// A new record with this verdict; all but the clear ones are looked at.
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass | Verdict::Uncertain => Self::Accepted,
            Verdict::Review => Self::Provisional,
            Verdict::Reject => Self::Rejected,
        }
    }

    /// The record after pages with this verdict came to it. Pages that are certainly not what they should be leave it as
    /// it was until somebody has looked.
    pub fn with_pages(self, verdict: Verdict) -> Self {
        match verdict {
            Verdict::Review => Self::Provisional,
            Verdict::Pass | Verdict::Uncertain | Verdict::Reject => self,
        }
    }

    /// Does it support a stage?
    pub fn stands(self) -> bool {
        self != Self::Rejected
    }
}

/// Does somebody have to look?
pub fn needs_review(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Review | Verdict::Reject)
}
