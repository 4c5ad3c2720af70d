//! What a customer may buy, how far it has come, and what proves it.
//!
//! A stage is entered with its minimal evidence unit; skipping stages takes theirs as well. Going back is free and
//! keeps the evidence. Nothing is moved silently: a stage whose evidence is rejected later stays where it is and is
//! marked `unsupported`.

mod advance;
mod gaps;
mod record;
#[cfg(test)]
mod tests;
mod thin;

use serde::{Deserialize, Serialize};

pub use advance::{Missing, Refusal, Step, lose, missing, reopen, step, unmet};
pub use gaps::{Held, is_gap};
pub use record::{Worth, needs_review};
pub use thin::{Acted, N_ACTIONS, is_thin, n_actions};

/// Where an opportunity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being worked on.
    Open,
    /// The customer bought.
    Won,
    /// The customer did not.
    Lost,
}

impl Status {
    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// The status by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Won, Self::Lost].into_iter().find(|it| it.name() == name)
    }
}
