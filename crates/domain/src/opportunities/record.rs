//! A record of evidence: what its photos make of it.

use serde::{Deserialize, Serialize};

use crate::evidence::Verdict;

/// What a record is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worth {
    /// It holds.
    Accepted,
    /// It holds for now; a person looks at it.
    Provisional,
    /// It does not hold.
    Rejected,
}

impl Worth {
    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Provisional => "provisional",
            Self::Rejected => "rejected",
        }
    }

    /// The worth by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Accepted, Self::Provisional, Self::Rejected].into_iter().find(|it| it.name() == name)
    }

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
