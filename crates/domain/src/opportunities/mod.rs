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

pub use advance::{Missing, Refusal, Step, lose, missing, reopen, step, unmet};
pub use gaps::{Held, is_gap};
pub use record::{Worth, needs_review};
pub use thin::{Acted, N_ACTIONS, is_thin, n_actions};

names! {
    /// Where an opportunity stands.
    pub enum Status as OpportunityStatus {
        /// Being worked on.
        Open = "open",
        /// The customer bought.
        Won = "won",
        /// The customer did not.
        Lost = "lost",
    }
}
